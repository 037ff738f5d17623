"""Spins across the magnetization of a weak ferromagnet lose their phase."""

import numpy as np
import ufl

from spinfem.case.plugins import Term
from spinfem.model.potentials import Tensor


class Dephasing(Term, kind="dephasing"):
    """div J = - sigma/lambda_phi^2 v_perp, v_perp = v - (m.v) m, in weak ferromagnets; the magnet takes it up.

    Petitjean, Luc, Waintal, PRL 109, 117204 (2012).
    """

    dissipates = "spin_relaxation"

    @classmethod
    def numbers(cls, region, scale):
        return {"dephasing": scale.rate(region.material.conductivity, region.dephasing_length)}

    @classmethod
    def lengths(cls, region):
        return () if region.dephasing_length is None else (region.dephasing_length,)

    @classmethod
    def integrand(cls, u, w, c):
        m = c.magnetization
        return c.dephasing * (ufl.dot(u.v, w.v) - ufl.dot(m, u.v) * ufl.dot(m, w.v))

    @classmethod
    def tensors(cls, numbers, m, axes):
        if m is None:
            return None
        return {"mass": Tensor(0.0, 0.0, numbers["dephasing"] * (np.eye(len(m)) - np.outer(m, m)))}

    @classmethod
    def given_to_magnet(cls, u, c):
        m = c.magnetization
        return c.dephasing * (u.v - ufl.dot(m, u.v) * m)
