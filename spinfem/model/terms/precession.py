"""Spins turn about the magnetization of a weak ferromagnet."""

import numpy as np
import ufl

from spinfem.case.plugins import Term
from spinfem.model.potentials import Tensor, cross


class Precession(Term, kind="precession"):
    """div J = - sigma/lambda_J^2 m x v, in weak ferromagnets; the magnet takes it up. Skew: it does no work.

    Zhang, Levy, Fert, PRL 88, 236601 (2002).
    """

    @classmethod
    def numbers(cls, region, scale):
        return {"precession": scale.rate(region.material.conductivity, region.precession_length)}

    @classmethod
    def lengths(cls, region):
        return () if region.precession_length is None else (region.precession_length,)

    @classmethod
    def turns_spins(cls, regions) -> bool:
        return any(region.precession_length is not None for region in regions.values())

    @classmethod
    def symmetric(cls, n_spin):
        return n_spin < 3  # along one axis, or in a plane that nothing leaves, m x v is zero

    @classmethod
    def integrand(cls, u, w, c):
        return c.precession * ufl.dot(cross(c.magnetization, u.v), w.v)

    @classmethod
    def tensors(cls, numbers, m, axes):
        if m is None:
            return None
        turn = np.cross(m, np.eye(3)).T if len(m) == 3 else np.zeros((len(m), len(m)))  # m x
        return {"mass": Tensor(0.0, 0.0, numbers["precession"] * turn)}

    @classmethod
    def given_to_magnet(cls, u, c):
        return c.precession * cross(c.magnetization, u.v)
