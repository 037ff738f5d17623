"""A large reservoir of heat."""

from typing import ClassVar

from spinfem.case.conditions import HeatCondition


class HeatBath(HeatCondition, kind="bath"):
    """The temperature is the reference temperature of the case, whatever flows in: a wide, thick wire."""

    holds: ClassVar = True
    anchors: ClassVar = True
