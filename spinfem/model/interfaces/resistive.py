"""A contact with a resistance-area product: tunnel barrier, dirty or oxidised interface."""

from pydantic import Field

from spinfem.case.plugins import Interface
from spinfem.case.quantity import ResistanceArea


class Resistive(Interface, kind="resistive"):
    """Both potentials jump; AR = 1/G, and the conductance of the two spin directions differs by P_I.

    With Delta = side 1 - side 2 and m of the ferromagnetic side (docs/physics.md, section 3; Takahashi, Maekawa, PRB 67, 052409 (2003)):

        j.n = G Delta(phi) + P_I G m.Delta(v)
        J.n = G Delta(v) + P_I G m Delta(phi)

    The spin component across m passes with G as well (mixing conductance 2 G_r = G, G_i = 0: the tunnel limit).
    """

    resistance_area: ResistanceArea = Field(gt=0)  # ohm m^2
    polarization: float = Field(0.0, gt=-1, lt=1)

    def faults(self, first, second):
        magnets = [region for region in (first, second) if region.magnetization is not None]
        if self.polarization != 0 and len(magnets) != 1:
            yield (
                "polarization",
                self.polarization,
                (
                    "a polarised interface needs a magnetization on exactly one of its two sides, which defines the spin axis; "
                    f"here {'both sides have' if magnets else 'no side has'} one"
                ),
            )

    def integrand(self, u, w, facet):
        """Symmetric positive definite for |P_I| < 1."""
        import ufl

        du, dw = u.jump, w.jump
        conductance = 1.0 / self.resistance_area / facet.conductance_unit
        form = du.phi * dw.phi + ufl.dot(du.v, dw.v)
        if self.polarization:
            m = facet.magnetization_of(facet.magnetic.index(True))
            form += self.polarization * (ufl.dot(m, du.v) * dw.phi + du.phi * ufl.dot(m, dw.v))
        return conductance * form
