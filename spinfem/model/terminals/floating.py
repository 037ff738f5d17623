"""A voltage probe."""

from typing import ClassVar

from spinfem.case.conditions import ChargeCondition


class Floating(ChargeCondition, kind="floating"):
    """No net current: what an ideal voltmeter sees."""

    floating: bool
    """No net current: what an ideal voltmeter sees."""
    default_spin: ClassVar = "reflecting"
