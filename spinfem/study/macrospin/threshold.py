"""Where a state of the moments becomes unstable as the drive grows: from growth rates, the eigenvalues of the equation linearized about the state."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from spinfem.study.macrospin.equation import unit
from spinfem.study.macrospin.trajectory import Drive, integrate

_STEP = 1e-4  # rad, of central differences
_AT_REST = 1e-11  # of gamma times the largest field
_STEPS = 40  # of Newton's method
_MOST = 0.2  # rad, of one of them
_SCAN = 25  # drives looked at before the crossing is narrowed down
_SETTLING, _PARTS = (
    400.0,
    25,
)  # rad that m would turn in the largest field in each part of the time that it has to relax


class NoThreshold(Exception):
    """Why there is none."""


@dataclass(frozen=True)
class Threshold:
    """factor: of the drive. frequency: at which the motion begins, Hz. m: the state that becomes unstable, (k, 3)."""

    factor: float
    frequency: float
    m: np.ndarray


def threshold(motion, low, high) -> Threshold:
    """The smallest drive between the factors `low` and `high` at which the state the moments relax to at `low` is no longer stable. Raises NoThreshold."""
    states = {low: at_rest(motion, relaxed(motion, low), low)}
    if growth(motion, states[low], low).real > 0:
        raise NoThreshold("the state at the first current is not stable")

    def rate(factor):
        nearest = min(states, key=lambda known: abs(known - factor))
        states[factor] = at_rest(motion, states[nearest], factor)
        return growth(motion, states[factor], factor).real

    before = low
    for factor in np.linspace(low, high, _SCAN)[1:].tolist():
        if rate(factor) > 0:
            found = brentq(rate, before, factor, xtol=1e-12 * max(abs(low), abs(high)), rtol=1e-10)
            state = at_rest(motion, states[before], found)
            return Threshold(found, abs(growth(motion, state, found).imag) / (2 * np.pi), state)
        before = factor
    raise NoThreshold("the state is stable up to the last current")


def relaxed(motion, factor):
    """Where strong damping takes the moments from their start, (k, 3)."""
    own = motion.moments
    damped = replace(motion, moments=replace(own, damping=np.ones_like(own.damping)))
    scale = own.gamma.max() * motion.largest_field
    if not scale:
        return own.start
    m, drive = own.start, Drive.of(([0.0], [1.0]), factor)
    for _ in range(_PARTS):
        m = integrate(damped, drive, np.array([0.0, _SETTLING / scale]), m).m[-1]
        if np.abs(motion.rate(m, factor)).max() < _STEP * 1e-3 * scale:
            break
    return m


def at_rest(motion, m, factor):
    """The equilibrium next to m, (k, 3), by Newton's method. Raises NoThreshold."""
    scale = motion.moments.gamma.max() * motion.largest_field
    for _ in range(_STEPS):
        rate, frames = motion.rate(m, factor), _frames(m)
        if np.abs(rate).max() <= _AT_REST * scale:
            return m
        step = np.linalg.lstsq(_linear(motion, m, factor), -_in_frames(rate, frames), rcond=1e-10)[0]
        step *= min(1.0, _MOST / max(np.abs(step).max(), 1e-300))
        m = _moved(m, frames, step)
    raise NoThreshold(f"there is no state at rest near by at {factor:.6g} times the drive of the case")


def growth(motion, m, factor) -> complex:
    """The eigenvalue, 1/s, with the largest real part of the equation linearized about m: the rate at which the fastest mode grows, and its angular
    frequency."""
    eigenvalues = np.linalg.eigvals(_linear(motion, m, factor))
    return complex(max(eigenvalues, key=lambda value: (value.real, value.imag)))


def _linear(motion, m, factor):
    """The derivative of the rate by displacements across m, in frames of m, (2 k, 2 k)."""
    frames, columns = _frames(m), []
    for step in _STEP * np.eye(2 * len(m)):
        there, back = (motion.rate(_moved(m, frames, s), factor) for s in (step, -step))
        columns.append(_in_frames(there - back, frames) / (2 * _STEP))
    return np.array(columns).T


def _frames(m):
    """Two directions across each m: (k, 2, 3)."""
    aside = np.eye(3)[np.abs(m).argmin(axis=1)]
    first = unit(np.cross(m, aside))
    return np.stack([first, np.cross(m, first)], axis=1)


def _in_frames(vectors, frames):
    return np.einsum("kai,ki->ka", frames, vectors).ravel()


def _moved(m, frames, step):
    return unit(m + np.einsum("kai,ka->ki", frames, step.reshape(len(m), 2)))
