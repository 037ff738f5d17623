"""A heater."""

from typing import ClassVar

from spinfem.case.conditions import HeatCondition
from spinfem.case.quantity import HeatCurrent


class Heater(HeatCondition, kind="power"):
    """This heat enters at a temperature that follows from it, the same for all of the terminal."""

    power: HeatCurrent
    """What enters the device (negative: leaves it)."""
    drives: ClassVar = {"power": "scalars.T"}
    uniform: ClassVar = True
