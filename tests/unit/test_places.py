"""What places add to a sum, for places of all sizes."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.study.places import Places


def apart(points, values):
    places = Places(MPI.COMM_SELF, np.pad(points, ((0, 0), (0, 3 - points.shape[1]))))
    sums = places.sums(np.stack([values, 2 * values], axis=1))
    assert sums.shape == (places.count, 2) and sums.sum(axis=0) == pytest.approx([values.sum(), 2 * values.sum()])
    assert places.apart(sums[:, 1]) == pytest.approx(2 * places.apart(sums[:, 0]))
    return places.apart(sums[:, 0])


def clouds(sums, dimension=2):
    """(points, values) of clouds of a hundred points each, at corners of a square, whose values have these sums."""
    rng = np.random.default_rng(1)
    middles = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]])[: len(sums), :dimension]
    points = np.concatenate([middle + 1e-4 * rng.random((100, dimension)) for middle in middles])
    return points, np.repeat(np.array(sums) / 100, 100)


@pytest.mark.parametrize("sums", [(1, -1), (3, -2, -1), (1, 1, -1, -1)])
def test_places_that_cancel_count_as_if_they_did_not_know_of_each_other(sums):
    assert apart(*clouds(sums)) == pytest.approx(np.linalg.norm(sums))


def test_what_has_one_sign_counts_as_a_whole():
    assert apart(*clouds((1, 2, 3, 4))) == pytest.approx(10)
    assert apart(*clouds((5,), dimension=3)) == pytest.approx(5)


def test_what_cancels_within_a_place_is_nothing():
    points, values = clouds((1, 1))
    signs = np.tile([1.0, -1.0], 50)
    assert apart(points, np.concatenate([values[:100], 50 * values[100:] * signs])) == pytest.approx(1.0)


def test_the_order_of_the_points_does_not_matter():
    points, values = clouds((3, -2, -1))
    whole = apart(points, values)
    shuffled = np.random.default_rng(2).permutation(len(points))
    assert apart(points[shuffled], values[shuffled]) == pytest.approx(whole)
