"""How polarised the current through a contact is."""

from spinfem.case.names import InterfaceName, sides
from spinfem.case.plugins import Observable
from spinfem.observables.drive import NOTHING, at_rest
from spinfem.study.ratio import ratio
from spinfem.study.results import Measurement


class InjectionEfficiency(Observable, kind="injection_efficiency"):
    """Spin current along m over charge current through an F/N contact, eta = (I_s . m) / I, on the metal's side.

    Both are consistent fluxes (reactions of the normal metal's cells), so eta is as accurate as the potentials. It is
    P_F for a polarised contact without back-flow and smaller where the conductivity mismatch sends spins back
    (Takahashi, Maekawa, PRB 67, 052409 (2003)).
    """

    contact: InterfaceName

    def faults(self, case, outline):
        if sum(case.regions[name].magnetization is not None for name in sides(self.contact)) != 1:
            yield "contact", self.contact, "must join a ferromagnet and a normal metal"
        elif any((m := case.regions[name].magnetization) and not m.uniform for name in sides(self.contact)):
            yield "contact", self.contact, "needs a uniform magnetization: the spin current is counted along it"
        elif at_rest(case):
            yield "contact", self.contact, f"no current passes: {NOTHING}"

    def measure(self, simulation):
        regions = simulation.case.regions
        pair = sides(self.contact)
        (magnet,) = [name for name in pair if regions[name].magnetization is not None]
        (metal,) = set(pair) - {magnet}
        solution = simulation.solution()
        charge, spin = solution.flux(pair, into=metal)
        m = regions[magnet].magnetization.direction
        along = spin @ m
        noise = solution.noise * solution.largest_current
        efficiency = ratio(along, charge, noise, self.contact, "the charge current", "A")
        yield Measurement(f"{self.name}.charge_current", charge, "A", note=f"{magnet} to {metal}")
        yield Measurement(f"{self.name}.spin_current", along, "A", note=f"along m of {magnet}")
        yield Measurement(self.name, efficiency, "", note="spin current / charge current")
