"""The spin current that moving magnets absorb, a(m_1 ... m_k), A: solved for, or interpolated between directions where it was solved.

The torque is proportional to the drive, so all of this is for the drive of the case, and each set of directions is solved once.

*One axis.* Where all other magnets lie along one axis p, and nothing else in the device singles out a direction of spin space, turning m about p turns a
with it: a = A(c) p_perp + B(c) m x p, c = m.p. Two magnets that move, and no others, are the same with p the other one. A and B are smooth in c and
interpolated by Chebyshev polynomials; their nodes, tripled, are nodes again, so nothing is solved twice.

*The sphere.* Otherwise each component of a(m), a smooth function on the sphere, is a sum of spherical harmonics up to degree L, projected by Gauss-Legendre
quadrature along z and equal steps of the azimuth.

Both converge geometrically. Either is refined until it agrees with solutions for directions that it was not made from, spread over the whole
sphere; so a symmetry that is not there is found out.
"""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from spinfem.case.magnetization import Uniform
from spinfem.study.macrospin.equation import cross

CHECKS = 8  # directions
_GOLDEN = (np.sqrt(5) - 1) / 2
_ALONG = 1e-12


class NoTable(Exception):
    """No table agrees with the solutions that it is compared with."""


@dataclass
class OnDemand:
    """Solved for each m that comes. The last one is remembered; `solves` counts; noise: what a torque that is zero comes out as, A."""

    simulation: Any
    names: tuple[str, ...]
    error: float = 0.0
    solves: int = 0
    noise: float = 0.0
    _last: tuple = field(default=(None, None), repr=False)

    def __call__(self, m):
        """a (k, 3), A, for unit vectors m (k, 3). Collective; the same numbers on every rank."""
        key = m.tobytes()
        if self._last[0] != key:
            self._last = key, self._solved(m)
        return self._last[1]

    def _solved(self, m):
        states = {name: Uniform(direction=v.tolist()) for name, v in zip(self.names, m, strict=True)}
        with self.simulation.passing(states):
            solution = self.simulation.solution(states, remember=False)
            found = np.array([solution.absorbed(name) for name in self.names])
        self.solves += 1
        found, self.noise = self.simulation.comm.bcast((found, solution.noise * solution.largest_current))
        return found


@dataclass(frozen=True)
class Axial:
    """One or two magnets that feel one direction: the axis of all others, or one another. coefficients: (n, k, 2) of A and B in Chebyshev polynomials."""

    axis: np.ndarray | None  # None: of two magnets the other one
    coefficients: np.ndarray
    error: float = 0.0
    solves: int = 0

    def __call__(self, m):
        """a (..., k, 3), A, for unit vectors m (..., k, 3)."""
        others = m[..., ::-1, :] if self.axis is None else np.broadcast_to(self.axis, m.shape)
        cosine = np.clip((m * others).sum(axis=-1), -1.0, 1.0)
        powers = np.cos(np.arange(len(self.coefficients)) * np.arccos(cosine)[..., None])  # Chebyshev's polynomials
        along, normal = np.einsum("...kn,nkp->p...k", powers, self.coefficients)[..., None]
        return along * (others - cosine[..., None] * m) + normal * cross(m, others)


@dataclass(frozen=True)
class Sphere:
    """One magnet. coefficients: (L + 1, L + 1, 3), complex: a is the real part of the sum over m and k of (x + i y)^m T_k(z) times them, T_k
    Chebyshev's polynomials."""

    coefficients: np.ndarray
    error: float = 0.0
    solves: int = 0

    def __call__(self, m):
        """a (..., 1, 3), A, for unit vectors m (..., 1, 3)."""
        orders = np.arange(len(self.coefficients))
        turning = (m[..., 0] + 1j * m[..., 1]) ** orders
        height = np.cos(orders * np.arccos(np.clip(m[..., 2], -1.0, 1.0)))
        found = np.einsum("...m,...k,mki->...i", turning, height, self.coefficients).real[..., None, :]
        return found - (found * m).sum(axis=-1, keepdims=True) * m


def torque_of(simulation, progress=lambda what: None):
    """What gives a(m) of the case's `dynamics`, as it asks for: OnDemand, Axial or Sphere. Raises NoTable, SolveError. Collective."""
    case, dynamics = simulation.case, simulation.case.dynamics
    solve = OnDemand(simulation, tuple(dynamics.magnets))
    if dynamics.torque == "on_demand":
        return solve
    axis = axis_of_others(case)
    key = (repr(simulation.drive), solve.names, dynamics.torque_error, None if axis is None else axis.tobytes())
    if key not in simulation.torques:
        simulation.torques[key] = tabulated(solve, axis, dynamics.torque_error, progress)
    return simulation.torques[key]


def axis_of_others(case):
    """The direction that all magnets share which do not move, up to the sign; None where there is no such one."""
    others = [m for name, m in case.magnets.items() if name not in case.dynamics.magnets]
    if not others or not all(m.uniform for m in others):
        return None
    directions = np.array([m.direction for m in others])
    return directions[0] if np.all(np.linalg.norm(np.cross(directions, directions[0]), axis=1) < _ALONG) else None


