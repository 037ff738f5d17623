"""Cells that have to be thin are made so before anything is solved."""

from dataclasses import replace

import numpy as np
import pytest

from spinfem.geometry.facets import facets_of
from spinfem.geometry.foresight import DEPTH, TOWARDS, foresee

from .pieces import metals, pieces
from .test_split import by_tag, sizes
from .test_wedges import corner, hanging

FAR = 1e3  # a spin diffusion length beyond everything


def halves(middle):
    """Two regions, the lower and the upper half of the last axis."""
    return "below" if middle[-1] < 0 else "above"


def heights(data):
    return np.unique(np.round(data.points[:, -1], 9))


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_a_gate_gets_a_layer_two_diffusion_lengths_high_where_cells_are_higher(dimension):
    data = pieces(dimension, halves, stretch=4.0)  # cells are 2 high
    lengths = {"below": 0.1, "above": FAR}
    made, rims = foresee(data, metals(data, lengths))
    assert len(rims) == 0
    assert set(heights(made)) - set(heights(data)) == {-DEPTH * 0.1}
    assert DEPTH == 2.0
    facets, levels = facets_of(made), np.sort(made.points[made.cells][:, :, -1], axis=1)
    at_gate = (levels[:, -1] == 0) & (levels[:, 0] < 0)
    assert at_gate.any() and levels[at_gate, 0] == pytest.approx(-DEPTH * 0.1)
    assert facets.count.max() <= 2
    for old, new in zip(by_tag(data), by_tag(made), strict=True):
        assert new == pytest.approx(old)


def test_cells_along_the_layer_stay_as_long_as_they_were():
    data = pieces(2, halves, stretch=4.0)
    made, _ = foresee(data, metals(data, {"below": 0.1, "above": FAR}))
    on_gate = [found.points[found.points[:, 1] == 0, 0] for found in (data, made)]
    assert np.sort(on_gate[1]) == pytest.approx(np.sort(on_gate[0]))


@pytest.mark.parametrize("length", [0.7, FAR])
def test_cells_that_are_low_enough_stay(length):
    """2 high: less than one and a half layers of 1.4."""
    data = pieces(2, halves, stretch=4.0)
    assert foresee(data, metals(data, length))[0] is data


def test_one_piece_of_metal_has_no_gate():
    data = pieces(2, halves, stretch=4.0)
    found = metals(data, 0.1, seams=frozenset([frozenset(("below", "above"))]))
    assert foresee(data, found)[0] is data


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_a_terminal_that_gives_spins_is_a_gate(dimension):
    def end(middle):
        return "end" if middle[-1] == -1 else None

    data = pieces(dimension, lambda middle: "a", end, stretch=4.0)
    assert foresee(data, metals(data, 0.1))[0] is data
    made, _ = foresee(data, metals(data, 0.1, spin_terminals=("end",)))
    assert set(heights(made)) - set(heights(data)) == {-4 + 0.2}


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_where_spins_pile_up_there_are_layers_at_outer_faces_and_none_at_terminals_that_charge_passes(dimension):
    def end(middle):
        return "end" if middle[-1] == -1 else None

    data = pieces(dimension, lambda middle: "a", end, stretch=4.0)
    found = metals(data, 0.1, filled=frozenset("a"), passed=frozenset(["end"]))
    made, _ = foresee(data, found)
    assert highest(made, -1, 4.0) == pytest.approx(0.2) and highest(made, -1, -4.0) > 1
    for axis in range(dimension - 1):
        for side in (-1.0, 1.0):  # what is not clearly higher stays
            assert 0.1999 < highest(made, axis, side) < 0.3001
    closed, _ = foresee(data, replace(found, passed=frozenset()))
    assert highest(closed, -1, -4.0) == pytest.approx(0.2)
    for one in (made, closed):
        assert [sizes.sum() for sizes in by_tag(one)] == pytest.approx([sizes.sum() for sizes in by_tag(data)])


def highest(data, axis, face):
    """How far the cells with a facet in the plane where a coordinate is `face` reach away from it."""
    away = np.abs(data.points[data.cells][:, :, axis] - face)
    return away[(away == 0).sum(axis=1) == data.dimension].max()


def test_layers_of_two_faces_reach_into_the_corner_between_them():
    data = pieces(2, lambda middle: "a")
    made, _ = foresee(data, metals(data, 0.05, filled=frozenset("a")))
    x, y = made.points[made.cells].transpose(2, 0, 1)
    for along, across in ((x, y), (y, x)):
        at_face = (across.min(axis=1) == -1) & (along.mean(axis=1) < -0.9)
        assert at_face.any() and across[at_face].max() == pytest.approx(-0.9)


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_layers_of_several_lengths_lie_in_each_other(dimension):
    data = pieces(dimension, halves, stretch=4.0)
    made, _ = foresee(data, metals(data, {"below": (0.4, 0.35, 0.1), "above": FAR}))
    assert set(heights(made)) - set(heights(data)) == {
        -0.8,
        -0.2,
    }  # cells of the first are not clearly higher than the second


@pytest.mark.parametrize(
    ("ratio", "target", "cuts"),
    [
        *(
            (9.5, 5e-3, 2),
            (1.0, 5e-3, 1),
            (0.25, 5e-3, 1),
            (0.05, 5e-3, 0),
        ),  # exponents 0.53, 0.67, 0.80, 0.90 and more
        *((9.5, 1e-2, 2), (1.0, 1e-2, 1), (9.5, 1e-3, 3), (1.0, 1e-4, 3), (0.05, 1e-5, 0)),
    ],
)
def test_edges_are_cut_towards_a_rim_the_more_often_the_more_singular_it_is_and_the_more_exact_numbers_are_to_be(
    ratio, target, cuts
):
    data = pieces(2, hanging)
    made, rims = foresee(data, metals(data, FAR, {"n": ratio, "f": 1.0}, target=target))
    along = np.sort(made.points[(made.points[:, 1] == 0) & (made.points[:, 0] > 0), 0])
    assert along[:-2] == pytest.approx(0.5 * TOWARDS ** np.arange(cuts, 0, -1))  # from the next node on, 0.5 away
    assert [tuple(data.points[rim[0]]) for rim in rims] == [(0.0, 0.0)]


def test_the_rim_itself_stays_whole():
    data = pieces(3, corner)
    made, rims = foresee(data, metals(data, FAR))
    for found in (data, made):
        on_rim = (found.points[:, 0] == 0) & (found.points[:, 1] == 0)
        assert np.sort(found.points[on_rim, 2]) == pytest.approx([-1, -0.5, 0, 0.5, 1])
    assert len(rims) == 4 and sizes(made.points, rims) == pytest.approx(0.5)
    assert len(made.cells) > 1.5 * len(data.cells)
