"""The exact decay lengths of a strip of two films, to stand beside what was fitted."""

from typing import Literal

from pydantic import Field

from spinfem.case.names import RegionName
from spinfem.case.plugins import Observable
from spinfem.study.results import Measurement


class BilayerDecay(Observable, kind="bilayer_decay"):
    """1/k of the slowest modes exp(-k x) of a ferromagnetic film on a normal one, insulated outside, in transparent contact.

    Roots of the equation in docs/physics.md, section 8 (Bazaliy, Ramazashvili, Appl. Phys. Lett. 110, 092405 (2017)), for the materials of
    two regions and their thicknesses along `axis`. Nothing is read off the solution.
    """

    magnet: RegionName
    normal: RegionName
    axis: Literal["x", "y", "z"] = "y"
    """Across the films."""
    modes: int = Field(3, ge=1, le=20)

    def faults(self, case, outline):
        if case.regions[self.magnet].magnetization is None:
            yield "magnet", self.magnet, "is not a ferromagnet; give it a magnetization"
        if case.regions[self.normal].magnetization is not None:
            yield "normal", self.normal, "is a ferromagnet"

    def measure(self, simulation):
        from spinfem.theory.bilayer import Bilayer

        magnet, normal = (self._layer(simulation, name) for name in (self.magnet, self.normal))
        strip = Bilayer(magnet, normal, simulation.case.regions[self.magnet].material.polarization)
        for number, k in enumerate(strip.decay_constants(self.modes), start=1):
            yield Measurement(
                f"{self.name}.{number}", float(1 / k), "m", error=0.0, note="exact 1/k of an endless strip"
            )

    def _layer(self, simulation, name):
        from spinfem.geometry.extent import extent  # slow to import, and not needed to check a case
        from spinfem.theory.bilayer import Layer

        low, high = extent(simulation.device, name)
        axis, material = "xyz".index(self.axis), simulation.case.regions[name].material
        return Layer(float(high[axis] - low[axis]), material.conductivity, material.spin_diffusion_length)
