"""Plane cuts of triangles and tetrahedra, and integrals of |a linear function|, against closed forms and fine sums."""

import numpy as np
import pytest

from spinfem.geometry.simplices import volume as volume_of
from spinfem.postprocessing.slices import signs, slices


def simplices(dimension, count, seed=1):
    rng = np.random.default_rng(seed)
    points = np.zeros((count, dimension + 1, 3))
    points[:, :, :dimension] = rng.uniform(-1, 1, (count, dimension + 1, dimension))
    return points


def absolute_integral(values):
    """int |f| over simplices of size 1, f linear, from its values at the corners."""
    total, corners = np.zeros(len(values)), np.eye(values.shape[1])
    for which, shares, factors in signs(values):
        parts = volume_of(shares @ corners) / volume_of(corners[None])
        np.add.at(total, which, factors * parts * np.einsum("mck,mk->mc", shares, values[which]).mean(axis=1))
    return total


@pytest.mark.parametrize("corners", [2, 3])
def test_absolute_integral_against_a_fine_sum(corners):
    values = np.random.default_rng(2).uniform(-1, 1, (20, corners))
    n = 400
    lattice = np.stack(np.meshgrid(*[np.arange(n)] * (corners - 1), indexing="ij"), axis=-1).reshape(-1, corners - 1)
    weights = (lattice + 1 / corners) / n
    weights = weights[weights.sum(axis=1) < 1]
    weights = np.column_stack([weights, 1 - weights.sum(axis=1)])
    assert absolute_integral(values) == pytest.approx(np.abs(weights @ values.T).mean(axis=0), rel=0.02)


@pytest.mark.parametrize(
    "values, expected",
    [((1, 1, -1), 0.5), ((2, 0, 0), 2 / 3), ((0, 0, 0), 0), ((-1, -1, 0), 2 / 3), ((1, -1), 0.5), ((3, -1), 1.25)],
)
def test_absolute_integral_in_closed_form(values, expected):
    """(1, 1, -1): mean 1/3; the corner of -1 takes a quarter of the area at a mean height of 1/3."""
    assert absolute_integral(np.array([values], float)) == pytest.approx(expected)


@pytest.mark.parametrize("dimension", [2, 3])
def test_a_cut_lies_in_the_plane(dimension):
    points = simplices(dimension, 200)
    height = points[:, :, 0] - 0.1
    both = (height < 0).any(axis=1) & (height >= 0).any(axis=1)
    parts = slices(height[both])
    assert len(parts) == {2: 2, 3: 4}[dimension]
    for which, shares in parts:
        assert np.allclose((shares @ points[both][which])[:, :, 0], 0.1)
        assert np.allclose(shares.sum(axis=2), 1) and (shares >= 0).all()


@pytest.mark.parametrize("dimension", [2, 3])
def test_the_area_of_cuts_is_that_of_cavalieri(dimension):
    """The areas of all cuts of a simplex, summed over their heights, are its volume."""
    points = simplices(dimension, 10, seed=4)
    positions = np.linspace(-1, 1, 4001)[:-1] + 2.5e-4
    every, height = np.repeat(points, len(positions), axis=0), np.repeat(points[:, :, 0], len(positions), axis=0)
    height = height - np.tile(positions, len(points))[:, None]
    cut = (height < 0).any(axis=1) & (height >= 0).any(axis=1)
    areas, cells = np.zeros(cut.sum()), every[cut]
    for which, shares in slices(height[cut]):
        np.add.at(areas, which, volume_of(shares @ cells[which]))
    total = np.bincount(np.repeat(np.arange(len(points)), len(positions))[cut], areas)
    assert total * 5e-4 == pytest.approx(volume_of(points), rel=0.005)
