"""A ferromagnet - normal metal contact of circuit theory, with mixing conductances."""

from pydantic import Field

from spinfem.case.plugins import Interface
from spinfem.case.quantity import InterfaceConductance


class Circuit(Interface, kind="circuit"):
    """The F|N contact of Brataas, Bauer, Kelly, Phys. Rep. 427, 157 (2006).

    With G = G_up + G_down, P G = G_up - G_down, Delta = F side - N side and n from F to N:

        j.n     = G Delta(phi) + P G m.Delta(v)
        (J.m).n = P G Delta(phi) + G m.Delta(v)
        J_perp.n = - 2 G_r v_perp - 2 G_i m x v      on the side of N

    A strong ferromagnet, whose own v_perp is zero, absorbs what crosses m: it is the torque on the magnet. In a weak one v_perp is replaced by
    its jump, and absorption follows in the volume. G_i turns spins about m, so the operator is not symmetric then, and
    reciprocity connects m with -m.
    """

    conductance_up: InterfaceConductance = Field(gt=0)
    """G_up: of spins along m."""
    conductance_down: InterfaceConductance = Field(gt=0)
    """G_down: of spins against m."""
    mixing_conductance: InterfaceConductance = Field(ge=0)
    """G_r, the real part; at least (G_up + G_down)/2."""
    mixing_conductance_imaginary: InterfaceConductance = 0.0
    """G_i, the imaginary part."""

    @property
    def turns_spins(self):
        return self.mixing_conductance_imaginary != 0

    def faults(self, first, second):
        magnets = sum(region.magnetization is not None for region in (first, second))
        if magnets != 1:
            yield "type", self.kind, "needs a ferromagnet on one side and a normal metal on the other"
        least = (self.conductance_up + self.conductance_down) / 2
        if self.mixing_conductance < least * (1 - 1e-12):
            value = f"{self.mixing_conductance:g} S/m^2"
            yield "mixing_conductance", value, f"must be at least (G_up + G_down)/2 = {least:g} S/m^2"

    def integrand(self, u, w, facet):
        """Positive; symmetric without G_i."""
        import ufl

        from spinfem.model.bulk import cross

        up, down, real, imaginary = (
            value / facet.conductance_unit
            for value in (
                self.conductance_up,
                self.conductance_down,
                self.mixing_conductance,
                self.mixing_conductance_imaginary,
            )
        )
        m, v, test = facet.magnetization_of(facet.magnetic.index(True)), u.jump.v, w.jump.v
        form = 0
        for conductance, sign in ((up, 1), (down, -1)):  # the two spin directions along m are two resistors in parallel
            drop_u, drop_w = (jump.phi + sign * ufl.dot(m, jump.v) for jump in (u.jump, w.jump))
            form += conductance * drop_u * drop_w
        form += 2 * real * (ufl.dot(v, test) - ufl.dot(m, v) * ufl.dot(m, test))
        return form + 2 * imaginary * ufl.dot(cross(m, v), test)
