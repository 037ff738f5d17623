"""Two films with a spin Hall angle on the two faces of an insulating magnet, exactly: the current of one drags a voltage along the other, by magnons.

The current flows along the films, m is across it in their plane, so spins are along m everywhere. In a film of thickness d, with c = cosh(d/lambda) and
t = tanh(d/lambda), v'' = v/lambda^2, J = - sigma v' + theta sigma E, j = sigma E + theta sigma v'; with v at its contact, J out of it and the mean j

    J = s E - g v,    j = sigma' E + s v/d,    s = theta sigma (1 - 1/c),   g = sigma t/lambda,   sigma' = sigma (1 + theta^2 lambda t/d)

(a film on the other face has all signs of J and of theta reversed). In the magnet, of thickness L, with x = mu_m/2e, J = - 2 sigma_m x' and
x'' = x/lambda_m^2; at the contacts J = 2 G_s (v - x). (S. S.-L. Zhang, S. Zhang, PRL 109, 096603 (2012), who call it magnon drag; L. J. Cornelissen
et al., PRB 94, 014412 (2016).)
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Film:
    """One of the films and its contact, SI."""

    thickness: float
    conductivity: float
    spin_diffusion_length: float
    spin_hall_angle: float
    spin_conductance: float  # G_s

    @property
    def source(self):
        """s E for a mean current density of 1 A/m^2 and v = 0."""
        return self._sent / self._along

    @property
    def load(self):
        """How many spins flow back for each V at its contact while the current is given, S/m^2."""
        own = self.conductivity / self.spin_diffusion_length * np.tanh(self.thickness / self.spin_diffusion_length)
        return own + self._sent**2 / (self.thickness * self._along)

    @property
    def to_magnons(self):
        """That and the contact, one after the other, S/m^2."""
        return 1 / (1 / (2 * self.spin_conductance) + 1 / self.load)

    @property
    def _sent(self):
        return self.spin_hall_angle * self.conductivity * (1 - 1 / np.cosh(self.thickness / self.spin_diffusion_length))

    @property
    def _along(self):
        ratio = self.thickness / self.spin_diffusion_length
        return self.conductivity * (1 + self.spin_hall_angle**2 * np.tanh(ratio) / ratio)


@dataclass(frozen=True)
class Drag:
    """Both films and the magnet between them, SI."""

    injector: Film
    detector: Film
    magnon_conductivity: float
    magnon_diffusion_length: float
    thickness: float

    @property
    def transferred(self):
        """The spin current density that arrives in the detector for each V that the injector would have without a contact, S/m^2."""
        own, ratio = (
            2 * self.magnon_conductivity / self.magnon_diffusion_length,
            self.thickness / self.magnon_diffusion_length,
        )
        through, returned = own / np.sinh(ratio), own / np.tanh(ratio)
        one, two = self.injector.to_magnons, self.detector.to_magnons
        return one * two * through / ((one + returned) * (two + returned) - through**2)

    @property
    def resistivity(self):
        """E along the detector, in which no net current flows, for each A/m^2 of the injector's mean current density, ohm m."""
        one, two = self.injector, self.detector
        return one.source / one.load * self.transferred * two.source / (two.load * two.thickness)
