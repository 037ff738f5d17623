"""No spins pass."""

from typing import ClassVar

from spinfem.case.conditions import SpinCondition


class Reflecting(SpinCondition, kind="reflecting"):
    """No spin current passes, J.n = 0."""

    passes: ClassVar = False
    holds: ClassVar = False
