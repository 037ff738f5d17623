"""What the instruments at every terminal show."""

from spinfem.case.plugins import Observable
from spinfem.study.findings import Measurement


class Terminals(Observable, kind="terminals"):
    """Potential, current and spin current at each terminal; currents count positive into the device."""

    def measure(self, laboratory):
        for terminal, reading in laboratory.solution().readings.items():
            name = f"{self.name}.{terminal}"
            yield Measurement(f"{name}.potential", reading.potential, "V")
            yield Measurement(f"{name}.current", reading.current, "A")
            yield Measurement(f"{name}.spin_current", tuple(map(float, reading.spin_current)), "A", note="x, y, z in spin space")
