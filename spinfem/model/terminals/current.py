"""An ideal source of current."""

from typing import ClassVar

from spinfem.case.conditions import ChargeCondition
from spinfem.case.quantity import Current


class GivenCurrent(ChargeCondition, kind="current"):
    """This current enters at a potential that follows from it."""

    current: Current
    """This current enters the device (negative: leaves it)."""
    drives: ClassVar = {"current": "currents"}
