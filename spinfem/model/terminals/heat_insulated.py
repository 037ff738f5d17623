"""No heat passes."""

from spinfem.case.conditions import HeatCondition


class HeatInsulated(HeatCondition, kind="insulated"):
    """No heat passes: the end of a thin wire, or a probe in vacuum."""
