"""A lead of finite spin resistance."""

from typing import ClassVar

from pydantic import Field

from spinfem.case.conditions import SpinCondition
from spinfem.case.quantity import ResistanceArea


class SpinResistanceArea(SpinCondition, kind="resistance_area"):
    """Spins leave through a spin resistance to where v = 0: J.n = v/RA, n out of the device. A sink for small RA, reflecting for large.

    On a strong ferromagnet v = s m, so only spins along m pass: what crosses m is torque on the magnet, as without a lead.
    """

    resistance_area: ResistanceArea = Field(gt=0)
    """RA of the lead for spins: rho lambda for a long wire."""
    holds: ClassVar = False

    def integrand(self, u, w, end):
        return spin_leak(self.resistance_area, u, w, end)


def spin_leak(resistance_area, u, w, end):
    """The form of J.n = v/RA."""
    import ufl

    return end.number(1.0 / resistance_area / end.conductance_unit) * ufl.dot(u.v, w.v)
