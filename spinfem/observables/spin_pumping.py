"""What a magnet that precesses sends into the metals, as the mean of a turn."""

import numpy as np
from pydantic import Field

from spinfem.case.magnetization.precessing import Precessing
from spinfem.case.names import MagnetName, TerminalName
from spinfem.case.plugins import Observable
from spinfem.formatting import axis_or_vector
from spinfem.observables.drive import driving, not_a_pair
from spinfem.study.results import Caveat, Measurement


class SpinPumping(Observable, kind="spin_pumping"):
    """The constant part of what a precessing magnet does: the mean over the moments of a turn.

    `spin_current` is what it sends out, less what comes back to it: without a way back (hbar omega/|e|) G_r A sin^2(cone) along the axis (Tserkovnyak, Brataas,
    Bauer, Halperin, RMP 77, 1375 (2005)). Between two terminals, `voltage` is that of the inverse spin Hall effect.
    """

    magnet: MagnetName
    plus: TerminalName | None = None
    minus: TerminalName | None = None
    phases: int = Field(default=4, ge=3, le=360)
    """At how many moments the device is solved: a mean of n is exact but for harmonics n, 2n, ..., and the fourth is as small as the fourth power of the
    cone's sine."""

    def faults(self, case, outline):
        if not isinstance(case.magnets[self.magnet], Precessing):
            message = "does not precess; e.g. magnetization: {precessing: +z, frequency: 10 GHz, cone_angle: 1 deg}"
            yield "magnet", self.magnet, message
        if (self.plus is None) != (self.minus is None):
            yield "plus" if self.plus is None else "minus", None, "is missing: a voltage is between two terminals"
        elif self.plus is not None:
            yield from not_a_pair(self.plus, self.minus)

    def unit_of(self, name) -> str:
        return "V" if name.endswith(".voltage") else "A"

    def measure(self, simulation):
        from spinfem.study.magnets import sent_out

        magnet = simulation.case.magnets[self.magnet]
        if others := driving(simulation.case):
            yield Caveat(
                f"{self.name}: the device is driven at {', '.join(others)}, too, and what that sends through the magnet is in its numbers; "
                "give nothing there for what the precession does alone"
            )
        phases = magnet.phase + 2 * np.pi * np.arange(self.phases) / self.phases
        solutions = [simulation.solution({self.magnet: magnet.at_phase(phase)}) for phase in phases]
        lost = sum(sent_out(simulation.case, solution, self.magnet) for solution in solutions) / self.phases
        along = f"into the metals; {self.magnet} precesses about {axis_or_vector(magnet.precessing)}"
        yield Measurement(f"{self.name}.spin_current", tuple(lost.tolist()), "A", note=along)
        if self.plus is not None:
            differences = (s.readings[self.plus].potential - s.readings[self.minus].potential for s in solutions)
            voltage = sum(differences) / self.phases
            yield Measurement(f"{self.name}.voltage", voltage, "V", note=f"{self.plus} - {self.minus}, mean of a turn")
