"""A bath behind a thermal resistance: what a lead, or a substrate below it, carries away."""

from typing import ClassVar

from pydantic import Field

from spinfem.case.conditions import HeatCondition
from spinfem.case.quantity import TemperatureDifference, ThermalConductance


class ThermalLead(HeatCondition, kind="conductance"):
    """K (T_0 + rise - T) enters, T being the temperature of the terminal, which is the same for all of it.

    As a form on the terminal, of area A, with the heat current density Q out of the device: Q.n = K (T - T_0 - rise)/A.
    """

    conductance: ThermalConductance = Field(gt=0)
    """K of what is between the terminal and the bath."""
    rise: TemperatureDifference = 0.0
    """By how much the bath is warmer than the reference temperature."""
    drives: ClassVar = {"rise": "scalars.T"}
    uniform: ClassVar = True
    anchors: ClassVar = True

    def flow_of(self, amount):
        return self.conductance * amount

    def integrand(self, u, w, end):
        siemens = end.layout.scalar(self.field).conductance(self.conductance)
        return end.number(siemens / end.area / end.conductance_unit) * u[self.field] * w[self.field]
