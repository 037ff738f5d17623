"""Heat that flows by itself."""

from math import sqrt

import ufl

from spinfem.case.conditions import HeatCondition
from spinfem.case.plugins import WITH_HEAT, Term
from spinfem.case.scalar_field import ScalarField
from spinfem.constants import LORENZ
from spinfem.model.potentials import Tensor


class HeatConduction(Term, kind="heat_conduction"):
    """div Q = 0, Q = - kappa grad T, in a case with `heat`.

    The unknown is sqrt(L_0) (T - T_0), in V, L_0 being the number of Wiedemann and Franz, and what flows is Q/(T_0 sqrt(L_0)), in A: then kappa is the
    conductivity kappa/(L_0 T_0), that of charge where their law holds, and the operator is symmetric as Onsager's relations have it.
    """

    counts = {"thermal_conductivity": WITH_HEAT, "heat_capacity": f"in `time` or at a `frequency`, {WITH_HEAT}"}

    @classmethod
    def scalar_fields(cls, regions):
        reference = next(iter(regions.values())).reference_temperature
        return [] if reference is None else [temperature(reference, regions)]

    @classmethod
    def numbers(cls, region, scale):
        reference = region.reference_temperature
        if reference is None:
            return {"heat_conductivity": 0.0}
        siemens = temperature(reference).conductance(region.thermal_conductivity)
        return {"heat_conductivity": scale.conductivity(siemens)}

    @classmethod
    def quadrature_degree(cls, degree, texture):
        return 2 * (degree - 1)

    @classmethod
    def integrand(cls, u, w, c):
        return c.heat_conductivity * ufl.inner(ufl.grad(u["T"]), ufl.grad(w["T"]))

    @classmethod
    def tensors(cls, numbers, m, axes):
        return {"stiffness": Tensor(between={("T", "T"): numbers["heat_conductivity"]})}

    @classmethod
    def capacity(cls, region, scale):
        """rho c dT/dt in the balance of heat."""
        reference, capacity = region.reference_temperature, region.material.heat_capacity
        if reference is None or capacity is None:
            return None
        return Tensor(between={("T", "T"): scale.rate(temperature(reference).conductance(capacity), 1.0)})

    @classmethod
    def scalar_currents(cls, u, c):
        return {"T": -c.heat_conductivity * ufl.grad(u["T"])}


def temperature(reference, regions=()):
    """The ScalarField of the temperature (K, W), counted from `reference`."""
    volts = sqrt(LORENZ)  # for each K
    key = HeatCondition.key
    return ScalarField(
        "T", key, "temperature", "K", "Q", "heat current", "W", 1 / volts, reference * volts, tuple(regions), reference
    )
