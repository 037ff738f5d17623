"""What a flat, clean interface lets pass, from wave vectors on its two sides: Stoner's step of a free-electron magnet beside a free-electron metal.

Parallel to the interface the wave vector q is conserved. With the velocities v across it (q^2/2m less than the Fermi energy of each side, otherwise imaginary),
r = (v_N - v_F)/(v_N + v_F) for either spin, and summing over all q that arrive from the metal

    G_s = (e^2/h) int d^2q/(2 pi)^2 |t_s|^2,     G_r + i G_i = (e^2/h) int d^2q/(2 pi)^2 [1 - r_up^* r_down]

A. Brataas, G. E. W. Bauer, P. J. Kelly, Phys. Rep. 427, 157 (2006); M. D. Stiles, A. Zangwill, PRB 66, 014407 (2002). The star stands where it makes
G_i what turns v by -2 G_i m x v in the contact `circuit`: spins v = v_x - i v_y across m = z come back as r_up r_down^* v. With -t_up^* t_down added
to the bracket, for a magnet too thin to dephase what it lets through, it is the torque on it by the spins that arrive, sin(theta) [1 - Re(t
t^* + r r^*)] in its plane.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from scipy.integrate import quad

from spinfem.constants import ELECTRON_CHARGE, ELECTRON_MASS, HBAR

_QUANTUM = ELECTRON_CHARGE**2 / (2 * np.pi * HBAR)  # e^2/h, S
_NOTHING = 1e-9  # of a resistance: what quadrature leaves of it


@dataclass(frozen=True)
class Bands:
    """Fermi wave numbers (1/m) of a normal metal and of a magnet's two spins, and their effective masses over that of the metal."""

    normal: float
    up: float
    down: float
    mass_up: float = 1.0
    mass_down: float = 1.0

    def reflected(self, q):
        """(r_up, r_down), complex, of electrons from the metal with wave number q along the interface, 1/m."""
        return tuple((n - v) / (n + v) for n, v in ((self._normal(q), v) for v in self._magnet(q)))

    def transmitted(self, q):
        """(t_up, t_down), normalized to flux: |r|^2 + |t|^2 = 1 where the magnet has states."""
        n = self._normal(q)
        return tuple(2 * np.sqrt(n * v.real) / (n + v) for v in self._magnet(q))

    def _normal(self, q):
        return np.sqrt(self.normal**2 - q**2)

    def _magnet(self, q):
        pairs = ((self.up, self.mass_up), (self.down, self.mass_down))
        return [np.sqrt(complex(k**2 - q**2)) / mass for k, mass in pairs]


@dataclass(frozen=True)
class Conductances:
    """Of an interface, S/m^2: G_up, G_down, and the mixing conductance G_r + i G_i."""

    up: float
    down: float
    mixing: complex


def sharvin(wave_number) -> float:
    """e^2 k_F^2/(4 pi h), S/m^2: the conductance of all electrons of one spin."""
    return _QUANTUM * wave_number**2 / (4 * np.pi)


def conductances(bands, dephased=True) -> Conductances:
    """The Conductances of Bands, as of electrons that come from reservoirs; without `dephased`, of a magnet that passes on what it does not reflect."""

    def mixing(q):
        (r_up, r_down), (t_up, t_down) = bands.reflected(q), bands.transmitted(q)
        return 1 - np.conj(r_up) * r_down - (0 if dephased else np.conj(t_up) * t_down)

    up, down = (_summed(lambda q, s=s: abs(bands.transmitted(q)[s]) ** 2, bands) for s in (0, 1))
    real, imaginary = (_summed(lambda q, part=part: part(mixing(q)), bands) for part in (np.real, np.imag))
    return Conductances(up, down, complex(real, imaginary))


@cache
def between_diffusive_metals(bands) -> Conductances:
    """The same for metals that know their own resistance: what contacts with reservoirs would add is taken away.

        1/G_s -> 1/G_s - (1/G_N + 1/G_F,s)/2,     1/G_mix -> 1/G_mix - 1/(2 G_N),      G_N, G_F: `sharvin`

    K. M. Schep and co-workers, PRB 56, 10805 (1997); G. E. W. Bauer and co-workers, PRB 67, 094421 (2003). An interface that nothing is
    reflected from has no resistance left: infinity.
    """
    found, normal = conductances(bands), sharvin(bands.normal)
    up, down = (
        _without(value, (1 / normal + 1 / sharvin(wave_number)) / 2)
        for value, wave_number in ((found.up, bands.up), (found.down, bands.down))
    )
    mixing = 1 / (1 / found.mixing - 1 / (2 * normal)) if found.mixing else 0j
    return Conductances(up, down, complex(mixing))


def exchange_coupling(up, down, height, thickness):
    """J, J/m^2, of J m_1.m_2 between two equal magnets of free electrons across a barrier at zero voltage, per area: J > 0 is antiferromagnetic.

        J = (U - E_F)/(8 pi^2 d^2) 8 kappa^3 (k_up - k_down)^2 (k_up + k_down) (kappa^2 - k_up k_down) exp(-2 kappa d) / [(kappa^2 + k_up^2)^2 (kappa^2 + k_down^2)^2]

    up, down: k, 1/m; height: U - E_F, J; thickness: d, m; kappa of free electrons below the barrier. The torque on the second magnet is J m_1 x m_2,
    on the first its opposite. The leading order in 1/(kappa d): electrons far below E_F add a part of the order 1/(kappa d), which near
    kappa^2 = k_up k_down is more than this one.
    J. C. Slonczewski, PRB 39, 6995 (1989), whose energy is - J cos(theta) with this J. The sign here is that of the spin current which all filled
    states together send through the barrier (tests/unit/test_interface_theory.py): magnets across a high and thick barrier are antiparallel.
    """
    kappa = np.sqrt(2 * ELECTRON_MASS * height) / HBAR
    shape = 8 * kappa**3 * (up - down) ** 2 * (up + down) * (kappa**2 - up * down)
    shape /= (kappa**2 + up**2) ** 2 * (kappa**2 + down**2) ** 2
    return height / (8 * np.pi**2 * thickness**2) * shape * np.exp(-2 * kappa * thickness)


def _without(conductance, resistance):
    """A conductance of which a resistance is taken away."""
    left = 1 / conductance - resistance
    return 1 / left if left > _NOTHING / conductance else np.inf


def _summed(function, bands):
    """(e^2/h) int d^2q/(2 pi)^2 of a function of |q| over the metal's electrons, S/m^2. q = k sin(a) leaves no root at the rim."""
    k = bands.normal
    edges = [0.0, *sorted(np.arcsin(s / k) for s in (bands.up, bands.down) if s < k), np.pi / 2]

    def integrand(a):
        return function(k * np.sin(a)) * k**2 * np.sin(a) * np.cos(a)

    parts = (
        quad(integrand, *ends, epsabs=1e-14 * k**2, epsrel=1e-11, limit=400)[0]
        for ends in pairwise(edges)
        if ends[0] < ends[1]
    )
    return _QUANTUM / (2 * np.pi) * float(sum(parts))
