"""The curve that the spin potential and the spin current draw in spin space."""

import numpy as np

from spinfem.case.names import RegionName
from spinfem.observables.line import Line
from spinfem.observables.magnets import direction_of
from spinfem.study.results import Chart, Table


class Hodograph(Line, kind="hodograph"):
    """v and J (the spin current density along the line) at equally spaced points of a line, as curves in spin space.

    With two magnets as `plane` [m_1, m_2] they are also given along m_1, along the part of m_2 across m_1, and normal to both.
    In a normal metal of constant section the curve of v lies in the plane of its two ends (Ya. B. Bazaliy and co-workers).
    """

    plane: tuple[RegionName, RegionName] | None = None

    def faults(self, case, outline):
        yield from super().faults(case, outline)
        if self.plane is None:
            return
        magnets = [case.regions[name].magnetization for name in self.plane]
        if not all(m is not None and m.uniform for m in magnets):
            yield "plane", list(self.plane), "needs two regions with a uniform magnetization"
        elif np.linalg.norm(np.cross(*(m.direction for m in magnets))) < 1e-6:
            yield "plane", list(self.plane), "needs two magnetizations that are not collinear"

    def measure(self, simulation):
        points = self.places
        length = np.linalg.norm(points[-1] - points[0])
        solution = simulation.solution()
        _, v = solution.at(points, self.region)
        current = solution.spin_currents_at(points, (points[-1] - points[0]) / length, self.region)
        columns = {"distance": ("m", np.linspace(0, length, self.points))}
        for name, unit, values in (("v", "V", v), ("J", "A/m^2", current)):
            columns |= {f"{name}_{axis}": (unit, values[:, i]) for i, axis in enumerate("xyz")}
            if self.plane is not None:
                turned = values @ self._frame(simulation).T
                columns |= {f"{name}_{axis}": (unit, turned[:, i]) for i, axis in enumerate(("1", "2", "normal"))}
        yield Table(self.name, columns, tuple(self._charts()))

    def _charts(self):
        for symbol in "vJ":
            x, y, z = (f"{symbol}_{axis}" for axis in "xyz")
            yield Chart(f"{self.name}_{symbol}_space", x, (y,), z)
            if self.plane is not None:
                first, second = self.plane
                labels = f"{symbol} along {first}", f"{symbol} across {first}, towards {second}"
                yield Chart(f"{self.name}_{symbol}", f"{symbol}_1", (f"{symbol}_2",), None, *labels, equal=True)

    def _frame(self, simulation):
        """Rows: m_1, the unit vector towards m_2 across it, their normal."""
        first, second = (direction_of(simulation.case.regions[name].magnetization) for name in self.plane or ())
        across = second - (first @ second) * first
        across /= np.linalg.norm(across)
        return np.array([first, across, np.cross(first, across)])
