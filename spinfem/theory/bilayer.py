"""Modes of a strip of a ferromagnet F on a normal metal N: over what lengths spin and charge decay along it.

After Y. Bazaliy, R. Ramazashvili, Appl. Phys. Lett. 110, 092405 (2017): next to a ferromagnet, spin can be carried by
loops of electric current, and then reaches as far as these, about (d_F + d_N)/pi, which may be far beyond the spin
diffusion length.

The strip is infinite along x. F fills 0 < y < d_F, N fills -d_N < y < 0; the outer faces are insulated, the contact is
transparent, the magnetisation is fixed and uniform. With U = (phi, v), the matrix S = sigma ((1, P), (P, 1)) and the
relaxation R = diag(0, sigma (1-P^2)/lambda^2), the bulk equations of docs/physics.md are div(S grad U) = R U. A mode
U(y) exp(-k x) is a solution of

    -(S U')' + R U = k^2 S U,     U' = 0 at the outer faces; U and S U' continuous at y = 0.

For |P| < 1 this is a self-adjoint eigenvalue problem with positive S and R >= 0: every k^2 is real and not negative,
the modes are complete, and k = 0 belongs to phi = const alone. In F, u = phi + P v and v separate; with kappa^2 =
1/lambda^2 - k^2 in each layer the solutions are cos(k eta) for u (F) and phi (N) and cosh(kappa eta) for v, eta being
the distance from the outer face. What is left are two equations for (phi, v) at the contact, D(k) (phi, v) = 0, with
det D = P^2 a b + c (a + b),

    a = -sigma_F k tan(k d_F),    b = -sigma_N k tan(k d_N),
    c = sigma_F (1-P^2) kappa_F tanh(kappa_F d_F) + sigma_N kappa_N tanh(kappa_N d_N),

or P^2 k / [cot(k d_F)/sigma_F + cot(k d_N)/sigma_N] = c, the equation of the paper.

No root is missed, and no pole is taken for one, because roots are not searched for but counted: the number of
eigenvalues below k^2 is the number of those of the two layers with the contact clamped, phi = v = 0 (the poles of D,
known in closed form), plus the number of negative eigenvalues of D (W. H. Wittrick, F. W. Williams, Q. J. Mech. Appl.
Math. 24, 263 (1971)). The count is a staircase; each of its steps is found by bisection. All terms stay finite however
thick the layers are.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

_SAME = 1e-9  # roots that are relatively closer than this are taken for one, with several modes


@dataclass(frozen=True)
class Layer:
    """Thickness (m), conductivity (S/m) and spin diffusion length (m). Raises ValueError unless all are positive."""

    thickness: float
    conductivity: float
    spin_diffusion_length: float

    def __post_init__(self):
        for name, value in vars(self).items():
            if not 0 < value < np.inf:
                raise ValueError(f"{name} of a layer must be positive and finite, not {value}")

    def spin_square(self, k):
        """kappa^2 = 1/lambda^2 - k^2, 1/m^2."""
        inverse = 1 / self.spin_diffusion_length
        return (inverse - k) * (inverse + k)


@dataclass(frozen=True)
class Bilayer:
    """The strip. polarization: P of the ferromagnet; ValueError unless |P| < 1."""

    magnet: Layer
    normal: Layer
    polarization: float

    def __post_init__(self):
        if not abs(self.polarization) < 1:
            raise ValueError(f"the polarization must lie between -1 and 1, not {self.polarization}")

    def decay_constants(self, n):
        """The n smallest k > 0, 1/m, in rising order; double ones stand twice."""
        return self._steps(self._count, n, at_zero=1)

    def spin_only(self, n):
        """The n smallest k > 0 of spin without charge, c = 0: modes of the strip if P = 0 (others: `charge_only`)."""
        return self._steps(self._count_spin, n, at_zero=0)

    def charge_only(self, n):
        """The n smallest k > 0 of charge without spin, a + b = 0: modes of the strip if P = 0."""
        return self._steps(self._count_charge, n, at_zero=1)

    def modes(self, n):
        """The Modes of the n smallest k."""
        found, ks = [], self.decay_constants(n)
        for i, k in enumerate(ks):
            first = np.searchsorted(ks, k * (1 - _SAME))
            found.append(Mode.at(self, k, i - first))
        return found

    def _charge(self, k):
        """(a, b), and how many clamped modes of charge lie below k."""
        (u, in_f), (phi, in_n) = (_contact(-(k**2), layer.thickness) for layer in (self.magnet, self.normal))
        return self.magnet.conductivity * u, self.normal.conductivity * phi, in_f + in_n

    def _spin(self, k):
        """c, and how many clamped modes of spin lie below k."""
        (s, in_f), (v, in_n) = (_contact(layer.spin_square(k), layer.thickness) for layer in (self.magnet, self.normal))
        sigma_s = self.magnet.conductivity * (1 - self.polarization**2)
        return sigma_s * s + self.normal.conductivity * v, in_f + in_n

    def _count(self, k):
        (a, b, clamped), (c, clamped_too) = self._charge(k), self._spin(k)
        square = self.polarization**2
        determinant, trace = square * a * b + c * (a + b), (1 + square) * a + b + c
        negative = 1 if determinant < 0 else 2 * (trace < 0)
        return clamped + clamped_too + negative

    def _count_spin(self, k):
        c, clamped = self._spin(k)
        return clamped + (c < 0)

    def _count_charge(self, k):
        a, b, clamped = self._charge(k)
        return clamped + (a + b < 0)

    def _steps(self, count, n, at_zero):
        """Where the staircase `count` rises above at_zero, at_zero + 1, ..., n steps in all."""
        start = 1 / (self.magnet.thickness + self.normal.thickness)
        return np.array([_step(count, at_zero + i, start) for i in range(n)])


def _contact(square, thickness):
    """(slope over value at the contact, clamped modes) of w with w'' = square * w and w' = 0 at the outer face.

    The slope counts out of the layer: it is what flows in for w = 1. Clamped modes have w = 0 at the contact; those are
    counted whose own square is above this one.
    """
    root = np.sqrt(abs(square))
    if square >= 0:
        return root * np.tanh(root * thickness), 0
    clamped = int(np.floor(root * thickness / np.pi + 0.5))
    # Next to a pole, rounding must not put the tangent on one side of it and the count on the other.
    angle = np.clip(root * thickness - clamped * np.pi, -np.pi / 2, np.pi / 2)
    return -root * np.tan(angle), clamped


def _step(count, level, start):
    """The k at which count(k) rises above `level`, to rounding."""
    low, high = 0.0, start
    while count(high) <= level:
        low, high = high, 2 * high
    while high - low > 4 * np.finfo(float).eps * high:
        middle = (low + high) / 2
        low, high = (middle, high) if count(middle) <= level else (low, middle)
    return (low + high) / 2


@dataclass(frozen=True)
class Mode:
    """phi(y) and v(y) of a solution exp(-k x); y in metres from the contact, positive in F.

    Scaled so that the integral of U.S U over y is 1. Then, in a strip of depth w into which a spin current I enters at
    (0, y_0), v(x, y) is the sum over modes of v(y_0) v(y) exp(-k |x|) I / (2 k w).
    """

    strip: Bilayer
    k: float
    amplitudes: tuple[
        float, float, float, float
    ]  # of u and v in F, of phi and v in N; at the outer faces or (kappa real) at the contact

    @classmethod
    def at(cls, strip, k, number=0):
        """The mode at a root k; `number` tells apart those of a double root."""
        *_, directions = np.linalg.svd(_matching(strip, k))
        raw = cls(strip, float(k), tuple(directions[-1 - number]))
        scale = np.copysign(1 / np.sqrt(raw._norm()), raw.v(0.0))
        a, b, c, d = (float(scale * amplitude) for amplitude in raw.amplitudes)
        return cls(strip, float(k), (a, b, c, d))

    def phi(self, y):
        """Charge potential; array of the shape of y."""
        u, _, phi, _ = self._waves(y)
        return np.where(np.asarray(y) >= 0, u - self.strip.polarization * self.v(y), phi)

    def v(self, y):
        """Spin potential; array of the shape of y."""
        _, s, _, v = self._waves(y)
        return np.where(np.asarray(y) >= 0, s, v)

    def _waves(self, y):
        """u and v in F, phi and v in N, each continued into the other layer by its value at the contact."""
        f, n = self.strip.magnet, self.strip.normal
        eta_f, eta_n = (
            np.minimum(layer.thickness - sign * np.asarray(y), layer.thickness) for layer, sign in ((f, 1), (n, -1))
        )
        squares = _squares(self.strip, self.k)
        waves = zip(self.amplitudes, squares, (f, f, n, n), (eta_f, eta_f, eta_n, eta_n), strict=True)
        return [amplitude * _wave(square, layer.thickness, eta) for amplitude, square, layer, eta in waves]

    def _norm(self):
        f, n = self.strip.magnet, self.strip.normal
        sigmas = f.conductivity, f.conductivity * (1 - self.strip.polarization**2), n.conductivity, n.conductivity
        terms = zip(self.amplitudes, sigmas, _squares(self.strip, self.k), (f, f, n, n), strict=True)
        return sum(a**2 * sigma * _mean_square(square, layer.thickness) for a, sigma, square, layer in terms)


def _squares(strip, k):
    """w'' / w of u and v in F, of phi and v in N."""
    return -(k**2), strip.magnet.spin_square(k), -(k**2), strip.normal.spin_square(k)


def _wave(square, thickness, eta):
    """cos, or cosh over its value at the contact, at a distance eta from the outer face."""
    root = np.sqrt(abs(square))
    if square < 0:
        return np.cos(root * eta)
    return np.exp(root * (eta - thickness)) * (1 + np.exp(-2 * root * eta)) / (1 + np.exp(-2 * root * thickness))


def _slope(square, thickness):
    """d/d eta of `_wave` at the contact."""
    root = np.sqrt(abs(square))
    return -root * np.sin(root * thickness) if square < 0 else root * np.tanh(root * thickness)


def _mean_square(square, thickness):
    """Integral of `_wave` squared over the thickness, m."""
    root = np.sqrt(abs(square))
    if root * thickness < 1e-6:
        return thickness
    if square < 0:
        return thickness / 2 + np.sin(2 * root * thickness) / (4 * root)
    edge = np.exp(-root * thickness)
    return thickness / 2 * (2 * edge / (1 + edge**2)) ** 2 + np.tanh(root * thickness) / (2 * root)


def _matching(strip, k):
    """Rows: phi, v, j, J across the contact; columns: amplitudes of u and v in F, of phi and v in N. Free of poles.

    The rows of currents are divided by their natural size, not by their norm: where a whole row vanishes, its rounding
    errors must stay small.
    """
    p, squares = strip.polarization, _squares(strip, k)
    layers = strip.magnet, strip.magnet, strip.normal, strip.normal
    u, s, phi, v = (
        _wave(square, layer.thickness, layer.thickness) for square, layer in zip(squares, layers, strict=True)
    )
    j_u, j_s, j_phi, j_v = (
        layer.conductivity * _slope(square, layer.thickness) for square, layer in zip(squares, layers, strict=True)
    )
    charge = k * sum(layer.conductivity for layer in (strip.magnet, strip.normal))
    spin = charge + sum(layer.conductivity / layer.spin_diffusion_length for layer in (strip.magnet, strip.normal))
    rows = np.array(
        [
            [u, -p * s, -phi, 0.0],
            [0.0, s, 0.0, -v],
            [j_u, 0.0, j_phi, 0.0],
            [p * j_u, (1 - p**2) * j_s, 0.0, j_v],
        ]
    )
    return rows / np.array([[1.0], [1.0], [charge], [spin]])


def injected(modes, source, place):
    """(k, amplitude): v(x, place) = sum of amplitude * exp(-k |x|) for 1 A/m of spin current entering at (0, source).

    source, place: y in metres. k in 1/m, amplitude in V m/A; the sum converges for x > 0.
    """
    k = np.array([mode.k for mode in modes])
    return k, np.array([float(mode.v(source) * mode.v(place)) for mode in modes]) / (2 * k)


def crossover(k, amplitude):
    """The distance (m) beyond which the slowest decay exceeds all others together; inf if its amplitude is zero."""
    if amplitude[0] == 0:
        return np.inf

    def excess(x):
        return np.sum(np.abs(amplitude[1:] / amplitude[0]) * np.exp(-(k[1:] - k[0]) * x)) - 1

    if excess(0.0) <= 0:
        return 0.0
    far = 1 / k[0]
    while excess(far) > 0:
        far *= 2
    return float(brentq(excess, 0.0, far))


def reach(d_f, d_n, polarization=0.5, conductivity=1.0, magnet_length=0.25):
    """1/(k lambda_N), array (len(d_n), len(d_f)).

    d_f, d_n: thicknesses over lambda_N. conductivity: sigma_F / sigma_N. magnet_length: lambda_F / lambda_N. Raises
    ValueError.
    """
    return np.array(
        [
            [
                1 / Bilayer(Layer(f, conductivity, magnet_length), normal, polarization).decay_constants(1)[0]
                for f in d_f
            ]
            for normal in (Layer(n, 1.0, 1.0) for n in d_n)
        ]
    )
