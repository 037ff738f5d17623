"""A contact with a resistance-area product: tunnel barrier, dirty or oxidised interface, magnetic tunnel junction."""

from dataclasses import replace
from math import cosh, sinh

from pydantic import Field

from spinfem.case.plugins import Interface
from spinfem.case.quantity import Angle, Dimensionless, ResistanceArea
from spinfem.theory.spin_orbit import rotation


class Resistive(Interface, kind="resistive"):
    """Both potentials jump; AR = 1/G, and the two spin directions do not pass equally well.

    `polarization` P belongs to the ferromagnetic side; give [P_1, P_2] if both sides are ferromagnets, each along its own
    magnetization. With Delta = side 1 - side 2 (Takahashi, Maekawa, PRB 67, 052409 (2003), for one P):

        j.n = G (A_1 + P_2 m_2.B_1 - A_2 - P_1 m_1.B_2)       A = phi + P m.v
        J.n = G (B_1 + P_2 A_1 m_2 - B_2 - P_1 A_2 m_1)       B = v + P phi m

    which for one ferromagnet is j.n = G Delta(phi) + P G m.Delta(v), J.n = G Delta(v) + P G m Delta(phi): spins across m pass with G
    as well (2 G_r = G, G_i = 0, the tunnel limit). For two it is Julliere's junction at any angle, conductance G (1 + P_1 P_2 m_1.m_2), with
    Slonczewski's torque (PRB 39, 6995 (1989)).

    `spin_memory_loss` delta relaxes spins in the interface itself, as a layer of thickness delta times its spin diffusion length does;
    what enters on side 1 and leaves on side 2 then differs (Bass, Pratt, J. Phys.: Condens. Matter 19, 183201 (2007)).

    `spin_rotation` R turns spins on the way from side 1 to side 2, as the spin-orbit field of an interface does: R v_1 and R m_1 stand for v_1 and
    m_1, and J.n on side 2 is R of that on side 1 (docs/spin_orbit_fields.md).
    """

    resistance_area: ResistanceArea = Field(gt=0)
    """AR = 1/G; between two ferromagnets at right angles to each other."""
    polarization: Dimensionless | tuple[Dimensionless, Dimensionless] = 0.0
    """P of the ferromagnetic side, or [P_1, P_2]."""
    spin_memory_loss: Dimensionless = Field(default=0.0, ge=0)
    """delta = thickness of the interface over its spin diffusion length."""
    spin_rotation: tuple[Angle, Angle, Angle] | None = None
    """By how much spins turn that go from side 1 to side 2: the axis times the angle."""

    @property
    def mixes(self):
        return () if self.spin_rotation is None else (rotation(self.spin_rotation),)

    @property
    def barrier(self):
        given = self.polarization
        return self.resistance_area, sum(given) if isinstance(given, tuple) else given

    def faults(self, first, second):
        magnetic = [region.magnetization is not None for region in (first, second)]
        given = self._pair(magnetic)
        if not isinstance(self.polarization, tuple) and self.polarization != 0 and sum(magnetic) != 1:
            both = "both sides have one: give [P_1, P_2]" if all(magnetic) else "no side has one"
            yield "polarization", self.polarization, f"belongs to a side with a magnetization; here {both}"
        elif any(p != 0 and not magnet for p, magnet in zip(given, magnetic, strict=True)):
            yield "polarization", list(given), "must be 0 on a side without magnetization"
        if any(abs(p) >= 1 for p in given):
            yield "polarization", self.polarization, "must lie between -1 and 1"
        if all(given) and any(region.weak for region in (first, second)):
            message = (
                "both sides are polarized, which holds for strong ferromagnets, v = s m: with free spins it would be a source of power; "
                "leave dephasing_length and precession_length out, or use type: circuit"
            )
            yield "polarization", list(given), message
        if self.spin_memory_loss and all(given):
            message = "is known for at most one polarized side; set one of the two polarizations to 0"
            yield "spin_memory_loss", self.spin_memory_loss, message

    def idle(self, case, dimension):
        yield from super().idle(case, dimension)
        if not any(self.spin_rotation or ()):
            yield ("spin_rotation",), "all its angles are 0"

    def _pair(self, magnetic):
        """(P_1, P_2)."""
        if isinstance(self.polarization, tuple):
            return self.polarization
        return (self.polarization, 0.0) if magnetic[0] else (0.0, self.polarization)

    def integrand(self, u, w, facet):
        """Symmetric and positive for |P| < 1 (between two polarized sides: for v = s m on both, which `faults` asks for)."""
        conductance = facet.number(1.0 / self.resistance_area / facet.conductance_unit)
        polarizations = self._pair(facet.magnetic)
        turned = self._turning(facet)
        u, w = (sides._replace(first=replace(sides.first, v=turned(sides.first.v))) for sides in (u, w))
        magnetizations = turned(facet.magnetization_of(0)), facet.magnetization_of(1)
        form = self._junction if all(facet.magnetic) and not self.spin_memory_loss else self._layer
        state, share = self.driving(u, facet)
        return conductance * form(state, share, w, facet, polarizations, magnetizations)

    def driving(self, u, facet):
        """(What drives the currents in a state on both sides, the share of the polarization that is there)."""
        return u, 1.0

    def _turning(self, facet):
        """What a spin of side 1 is on side 2."""
        import ufl

        if self.spin_rotation is None:
            return lambda spin: spin
        basis = facet.layout.basis
        turn = facet.number(basis @ rotation(self.spin_rotation) @ basis.T)
        return lambda spin: ufl.dot(turn, spin)

    def _junction(self, u, share, w, facet, polarizations, magnetizations):
        import ufl

        charge, spin = 0, 0
        numbers = [share * facet.number(p) for p in polarizations]
        for side, state, sign in ((0, u.first, 1), (1, u.second, -1)):
            (p, m), (q, n) = ((numbers[k], magnetizations[k]) for k in (side, 1 - side))
            a, b = state.phi + p * ufl.dot(m, state.v), state.v + p * state.phi * m
            charge += sign * (a + q * ufl.dot(n, b))
            spin += sign * (b + q * a * n)
        return charge * w.jump.phi + ufl.dot(spin, w.jump.v)

    def _layer(self, u, share, w, facet, polarizations, magnetizations):
        """A thin layer with at most one spin axis: (1 - P^2) of its spin conductance relaxes on the way."""
        import ufl

        delta = self.spin_memory_loss
        passes, lost = map(facet.number, (delta / sinh(delta), cosh(delta) - 1) if delta else (1.0, 0.0))

        def spins(first_u, second_u, first_w, second_w):
            between = ufl.inner(first_u - second_u, first_w - second_w)
            return passes * (between + lost * (ufl.inner(first_u, first_w) + ufl.inner(second_u, second_w)))

        sides = (u.first.v, u.second.v, w.first.v, w.second.v)
        charge_u, charge_w, form = u.jump.phi, w.jump.phi, spins(*sides)
        if any(facet.magnetic):
            polarized = 0 if polarizations[0] or not facet.magnetic[1] else 1
            m, p = magnetizations[polarized], share * facet.number(polarizations[polarized])
            charge_u, charge_w = charge_u + p * ufl.dot(m, u.jump.v), charge_w + p * ufl.dot(m, w.jump.v)
            form -= p**2 * spins(*(ufl.dot(m, v) for v in sides))
        return charge_u * charge_w + form
