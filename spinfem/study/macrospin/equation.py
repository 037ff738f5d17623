"""The equation of motion of rigid moments m_i, |m_i| = 1: Landau, Lifshitz and Gilbert's with the torque of the device.

    dm/dt = - gamma m x B(m) + alpha m x dm/dt - gamma hbar/(2 |e| M_s V) f a(m_1 ... m_k) + back-action (`back_action.py`)
    B(m)  = B_applied + mu_0 H_k (u.m) u - mu_0 M_s N m + sum over other magnets of J area/(M_s V) m_j

a: the spin current across m that a magnet absorbs, A, with the charge's sign; f: the factor of the drive. The signs are derived in docs/dynamics.md. Solved for
dm/dt: with the torques T = - gamma m x B - ..., which are across m, dm/dt = (T + alpha m x T)/(1 + alpha^2) where nothing is pumped.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.study.macrospin.back_action import BackAction
from spinfem.study.macrospin.moments import Moments

_NEXT, _LAST = np.array([1, 2, 0]), np.array([2, 0, 1])


@dataclass(frozen=True)
class Motion:
    """The right-hand side. torque: gives a, (..., k, 3), A, for m (..., k, 3). back_action: of the spins that the moments pump."""

    moments: Moments
    torque: Any
    back_action: BackAction | None = None

    def rate(self, m, factor, noise=0.0):
        """dm/dt, 1/s, for unit vectors m (..., k, 3); noise: a further field, T, of the same shape."""
        own = self.moments
        alpha = own.damping[:, None]
        turning = own.gamma[:, None] * cross(self.field(m) + noise, m)
        if factor:
            turning += factor * self._of_torque * self.torque(m)
        if self.back_action is not None:
            return self.back_action.solved(m, turning, alpha)
        return (turning + alpha * cross(m, turning)) / (1 + alpha**2)

    def field(self, m):
        """B(m), T, (..., k, 3)."""
        own = self.moments
        along = (m * own.axis).sum(axis=-1, keepdims=True)
        found = own.field + own.anisotropy[:, None] * along * own.axis
        found = found - np.einsum("kij,...kj->...ki", own.demagnetizing, m)
        return found + own.exchange @ m if own.exchange.any() else found

    @cached_property
    def _of_torque(self):
        """gamma/(M_s V) times the torque of 1 A, (k, 1), 1/(A s)."""
        return (self.moments.gamma * ANGULAR_MOMENTUM / self.moments.moment)[:, None]

    @cached_property
    def _of_m(self):
        """What of the field is linear in m, (k, 3, 3), T."""
        own = self.moments
        return own.anisotropy[:, None, None] * np.einsum("ki,kj->kij", own.axis, own.axis) - own.demagnetizing

    def energy(self, m):
        """- M_s V [B_applied.m + mu_0 H_k (u.m)^2/2 - mu_0 M_s m.N m/2], and half of what it has with each other one that moves, J, (..., k)."""
        own = self.moments
        of_own = np.einsum("...ki,kij,...kj->...k", m, self._of_m, m) + (m * (own.exchange @ m)).sum(axis=-1)
        return -own.moment * ((m * own.field).sum(axis=-1) + of_own / 2)

    @property
    def largest_field(self) -> float:
        """The largest field that any of the moments can feel, T."""
        own = self.moments
        factors = np.abs(np.linalg.eigvalsh(own.demagnetizing)).max(axis=1)
        coupled = np.abs(own.exchange).sum(axis=1)
        return float((np.linalg.norm(own.field, axis=1) + np.abs(own.anisotropy) + factors + coupled).max())


def cross(a, b):
    """a x b of arrays (..., 3): numpy's takes five times as long for the few vectors here."""
    return a.take(_NEXT, -1) * b.take(_LAST, -1) - a.take(_LAST, -1) * b.take(_NEXT, -1)


def unit(m):
    """m over its length."""
    return m / np.sqrt(np.einsum("...i,...i->...", m, m))[..., None]
