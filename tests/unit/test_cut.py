"""Plane cuts of triangles and tetrahedra, and integrals of |a linear function|, against closed forms and fine sums."""

import numpy as np
import pytest

from spinfem.geometry.simplices import volume as volume_of
from spinfem.postprocessing.cut import absolute_integral, slices


def simplices(dimension, count, seed=1):
    rng = np.random.default_rng(seed)
    points = np.zeros((count, dimension + 1, 3))
    points[:, :, :dimension] = rng.uniform(-1, 1, (count, dimension + 1, dimension))
    return points


@pytest.mark.parametrize("corners", [2, 3])
def test_absolute_integral_against_a_fine_sum(corners):
    rng = np.random.default_rng(2)
    values, sizes = rng.uniform(-1, 1, (20, corners)), rng.uniform(0.5, 2, 20)
    n = 400
    lattice = np.stack(np.meshgrid(*[np.arange(n)] * (corners - 1), indexing="ij"), axis=-1).reshape(-1, corners - 1)
    weights = (lattice + 1 / corners) / n
    weights = weights[weights.sum(axis=1) < 1]
    weights = np.column_stack([weights, 1 - weights.sum(axis=1)])
    fine = sizes * np.abs(weights @ values.T).mean(axis=0)
    assert absolute_integral(values, sizes) == pytest.approx(fine, rel=0.02)


@pytest.mark.parametrize(
    "values, expected",
    [((1, 1, -1), 0.5), ((2, 0, 0), 2 / 3), ((0, 0, 0), 0), ((-1, -1, 0), 2 / 3), ((1, -1), 0.5), ((3, -1), 1.25)],
)
def test_absolute_integral_in_closed_form(values, expected):
    """(1, 1, -1): mean 1/3; the corner of -1 takes a quarter of the area at a mean height of 1/3."""
    assert absolute_integral(np.array([values], float), np.ones(1)) == pytest.approx(expected)


@pytest.mark.parametrize("dimension", [2, 3])
def test_a_cut_lies_in_the_plane_and_carries_the_linear_function(dimension):
    points = simplices(dimension, 200)
    height = points[:, :, 0] - 0.1
    values = points @ np.array([0.3, -2.0, 1.1]) + 0.7
    both = (height < 0).any(axis=1) & (height >= 0).any(axis=1)
    parts = slices(height[both], points[both], values[both])
    assert len(parts) == {2: 2, 3: 4}[dimension]
    for x, f in parts:
        assert np.allclose(x[:, :, 0], 0.1)
        assert np.allclose(f, x @ np.array([0.3, -2.0, 1.1]) + 0.7)


@pytest.mark.parametrize("dimension", [2, 3])
def test_the_area_of_cuts_is_that_of_cavalieri(dimension):
    """The areas of all cuts of a simplex, summed over their heights, are its volume."""
    points = simplices(dimension, 10, seed=4)
    edges = points[:, 1:, :dimension] - points[:, :1, :dimension]
    volume = np.abs(np.linalg.det(edges)) / {2: 2, 3: 6}[dimension]
    positions = np.linspace(-1, 1, 4001)[:-1] + 2.5e-4
    total = np.zeros(len(points))
    for position in positions:
        for i in range(len(points)):
            height = points[i : i + 1, :, 0] - position
            if (height < 0).any() and (height >= 0).any():
                total[i] += sum(
                    volume_of(x).sum() for x, _ in slices(height, points[i : i + 1], np.ones((1, dimension + 1)))
                )
    assert total * 5e-4 == pytest.approx(volume, rel=0.005)
