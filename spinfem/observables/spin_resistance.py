"""The part of a resistance that spins cause."""

from pydantic import Field

from spinfem.case.names import TerminalName
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Area
from spinfem.observables.drive import no_current, not_a_pair
from spinfem.study.results import Measurement


class SpinResistance(Observable, kind="spin_resistance"):
    """R - R_0, with R = (phi_plus - phi_minus) / I_plus and R_0 the same if every spin relaxed at once (v = 0 everywhere).

    Interfaces add to it what spins pile up there (Valet, Fert, PRB 48, 7099 (1993), section III). With `area` it is also
    given as a resistance-area product.
    """

    plus: TerminalName
    minus: TerminalName
    area: Area | None = Field(default=None, gt=0)
    """Cross-section that the current passes through."""

    def faults(self, case, outline):
        yield from not_a_pair(self.plus, self.minus)
        if why := no_current(case, self.plus):
            yield "plus", self.plus, why

    def unit_of(self, name) -> str:
        return "ohm m^2" if name.endswith(".area_product") else "ohm"

    def measure(self, simulation):
        whole, ohmic = (simulation.solution(spins=s).resistance(self.plus, self.minus) for s in (True, False))
        yield Measurement(f"{self.name}.total", whole, "ohm", note="R")
        yield Measurement(self.name, whole - ohmic, "ohm", note="R - R without spins")
        if self.area is not None:
            yield Measurement(
                f"{self.name}.area_product", (whole - ohmic) * self.area, "ohm m^2", note="times the area"
            )
