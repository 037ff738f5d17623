"""Flat cells do not become flatter, whatever is cut."""

import numpy as np
import pytest

from spinfem.geometry.blunt import BLUNT, with_longest
from spinfem.geometry.split import edges_of, split
from tests.shapes import _random_mesh


def largest_angle(data):
    """Of all triangles, in degrees."""
    corners = data.points[data.cells]
    sides = [np.linalg.norm(corners[:, k] - corners[:, k - 1], axis=1) for k in range(3)]
    a, b, c = np.sort(sides, axis=0)
    return np.degrees(np.arccos(np.clip((a**2 + b**2 - c**2) / (2 * a * b), -1, 1))).max()


def flattened(seed):
    """A random mesh of the plane, a twentieth as high as it is wide."""
    data = _random_mesh(np.random.default_rng(seed), 2, ("a", "b"), 4)
    data.points[:, 1] *= 0.05
    return data


@pytest.mark.parametrize("seed", range(5))
def test_cuts_at_random_make_flat_cells_less_flat_than_without_the_rule(seed):
    rng, data, plain = np.random.default_rng(seed), flattened(seed), flattened(seed)
    assert largest_angle(data) > BLUNT

    def cut(mesh, rule):
        edges = rule(mesh, (every := edges_of(mesh.cells))[rng.random(len(every)) < 0.3])
        return split(mesh, edges, np.full(len(edges), 0.5))

    for _ in range(6):
        data, plain = cut(data, with_longest), cut(plain, lambda mesh, edges: edges)
    assert 180 - largest_angle(data) > max(0.5, 1.9 * (180 - largest_angle(plain)))


@pytest.mark.parametrize("dimension", [2, 3])
def test_what_is_chosen_is_chosen_still_and_closed(dimension):
    data = _random_mesh(np.random.default_rng(1), dimension, ("a",), 3)
    data.points[:, 1] *= 0.05
    edges = edges_of(data.cells)[::3]
    more = with_longest(data, edges)
    assert {tuple(e) for e in edges.tolist()} <= {tuple(e) for e in more.tolist()}
    assert len(more) > len(edges)
    assert np.array_equal(with_longest(data, more), more)
