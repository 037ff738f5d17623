"""Lines along a region, for decays."""

from typing import Literal

import numpy as np
from pydantic import Field
from uncertainties import nominal_value
from uncertainties.unumpy import nominal_values

from spinfem.case.names import RegionName
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Length
from spinfem.formatting import nm
from spinfem.observables.drive import NOTHING, at_rest
from spinfem.observables.places import outside
from spinfem.observables.vectors import magnitude
from spinfem.study.ratio import beside_noise, undefined


class Along(Observable):
    """What lies on a line in a region, between two positions."""

    along: RegionName
    start: Length = Field(validation_alias="from", serialization_alias="from")
    end: Length = Field(validation_alias="to", serialization_alias="to")
    axis: Literal["x", "y", "z"] | None = None
    through: tuple[Length, Length, Length] | None = None
    points: int = Field(101, ge=5, le=10_000)

    def faults(self, case, outline):
        if self.start == self.end:
            yield "to", self.end, "must differ from `from`: a decay is fitted in between"
        elif at_rest(case):
            yield "along", self.along, f"no spins decay there: {NOTHING}"

    def misplaced(self, device):
        yield from outside(device, self.line(device)[1], self.along, "from")

    def line(self, device):
        """(number of the axis, points) of the line, (k, 3) in metres. Collective."""
        from spinfem.geometry.extent import extent  # slow to import, and not needed to check a case

        low, high = extent(device, self.along)
        axis = int(np.argmax(high - low)) if self.axis is None else "xyz".index(self.axis)
        middle = (low + high) / 2 if self.through is None else np.array(self.through)
        points = np.tile(middle, (self.points, 1))
        points[:, axis] = np.linspace(self.start, self.end, self.points)
        return axis, points

    def spin_potential(self, simulation):
        """(name of the axis, positions (k,) in metres, |v| there: numbers or variables). Raises Undefined where |v| is noise: its logarithm
        is asked for."""
        axis, points = self.line(simulation.device)
        solution, position = simulation.solution(), points[:, axis]
        _, v = solution.at(points, self.along)
        size, noise = np.array([magnitude(vector) for vector in v]), solution.noise * solution.largest_potential()
        above = nominal_values(size) > noise
        if not above.all():
            k = int(np.argmin(above))
            place = f"{'xyz'[axis]} = {nm(position[k])}"
            told = f"there are no spins, |v| is zero{beside_noise(nominal_value(size[k]), noise, 'V')}"
            raise undefined(self.along, f"at {place} {told}; end the line before")
        return "xyz"[axis], position, size
