import numpy as np
import pytest

from spinfem.postprocessing.sharing import first_share


def shares(magnets, arriving):
    """Of each magnet in turn, at one node."""
    magnets = [np.atleast_2d(m) / np.linalg.norm(m) for m in magnets]
    order = [magnets[k:] + magnets[:k] for k in range(len(magnets))]
    return np.array([first_share(turned, np.atleast_2d(arriving))[0] for turned in order])


@pytest.mark.parametrize("number", [2, 3, 4])
def test_each_takes_spins_across_its_own_m_and_nothing_is_left(number):
    rng = np.random.default_rng(number)
    for _ in range(20):
        magnets, arriving = rng.normal(size=(number, 3)), rng.normal(size=3)
        parts = shares(magnets, arriving)
        assert np.allclose(parts.sum(axis=0), arriving, atol=1e-10)
        assert np.allclose(np.sum(parts * magnets, axis=1), 0, atol=1e-10)


def test_two_magnets_halve_what_is_normal_to_both():
    assert np.allclose(shares([[0, 0, 1], [0.6, 0, 0.8]], [0, 1, 0]), [[0, 0.5, 0]] * 2)


@pytest.mark.parametrize("second", [[0, 0, 1], [0, 0, -2], [1e-10, 0, 1]])
def test_collinear_magnets_halve_what_crosses_their_axis(second):
    assert np.allclose(shares([[0, 0, 1], second], [0.3, 0.1, 1e-17]), [[0.15, 0.05, 0]] * 2, atol=1e-9)


def test_almost_collinear_magnets_have_large_shares_that_still_add_up():
    arriving, small = np.array([0.3, 0.1, 0.2]), 3e-8
    parts = shares([[0, 0, 1], [small, 0, 1]], arriving)
    assert np.abs(parts).max() == pytest.approx(0.2 / small, rel=1e-3)
    assert np.allclose(parts.sum(axis=0), arriving, atol=1e-15 / small)


def test_on_one_axis_nothing_can_be_taken():
    assert not shares([[1.0], [-1.0]], [0.4]).any()
    assert abs(first_share([np.array([[1.0 + 1e-16]])], np.array([[0.4]]))).max() < 1e-15


def test_a_rank_without_nodes():
    assert first_share([np.zeros((0, 3))] * 2, np.zeros((0, 3))).shape == (0, 3)
