"""How much the metals around a magnet damp its precession."""

from pydantic import Field

from spinfem.case.names import MagnetName
from spinfem.case.plugins import Observable
from spinfem.case.pumping import obstacles
from spinfem.case.quantity import Dimensionless, Length, MomentDensity
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.observables.magnets import direction_of
from spinfem.study.results import Measurement
from spinfem.theory.macrospin import gyromagnetic_ratio


class PumpingDamping(Observable, kind="pumping_damping"):
    """alpha' = gamma hbar^2 G/(4 e^2 M_s V), by which the spins that a magnet pumps raise Gilbert's damping (Tserkovnyak, Brataas, Bauer, Halperin, RMP 77,
    1375 (2005)).

    G (S) is what the device itself answers to a unit of precession: with hbar/(2|e|) omega behind the contact, across m, the magnet loses the spin current
    G hbar/(2|e|) omega; a part of what it pumps comes back. `largest` and `smallest` are those of the two axes of precession across m where they differ, and
    `field_like` is what turns m along the torque of the precession, by G_i: the frequency is that of gamma/(1 + field_like).
    """

    needs_linear = "it is the spin current for each unit of precession"

    magnet: MagnetName
    saturation_magnetization: MomentDensity = Field(gt=0)
    """M_s."""
    thickness: Length | None = Field(default=None, gt=0)
    """Of a magnet that covers a terminal; that of others is in the drawing."""
    g_factor: Dimensionless = Field(default=2.0, gt=0)
    """gamma = g mu_B/hbar."""

    def faults(self, case, outline):
        drawn = self.magnet in case.regions
        if not case.magnets[self.magnet].uniform:
            yield "magnet", self.magnet, "needs a uniform magnetization"
        if drawn != (self.thickness is None):
            why = (
                "is drawn, with its thickness"
                if drawn
                else "is not drawn: how thick it is says how much there is to be damped"
            )
            yield "thickness", self.thickness and f"{self.thickness:g} m", f"{self.magnet} {why}"
        if drawn:
            for message in obstacles(case, outline, self.magnet):
                yield "magnet", self.magnet, message

    def unit_of(self, name) -> str:
        return "S" if name.endswith(".conductance") else ""

    def measure(self, simulation):
        from spinfem.study.macrospin.back_action import conductances  # slow to import, not needed to check a case
        from spinfem.study.magnets import volume_of_magnet

        conductance = conductances(simulation, self.magnet, direction_of(simulation.case.magnets[self.magnet]))
        volume = volume_of_magnet(simulation.device, self.magnet, self.thickness)
        moment = self.saturation_magnetization * volume
        factor = gyromagnetic_ratio(self.g_factor) * ANGULAR_MOMENTUM**2 / moment
        (one, up), (down, other) = conductance
        mean, half = (one + other) / 2, (one - other) / 2
        yield Measurement(self.name, factor * mean, "", note=f"added to the damping of {self.magnet}")
        yield Measurement(
            f"{self.name}.conductance", mean, "S", note="spin current over spin potential, both ways through"
        )
        spread = (half**2 + ((up + down) / 2) ** 2) ** 0.5
        yield Measurement(f"{self.name}.largest", factor * (mean + spread), "")
        yield Measurement(f"{self.name}.smallest", factor * (mean - spread), "")
        yield Measurement(f"{self.name}.field_like", factor * (down - up) / 2, "")
