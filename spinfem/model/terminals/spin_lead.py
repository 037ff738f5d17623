"""A long wire as a lead for spins."""

from typing import ClassVar

from spinfem.case.conditions import SpinCondition
from spinfem.case.materials import Material
from spinfem.model.terminals.spin_resistance import spin_leak


class SpinLead(SpinCondition, kind="lead"):
    """The device goes on as a wire of a normal metal, with the terminal's cross-section and much longer than lambda: v decays in it as
    exp(-x/lambda), so J.n = v/RA with RA = lambda/sigma (Valet, Fert, PRB 48, 7099 (1993)). For charge the terminal is where the wire begins."""

    lead: Material
    """The wire's material, with P = 0: a name of the library (`spinfem materials`), or a mapping with the values."""
    holds: ClassVar = False

    def integrand(self, u, w, end):
        return spin_leak(_resistance(self.lead), u, w, end)

    def idle(self, case, dimension):
        for key in self.lead.own_numbers:
            if _resistance(self.lead.another(key)) == _resistance(self.lead):
                yield ("lead", key), "of a lead conductivity and spin diffusion length count"

    def faults(self, regions):
        if self.lead.polarization != 0:
            message = (
                "is polarized, and a current brings spins of its own from a ferromagnet; take a lead of a normal metal, "
                "or draw a piece of the ferromagnet as a region"
            )
            yield ("lead",), self.lead.name or self.lead.polarization, message


def _resistance(material):
    """lambda/sigma of a Material, ohm m^2."""
    return material.spin_diffusion_length / material.conductivity
