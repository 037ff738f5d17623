"""A film with a spin Hall angle on an insulating magnet: magnetoresistance and spin pumping, exactly.

In a film of thickness d, 0 < z < d along the unit vector n from the magnet into it, in a field E along the film, v'' = v/lambda^2 and

    J_n = - sigma v' - theta sigma n x E              0 at z = d, C (w - v) at z = 0
    j   = sigma E + theta sigma n x v'
    C v = 2 G_r v_perp + 2 G_i m x v + 2 G_s (m.v) m,      w = (hbar/2|e|) m x dm/dt

With q = theta n x E, t = tanh(d/lambda) and c = cosh(d/lambda) this is solved by

    v(0) = (C + sigma t/lambda)^-1 [sigma (1 - 1/c) q + C w],      v(d) - v(0) = - (1 - 1/c) v(0) - lambda t q

and the mean current density is sigma E + theta (sigma/d) n x [v(d) - v(0)]. To second order in theta it is the magnetoresistance of Y.-T. Chen, S. Takahashi,
H. Nakayama, M. Althammer, S. T. B. Goennenwein, E. Saitoh, G. E. W. Bauer, PRB 87, 144411 (2013).
"""

from dataclasses import dataclass

import numpy as np

from spinfem.constants import ANGULAR_MOMENTUM


@dataclass(frozen=True)
class Film:
    """The film and its contact, SI. normal: n, from the magnet into the film."""

    thickness: float
    conductivity: float
    spin_diffusion_length: float
    spin_hall_angle: float
    normal: tuple[float, float, float] = (0.0, 0.0, 1.0)
    mixing_conductance: complex = 0.0  # G_r + i G_i, S/m^2
    spin_conductance: float = 0.0  # G_s, S/m^2

    @property
    def _tanh(self):
        return np.tanh(self.thickness / self.spin_diffusion_length)

    @property
    def _turned_back(self):
        """1 - 1/cosh(d/lambda)."""
        return 1 - 1 / np.cosh(self.thickness / self.spin_diffusion_length)

    def contact(self, m):
        """C, (3, 3), S/m^2."""
        along, mixing = np.outer(m, m), complex(self.mixing_conductance)
        turning = 2 * mixing.imag * _cross(m)
        return 2 * mixing.real * (np.eye(3) - along) + turning + 2 * self.spin_conductance * along

    def _at_contact(self, m, source):
        """v(0) where `source` is in the brackets."""
        own = self.conductivity * self._tanh / self.spin_diffusion_length
        return np.linalg.solve(self.contact(m) + own * np.eye(3), source)

    def conductivity_tensor(self, m):
        """(3, 3), S/m: the mean current density for each unit of E, both in the film, m at rest."""
        n, theta, sigma = _cross(self.normal), self.spin_hall_angle, self.conductivity
        q = theta * n
        step = -self._turned_back * self._at_contact(m, sigma * self._turned_back * q)
        step -= self.spin_diffusion_length * self._tanh * q
        return sigma * np.eye(3) + theta * sigma / self.thickness * n @ step

    def taken_by_magnet(self, m, field):
        """The spin current density that enters the magnet, (3,), A/m^2, in a field E along the film, (3,), m at rest; what of it is across m is the torque."""
        q = self.spin_hall_angle * np.cross(self.normal, field)
        return self.contact(m) @ self._at_contact(m, self.conductivity * self._turned_back * q)

    def pumped_current(self, m, angular_velocity):
        """(mean current density along the film at E = 0, A/m^2; spin current density that enters the film, A/m^2), (3,) each, while m turns."""
        w = behind_contact(m, angular_velocity)
        v = self._at_contact(m, self.contact(m) @ w)
        factor = self.spin_hall_angle * self.conductivity / self.thickness
        return factor * np.cross(self.normal, -self._turned_back * v), self.contact(m) @ (w - v)

    def damping_conductance(self):
        """2 G_eff, S/m^2, of 1/G_eff = 1/G + 2 (lambda/sigma) coth(d/lambda), as a complex number: its real part damps, the imaginary one is
        field-like. theta apart."""
        own = self.conductivity * self._tanh / self.spin_diffusion_length
        return 2 / (1 / complex(self.mixing_conductance) + 2 / own)

    @property
    def magnetoresistance(self) -> complex:
        """The formula of Chen et al.: (rho_x - rho_y)/rho, and as its imaginary part that of the Hall effect along m_z, to second order in theta."""
        length, sigma, mixing = self.spin_diffusion_length, self.conductivity, complex(self.mixing_conductance)
        half = np.tanh(self.thickness / 2 / length)
        contact = 2 * length * mixing * half**2 / (sigma + 2 * length * mixing / self._tanh)
        return complex(self.spin_hall_angle**2 * length / self.thickness * contact)


def behind_contact(m, angular_velocity):
    """w = (hbar/2|e|) [omega - (m.omega) m], V."""
    m, omega = np.asarray(m), np.asarray(angular_velocity)
    return -ANGULAR_MOMENTUM * (omega - (m @ omega) * m)


def _cross(a):
    """The matrix of a x."""
    return np.cross(a, np.eye(3)).T
