"""Over what length the spin potential decays along a region."""

from typing import Literal

import numpy as np
from pydantic import Field

from spinfem.case.names import RegionName
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Length
from spinfem.observables.places import outside
from spinfem.study.findings import Chart, Measurement, Table


class DecayLength(Observable, kind="decay_length"):
    """The length L of the fit |v| = A exp(-x / L) along a line in a region, between two positions.

    `from` and `to` are coordinates of the drawing along `axis` (default: the longest extent of the region). The line
    passes `through` a point (default: the middle of the region); if it lies in an interface, `along` chooses the side.
    The error is the standard error of the regression of ln |v|: it grows where the decay is not one exponential.
    """

    along: RegionName
    start: Length = Field(alias="from")
    end: Length = Field(alias="to")
    axis: Literal["x", "y", "z"] | None = None
    through: tuple[Length, Length, Length] | None = None
    points: int = Field(101, ge=5, le=10_000)

    def faults(self, case, outline):
        if self.start == self.end:
            yield "to", self.end, "must differ from `from`: a decay is fitted in between"

    def misplaced(self, device):
        yield from outside(device, self._line(device)[1], self.along, "from")

    def _line(self, device):
        """(number of the axis, points) of the line, (k, 3) in metres. Collective."""
        from spinfem.geometry.extent import extent  # slow to import, and not needed to check a case

        low, high = extent(device, self.along)
        axis = int(np.argmax(high - low)) if self.axis is None else "xyz".index(self.axis)
        middle = (low + high) / 2 if self.through is None else np.array(self.through)
        points = np.tile(middle, (self.points, 1))
        points[:, axis] = np.linspace(self.start, self.end, self.points)
        return axis, points

    def measure(self, laboratory):
        from scipy import stats

        axis, points = self._line(laboratory.device)
        position = points[:, axis]
        _, v = laboratory.solution().at(points, self.along)
        size = np.linalg.norm(v, axis=1)
        fit = stats.linregress(position, np.log(size))
        length = -1.0 / fit.slope
        yield Measurement(
            self.name,
            float(length),
            "m",
            error=float(fit.stderr * length**2),
            note=f"fit of exp(-{'xyz'[axis]}/L) in {self.along}",
        )
        fitted = np.exp(fit.intercept + fit.slope * position)
        x = "xyz"[axis]
        chart = Chart(self.name, x, ("|v|", "fit"), y_label="|spin potential|", log="y", points=("|v|",))
        yield Table(self.name, {x: ("m", position), "|v|": ("V", size), "fit": ("V", fitted)}, (chart,))
