"""How a tunnel barrier conducts at a voltage.

dj/dV = G [1 + a V + b V^2] for a trapezoid and electrons of effective mass m* (W. F. Brinkman, R. C. Dynes, J. M. Rowell,
J. Appl. Phys. 41, 1915 (1970)), with the mean height U, the difference dU of the heights on the two sides, and the thickness d:

    a = A dU |e| / (16 U^(3/2)),     b = 9 A^2 e^2/(128 U),     A = 4 sqrt(2 m*) d/(3 hbar)

V is the potential of side 1 less that of side 2. Where it is positive and side 2 is the higher one, the barrier that electrons meet leans even more,
which on average is easier to pass: a > 0. (In the paper, whose V counts the other way, a has a minus.) And, for an even barrier, J. G. Simmons,
J. Appl. Phys. 34, 1793 (1963). SI units; energies in J.
"""

from dataclasses import dataclass

import numpy as np

from spinfem.constants import ELECTRON_CHARGE, ELECTRON_MASS, HBAR

_E = abs(ELECTRON_CHARGE)


@dataclass(frozen=True)
class Barrier:
    """Mean height above the Fermi energy (J), thickness (m), height on side 2 less that on side 1 (J), effective mass over the electron's."""

    height: float
    thickness: float
    asymmetry: float = 0.0
    mass: float = 1.0

    @property
    def decay(self):
        """sqrt(2 m* U)/hbar, 1/m: of the wave functions in it."""
        return np.sqrt(2 * self.mass * ELECTRON_MASS * self.height) / HBAR

    def parabola(self):
        """(a, 1/V; b, 1/V^2) of dj/dV = G (1 + a V + b V^2); V: potential of side 1 less that of side 2."""
        width = 4 * np.sqrt(2 * self.mass * ELECTRON_MASS) * self.thickness / (3 * HBAR)
        a = width * self.asymmetry * _E / (16 * self.height**1.5)
        return a, 9 * width**2 * _E**2 / (128 * self.height)

    def conductance(self):
        """G = dj/dV at no voltage, S/m^2, of `current`: (e^2/2 pi h d^2) (kappa d - 1) exp(-2 kappa d)."""
        thick = self.decay * self.thickness
        return _E**2 / (4 * np.pi**2 * HBAR * self.thickness**2) * (thick - 1) * np.exp(-2 * thick)

    def current(self, voltage):
        """j, A/m^2, through an even barrier at |V| < U/|e|: (e/2 pi h d^2) [w exp(-K sqrt(w)) at w = U - eV/2, less that at U + eV/2], K = 4 pi d sqrt(2 m*)/h.

        Simmons's result for voltages below the height, without his correction beta of the mean height.
        """
        k = 2 * self.thickness * np.sqrt(2 * self.mass * ELECTRON_MASS) / HBAR
        low, high = self.height - _E * np.abs(voltage) / 2, self.height + _E * np.abs(voltage) / 2
        size = low * np.exp(-k * np.sqrt(low)) - high * np.exp(-k * np.sqrt(high))
        return np.sign(voltage) * _E / (4 * np.pi**2 * HBAR * self.thickness**2) * size
