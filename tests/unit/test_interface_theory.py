"""Conductances of interfaces from wave numbers: limits by hand, and the reflection of a spin followed as a spinor."""

import numpy as np
import pytest

from spinfem.constants import ELECTRON_CHARGE, ELECTRON_MASS, HBAR
from spinfem.theory.interface import Bands, between_diffusive_metals, conductances, exchange_coupling, sharvin

K = 13.6e9
QUANTUM = ELECTRON_CHARGE**2 / (2 * np.pi * HBAR)
STEP = Bands(K, 13e9, 6e9)
CLOSED = Bands(K, 16e9, 9e9, mass_up=1.2, mass_down=0.7)


def test_without_a_step_everything_passes():
    found = conductances(Bands(K, K, K))
    assert sharvin(K) == pytest.approx(QUANTUM * K**2 / (4 * np.pi), rel=1e-14)
    assert (found.up, found.down) == pytest.approx((sharvin(K), sharvin(K)), rel=1e-10)
    assert found.mixing == pytest.approx(sharvin(K), rel=1e-10)  # nothing comes back
    assert conductances(Bands(K, K, K), dephased=False).mixing == pytest.approx(0, abs=1e-9 * sharvin(K))


def test_a_spin_direction_without_states_does_not_pass():
    """Few states: T -> 4 k_z k'_z/k^2 near the axis, so G -> (e^2/h) (8/3) k_down^3/(4 pi k)."""
    few = K / 1e4
    expected = QUANTUM / (4 * np.pi) * (8 / 3) * few**3 / K
    assert conductances(Bands(K, K, few)).down == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("bands", [STEP, CLOSED])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.95])
def test_what_is_not_reflected_is_transmitted(bands, share):
    q = share * K
    for r, t in zip(bands.reflected(q), bands.transmitted(q), strict=True):
        assert abs(r) ** 2 + abs(t) ** 2 == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("bands", [STEP, CLOSED])
def test_quadrature_is_that_of_a_fine_sum(bands):
    q = (np.arange(400_000) + 0.5) / 400_000 * K
    up, down = np.array([bands.reflected(x) for x in q[::40]]).T
    step = q[40] - q[0]
    total = QUANTUM / (2 * np.pi) * np.sum((1 - np.conj(up) * down) * q[::40]) * step
    assert conductances(bands).mixing == pytest.approx(total, rel=1e-3)


@pytest.mark.parametrize("bands", [STEP, CLOSED])
def test_the_mixing_conductance_turns_spins_as_the_contact_does(bands):
    """Spinors polarized along x and y come in at all q, are reflected, and their spin current is 2 G_r v + 2 G_i m x v towards the magnet."""
    paulis = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    found, n = conductances(bands).mixing, 2000
    q = K * np.sin((np.arange(n) + 0.5) / n * np.pi / 2)
    weights = QUANTUM / (2 * np.pi) * q * np.sqrt(K**2 - q**2) * (np.pi / 2 / n)
    for axis in (0, 1):
        current = np.zeros(3)
        for weight, x in zip(weights, q, strict=True):
            r = np.diag(bands.reflected(x))
            arriving = paulis[axis]  # of potentials +v and -v along the axis, v = 1
            returning = r @ arriving @ r.conj().T
            current += weight * np.real([np.trace(s @ (arriving - returning)) for s in paulis])
        v = np.eye(3)[axis]
        expected = 2 * found.real * v + 2 * found.imag * np.cross([0, 0, 1], v)
        assert current == pytest.approx(expected, rel=2e-4, abs=2e-4 * abs(found))


def test_reservoirs_are_taken_away():
    none = between_diffusive_metals(Bands(K, K, 0.5 * K))
    assert np.isinf(none.up)
    found, bare = between_diffusive_metals(STEP), conductances(STEP)
    assert 1 / found.down == pytest.approx(1 / bare.down - (1 / sharvin(K) + 1 / sharvin(6e9)) / 2, rel=1e-12)
    assert 1 / found.mixing == pytest.approx(1 / bare.mixing - 1 / (2 * sharvin(K)), rel=1e-12)


def spin_current(up, down, kappa, thickness, angle):
    """Along y, over hbar/2 and for each (energy and 2 pi hbar), of all states at one energy that arrive from both magnets at a barrier; the second is
    turned by `angle` about y."""
    c, s, one = np.cos(angle / 2), np.sin(angle / 2), np.eye(2)
    turn = np.array([[c, -s], [s, c]])
    k = np.diag([up, down])
    first, second, falls = 1j * k, 1j * turn @ k @ turn.T, np.exp(-kappa * thickness)
    zero = np.zeros((2, 2))
    # reflected, a exp(-kappa z), b exp(kappa (z - d)), transmitted; psi and its slope at both faces
    matrix = np.block(
        [
            [one, -one, -falls * one, zero],
            [-first, kappa * one, -kappa * falls * one, zero],
            [zero, falls * one, one, -one],
            [zero, -kappa * falls * one, kappa * one, -second],
        ]
    )
    total = 0.0
    for spin, own in enumerate((up, down)):
        for arriving in (np.concatenate([-one[spin], -first[spin], [0] * 4]), _from_behind(turn[:, spin], second)):
            found = np.linalg.solve(matrix, arriving)
            a, b = found[2:4], found[4:6] * falls
            total += np.imag((a + b).conj() @ np.array([[0, -1j], [1j, 0]]) @ (kappa * (b - a))) / own
    return total


def _from_behind(spinor, slope):
    return np.concatenate([[0] * 4, spinor, -slope @ spinor])


@pytest.mark.parametrize("kappa", [3e9, 6e9, 10e9])
def test_coupling_across_a_barrier_is_the_spin_current_of_all_filled_states(kappa):
    """J m_1 x m_2 flows into the second magnet; of a thick barrier all comes from within hbar^2 kappa/(2 m d) of E_F."""
    up, down, angle = 1.1e10, 0.5e10, 1.0
    thickness = 6 / kappa
    height, near = (HBAR * kappa) ** 2 / (2 * ELECTRON_MASS), HBAR**2 * kappa / (2 * ELECTRON_MASS * thickness)
    states = ELECTRON_MASS / (2 * np.pi * HBAR**2) * near**2  # int (E_F - E) m/(2 pi hbar^2) exp(- (E_F - E)/near) dE
    flowing = spin_current(up, down, kappa, thickness, angle) / (4 * np.pi) * states
    assert flowing == pytest.approx(exchange_coupling(up, down, height, thickness) * np.sin(angle), rel=1e-3)


def test_coupling_across_a_barrier_changes_sign_with_its_height():
    """kappa^2 = k_up k_down: nothing; above it the magnets like to be antiparallel."""
    up, down = 1.1e10, 0.5e10
    height = (HBAR**2 * up * down) / (2 * ELECTRON_MASS)
    low, middle, high = (exchange_coupling(up, down, scale * height, 1e-9) for scale in (0.8, 1.0, 1.2))
    assert low < 0 < high and abs(middle) < 1e-9 * high
    assert exchange_coupling(up, up, height / 2, 1e-9) == 0
