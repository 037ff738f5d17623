"""Exponents of corners and edges whose exact ones are known."""

from math import atan, pi, sqrt

import numpy as np
import pytest

from spinfem.geometry.wedges import exponents

from .pieces import metals, pieces

STEP = 0.0101  # of the exponents that are tried
RATIO = 9.5  # of the conductivities of Cu and Py


def found(data, **more):
    """place of a node, or of the middle of an edge -> exponent."""
    edges, values = exponents(data, metals(data, **more))
    return {tuple(np.round(data.points[edge].mean(axis=0), 6)): a for edge, a in zip(edges, values, strict=True)}


def corner(middle):
    """Three quadrants of the first two axes."""
    return None if middle[0] > 0 and middle[1] > 0 else "a"


def on_a_wire(middle):
    """An electrode that stands on a wire, and goes on beyond it at x > 0."""
    if middle[1] < 0:
        return "n"
    return "f" if middle[0] < 0 else None


def hanging(middle):
    """An electrode that hangs over the edge of a wire."""
    if middle[1] > 0:
        return "f"
    return "n" if middle[0] < 0 else None


def test_a_corner_that_points_inwards():
    assert found(pieces(2, corner)) == {(0.0, 0.0): pytest.approx(2 / 3, abs=STEP)}


def test_an_edge_that_points_inwards():
    edges = found(pieces(3, corner))
    assert list(edges) == [(0.0, 0.0, z) for z in (-0.75, -0.25, 0.25, 0.75)]
    assert list(edges.values()) == pytest.approx([2 / 3] * 4, abs=STEP)


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_a_box_has_none(dimension):
    assert found(pieces(dimension, lambda middle: "a")) == {}


def test_the_end_of_a_terminal_on_a_flat_face():
    data = pieces(2, lambda middle: "a", lambda middle: "end" if middle[1] == -1 and middle[0] < 0 else None)
    assert found(data) == {(0.0, -1.0): pytest.approx(1 / 2, abs=STEP)}


def test_the_rim_of_a_terminal_on_a_flat_face():
    def end(middle):
        return "end" if middle[2] == -1 and abs(middle[0]) < 0.5 and abs(middle[1]) < 0.5 else None

    edges = found(pieces(3, lambda middle: "a", end))
    assert {z for _, _, z in edges} == {-1.0} and len(edges) == 8
    assert list(edges.values()) == pytest.approx([1 / 2] * 8, abs=STEP)


@pytest.mark.parametrize("dimension", [2, 3])
def test_a_terminal_that_ends_in_a_right_angle_has_none(dimension):
    assert found(pieces(dimension, lambda middle: "a", lambda middle: "end" if middle[0] == -1 else None)) == {}


def test_terminals_that_meet_in_a_right_angle_have_none():
    def ends(middle):
        return "one" if middle[0] == -1 else "other" if middle[1] == -1 else None

    assert found(pieces(2, lambda middle: "a", ends)) == {}


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize(
    ("shape", "ratio", "exact", "about"),
    [
        (on_a_wire, RATIO, 2 / pi * atan(sqrt(1 + 2 * RATIO)), 0.86),
        (hanging, RATIO, 2 / pi * atan(sqrt(1 + 2 / RATIO)), 0.53),
        (on_a_wire, 1.0, 2 / 3, 0.67),
        (hanging, 1.0, 2 / 3, 0.67),
    ],
)
def test_the_rims_of_a_contact(shape, ratio, exact, about, dimension):
    """sigma_F tan(a w_F) + sigma_N tan(a w_N) = 0, with the angles w of both metals."""
    assert exact == pytest.approx(about, abs=0.005)
    data = pieces(dimension, shape)
    edges = found(data, conductivities={"n": ratio, "f": 1.0})
    assert {place[:2] for place in edges} == {(0.0, 0.0)}
    assert list(edges.values()) == pytest.approx([exact] * len(edges), abs=STEP)


@pytest.mark.parametrize("shape", [on_a_wire, hanging])
def test_a_barrier_parts_the_wedges(shape):
    assert found(pieces(2, shape), barriers=frozenset([frozenset("nf")])) == {}


def test_quadrants_that_meet_in_a_corner_only_are_two_wedges_each_for_itself():
    def quadrants(middle):
        return "a" if middle[0] * middle[1] > 0 else None

    assert found(pieces(2, quadrants)) == {}
