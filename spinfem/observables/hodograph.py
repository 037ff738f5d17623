"""The curve that the spin potential and the spin current draw in spin space."""

from itertools import pairwise
from typing import Annotated

import numpy as np
from pydantic import Field

from spinfem.case.names import RegionName
from spinfem.observables.line import Line
from spinfem.observables.magnets import direction_of
from spinfem.study.results import Chart, Table


class Hodograph(Line, kind="hodograph"):
    """v and J (the spin current density along the line) at equally spaced points of a line, as curves in spin space.

    With two magnets as `plane` [m_1, m_2] they are also given along m_1, along the part of m_2 across m_1, and normal to both.
    In a normal metal of constant section the curve of v lies in the plane of its two ends (Ya. B. Bazaliy and co-workers).

    With more magnets, in the order in which the line passes them, the curve is folded: between two neighbours it lies in their plane, and at a
    magnet, where v is along m, one plane ends and the next one begins. Then it is given in the sheet that these planes make when they are unfolded
    about the magnetizations: m_k is in it at the sum of the angles between neighbours before, and `normal` is what sticks out of the sheet.
    """

    plane: Annotated[tuple[RegionName, ...], Field(min_length=2)] | None = None

    @property
    def _magnets(self) -> tuple[RegionName, ...]:
        return self.plane or ()

    def faults(self, case, outline):
        yield from super().faults(case, outline)
        if self.plane is None:
            return
        magnets = [case.regions[name].magnetization for name in self._magnets]
        if not all(m is not None and m.uniform for m in magnets):
            yield "plane", list(self.plane), "needs regions with a uniform magnetization"
        elif any(np.linalg.norm(np.cross(m.direction, n.direction)) < 1e-6 for m, n in pairwise(magnets)):
            yield "plane", list(self.plane), "needs magnetizations of which no two neighbours are collinear"

    def misplaced(self, device):
        yield from super().misplaced(device)
        starts = [self._start(device, name) for name in self._magnets[1:-1]]
        if None in starts:
            missed = self._magnets[1 + starts.index(None)]
            yield (
                "plane",
                missed,
                "no point of the line lies in it; it has to pass all magnets but the first and the last",
            )
        elif starts != sorted(set(starts)):
            yield "plane", list(self._magnets), "must be in the order in which the line passes them"

    def _start(self, device, name):
        """The first point of the line in a region; None: there is none."""
        from spinfem.postprocessing.point_evaluation import inside  # slow to import, and not needed to check a case

        found = np.flatnonzero(inside(device, self.places, name))
        return int(found[0]) if len(found) else None

    def measure(self, simulation):
        points = self.places
        length = np.linalg.norm(points[-1] - points[0])
        solution = simulation.solution()
        _, v = solution.at(points, self.region)
        current = solution.spin_currents_at(points, (points[-1] - points[0]) / length, self.region)
        frames = self._frames(simulation) if self.plane is not None else None
        columns = {"distance": ("m", np.linspace(0, length, self.points))}
        for name, unit, values in (("v", "V", v), ("J", "A/m^2", current)):
            columns |= {f"{name}_{axis}": (unit, values[:, i]) for i, axis in enumerate("xyz")}
            if frames is not None:
                turned = np.einsum("kab,kb->ka", frames, values)
                columns |= {f"{name}_{axis}": (unit, turned[:, i]) for i, axis in enumerate(("1", "2", "normal"))}
        yield Table(self.name, columns, tuple(self._charts()))

    def _charts(self):
        for symbol in "vJ":
            x, y, z = (f"{symbol}_{axis}" for axis in "xyz")
            yield Chart(f"{self.name}_{symbol}_space", x, (y,), z)
            if self.plane is not None:
                first, second = self.plane[:2]
                labels = f"{symbol} along {first}", f"{symbol} across {first}, towards {second}"
                if len(self.plane) > 2:
                    labels = f"{labels[0]}, unfolded", labels[1]
                yield Chart(f"{self.name}_{symbol}", f"{symbol}_1", (f"{symbol}_2",), None, *labels, equal=True)

    def _frames(self, simulation):
        """For each point of the line the rows that give its place in the sheet, (points, 3, 3): along m_1, across it, out of the sheet."""
        starts = [self._start(simulation.device, name) for name in self._magnets[1:-1]]
        fold = np.searchsorted(starts, np.arange(self.points), side="right")
        return np.array(
            unfolded([direction_of(simulation.case.regions[name].magnetization) for name in self._magnets])
        )[fold]


def unfolded(directions):
    """For each pair of neighbours among unit vectors the matrix that turns their plane into the sheet of all planes, where the first is (1, 0, 0)."""
    frames, angle = [], 0.0
    for first, second in pairwise(directions):
        across = second - (first @ second) * first
        size = np.linalg.norm(across)
        own = np.array([first, across / size, np.cross(first, across / size)])
        cos, sin = np.cos(angle), np.sin(angle)
        frames.append(np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ own)
        angle += np.arctan2(size, first @ second)
    return frames
