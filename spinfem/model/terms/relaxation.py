"""Spin that is lost to the lattice."""

import ufl

from spinfem.case.plugins import Term
from spinfem.model.potentials import Tensor


class Relaxation(Term, kind="relaxation"):
    """div J = - sigma (1 - P^2)/lambda^2 v, for spins of any direction (Valet, Fert, PRB 48, 7099 (1993))."""

    dissipates = "spin_relaxation"

    @classmethod
    def numbers(cls, region, scale):
        m = region.material
        rate = (1 - m.polarization**2) / scale.length(m.spin_diffusion_length) ** 2
        return {"relaxation": scale.conductivity(m.conductivity) * rate}

    @classmethod
    def lengths(cls, region):
        return () if region.insulating else (region.material.spin_diffusion_length,)

    @classmethod
    def quadrature_degree(cls, degree, texture):
        return 2 * degree

    @classmethod
    def integrand(cls, u, w, c):
        return c.relaxation * ufl.dot(u.v, w.v)

    @classmethod
    def tensors(cls, numbers, m, axes):
        return {"mass": Tensor(0.0, 0.0, numbers["relaxation"])}

    @classmethod
    def given_to_lattice(cls, u, c):
        return c.relaxation * u.v
