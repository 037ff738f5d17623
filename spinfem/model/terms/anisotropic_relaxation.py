"""Spins along z live longer, or shorter, than those across."""

from math import sqrt

import numpy as np
import ufl

from spinfem.case.plugins import Term
from spinfem.model.potentials import Tensor, in_space

_Z = np.array([0.0, 0.0, 1.0])


class AnisotropicRelaxation(Term, kind="anisotropic_relaxation"):
    """div J_z = - sigma (1 - P^2)/lambda^2 (tau/tau_z - 1) v_z: what the relaxation of spins along z differs by from `relaxation`.

    B. Raes et al., PRB 95, 085403 (2017); two-dimensional metals have it, by spin-orbit fields in their plane.
    """

    dissipates = "spin_relaxation"

    @classmethod
    def numbers(cls, region, scale):
        m = region.material
        rate = scale.rate(m.conductivity * (1 - m.polarization**2), m.spin_diffusion_length)
        return {"further_along_z": rate * (1 / m.spin_lifetime_anisotropy - 1)}

    @classmethod
    def lengths(cls, region):
        m = region.material
        return () if m.spin_lifetime_anisotropy == 1 else (m.spin_diffusion_length * sqrt(m.spin_lifetime_anisotropy),)

    @classmethod
    def mixes(cls, regions):
        anisotropic = any(region.material.spin_lifetime_anisotropy != 1 for region in regions.values())
        return [np.outer(_Z, _Z)] if anisotropic else ()

    @classmethod
    def integrand(cls, u, w, c):
        return c.further_along_z * in_space(u.v, c)[2] * in_space(w.v, c)[2]

    @classmethod
    def tensors(cls, numbers, m, axes):
        z = axes @ _Z
        return {"mass": Tensor(0.0, 0.0, numbers["further_along_z"] * np.outer(z, z))}

    @classmethod
    def given_to_lattice(cls, u, c):
        z = ufl.as_vector([c.axes[k, 2] for k in range(c.axes.ufl_shape[0])])
        return c.further_along_z * in_space(u.v, c)[2] * z
