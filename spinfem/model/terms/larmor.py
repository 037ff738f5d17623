"""Spins that are free turn in a magnetic field."""

from typing import ClassVar

import numpy as np
import ufl

from spinfem.case.plugins import Term
from spinfem.constants import BOHR_MAGNETON, HBAR
from spinfem.model.potentials import Tensor, in_space
from spinfem.theory.spin_orbit import cross_matrix

_NAMES = tuple(f"larmor_{axis}" for axis in "xyz")


class Larmor(Term, kind="larmor"):
    """div J = - c v/tau + c omega x v, c = sigma (1 - P^2)/D, omega = g mu_B B/hbar, in normal metals and weak ferromagnets; skew: it does no work.

    M. Johnson, R. H. Silsbee, PRB 37, 5312 (1988). The sign is that of ds/dt = omega x s for a spin of moment - g mu_B s/hbar. In strong
    ferromagnets, where v = s m, there is no torque along m, and what is across m has been taken by the exchange field.
    """

    _CHANGES: ClassVar = "where something changes: with a `magnetic_field` that free spins turn in, a `mobility`, `time` or a `frequency`"
    counts: ClassVar = {
        "g_factor": "where free spins turn in a `magnetic_field`",
        "spin_lifetime": _CHANGES,
        "diffusion_constant": _CHANGES,
    }

    @classmethod
    def needs_lifetime(cls, region):
        return (
            "free spins turn in the magnetic field, and how far depends on the time they live" if _turns(region) else ""
        )

    @classmethod
    def numbers(cls, region, scale):
        turning = np.zeros(3)
        if _turns(region):
            m = region.material
            frequency = m.g_factor * BOHR_MAGNETON / HBAR * np.array(region.magnetic_field)
            rate = scale.rate(m.conductivity * (1 - m.polarization**2), m.spin_diffusion_length)
            turning = rate * m.spin_lifetime * frequency
        return dict(zip(_NAMES, turning.tolist(), strict=True))

    @classmethod
    def mixes(cls, regions):
        fields = [np.array(region.magnetic_field) for region in regions.values() if _turns(region)]
        return [cross_matrix(field / np.linalg.norm(field)) for field in fields]

    @classmethod
    def symmetric(cls, n_spin):
        return n_spin < 2  # along one axis nothing turns

    @classmethod
    def integrand(cls, u, w, c):
        turning = ufl.as_vector([getattr(c, name) for name in _NAMES])
        return -ufl.inner(turning, ufl.cross(in_space(u.v, c), in_space(w.v, c)))

    @classmethod
    def tensors(cls, numbers, m, axes):
        turning = [numbers[name] for name in _NAMES]
        return {"mass": Tensor(0.0, 0.0, -axes @ cross_matrix(turning) @ axes.T)}


def _turns(region):
    """Are there free spins in a field?"""
    return not region.strong and region.magnetic_field is not None and any(region.magnetic_field)
