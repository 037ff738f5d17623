"""Thermoelectric effects of both spins."""

from math import sqrt

import ufl

from spinfem.case.plugins import WITH_HEAT, Term
from spinfem.constants import LORENZ
from spinfem.model.potentials import Tensor
from spinfem.model.terms.transport import slope_along


class Seebeck(Term, kind="seebeck"):
    """Each spin channel has a Seebeck coefficient: j_± = - sigma_± [grad (phi ± s) + S_± grad T], and the Peltier coefficient S_± T_0.

    With S = (sigma_+ S_+ + sigma_- S_-)/sigma and S_s = S_+ - S_-

        j = ... - sigma S grad T
        J = ... - sigma [P S + (1 - P^2) S_s/2] m grad T
        Q = ... + T_0 S j + T_0 (S_s/2) (J.m - P j)

    (A. Slachter et al., Nature Physics 6, 879 (2010); J. Flipse et al., Nature Nanotechnology 7, 166 (2012)). In potentials, Q is what j and J are with the
    arguments exchanged, and - sigma [S^2 + (1 - P^2) S_s^2/4] T_0 grad T.
    """

    dissipates = "thermoelectric"
    counts = dict.fromkeys(("seebeck_coefficient", "spin_seebeck_coefficient"), WITH_HEAT)

    @classmethod
    def numbers(cls, region, scale):
        m, unit = region.material, sqrt(LORENZ)
        sigma = scale.conductivity(m.conductivity) if region.reference_temperature else 0.0
        mean, half = m.seebeck_coefficient / unit, m.spin_seebeck_coefficient / unit / 2
        of_spins = 1 - m.polarization**2
        return {
            "seebeck_of_charge": sigma * mean,
            "seebeck_of_spin": sigma * (m.polarization * mean + of_spins * half),
            "seebeck_of_heat": sigma * (mean**2 + of_spins * half**2),
        }

    @classmethod
    def quadrature_degree(cls, degree, texture):
        return 2 * (degree - 1) + 2 * texture

    @classmethod
    def integrand(cls, u, w, c):
        of_heat = c.seebeck_of_heat * ufl.inner(ufl.grad(u["T"]), ufl.grad(w["T"]))
        return _driven(u, w, c) + _driven(w, u, c) + of_heat

    @classmethod
    def work(cls, u, c):
        return _driven(u, u, c)

    @classmethod
    def tensors(cls, numbers, m, axes):
        if m is None:
            return None
        charge, spin, heat = (numbers[f"seebeck_of_{name}"] for name in ("charge", "spin", "heat"))
        return {"stiffness": Tensor(between={("phi", "T"): charge, ("v", "T"): spin * m, ("T", "T"): heat})}

    @classmethod
    def charge_current(cls, u, c):
        return -c.seebeck_of_charge * ufl.grad(u["T"])

    @classmethod
    def spin_current(cls, u, c):
        return -c.seebeck_of_spin * ufl.outer(c.magnetization, ufl.grad(u["T"]))

    @classmethod
    def scalar_currents(cls, u, c):
        of_charge = c.seebeck_of_charge * ufl.grad(u.phi) + c.seebeck_of_spin * slope_along(u.v, c)
        return {"T": -of_charge - c.seebeck_of_heat * ufl.grad(u["T"])}


def _driven(u, w, c):
    """What the slope of the temperature in u drives, tested with the potentials of w."""
    slope = ufl.grad(u["T"])
    charge = c.seebeck_of_charge * ufl.inner(slope, ufl.grad(w.phi))
    return charge + c.seebeck_of_spin * ufl.inner(slope, slope_along(w.v, c))
