"""An ideal source of voltage."""

from typing import ClassVar

from spinfem.case.conditions import ChargeCondition
from spinfem.case.quantity import Voltage


class GivenVoltage(ChargeCondition, kind="voltage"):
    """The potential is held at this."""

    voltage: Voltage
    """The potential is held at this."""
    drives: ClassVar = {"voltage": "voltages"}
    holds: ClassVar = True
    grounds: ClassVar = True
    shows: ClassVar = ("current",)
