"""Electric current that goes around inside the device."""

from typing import Literal

import numpy as np

from spinfem.case.names import RegionName
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Length
from spinfem.formatting import nm
from spinfem.study.results import Measurement

_ROUNDING = 1e-9


class LoopCurrent(Observable, kind="loop_current"):
    """The current that passes the plane `axis` = `position` one way and comes back another way.

    It is (∫|j.n| dA − |net current|) / 2. The net current is what all terminals on one side let in; a terminal that the plane cuts takes part in the loops.
    With `regions`, the part of the plane in them alone: what passes in one film and comes back in the other is a net
    current of each. Without, in 2D, also the vortices: how much current goes around the point where the stream function
    is largest (counterclockwise) and smallest (clockwise), and where these are. Spin that enters a ferromagnet drives
    such loops: Y. Bazaliy, R. Ramazashvili, Appl. Phys. Lett. 110, 092405 (2017).
    """

    axis: Literal["x", "y", "z"]
    position: Length
    regions: tuple[RegionName, ...] = ()

    def faults(self, case, outline):
        if outline.dimension == 1:
            yield "axis", self.axis, "cuts a line: currents go around in 2D and 3D only"
        elif outline.dimension == 2 and self.axis == "z":
            yield "axis", self.axis, "is the axis out of a plane device; allowed are x and y"

    def misplaced(self, device):
        from spinfem.geometry.extent import extent  # slow to import, and not needed to check a case

        boxes = np.array([extent(device, name) for name in self.regions or device.regions])
        axis = "xyz".index(self.axis)
        low, high = boxes[:, 0, axis].min(), boxes[:, 1, axis].max()
        margin = _ROUNDING * (high - low)
        if not low + margin < self.position < high - margin:
            where = f"{'the regions' if self.regions else 'the device'}, {nm(low)} to {nm(high)}"
            yield "position", nm(self.position), f"this plane lies outside {where}"

    def measure(self, simulation):
        solution = simulation.solution()
        through = solution.current_through("xyz".index(self.axis), self.position, self.regions)
        plane = f"{self.axis} = {nm(self.position)}"
        yield Measurement(self.name, through.loop, "A", note=f"goes around through {plane}")
        yield Measurement(f"{self.name}.net", through.net, "A", note=f"net current along +{self.axis}")
        if simulation.device.mesh.topology.dim == 2 and not self.regions:
            for sense, vortex in zip(("counterclockwise", "clockwise"), solution.vortices(), strict=True):
                name = f"{self.name}.{sense}"
                yield Measurement(name, vortex.current, "A", note="extreme of the stream function, times the depth")
                place = tuple(map(float, vortex.place))
                yield Measurement(f"{name}.place", place, "m", note="middle of this vortex")
