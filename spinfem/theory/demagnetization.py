"""Demagnetizing factors N of uniformly magnetized bodies: H = -N M along each of three axes; they add up to 1."""

from itertools import pairwise
from math import pi, sqrt

import numpy as np
from scipy.integrate import quad
from scipy.special import elliprd, erf


def ellipsoid(lengths) -> np.ndarray:
    """The factors of an ellipsoid with these three full axes (any unit), (3,).

    J. A. Osborn, Phys. Rev. 67, 351 (1945): N_a = (abc/2) int ds / [(s + a^2) sqrt((s + a^2)(s + b^2)(s + c^2))], from 0 to infinity, which is
    (abc/3) R_D(b^2, c^2, a^2) with Carlson's integral R_D.
    """
    a = np.asarray(lengths, dtype=float) / max(lengths)
    return np.array([a.prod() / 3 * elliprd(*np.delete(a, k) ** 2, a[k] ** 2) for k in range(3)])


def prism(lengths) -> np.ndarray:
    """The factors of a rectangular prism with these three edges (any unit), (3,): the mean of the field over its volume.

    The number of A. Aharoni, J. Appl. Phys. 83, 3432 (1998), eq. (1), whose sum of logarithms and arctangents loses its digits for thin films. From
    1/r = (2/sqrt(pi)) int exp(-r^2 u^2) du the energy of the magnetic charges on the two faces across z is one integral of a product,

        N_z = (1/V) pi^(-3/2) int X(u) Y(u) [1 - exp(-c^2 u^2)] du,   X(u) = sqrt(pi) a erf(a u)/u - [1 - exp(-a^2 u^2)]/u^2,

    with Y(u) likewise for b, and V = a b c.
    """
    edges = np.asarray(lengths, dtype=float) / max(lengths)
    return np.array([_across(*np.roll(edges, -k - 1)) for k in range(3)])


def _across(a, b, c):
    def integrand(log):
        u = np.exp(log)
        return u * _spread(a, u) * _spread(b, u) * -np.expm1(-((c * u) ** 2)) / c

    # Its scales are the inverse edges: between them it is smooth in log u, below it falls as u^3, above as 1/u.
    marks = sorted({-float(np.log(edge)) for edge in (a, b, c)})
    ends = [marks[0] - 14, *marks, marks[-1] + 6, marks[-1] + 38]
    parts = [quad(integrand, *span, epsabs=1e-14, epsrel=1e-12, limit=200)[0] for span in pairwise(ends)]
    return sum(parts) / pi**1.5


def _spread(a, u):
    """X(u)/a: the mean of exp(-(x - x')^2 u^2) over x, x' in an edge a, times a."""
    z = a * u
    if z < 1e-3:  # two numbers that nearly cancel
        return a * (1 - z**2 / 6 + z**4 / 30)
    return a * (sqrt(pi) * erf(z) / z + np.expm1(-(z**2)) / z**2)
