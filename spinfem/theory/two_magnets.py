"""F1/N/F2 between spin sinks, at any angle between the magnets: closed form.

From the mechanical analogy of spin diffusion by Ya. B. Bazaliy and co-workers, appendices A and B. Strong ferromagnets, transparent
interfaces, v = 0 at both outer faces; the current enters on the side of F1.
"""

from dataclasses import dataclass
from math import sinh, tanh

import numpy as np


@dataclass(frozen=True)
class Film:
    """One layer: thickness (m), conductivity (S/m), spin diffusion length (m), polarization."""

    thickness: float
    conductivity: float
    spin_diffusion_length: float
    polarization: float = 0.0

    @property
    def spin_conductance(self):
        """sigma (1 - P^2)/lambda coth(d/lambda), S/m^2: what the layer, grounded behind, takes of a spin potential."""
        g = self.conductivity * (1 - self.polarization**2) / self.spin_diffusion_length
        return g / tanh(self.thickness / self.spin_diffusion_length)


@dataclass(frozen=True)
class TwoMagnets:
    """The two magnets, the spacer between them, the angle between the magnetizations (rad). `j` below is in A/m^2."""

    first: Film
    spacer: Film
    second: Film
    angle: float

    @property
    def _a(self):
        return tuple(film.spin_conductance + self.spacer.spin_conductance for film in (self.first, self.second))

    @property
    def transfer(self):
        """B, S/m^2: the spin current that arrives across the spacer for each volt at the other side."""
        length = self.spacer.spin_diffusion_length
        return self.spacer.conductivity / length / sinh(self.spacer.thickness / length)

    @property
    def _determinant(self):
        a1, a2 = self._a
        return a1 * a2 - (self.transfer * np.cos(self.angle)) ** 2

    def spin_potentials(self, j=1.0):
        """(s_1, s_2), V: v = s m at the faces of the spacer."""
        (a1, a2), bc = self._a, self.transfer * np.cos(self.angle)
        p1, p2 = self.first.polarization, self.second.polarization
        return j * (a2 * p1 - bc * p2) / self._determinant, j * (bc * p1 - a1 * p2) / self._determinant

    def absorbed(self, m1, m2, j=1.0):
        """Spin current across its magnetization that F1 and F2 absorb, A/m^2, two arrays of shape (3,)."""
        s1, s2 = self.spin_potentials(j)
        m1, m2 = np.asarray(m1), np.asarray(m2)
        return (
            self.transfer * s2 * np.cross(m1, np.cross(m2, m1)),
            self.transfer * s1 * np.cross(m2, np.cross(m1, m2)),
        )

    def efficiencies(self):
        """(g_1, g_2): the torques over hbar/(2e) j, signs such that two positive ones turn both magnets the same way."""
        s1, s2 = self.spin_potentials()
        return -self.transfer * s2, self.transfer * s1

    def spin_resistance(self):
        """What spins add to the resistance-area product, ohm m^2."""
        s1, s2 = self.spin_potentials()
        return self.first.polarization * s1 - self.second.polarization * s2

    def reversal_angle(self):
        """The angle (rad) below which g_2 (where P_1 < P_2, else g_1) is negative; None where there is none.

        g_2 < 0 if and only if B cos(angle) P_2 > A_2 P_1, and likewise for g_1: an upper limit of the angle where P_2 > 0.
        """
        (a1, a2), p1, p2 = self._a, self.first.polarization, self.second.polarization
        cosines = [a * other / (own * self.transfer) for a, other, own in ((a2, p1, p2), (a1, p2, p1)) if own > 0]
        cosine = min(cosines, default=1.0)
        return float(np.arccos(cosine)) if -1 < cosine < 1 else None
