"""A given spin potential."""

from typing import ClassVar

from spinfem.case.conditions import SpinCondition
from spinfem.case.quantity import Voltage


class SpinPotential(SpinCondition, kind="potential"):
    """The spin potential is held at these components (in spin space)."""

    potential: tuple[Voltage, Voltage, Voltage]
    """x, y and z component of v."""
    drives: ClassVar = {"potential": "spin_potentials"}

    def constrain(self, nodes) -> None:
        nodes.give()
