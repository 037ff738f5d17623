"""One rigid magnetization under spin torque, where it can be solved by hand (docs/dynamics.md).

Fields are flux densities mu_0 H, in T; a rate is an angular frequency, rad/s. gamma = g mu_B/hbar.
"""

from math import pi

import numpy as np

from spinfem.constants import BOHR_MAGNETON, ELECTRON_CHARGE, HBAR, VACUUM_PERMEABILITY

_CHARGE = abs(ELECTRON_CHARGE)


def gyromagnetic_ratio(g_factor=2.0) -> float:
    """gamma, rad/(s T)."""
    return g_factor * BOHR_MAGNETON / HBAR


def torque_rate(efficiency, current, saturation, volume, g_factor=2.0):
    """a_J = gamma hbar g I / (2 |e| M_s V), rad/s: how fast a spin current g I (A) across m turns a moment M_s V (A m^2)."""
    return gyromagnetic_ratio(g_factor) * HBAR * efficiency * current / (2 * _CHARGE * saturation * volume)


def critical_current(efficiency, damping, saturation, volume, field):
    """I_c = 2 |e| alpha M_s V B / (hbar g), A: where a_J = alpha gamma B. J. C. Slonczewski, J. Magn. Magn. Mater. 159, L1 (1996).

    field: B, T, the mean of the two fields that hold m back from the two sides: mu_0 (H + H_k) on an axis, mu_0 (H + H_k + M_s/2) in the plane of a film.
    With a current density and a thickness instead of V the result is a density.
    """
    return 2 * _CHARGE * damping * saturation * volume * field / (HBAR * efficiency)


def relaxed(polar, damping, field, time, g_factor=2.0):
    """The polar angle (rad) after some time in a field (T) along the axis: tan(theta/2) = tan(theta_0/2) exp(-alpha gamma B t/(1 + alpha^2))."""
    rate = damping * gyromagnetic_ratio(g_factor) * field / (1 + damping**2)
    return 2 * np.arctan(np.tan(polar / 2) * np.exp(-rate * np.asarray(time)))


def out_of_plane_oscillator(rate, damping, saturation, g_factor=2.0):
    """(frequency, Hz; cos theta) of m that a polarizer across a film keeps turning, where the efficiency does not depend on the angle.

    rate: a_J, rad/s. The torque of the film's own field, gamma mu_0 M_s cos theta, turns m at the rate at which damping and a_J balance: f = a_J/(2 pi alpha).
    """
    frequency = rate / (2 * pi * damping)
    return frequency, rate / (damping * gyromagnetic_ratio(g_factor) * VACUUM_PERMEABILITY * saturation)


def pumping_damping(mixing, saturation, thickness, g_factor=2.0):
    """What a contact of mixing conductance G_r (S/m^2) to a spin sink adds to the damping: gamma hbar^2 G_r / (2 e^2 M_s d).

    Y. Tserkovnyak, A. Brataas, G. E. W. Bauer, B. I. Halperin, Rev. Mod. Phys. 77, 1375 (2005). A magnet that has no other damping starts to move where a
    spin potential v behind the contact reaches 2 |e| v = hbar omega: L. Berger, PRB 54, 9353 (1996).
    """
    return gyromagnetic_ratio(g_factor) * HBAR**2 * mixing / (2 * _CHARGE**2 * saturation * thickness)
