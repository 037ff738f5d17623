"""Spin-orbit fields that are linear in the momentum, as a constant SU(2) vector potential (docs/spin_orbit_fields.md).

D_i v = d_i v + A_i x v, J_i = - sigma D_i v. A: (3, 3) in 1/m, row i is A_i in spin space: on the way along i spins turn by - A_i for each metre. For electrons with

    H = hbar^2 k^2/(2 m) - (hbar^2/2m) k_i A_i.(Pauli matrices)

I. V. Tokatly, PRL 101, 106601 (2008); B. A. Bernevig, J. Orenstein, S.-C. Zhang, PRL 97, 236601 (2006).
"""

import itertools

import numpy as np

from spinfem.constants import ELECTRON_CHARGE, HBAR

ELECTRON_MASS = 9.1093837015e-31  # kg


def cross_matrix(vector):
    """The matrix of vector x, (3, 3)."""
    x, y, z = vector
    return np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])


def rashba(wave_number, normal=(0.0, 0.0, 1.0)):
    """A of H = alpha (sigma x k).n, wave_number = 2 m alpha/hbar^2: A_i = q n x e_i. Yu. A. Bychkov, E. I. Rashba, J. Phys. C 17, 6039 (1984)."""
    return wave_number * np.cross(normal, np.eye(3))


def dresselhaus(wave_number, crystal_angle=0.0):
    """A of H = beta (k_1 sigma_1 - k_2 sigma_2) in a layer across z, with the axes 1 = [100] and 2 = [010], wave_number = 2 m beta/hbar^2.

    crystal_angle: from x to [100], rad. G. Dresselhaus, PR 100, 580 (1955); J. Schliemann, J. C. Egues, D. Loss, PRL 90, 146801 (2003).
    """
    # In the axes of the drawing it is a reflection, at the double angle; a right angle is one: 6e-17 is rounding.
    c, s = np.round([np.cos(2 * crystal_angle), np.sin(2 * crystal_angle)], 15)
    return -wave_number * np.array([[c, s, 0.0], [s, -c, 0.0], [0.0, 0.0, 0.0]])


def field_strength(a, i, j):
    """F_ij = A_i x A_j of a constant A: what turning along i and j, in one order and in the other, differs by. Zero: A is a pure gauge."""
    return np.cross(a[i], a[j])


def relaxation(a):
    """D'yakonov-Perel' rates over D of uniform spins, sum over i of A_i^2 - A_i A_i, (3, 3) in 1/m^2.

    M. I. D'yakonov, V. I. Perel', Sov. Phys. Solid State 13, 3023 (1972).
    """
    return -sum(cross_matrix(row) @ cross_matrix(row) for row in np.asarray(a, dtype=float))


def decay(a, length=np.inf):
    """What exp(- K x) is the spin potential of: K, (3, 3) in 1/m, of all that varies along x alone and vanishes at x = infinity.

    (d + A_x x)^2 v = S v, S = 1/length^2 + `relaxation` by A_y and A_z; length: that of other mechanisms. By the Schur form of the first-order system.
    """
    a = np.asarray(a, dtype=float)
    turn, still = cross_matrix(a[0]), np.vstack([np.zeros(3), a[1:]])
    rates = relaxation(still) + np.eye(3) / length**2
    system = np.block([[-turn, np.eye(3)], [rates, -turn]])  # of (v, D_x v)
    values, vectors = np.linalg.eig(system)
    falling = np.argsort(values.real)[:3]
    v = vectors[:3, falling]
    return np.real(-(v * values[falling]) @ np.linalg.inv(v))


def rotation(angles):
    """The rotation by a vector of angles (its direction is the axis), rad, (3, 3)."""
    angle = float(np.linalg.norm(angles))
    if angle == 0:
        return np.eye(3)
    turn = cross_matrix(np.asarray(angles) / angle)
    return np.eye(3) + np.sin(angle) * turn + (1 - np.cos(angle)) * turn @ turn  # O. Rodrigues (1840)


def equilibrium_current(a, mass, across=2):
    """The spin current J0 without any drive in a two-dimensional gas, (3, 3) in A/m; row i flows along i. across: the axis that the gas is normal to.

    J0_i = |e| hbar/(24 pi m) sum over j of A_j x F_ij, i and j in the plane; spins count by the Pauli matrices, not by their moments. For free
    electrons of this mass (kg), both spin bands filled and cold, it is exact for any A and depends on no density (docs/spin_orbit_fields.md derives
    the coefficient; the form is that of Tokatly). It is a constant of equilibrium and no source of v: the sum of A_i x J0_i is zero.
    """
    unit = -ELECTRON_CHARGE * HBAR / (24 * np.pi * mass)
    plane = [i for i in range(3) if i != across]
    found = np.zeros((3, 3))
    for i, j in itertools.product(plane, repeat=2):
        found[i] += unit * np.cross(a[j], field_strength(a, i, j))
    return found
