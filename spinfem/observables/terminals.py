"""What the instruments at every terminal show."""

from spinfem.case.plugins import Observable
from spinfem.study.results import Measurement

_UNITS = {"potential": "V", "temperature_rise": "K", "heat_current": "W"}


class Terminals(Observable, kind="terminals"):
    """What is not prescribed at each terminal: its potential, its current, its spin current (positive into the device).

    With heat its temperature and its heat current too. All of them are of linear order in the drive: Joule heat is in `temperature`.
    """

    def unit_of(self, name) -> str:
        return _UNITS.get(name.rpartition(".")[2], "A")

    def measure(self, simulation):
        for terminal, reading in simulation.solution().readings.items():
            name, condition = f"{self.name}.{terminal}", simulation.case.terminals[terminal]
            for what in condition.charge.shows:
                yield Measurement(f"{name}.{what}", getattr(reading, what), "V" if what == "potential" else "A")
            if condition.spin.passes:
                spin = tuple(reading.spin_current.tolist())
                yield Measurement(f"{name}.spin_current", spin, "A", note="components x, y, z of spin")
            if simulation.case.heat is not None:
                yield from _heat(name, condition.of_scalar("heat"), reading)


def _heat(name, condition, reading):
    rise, flow = reading.scalars["T"]
    if not condition.holds:
        yield Measurement(f"{name}.temperature_rise", rise, "K", note="of linear order")
    if condition.anchors:
        yield Measurement(f"{name}.heat_current", flow, "W", note="of linear order")
