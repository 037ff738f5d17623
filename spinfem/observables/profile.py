"""Potentials along a straight line."""

import numpy as np
from pydantic import Field

from spinfem.case.names import RegionName
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Length
from spinfem.observables.places import outside
from spinfem.study.findings import Chart, Table


class Profile(Observable, kind="profile"):
    """phi and v at equally spaced points of the line `from` - `to`, written as a CSV table.

    Where the line lies in an interface, `region` chooses the side.
    """

    start: tuple[Length, Length, Length] = Field(alias="from")
    end: tuple[Length, Length, Length] = Field(alias="to")
    points: int = Field(201, ge=2, le=100_000)
    region: RegionName | None = None

    def faults(self, case, outline):
        if self.start == self.end:
            yield "to", self.end, "must differ from `from`: together they are a line"

    def misplaced(self, device):
        yield from outside(device, np.linspace(self.start, self.end, self.points), self.region, "from")

    def measure(self, laboratory):
        points = np.linspace(self.start, self.end, self.points)
        phi, v = laboratory.solution().at(points, self.region)
        distance = np.linalg.norm(points - points[0], axis=1)
        columns = {"distance": ("m", distance)}
        columns |= {axis: ("m", points[:, i]) for i, axis in enumerate("xyz")}
        columns |= {"phi": ("V", phi)} | {f"v_{axis}": ("V", v[:, i]) for i, axis in enumerate("xyz")}
        along = "distance along the line"
        charts = (
            Chart(f"{self.name}_phi", "distance", ("phi",), x_label=along, y_label="charge potential φ"),
            Chart(f"{self.name}_v", "distance", ("v_x", "v_y", "v_z"), x_label=along, y_label="spin potential"),
        )
        yield Table(self.name, columns, charts)
