"""Heat that a film hands to what it lies on."""

from math import sqrt

from pydantic import Field

from spinfem.case.plugins import Term
from spinfem.case.quantity import Length, ThermalInterfaceConductance
from spinfem.model.potentials import Tensor
from spinfem.model.terms.heat_conduction import temperature


class Substrate(Term, kind="substrate"):
    """div Q = - (h/t) (T - T_0) in a film of thickness t on a substrate at T_0, with the conductance h for each area between them.

    It is as if the film were as warm at its top as at its bottom, which is so where h t is small beside kappa (the Biot number): 1e8 W/m^2/K times 60 nm is a
    fiftieth of Cu's.
    """

    conductance: ThermalInterfaceConductance = Field(gt=0)
    """h: of the interface, and of an oxide below it."""
    thickness: Length = Field(gt=0)
    """t: of the film."""

    @classmethod
    def numbers(cls, region, scale):
        own, reference = cls.of(region), region.reference_temperature
        if own is None or reference is None:
            return {"to_substrate": 0.0}
        siemens = temperature(reference).conductance(own.conductance / own.thickness)
        return {"to_substrate": scale.rate(siemens, 1.0)}

    @classmethod
    def lengths(cls, region):
        """How far heat comes in the film."""
        own = cls.of(region)
        if own is None or region.reference_temperature is None:
            return ()
        return (sqrt(region.thermal_conductivity * own.thickness / own.conductance),)

    @classmethod
    def quadrature_degree(cls, degree, texture):
        return 2 * degree

    @classmethod
    def integrand(cls, u, w, c):
        return c.to_substrate * u["T"] * w["T"]

    @classmethod
    def tensors(cls, numbers, m, axes):
        return {"mass": Tensor(between={("T", "T"): numbers["to_substrate"]})}

    @classmethod
    def scalar_losses(cls, u, c):
        return {"T": c.to_substrate * u["T"]}
