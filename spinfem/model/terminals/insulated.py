"""A face that no charge crosses."""

from typing import ClassVar

from spinfem.case.conditions import ChargeCondition


class Insulated(ChargeCondition, kind="insulated"):
    """No charge crosses anywhere, and the potential varies along the face: an outer boundary with a condition for spins of its own."""

    insulated: bool
    """No charge crosses anywhere, as where no terminal is: a face whose `spin` is more than reflecting."""
    equipotential: ClassVar = False
    shows: ClassVar = ()
    default_spin: ClassVar = "reflecting"