def tabulated(solve, axis, error, progress=lambda what: None, kinds=None):
    """A table of what `solve` gives, to a relative error of its largest value. Raises NoTable.

    axis: of all other magnets, or None. kinds: which tables to try, each (what makes one of a size, the sizes); default: those that fit the number of magnets.
    """
    k = len(solve.names)
    if kinds is None:
        kinds = ((ABOUT_AN_AXIS,) if k == 2 - (axis is not None) else ()) + ((ON_THE_SPHERE,) if k == 1 else ())
    checks = [(m, solve(m)) for m in _spread(k)]
    found = np.inf
    for making, sizes in kinds:
        make = making(solve, axis)
        for size in sizes:
            progress(f"tabulating the torque ({solve.solves} directions)")
            table, largest = make(size)
            found = _difference(table, checks, largest, solve.noise)
            if found <= max(error, solve.noise / largest if largest else 0.0):
                return replace(table, error=found, solves=solve.solves)
    raise NoTable(f"differs by {found:.1g} of its largest value" if kinds else "would need all pairs of directions")


def _difference(table, checks, largest, noise):
    """The largest difference to what was solved for, relative to the largest value anywhere; none, where all of it is noise."""
    largest = max([largest, *(np.abs(a).max() for _, a in checks)])
    return float(max(np.abs(table(m) - a).max() for m, a in checks) / largest) if largest > noise else 0.0


def _spread(k):
    """Sets of directions (k, 3) that cover the sphere evenly and are no nodes of a table: points of Fibonacci's spiral."""
    n = np.arange(CHECKS * k)
    z, azimuth = 1 - (2 * n + 1) / n.size, 2 * np.pi * _GOLDEN * n + 0.1
    across = np.sqrt(1 - z**2)
    points = np.stack([across * np.cos(azimuth), across * np.sin(azimuth), z], axis=1)
    return points.reshape(k, CHECKS, 3).swapaxes(0, 1)


def _axial(solve, axis):
    """What makes Axial tables with n nodes."""
    reference = np.array([0.0, 0.0, 1.0]) if axis is None else axis
    aside = np.linalg.svd(reference[None])[2][1]

    @cache
    def at(cosine):
        """(A, B) of each magnet, (k, 2), and the largest |a|."""
        other = cosine * reference + np.sqrt(1 - cosine**2) * aside
        m = np.array([other] if axis is not None else [other, reference])
        a, others = solve(m), m[::-1] if axis is None else reference[None]
        square = 1 - cosine**2
        parts = [(a * (others - cosine * m)).sum(axis=1), (a * np.cross(m, others)).sum(axis=1)]
        return np.stack(parts, axis=1) / square, np.abs(a).max()

    def make(n):
        cosines, to_chebyshev = _chebyshev(n)
        found = [at(round(cosine, 12)) for cosine in cosines.tolist()]  # so that a node is the same of every n
        coefficients = np.einsum("kj,j...->k...", to_chebyshev, np.array([parts for parts, _ in found]))
        return Axial(axis, coefficients), max(size for _, size in found)

    return make


def _on_sphere(solve, axis):
    """What makes Sphere tables of degree L."""

    def make(degree):
        z, weights = np.polynomial.legendre.leggauss(degree + 1)
        azimuths = 2 * np.pi * np.arange(2 * degree + 1) / (2 * degree + 1)
        across = np.sqrt(1 - z**2)
        m = np.stack(
            np.broadcast_arrays(np.outer(across, np.cos(azimuths)), np.outer(across, np.sin(azimuths)), z[:, None]),
            axis=-1,
        )
        values = np.array([[solve(direction[None])[0] for direction in ring] for ring in m])
        weights = weights * 2 * np.pi / (2 * degree + 1)
        harmonics = _harmonics(degree, m[..., 0] + 1j * m[..., 1], m[..., 2])
        coefficients = np.einsum("lozp,zpi,z->loi", harmonics.conj(), values, weights)
        coefficients[:, 1:] *= 2  # those of m < 0 are the conjugates
        nodes, to_chebyshev = _chebyshev(degree + 1)
        heights = _harmonics(degree, np.ones_like(nodes), nodes)  # without (x + i y)^m
        coefficients = np.einsum("kj,loj,loi->oki", to_chebyshev, heights, coefficients)
        return Sphere(coefficients), np.abs(values).max()

    return make


def _chebyshev(n):
    """The n nodes of Chebyshev's polynomials, and what makes coefficients T_k of values there, (n, n)."""
    angles = np.pi * (2 * np.arange(n) + 1) / (2 * n)
    matrix = 2 / n * np.cos(np.outer(np.arange(n), angles))
    matrix[0] /= 2
    return np.cos(angles), matrix


def _harmonics(degree, across, z):
    """The orthonormal Y_lm for m >= 0 where x + i y is `across`, and z: (L + 1, L + 1, ...), complex, zero for m > l.

    By the recursion in l, which begins with Y_mm, a number times (x + i y)^m.
    """
    found = np.zeros((degree + 1, degree + 1, *z.shape), dtype=complex)
    found[0, 0] = np.sqrt(1 / (4 * np.pi))
    for k in range(1, degree + 1):
        found[k, k] = np.sqrt((2 * k + 1) / (2 * k)) * across * found[k - 1, k - 1]
    for n in range(1, degree + 1):
        order = np.arange(n).reshape(-1, *(1,) * z.ndim)
        grow = np.sqrt((4 * n**2 - 1) / (n**2 - order**2))
        found[n, :n] = grow * z * found[n - 1, :n]
        if n > 1:
            found[n, : n - 1] -= (grow * np.sqrt(((n - 1) ** 2 - order**2) / (4 * (n - 1) ** 2 - 1)))[:-1] * found[
                n - 2, : n - 1
            ]
    return found


ABOUT_AN_AXIS = _axial, (5, 15, 45, 135)  # nodes
ON_THE_SPHERE = _on_sphere, (4, 8, 16, 24)  # degrees
