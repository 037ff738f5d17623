"""Which magnet injects, which detects, and what their parallel state is, from contacts alone."""

import pytest

from spinfem.case.magnetization import Texture, Uniform
from spinfem.case.region import Region
from spinfem.observables.magnets import alignment, bundled, counterpart, on_the_way

VALVE = [{"wire", "injector"}, {"wire", "detector"}]
LEADS = [*VALVE, {"lead", "injector"}, {"cap", "lead"}, {"pad", "detector"}]


def touching(*pairs):
    return frozenset(map(frozenset, pairs))


@pytest.mark.parametrize(
    ("contacts", "start", "end", "found"),
    [
        (VALVE, {"injector"}, {"wire"}, ["injector"]),
        (VALVE, {"wire"}, {"injector"}, ["injector"]),
        (LEADS, {"cap"}, {"wire"}, ["injector"]),
        (LEADS, {"lead", "injector"}, {"wire"}, ["injector"]),  # a terminal on two regions
        (LEADS, {"pad"}, {"wire"}, ["detector"]),
        (LEADS, {"pad"}, {"cap"}, ["detector", "injector"]),  # in this order
        (VALVE, {"wire"}, {"wire"}, []),
        (VALVE, {"injector", "wire"}, {"wire"}, []),  # the current may pass by
        ([*VALVE, {"wire", "bridge"}, {"bridge", "injector"}], {"injector"}, {"wire"}, ["injector"]),
        ([*VALVE, {"cap", "injector"}, {"cap", "wire"}], {"cap"}, {"wire"}, []),  # a bridge around it
        (VALVE, {"island"}, {"wire"}, []),
    ],
)
def test_the_magnets_that_all_current_passes(contacts, start, end, found):
    assert on_the_way(touching(*contacts), {name: {name} for name in ("injector", "detector")}, start, end) == found


@pytest.mark.parametrize(("second", "found"), [("+y", ["a", "b"]), ("-y", [])])
def test_two_magnets_under_one_terminal_are_one_if_they_point_along_one_another(second, found):
    contacts = touching({"a", "wire"}, {"b", "wire"}, {"detector", "wire"})
    directions = {"a": "+y", "b": second, "detector": "+y"}
    regions = {name: {"material": "Py @ 4.2 K", "magnetization": m} for name, m in directions.items()}
    magnets = {name: Region.model_validate(region).magnetization for name, region in regions.items()}
    assert on_the_way(contacts, bundled(magnets, "detector"), {"a", "b"}, {"wire"}) == found
    assert on_the_way(contacts, bundled(magnets, "a"), {"a", "b"}, {"wire"}) == []  # one of two is turned


def test_the_flipped_magnet_is_compared_with_the_other_one_whichever_it_is():
    contacts = touching(*LEADS)
    assert counterpart(contacts, "detector", ["injector"], ["detector"]) == "injector"
    assert counterpart(contacts, "injector", ["injector"], ["detector"]) == "detector"
    assert counterpart(contacts, "third", ["injector"], ["detector"]) is None
    assert counterpart(contacts, "injector", ["injector"], []) is None


def test_of_a_stack_the_layer_next_to_the_wire_injects():
    contacts = touching({"base", "gap"}, {"gap", "top"}, {"top", "wire"}, {"wire", "detector"})
    assert counterpart(contacts, "detector", ["base", "top"], ["detector"]) == "top"
    assert counterpart(contacts, "base", ["base", "top"], ["detector"]) == "detector"


def test_between_two_detectors_the_flipped_one_counts():
    contacts = touching({"a", "wire"}, {"b", "wire"}, {"injector", "wire"})
    assert counterpart(contacts, "b", ["injector"], ["a", "b"]) == "injector"
    assert counterpart(contacts, "injector", ["injector"], ["a", "b"]) == "a"


@pytest.mark.parametrize(
    ("direction", "side"), [((0, 1, 0), 1), ((0, 1, 5), 1), ((1, -1, 0), -1), ((1, 0, 0), 0), ((1, 1e-12, 0), 0)]
)
def test_magnets_point_along_or_against_one_another_or_neither(direction, side):
    pair = [("a", Uniform(direction=(0, 1, 0))), ("b", Uniform(direction=direction))]
    assert alignment(None, *pair) == side


def test_a_texture_counts_by_its_mean(small_device):
    up = ("one", Uniform(direction=(0, 1, 0)))
    nearly = ("two", Texture(expression=("0.6*sin(x/nm)", "-sqrt(1 - 0.36*sin(x/nm)**2)", "0")))
    wall = ("two", Texture(expression=("sin(pi*(x/nm - 10)/10)", "cos(pi*(x/nm - 10)/10)", "0")))
    assert alignment(small_device, up, nearly) == -1
    assert alignment(small_device, up, wall) == 0


@pytest.fixture
def small_device():
    from mpi4py import MPI

    from tests.boxes import bar

    return bar(MPI.COMM_SELF, [("one", 10, 4), ("two", 10, 20)], across=4, cells_across=2, depth=1e-9)
