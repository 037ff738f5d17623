"""m(t): the equation of motion integrated, under a drive that is linear in time between knots."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.integrate import solve_ivp

from spinfem.algebra.solver import SolveError
from spinfem.constants import BOLTZMANN
from spinfem.study.macrospin.equation import unit

TOLERANCE = 1e-10  # of each step, relative to |m| = 1
_STEP = 0.02  # rad: how far m turns in one step under a random field
_LARGEST = 50_000_000  # such steps


@dataclass(frozen=True)
class Trajectory:
    """times (n,), s; m (n, k, 3), unit vectors; factors (n,) of the drive."""

    times: np.ndarray
    m: np.ndarray
    factors: np.ndarray


@dataclass(frozen=True)
class Drive:
    """The factor of the drive, piecewise linear in time: (times, factors), and the one that multiplies them all. Where a time stands twice it jumps."""

    times: np.ndarray
    factors: np.ndarray

    @classmethod
    def of(cls, knots, factor) -> "Drive":
        """That of a case's `knots`."""
        times, factors = (np.asarray(part, dtype=float) for part in knots)
        return cls(times, factor * factors)

    def pieces(self, until):
        """(start, end, factor at the start, factor at the end), one after the other, from 0 to `until`."""
        edges = np.unique([0.0, until, *self.times[(self.times > 0) & (self.times < until)]])
        for start, end in pairwise(edges):
            yield start, end, *self._inside(start, end)

    def _inside(self, start, end):
        """The factors at both ends, seen from between them: extrapolated from two points there."""
        first, second = self.at(start + (end - start) * np.array([1, 3]) / 4)
        slope = 2 * (second - first)
        return first - slope / 4, second + slope / 4

    def at(self, times):
        """Factors at times (n,), just after a jump."""
        after = np.searchsorted(self.times, times, side="right")
        before = np.clip(after - 1, 0, None)
        after = np.clip(after, None, len(self.times) - 1)
        span = self.times[after] - self.times[before]
        share = np.where(span > 0, (times - self.times[before]) / np.where(span > 0, span, 1.0), 0.0)
        return self.factors[before] + share * (self.factors[after] - self.factors[before])


def integrate(motion, drive, times, start=None) -> Trajectory:
    """The Trajectory from the start of the moments on, told at `times` (n,), s, the first of them 0.

    By the Runge-Kutta method of order 8 of Dormand and Prince (scipy's DOP853), steps chosen by their error. |m| does not change along the
    exact motion, and the direction alone enters its rate: m is the unit vector along what is integrated. Raises SolveError.
    """
    shape = motion.moments.start.shape
    m = np.empty((len(times), *shape))
    state = m[0] = motion.moments.start if start is None else start
    for begin, end, low, high in drive.pieces(times[-1]):

        def rate(t, y, begin=begin, end=end, low=low, high=high):
            return motion.rate(unit(y.reshape(shape)), low + (high - low) * (t - begin) / (end - begin)).ravel()

        inside = (times > begin) & (times <= end)
        told = np.unique([*times[inside], end])
        done = solve_ivp(rate, (begin, end), state.ravel(), "DOP853", told, rtol=TOLERANCE, atol=TOLERANCE)
        if not done.success:
            raise SolveError(f"the motion of the magnets could not be integrated: {done.message}", [])
        found = unit(done.y.T.reshape(-1, *shape))
        m[inside], state = found[: np.count_nonzero(inside)], found[-1]
    return Trajectory(times, m, drive.at(times))


def thermal(motion, drive, times, temperature, seed, step=None, copies=None) -> Trajectory:
    """The same under a random field, whose components are independent of one another and of the past, with the mean square
    2 alpha k_B T/(gamma M_s V dt) in a step dt: W. F. Brown, Phys. Rev. 130, 1677 (1963). What is pumped has the noise of its damping (J. Foros, A. Brataas,
    Y. Tserkovnyak, G. E. W. Bauer, PRL 95, 016601 (2005)); the torque itself has none here.

    By Heun's scheme, which converges to the solution in Stratonovich's sense (J. L. Garcia-Palacios, F. J. Lazaro, PRB 58, 14937 (1998)), m brought
    back to |m| = 1 after each step. copies: so many independent motions at once, m (n, copies, k, 3). Raises SolveError.
    """
    own = motion.moments
    interval = times[1] - times[0]
    step = step or _STEP / (own.gamma.max() * motion.largest_field)
    each = max(1, int(np.ceil(interval / step * (1 - 1e-9))))
    if each * len(times) > _LARGEST:
        raise SolveError(
            f"{each * len(times):.2g} steps of {interval / each:.2g} s are too many; give a `time_step`, or a shorter time",
            [],
        )
    dt = interval / each
    size = np.sqrt(2 * BOLTZMANN * temperature / (own.gamma * own.moment * dt))[:, None, None] * _root(motion)
    random = np.random.default_rng(seed)
    state = own.start if copies is None else np.repeat(own.start[None], copies, axis=0)
    m = np.empty((len(times), *state.shape))
    m[0] = state
    for n, t in enumerate(times[:-1]):
        for j in range(each):
            now, then = drive.at(np.array([t + j * dt, t + (j + 1) * dt]))
            noise = np.einsum("kij,...kj->...ki", size, random.standard_normal(state.shape))
            first = motion.rate(state, now, noise)
            second = motion.rate(unit(state + dt * first), then, noise)
            state = unit(state + dt / 2 * (first + second))
        m[n + 1] = state
    return Trajectory(times, m, drive.at(times))


def _root(motion):
    """The square root of the damping, what is pumped included, (k, 3, 3)."""
    damping = motion.moments.damping[:, None, None] * np.eye(3)
    if motion.back_action is not None:
        damping = damping + motion.back_action.damping
    values, vectors = np.linalg.eigh(damping)
    return vectors * np.sqrt(np.clip(values, 0.0, None))[:, None, :] @ vectors.swapaxes(-1, -2)
