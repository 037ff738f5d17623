"""A source of voltage behind a resistor: a lead of finite resistance."""

from typing import ClassVar

from pydantic import Field

from spinfem.case.conditions import ChargeCondition
from spinfem.case.quantity import Resistance, Voltage


class SeriesResistance(ChargeCondition, kind="series_resistance"):
    """A lead of resistance R to a source of voltage V: I = (V - phi)/R enters at the potential phi of the terminal.

    As a form on the terminal, of area A, with j.n out of the device: j.n = (phi - V)/(R A), whose integral is -I since phi is uniform there.
    """

    voltage: Voltage
    """The potential at the far end of the lead."""
    resistance: Resistance = Field(gt=0)
    """R of the lead between the source of `voltage` and the terminal, for charge."""
    drives: ClassVar = {"voltage": "voltages"}
    grounds: ClassVar = True
    shows: ClassVar = ("potential", "current")

    def current_of(self, voltage):
        return voltage / self.resistance

    def integrand(self, u, w, end):
        return end.number(1.0 / (self.resistance * end.area) / end.conductance_unit) * u.phi * w.phi
