"""The contact of an insulating magnet that is not drawn."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from spinfem.case.conditions import SpinCondition
from spinfem.case.magnetization import Magnetization
from spinfem.case.magnetization.precessing import turning
from spinfem.case.quantity import InterfaceConductance


class InsulatingMagnet(SpinCondition, kind="insulating_magnet"):
    """A magnetic insulator (YIG) covers the face: with n out of the metal,

        J.n = 2 G_r v_perp + 2 G_i m x v + 2 G_s (m.v) m

    What crosses m is the torque on the magnet (Brataas, Nazarov, Bauer, PRL 84, 2481 (2000), with G_up = G_down = 0; in this form Chen et al., PRB 87,
    144411 (2013)). What enters along m becomes magnons, which are at equilibrium here (Cornelissen et al., PRB 94, 014412 (2016)). Where m precesses,
    v_perp - hbar/(2|e|) m x dm/dt stands for v_perp, |e| > 0: spins are pumped (Tserkovnyak et al., RMP 77, 1375 (2005)).
    """

    magnetization: Magnetization
    """Direction of the magnetization, uniform."""
    mixing_conductance: InterfaceConductance = Field(ge=0)
    """G_r, the real part, for each area."""
    mixing_conductance_imaginary: InterfaceConductance = 0.0
    """G_i, the imaginary part."""
    spin_conductance: InterfaceConductance = Field(default=0.0, ge=0)
    """G_s, for spins along the magnetization."""
    holds: ClassVar = False

    @property
    def magnet(self):
        return self.magnetization

    @property
    def turns_spins(self) -> bool:
        return self.mixing_conductance_imaginary != 0

    def directions(self):
        return [np.array(direction) for direction in self.magnetization.directions]

    def integrand(self, u, w, end):
        import ufl

        from spinfem.model.potentials import cross
        from spinfem.model.pumping import IN_VOLTS

        given = (self.mixing_conductance, self.mixing_conductance_imaginary, self.spin_conductance)
        real, imaginary, along = (end.number(2 * value / end.conductance_unit) for value in given)
        m = end.vector("m", self.magnetization.at(np.zeros((3, 1)))[:, 0])
        if (omega := turning(self.magnetization)) is not None:
            end.vector("precession", IN_VOLTS * omega)
        of_u, of_w = ufl.dot(m, u.v), ufl.dot(m, w.v)
        form = real * (ufl.dot(u.v, w.v) - of_u * of_w) + along * of_u * of_w
        return form + imaginary * ufl.dot(cross(m, u.v), w.v)

    def faults(self, regions):
        if not self.magnetization.uniform:
            yield ("magnetization",), str(self.magnetization), 'must be one direction, e.g. "+y"'
        if self.turns_spins and self.mixing_conductance == 0:
            message = "must be more than 0 where there is a G_i: both come from the same reflections"
            yield ("mixing_conductance",), "0 S/m^2", message
        if strong := [name for name, region in regions.items() if region.strong]:
            message = f"lies on {' and '.join(strong)}, where v = s m: it is the contact of a normal metal"
            yield ("magnetization",), str(self.magnetization), message
