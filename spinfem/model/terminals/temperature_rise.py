"""A given temperature."""

from typing import ClassVar

from spinfem.case.conditions import HeatCondition
from spinfem.case.quantity import TemperatureDifference


class TemperatureRise(HeatCondition, kind="rise"):
    """The temperature is held above (or below) the reference temperature of the case."""

    rise: TemperatureDifference
    """By how much it is warmer than the reference temperature."""
    drives: ClassVar = {"rise": "scalars.T"}
    holds: ClassVar = True
    anchors: ClassVar = True
