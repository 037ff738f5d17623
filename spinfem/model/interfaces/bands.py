"""A contact of circuit theory whose conductances come from the Fermi wave numbers on its two sides."""

import numpy as np
from pydantic import Field

from spinfem.case.plugins import Interface
from spinfem.case.quantity import Dimensionless, WaveNumber
from spinfem.model.interfaces.circuit import Circuit
from spinfem.theory.interface import Bands, between_diffusive_metals


class FromBands(Interface, kind="bands"):
    """The flat, clean F|N contact of free electrons: what Stoner's step of their potential reflects (docs/physics.md, section 12).

    It is the contact `circuit` with the conductances of `spinfem.theory.interface`, less what the metals count as their own resistance
    (K. M. Schep and co-workers, PRB 56, 10805 (1997)). Roughness, and bands that are not free electrons', are left out.
    """

    normal: WaveNumber = Field(gt=0)
    """Fermi wave number of the normal metal."""
    up: WaveNumber = Field(gt=0)
    """That of the magnet's electrons with spins along m ..."""
    down: WaveNumber = Field(gt=0)
    """... and against m."""
    mass_up: Dimensionless = Field(default=1.0, gt=0)
    """Their effective mass over that of the metal ..."""
    mass_down: Dimensionless = Field(default=1.0, gt=0)
    """... and of those against m."""

    @property
    def circuit(self) -> Circuit:
        """The Circuit that it is."""
        found = between_diffusive_metals(Bands(self.normal, self.up, self.down, self.mass_up, self.mass_down))
        return Circuit.model_construct(
            conductance_up=found.up,
            conductance_down=found.down,
            mixing_conductance=found.mixing.real,
            mixing_conductance_imaginary=found.mixing.imag,
        )

    @property
    def turns_spins(self):
        return self.circuit.turns_spins

    @property
    def barrier(self):
        return self.circuit.barrier

    def faults(self, first, second):
        if sum(region.magnetization is not None for region in (first, second)) != 1:
            yield "type", self.kind, "is between a ferromagnet and a normal metal"
        for spin in ("up", "down"):
            if np.isinf(getattr(self.circuit, f"conductance_{spin}")):
                value = f"{getattr(self, spin):g} /m"
                yield spin, value, f"reflects no spin {spin}, as `normal` is the same: such a contact has no resistance"

    def integrand(self, u, w, facet):
        return self.circuit.integrand(u, w, facet)
