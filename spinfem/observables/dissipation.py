"""Where the power goes."""

from uncertainties import nominal_value

from spinfem.case.plugins import Observable
from spinfem.observables.drive import NOTHING, at_rest
from spinfem.study.ratio import ratio
from spinfem.study.results import Measurement


class Dissipation(Observable, kind="dissipation"):
    """The power that enters through the terminals, and its split: transport, spin relaxation, each resistive interface, each lead.

    The parts are integrals of the variational form at the solution, so they add up to the sum of V I (+ v.I_s) of the terminals, behind their leads; the
    balance is reported.
    """

    def faults(self, case, outline):
        if at_rest(case):
            yield "name", self.name, f"no power is spent: {NOTHING}"

    def measure(self, simulation):
        solution = simulation.solution()
        parts, entering = solution.powers(), solution.power_in()
        yield Measurement(f"{self.name}.total", entering, "W", note="sum of V I + v.I_s at the terminals")
        for part, power in parts.items():
            yield Measurement(f"{self.name}.{part.replace(' ', '.')}", power, "W")
        noise = solution.noise * sum(abs(nominal_value(reading.power)) for reading in solution.readings.values())
        lost = abs(nominal_value(sum(parts.values()) - entering))
        balance = ratio(lost, abs(nominal_value(entering)), noise, self.name, "the power", "W")
        yield Measurement(f"{self.name}.balance", balance, "", note="|parts - total| / total")
