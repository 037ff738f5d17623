"""The Hanle effect in one dimension: spins that turn in a field while they diffuse (docs/physics.md, section 13).

In units of lambda along the wire, v'' = K² v with K² = A - T, A = diag(1, 1, tau/tau_z), T v = (omega tau) x v. A spin current I fed into an infinite
wire at 0 makes v(x) = (R_N/2) K⁻¹ exp(-K |x|/lambda) I. For a field across the spins the part along them is Re[exp(-k L/lambda)/k], k = sqrt(1 + i omega tau).
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm, sqrtm

from spinfem.constants import BOHR_MAGNETON, HBAR
from spinfem.theory.lateral_valve import Contact, nonlocal_resistance


def turning(field, lifetime, g_factor=2.0):
    """omega tau = g mu_B B tau/hbar; field: T, a number or a vector."""
    return g_factor * BOHR_MAGNETON / HBAR * lifetime * np.asarray(field)


def bracket(distance, turn):
    """Re[exp(-k distance)/k], k = sqrt(1 + i turn), for a field across the spins; distance in units of lambda, turn = omega tau.

    M. Johnson, R. H. Silsbee, PRB 37, 5312 (1988); F. J. Jedema et al., Nature 416, 713 (2002).
    """
    k = np.sqrt(1 + 1j * np.asarray(turn))
    return (np.exp(-k * distance) / k).real


def tunnel_valve(polarizations, spin_resistance, distance, turn):
    """R_NL, ohm, of the parallel state with tunnel contacts and the field across the spins: ½ P_1 P_2 R_N Re[exp(-kL/lambda)/k]."""
    return 0.5 * np.prod(polarizations) * spin_resistance * bracket(distance, turn)


def three_terminal(polarization, spin_resistance, turn):
    """Spin part of the resistance of one tunnel contact, ohm: ½ P² R_N Re(1/k) (S. P. Dash et al., Nature 462, 491 (2009), with diffusion)."""
    return tunnel_valve((polarization, polarization), spin_resistance, 0.0, turn)


def propagator(distance, turn, anisotropy=1.0):
    """K⁻¹ exp(-K distance), (3, 3): from spins fed in to those that arrive. turn: omega tau, (3,), along x, y, z; anisotropy: tau_z/tau."""
    x, y, z = turn
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    k = np.real(sqrtm(np.diag([1, 1, 1 / anisotropy]) - skew))
    return np.linalg.solve(k, expm(-k * distance))


def oblique_limit(angle, distance, anisotropy=1.0):
    """What a strong field at `angle` from the spins, towards z, leaves of exp(-distance): the spins along it live tau_b, 1/tau_b = cos²/tau + sin²/tau_z, and

        R_NL(angle) ~ cos²(angle) sqrt(tau_b/tau) exp(-distance sqrt(tau/tau_b))

    B. Raes et al., Nature Communications 7, 11444 (2016); PRB 95, 085403 (2017).
    """
    rate = np.cos(angle) ** 2 + np.sin(angle) ** 2 / anisotropy
    return np.cos(angle) ** 2 / np.sqrt(rate) * np.exp(-distance * np.sqrt(rate))


def finite_contacts(wire, injector, detector, separation, turn):
    """R_NL, ohm, of the parallel state through contacts of any resistance, the field across the spins: Takahashi and Maekawa's formula with
    lambda/k for lambda. Y. Fukuma et al., Nature Materials 10, 527 (2011). wire, injector, detector: as in `spinfem.theory.lateral_valve`.

    It takes spins across the magnets to be absorbed as those along them; `Absorber` says how they are.
    """
    k = np.sqrt(1 + 1j * np.asarray(turn))
    turned = _Turned(wire.conductivity, wire.spin_diffusion_length / k, wire.area)
    return nonlocal_resistance(turned, injector, detector, separation).real


def independent_contacts(wire, injector, detector, separation, turn):
    """R_NL, ohm, of the parallel state, the field across the spins, as if neither contact took spins out of the wire: `tunnel_valve` with the part 2 Q/S of
    the current that each contact polarizes (`Contact.load`), which is its P behind a tunnel barrier. Fits with the tunnel formula mean this one."""
    (q1, s1), (q2, s2) = injector.load(wire), detector.load(wire)
    distance = np.asarray(separation) / wire.spin_diffusion_length
    return tunnel_valve((2 * q1 / s1, 2 * q2 / s2), wire.spin_resistance, distance, turn)


@dataclass(frozen=True)
class _Turned:
    """A Wire whose length is complex."""

    conductivity: float
    spin_diffusion_length: complex
    area: float

    @property
    def spin_resistance(self):
        return self.spin_diffusion_length / (self.conductivity * self.area)


@dataclass(frozen=True)
class Absorber:
    """A contact on a wire: a `Contact` of `lateral_valve`, the direction of its magnet, and how well spins across it are absorbed, S (2 G_r times the area)."""

    contact: Contact
    direction: tuple
    across: float

    def of(self, wire):
        """(conductance for spins, (3, 3), in units of 1/R_N; spins that a current of 1 injects, (3,))."""
        q, s = self.contact.load(wire)
        m = np.asarray(self.direction)
        along = 2 / (s - 1)
        return along * np.outer(m, m) + self.across * wire.spin_resistance * (np.eye(3) - np.outer(m, m)), along * q * m


def absorbing_contacts(wire, injector, detector, separation, turn, anisotropy=1.0):
    """R_NL, ohm, for any direction of field (turn = omega tau, (3,)) and magnets (Absorbers), exactly.

    H. Idzuchi, Y. Fukuma, S. Takahashi, S. Maekawa, Y. Otani, PRB 89, 081308 (2014), solve the same equations for a field across the spins.
    """
    (c1, s1), (c2, s2) = injector.of(wire), detector.of(wire)
    near, far = (propagator(d, turn, anisotropy) / 2 for d in (0.0, separation / wire.spin_diffusion_length))
    one = np.eye(3)
    matrix = np.block([[one + near @ c1, far @ c2], [far @ c1, one + near @ c2]])
    v = np.linalg.solve(matrix, np.concatenate([near @ s1, far @ s1]))
    return wire.spin_resistance * float(s2 @ v[3:])
