"""A given spin current."""

from typing import ClassVar

import numpy as np

from spinfem.case.conditions import SpinCondition
from spinfem.case.quantity import Current


class SpinCurrent(SpinCondition, kind="current"):
    """This spin current enters, at a uniform spin potential; into a strong ferromagnet only its part along the magnetization."""

    current: tuple[Current, Current, Current]
    """x, y and z component of what enters the device."""
    drives: ClassVar = {"current": "spin_currents"}

    def constrain(self, nodes) -> None:
        nodes.share()

    def faults(self, regions):
        """A spin current that enters a strong ferromagnet enters along its magnetization, so there has to be one direction."""
        magnets = [region.magnetization for region in regions.values() if region.strong]
        if not all(magnetization.uniform for magnetization in magnets):
            message = "enters a ferromagnet whose magnetization depends on position; give a spin potential, or sink"
            yield (), self.model_dump(), message
        elif magnets and len(magnets) == len(regions) and not _one_axis(magnets):
            message = (
                f"enters {' and '.join(regions)}, two ferromagnets with their own magnetizations; "
                "contact one of them, or give a spin potential, or sink"
            )
            yield (), self.model_dump(), message


def _one_axis(magnetizations):
    first = magnetizations[0].direction
    return all(np.linalg.norm(np.cross(first, m.direction)) < 1e-8 for m in magnetizations)
