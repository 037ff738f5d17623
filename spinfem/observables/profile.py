"""Potentials along a straight line."""

import numpy as np

from spinfem.observables.line import Line
from spinfem.study.results import Chart, Table


class Profile(Line, kind="profile"):
    """phi and v at equally spaced points of the line `from` - `to`, written as a CSV table.

    Where the line lies in an interface, `region` chooses the side.
    """

    def measure(self, simulation):
        points = self.places
        phi, v = simulation.solution().at(points, self.region)
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
