"""The contact of circuit theory, with mixing conductances."""

from math import inf

import numpy as np
from pydantic import Field

from spinfem.case.plugins import Interface
from spinfem.case.quantity import InterfaceConductance
from spinfem.case.scalar_field import MAGNONS


class Circuit(Interface, kind="circuit"):
    """The F|N contact of Brataas, Bauer, Kelly, Phys. Rep. 427, 157 (2006).

    With G = G_up + G_down, P G = G_up - G_down, Delta = F side - N side and n from F to N:

        j.n     = G Delta(phi) + P G m.Delta(v)
        (J.m).n = P G Delta(phi) + G m.Delta(v)
        J_perp.n = - 2 G_r v_perp - 2 G_i m x v      on the side of N

    A strong ferromagnet, whose own v_perp is zero, absorbs what crosses m: it is the torque on the magnet. In a weak one v_perp is replaced by
    its jump, and absorption follows in the volume. G_i turns spins about m, so the operator is not symmetric then, and
    reciprocity connects m with -m.

    G_up = G_down = 0 is an insulating magnet: neither charge nor spins along m cross, and what crosses m acts all the same. Spins along m become magnons of
    one whose material has a magnon_conductivity: with the potential mu_m of these,

        (J.m).n = G_s (mu_m/e - 2 m.v)      (Cornelissen et al., PRB 94, 014412 (2016); their mu_s/e is 2 m.v)

    Between two ferromagnets: two such contacts in series, each with its own m, across a thin normal metal that loses no spin. Between two
    normal metals there is neither up nor down: G_up = G_down = G_r.
    """

    conductance_up: InterfaceConductance = Field(ge=0)
    """G_up: of spins along m."""
    conductance_down: InterfaceConductance = Field(ge=0)
    """G_down: of spins against m."""
    mixing_conductance: InterfaceConductance = Field(ge=0)
    """G_r, the real part; at least (G_up + G_down)/2."""
    mixing_conductance_imaginary: InterfaceConductance = 0.0
    """G_i, the imaginary part."""
    spin_conductance: InterfaceConductance = Field(default=0.0, ge=0)
    """G_s, between spins along m and the magnons of an insulating magnet."""

    @property
    def conducts(self):
        return self.conductance_up + self.conductance_down > 0

    @property
    def turns_spins(self):
        return self.mixing_conductance_imaginary != 0

    @property
    def barrier(self):
        up, down = self.conductance_up, self.conductance_down
        return (1 / (up + down), (up - down) / (up + down)) if self.conducts else (inf, 1.0)

    def faults(self, first, second):
        magnets = [r.magnetization for r in (first, second) if r.magnetization is not None]
        if self.spin_conductance and (len(magnets) != 1 or not (first.insulating or second.insulating)):
            message = "leads to the magnons of an insulating magnet from a normal metal; here no magnet has a magnon_conductivity"
            if len(magnets) == 2:
                message = "leads from a normal metal to the magnons of an insulating magnet; between two magnets none are exchanged"
            yield "spin_conductance", f"{self.spin_conductance:g} S/m^2", message
        up, down, real = self.conductance_up, self.conductance_down, self.mixing_conductance
        least = (up + down) / 2
        if real < least * (1 - 1e-12):
            message = f"must be at least (G_up + G_down)/2 = {least:g} S/m^2"
            yield "mixing_conductance", f"{real:g} S/m^2", message
        elif real == 0 and self.turns_spins:
            message = "must be more than 0 where there is a G_i: both come from the same reflections"
            yield "mixing_conductance", f"{real:g} S/m^2", message
        if not magnets and (up != down or real != least or self.turns_spins):
            message = (
                "between two normal metals G_up, G_down and G_r are equal and there is no G_i; or use type: resistive"
            )
            yield "type", self.kind, message
        if len(magnets) == 2 and not all(m.uniform for m in magnets):
            yield "type", self.kind, "between two ferromagnets needs uniform magnetizations"

    def integrand(self, u, w, facet):
        """Positive; symmetric without G_i."""
        if all(facet.magnetic):
            return self._in_series(u, w, facet)
        import ufl

        from spinfem.model.potentials import cross

        up, down, real, imaginary = map(facet.number, self._conductances(facet))
        side = facet.magnetic.index(True) if any(facet.magnetic) else 0
        m, v, test = facet.magnetization_of(side), u.jump.v, w.jump.v
        form = 0
        for conductance, sign in ((up, 1), (down, -1)):  # the two spin directions along m are two resistors in parallel
            drop_u, drop_w = (jump.phi + sign * ufl.dot(m, jump.v) for jump in (u.jump, w.jump))
            form += conductance * drop_u * drop_w
        form += 2 * real * (ufl.dot(v, test) - ufl.dot(m, v) * ufl.dot(m, test))
        form += 2 * imaginary * ufl.dot(cross(m, v), test)
        return form + self._to_magnons(u, w, side, facet) if facet.layout.has(MAGNONS) else form

    def _to_magnons(self, u, w, side, facet):
        """2 G_s times what spins along m have above the magnons on the magnet's side."""
        import ufl

        m = facet.magnetization_of(side)
        drops = [ufl.dot(m, state[1 - side].v) - state[side][MAGNONS] for state in (u, w)]
        return facet.number(2 * self.spin_conductance / facet.conductance_unit) * drops[0] * drops[1]

    def _conductances(self, facet):
        given = (
            self.conductance_up,
            self.conductance_down,
            self.mixing_conductance,
            self.mixing_conductance_imaginary,
        )
        return tuple(value / facet.conductance_unit for value in given)

    def _in_series(self, u, w, facet):
        """Of currents K_1 (u_1 - u_n) = K_2 (u_n - u_2) the node u_n between the contacts is eliminated. What neither contact lets pass
        stays out: the parallel sum of Anderson, Duffin, J. Math. Anal. Appl. 26, 576 (1969)."""
        one, two = (self._matrix(m, facet) for m in facet.directions)
        series = one @ np.linalg.pinv(one + two, rcond=1e-14) @ two
        jump_u, jump_w = (facet.layout.joined(sides.jump) for sides in (u, w))
        matrix = facet.number(series)
        return sum(matrix[i, j] * jump_w[i] * jump_u[j] for i, j in np.ndindex(series.shape))

    def _matrix(self, m, facet):
        """Currents from F to N for each unit of the jump of the potentials, in blocks as the layout says, (size, size)."""
        up, down, real, imaginary = self._conductances(facet)
        turn = np.cross(m, np.eye(3)).T if len(m) == 3 else np.zeros((len(m), len(m)))  # m x
        spins = (up + down) * np.outer(m, m) + 2 * real * (np.eye(len(m)) - np.outer(m, m)) + 2 * imaginary * turn
        charge, spin = (facet.layout.fields[name] for name in (facet.layout.CHARGE, facet.layout.SPIN))
        matrix = np.zeros((facet.layout.size, facet.layout.size))
        matrix[charge, charge], matrix[spin, spin] = up + down, spins
        matrix[charge, spin] = (up - down) * m
        matrix[spin, charge] = (up - down) * m[:, None]
        return matrix
