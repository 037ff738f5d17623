"""The same device on 1, 2 and 3 ranks: every volume and area exact, every tag right, every error on all ranks."""

import pytest

from tests.commands import module_on_ranks


@pytest.fixture(scope="module", params=[1, 2, 3])
def result(request):
    return module_on_ranks(request.param, "tests.parallel.geometry_measures")


FLAT = {"wire": 60e3, "injector": 2500, "detector": 2500}, (60, 100), 100
SOLID = (
    {"wire": 6e6, "injector": 2.5e6, "detector": 2.5e6},
    (6000, 2500),
    1e4,
)  # volumes; ends of wire, of magnets; contacts


@pytest.mark.parametrize(
    ("name", "expected"),
    [("flat", FLAT), ("flat refined", FLAT)]
    + [(name, SOLID) for name in ("solid", "solid refined", "solid refined, written and read")],
)
def test_sizes_of_regions_terminals_and_contacts(result, name, expected):
    regions, (wire, magnet), contact = expected
    ends = {"wire_left": wire, "wire_right": wire, "injector_end": magnet, "detector_end": magnet}
    assert result[name]["regions"] == pytest.approx(regions)
    assert result[name]["terminals"] == pytest.approx(ends)
    assert result[name]["contacts"] == pytest.approx({"injector/wire": contact, "detector/wire": contact})


@pytest.mark.parametrize("name", ["flat", "flat refined", "solid", "solid refined", "solid refined, written and read"])
def test_tags_are_right_on_every_rank(result, name):
    found = result[name]
    assert found["wrong cells"] == 0
    assert found["wrong facets"] == 0
    assert all(tags == found["contact tags"][0] for tags in found["contact tags"])


def test_refinement_divides_every_cell(result):
    assert result["flat refined"]["cells"] == 16 * result["flat"]["cells"]
    assert result["solid refined"]["cells"] == 8 * result["solid"]["cells"]


def test_an_error_on_rank_0_is_an_error_on_all(result):
    assert all("the electrodes overlap" in message for message in result["message"])
