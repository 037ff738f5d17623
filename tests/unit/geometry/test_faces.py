"""The outer faces of regions."""

import numpy as np
import pytest

from spinfem.geometry.faces import outer_faces

from .pieces import pieces


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_a_box_has_two_for_each_axis_each_of_them_flat(dimension):
    data = pieces(dimension, lambda middle: "a")
    found = list(outer_faces(data, ["a"]))
    assert len(found) == 2 * dimension
    flat = {(axis, value) for _, nodes in found for axis, value in _constant(data.points[nodes].reshape(-1, dimension))}
    assert flat == {(axis, side) for axis in range(dimension) for side in (-1.0, 1.0)}
    n = {1: 1, 2: 4, 3: 32}[dimension]
    assert [nodes.shape for _, nodes in found] == [(n, dimension)] * (2 * dimension)


def test_those_that_look_the_same_way_at_two_places_are_two():
    data = pieces(2, lambda middle: None if middle[1] > 0 and abs(middle[0]) < 0.5 else "a")  # a U
    tops = [nodes for _, nodes in outer_faces(data, ["a"]) if (data.points[nodes][..., 1] == 1).all()]
    assert len(tops) == 2 and len(list(outer_faces(data, ["a"]))) == 8


def test_contacts_terminals_and_other_regions_are_none():
    data = pieces(
        2, lambda middle: "below" if middle[1] < 0 else "above", lambda middle: "end" if middle[1] == -1 else None
    )
    assert [region for region, _ in outer_faces(data, ["below"], ["end"])] == ["below"] * 2
    assert [region for region, _ in outer_faces(data, ["below", "above"])] == ["above"] * 3 + ["below"] * 3


def test_a_turned_box_has_four():
    data = pieces(2, lambda middle: "a")
    turned = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
    data.points[:] = data.points @ turned.T @ [[np.cos(0.1), -np.sin(0.1)], [np.sin(0.1), np.cos(0.1)]]
    assert sorted(len(nodes) for _, nodes in outer_faces(data, ["a"])) == [4] * 4


def _constant(points):
    return [
        (axis, float(values[0])) for axis, values in enumerate(points.T) if np.ptp(values) == 0 and abs(values[0]) == 1
    ]
