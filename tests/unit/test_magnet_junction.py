"""Closed formulas of two magnets in contact, against equations solved otherwise."""

import numpy as np
import pytest
from scipy.integrate import solve_bvp

from spinfem.theory.magnet_junction import absorbed, clamped_wall, holding_angle, settling_lengths, wall_width


def test_charge_and_spin_settle_apart_where_both_spins_are_screened_alike():
    """The numbers are those of the paper's example; for a = 1 the longer length is lambda = l sqrt(1 - b^2)."""
    assert settling_lengths(10.0, 0.1, 0.6) == pytest.approx((8.0, 0.1), rel=1e-12)
    assert settling_lengths(10.0, 0.1, 0.6, ratio=0.5) == pytest.approx((7.99982, 0.113195), rel=1e-5)


@pytest.mark.parametrize("ratio", [0.0, 0.5, 1.0, 2.0])
def test_settling_lengths_are_the_roots(ratio):
    length, screening, b = 3.0, 0.4, 0.5
    powers = [1 - ratio * b**2, 0, -(1 / length**2 + (1 - b**2) / screening**2), 0, 1 / (length * screening) ** 2]
    roots = np.sort(1 / np.roots(powers).real)
    assert settling_lengths(length, screening, b, ratio) == pytest.approx((roots[3], roots[2]), rel=1e-9)


def test_what_does_not_settle_is_refused():
    with pytest.raises(ValueError, match="less than 1"):
        settling_lengths(10.0, 0.1, 0.6, ratio=3.0)


def test_a_good_contact_is_the_limit_of_resistive_ones():
    angle = np.radians([20, 90, 150])
    assert absorbed(angle, 0.4, 1e9) == pytest.approx(absorbed(angle, 0.4, np.inf), rel=1e-6)
    assert absorbed(np.pi / 2, 0.6, 1.0) == pytest.approx(1 / 3, rel=1e-12)


def test_a_wall_that_a_torque_holds():
    """J theta'' = (K/2) sin(2 theta), J theta'(0) = - torque, nothing far away; for small angles."""
    exchange, anisotropy, torque = 2e-11, 5e4, 1e-6
    width = wall_width(exchange, anisotropy)

    def slopes(y, state):
        return np.vstack([state[1], 0.5 * np.sin(2 * state[0])])  # y in units of the width

    def ends(first, last):
        return np.array([first[1] + torque * width / exchange, last[0]])

    y = np.linspace(0, 20, 200)
    found = solve_bvp(slopes, ends, y, np.zeros((2, y.size)), tol=1e-9)
    angle = holding_angle(torque, exchange, anisotropy)
    assert found.sol(0.0)[0] == pytest.approx(angle, rel=1e-5)
    places = np.linspace(0, 5, 6)
    assert found.sol(places)[0] == pytest.approx(clamped_wall(angle, places * width, exchange, anisotropy), rel=1e-4)
