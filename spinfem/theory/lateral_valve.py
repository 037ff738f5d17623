"""The one-dimensional lateral spin valve of Takahashi, Maekawa, PRB 67, 052409 (2003)."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Wire:
    """The normal metal: conductivity (S/m), spin diffusion length (m), cross-section (m^2)."""

    conductivity: float
    spin_diffusion_length: float
    area: float

    @property
    def spin_resistance(self):
        """R_N = lambda_N / (sigma_N A_N), ohm."""
        return self.spin_diffusion_length / (self.conductivity * self.area)


@dataclass(frozen=True)
class Contact:
    """A ferromagnet on the wire: its material, the contact's area (m^2), and the interface's resistance-area product (ohm m^2)."""

    conductivity: float
    spin_diffusion_length: float
    polarization: float
    area: float
    resistance_area: float = 0.0
    interface_polarization: float = 0.0

    def load(self, wire):
        """(Q, S): how strongly the contact injects, and how much it shunts, relative to the wire's R_N.

        Q = P_I r_I/(1-P_I^2) + P_F r_F/(1-P_F^2) and S = 1 + 2 r_I/(1-P_I^2) + 2 r_F/(1-P_F^2), with r in units of R_N.
        The ferromagnet is thicker than its spin diffusion length.
        """
        interface = self.resistance_area / self.area / wire.spin_resistance / (1 - self.interface_polarization**2)
        bulk = self.spin_diffusion_length / (self.conductivity * self.area) / wire.spin_resistance
        bulk /= 1 - self.polarization**2
        return self.interface_polarization * interface + self.polarization * bulk, 1 + 2 * interface + 2 * bulk


def nonlocal_resistance(wire, injector, detector, separation):
    """R_NL of the parallel state, ohm; the antiparallel one has the opposite sign (eq. (11) of the paper, in the form of docs/physics.md, section 6).

    separation: centre to centre, m; scalar or array.
    """
    (q1, s1), (q2, s2) = injector.load(wire), detector.load(wire)
    decay = np.exp(-np.asarray(separation) / wire.spin_diffusion_length)
    return 2 * wire.spin_resistance * q1 * q2 * decay / (s1 * s2 - decay**2)
