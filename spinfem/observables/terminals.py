"""What the instruments at every terminal show."""

from spinfem.case.plugins import Observable
from spinfem.study.results import Measurement


class Terminals(Observable, kind="terminals"):
    """What is not prescribed at each terminal: its potential, its current, its spin current (positive into the device)."""

    def unit_of(self, name) -> str:
        return "V" if name.endswith(".potential") else "A"

    def measure(self, simulation):
        for terminal, reading in simulation.solution().readings.items():
            name, condition = f"{self.name}.{terminal}", simulation.case.terminals[terminal]
            for what in condition.charge.shows:
                yield Measurement(f"{name}.{what}", getattr(reading, what), "V" if what == "potential" else "A")
            if condition.spin.passes:
                spin = tuple(reading.spin_current.tolist())
                yield Measurement(f"{name}.spin_current", spin, "A", note="components x, y, z of spin")
