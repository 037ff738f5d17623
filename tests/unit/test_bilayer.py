"""Decay constants of an F/N strip against a discretised eigenvalue problem, the equation of the paper, and limits."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from numpy.polynomial.legendre import leggauss
from scipy.linalg import eigh

from spinfem.theory.bilayer import Bilayer, Layer, crossover, injected

NM = 1e-9
REFERENCE = {
    (1000, 1000, 1.0, 0.5, 50, 200): (640.66, 318.31, 213.84),
    (2000, 500, 0.2, 0.4, 5, 300): (1034.13, 417.67),
}


def strip(d_f, d_n, ratio, p, lambda_f, lambda_n):
    """Lengths in nm; ratio: sigma_F / sigma_N."""
    return Bilayer(Layer(d_f * NM, ratio * 1e7, lambda_f * NM), Layer(d_n * NM, 1e7, lambda_n * NM), p)


def any_strips(count):
    rng = np.random.default_rng(3)
    for _ in range(count):
        d_f, d_n, lambda_f, lambda_n = np.exp(rng.uniform(np.log(10), np.log(3000), 4))
        yield strip(d_f, d_n, 10 ** rng.uniform(-1.5, 1.0), rng.uniform(-0.95, 0.95), lambda_f, lambda_n)


GAUSS = leggauss(300)
STRIPS = [strip(*given) for given in REFERENCE] + list(any_strips(14))


@pytest.mark.parametrize("given, expected", REFERENCE.items())
def test_reference_lengths(given, expected):
    assert 1e9 / strip(*given).decay_constants(len(expected)) == pytest.approx(expected, abs=0.005)


def eigenvalues(given, degree=7):
    """All k > 0 of -(S U')' + R U = k^2 S U with finite elements of high degree, fine next to the contact."""
    f, n, p = given.magnet, given.normal, given.polarization
    fine = min(f.spin_diffusion_length, n.spin_diffusion_length, f.thickness, n.thickness) / 2
    edges = [halved(layer.thickness, fine) for layer in (f, n)]
    edges = np.concatenate([-edges[1][::-1], edges[0][1:]])
    size = degree * (len(edges) - 1) + 1
    stiffness, mass = np.zeros((2, size, 2, size, 2))
    for k, (low, high) in enumerate(pairwise(edges)):
        layer, polarization = (f, p) if low >= 0 else (n, 0.0)
        sigma = layer.conductivity * np.array([[1, polarization], [polarization, 1]])
        relaxation = np.diag([0, layer.conductivity * (1 - polarization**2) / layer.spin_diffusion_length**2])
        slopes, values = lagrange_products(degree)
        slopes, values = slopes * 2 / (high - low), values * (high - low) / 2
        nodes = slice(degree * k, degree * k + degree + 1)
        stiffness[nodes, :, nodes] += np.einsum("ij,ab->iajb", slopes, sigma) + np.einsum(
            "ij,ab->iajb", values, relaxation
        )
        mass[nodes, :, nodes] += np.einsum("ij,ab->iajb", values, sigma)
    squares = eigh(stiffness.reshape(2 * size, -1), mass.reshape(2 * size, -1), eigvals_only=True)
    return np.sqrt(squares[1:])


def halved(thickness, fine):
    """Thickness cut into six parts, the first of them into halves until the smallest is `fine`."""
    parts = thickness * np.arange(7) / 6
    halvings = max(0, int(np.ceil(np.log2(parts[1] / fine))))
    return np.concatenate([[0.0], parts[1] / 2 ** np.arange(halvings, 0, -1), parts[1:]])


@cache
def lagrange_products(degree):
    """Integrals over (-1, 1) of products of slopes and of values of the Lagrange functions at Chebyshev nodes."""
    nodes = -np.cos(np.pi * np.arange(degree + 1) / degree)
    points, weights = leggauss(degree + 1)
    lagrange = [
        np.poly1d(np.poly(np.delete(nodes, i)) / np.prod(nodes[i] - np.delete(nodes, i))) for i in range(degree + 1)
    ]
    values = np.array([w(points) for w in lagrange])
    slopes = np.array([w.deriv()(points) for w in lagrange])
    return (slopes * weights) @ slopes.T, (values * weights) @ values.T


@pytest.mark.parametrize("given", STRIPS, ids=range(len(STRIPS)))
def test_no_decay_constant_is_missed_or_made_up(given):
    assert given.decay_constants(8) == pytest.approx(eigenvalues(given)[:8], rel=1e-6)


def without_poles(given, k):
    """The equation of the paper times all its denominators: an entire function whose roots are the decay constants."""
    f, n, p = given.magnet, given.normal, given.polarization
    (sin_f, cos_f), (sin_n, cos_n) = ((np.sin(k * d), np.cos(k * d)) for d in (f.thickness, n.thickness))
    kappa_f, kappa_n = (np.sqrt(complex(layer.spin_square(k))) for layer in (f, n))
    sinh_f, cosh_f = np.sinh(kappa_f * f.thickness), np.cosh(kappa_f * f.thickness)
    sinh_n, cosh_n = np.sinh(kappa_n * n.thickness), np.cosh(kappa_n * n.thickness)
    charge = cos_f * sin_n / f.conductivity + sin_f * cos_n / n.conductivity
    spin = n.conductivity * kappa_n * sinh_n * cosh_f + f.conductivity * (1 - p**2) * kappa_f * sinh_f * cosh_n
    return (charge * spin - p**2 * k * sin_f * sin_n * cosh_f * cosh_n).real


@pytest.mark.parametrize("given", STRIPS, ids=range(len(STRIPS)))
def test_the_equation_changes_sign_at_each_decay_constant_and_nowhere_else(given):
    ks = given.decay_constants(10)
    between = np.concatenate([[ks[0] / 2], (ks[1:] + ks[:-1]) / 2])
    near = 1e-7 * ks
    inside = [without_poles(given, k) for k in between]
    below, above = ([without_poles(given, k) for k in ks + sign * near] for sign in (-1, 1))
    assert (np.sign(below) == -np.sign(above)).all()
    assert (np.sign(below) == np.sign(inside)).all()


@pytest.mark.parametrize("given", [(1000, 700, 1.0, 0.0, 50, 200), (300, 900, 3.0, 0.0, 400, 30)])
def test_without_polarization_spin_and_charge_part(given):
    found = strip(*given)
    apart = np.sort(np.concatenate([found.spin_only(12), found.charge_only(12)]))
    assert found.decay_constants(12) == pytest.approx(apart[:12], rel=1e-13)


def test_one_metal_without_polarization():
    found = strip(400, 600, 1.0, 0.0, 500, 500)
    orders = np.pi * np.arange(6) / (1000 * NM)
    assert found.charge_only(5) == pytest.approx(orders[1:], rel=1e-14)
    assert found.spin_only(6) == pytest.approx(np.hypot(orders, 1 / (500 * NM)), rel=1e-14)


def test_a_double_decay_constant_stands_twice():
    """One metal, P = 0, lambda = D / (2 pi): the uniform spin mode decays like the second charge mode."""
    found = strip(400, 600, 1.0, 0.0, 500 / np.pi, 500 / np.pi)
    assert found.decay_constants(3) * 1000 * NM == pytest.approx([np.pi, 2 * np.pi, 2 * np.pi], rel=1e-14)
    _, one, two = found.modes(3)
    assert abs(product(found, one, two)) < 1e-9


def product(given, one, two):
    """Integral of U_1 . S U_2 over the thickness."""
    points, weights = GAUSS
    total = 0.0
    for layer, p, side in ((given.magnet, given.polarization, 1), (given.normal, 0.0, -1)):
        y = side * layer.thickness * (1 + points) / 2
        mixed = one.phi(y) * two.v(y) + one.v(y) * two.phi(y)
        total += (
            layer.thickness
            / 2
            * layer.conductivity
            * weights
            @ (one.phi(y) * two.phi(y) + one.v(y) * two.v(y) + p * mixed)
        )
    return total


@pytest.mark.parametrize("given", STRIPS, ids=range(len(STRIPS)))
def test_modes_are_orthonormal_and_continuous(given):
    modes = given.modes(6)
    gram = [[product(given, one, two) for two in modes] for one in modes]
    assert gram == pytest.approx(np.eye(6), abs=1e-7)
    for mode in modes:
        y = np.linspace(-given.normal.thickness, given.magnet.thickness, 200)
        highest = max(np.abs(mode.phi(y)).max(), np.abs(mode.v(y)).max())
        for field in (mode.phi, mode.v):
            assert field(1e-6 * NM) == pytest.approx(float(field(-1e-6 * NM)), abs=1e-5 * highest)


def test_layers_much_thicker_than_their_spin_diffusion_length():
    """Nothing overflows, and spin follows the contact alone: c = sigma_F (1-P^2)/lambda_F + sigma_N/lambda_N."""
    ks = strip(1e6, 1e6, 1.0, 0.5, 1, 2).decay_constants(2)
    assert ks * 2e6 * NM == pytest.approx([np.pi, 2 * np.pi], rel=1e-5)
    assert ks[0] < np.pi / (2e6 * NM)


def test_crossover_of_two_exponentials():
    k, amplitude = np.array([1.0, 4.0]), np.array([0.1, -2.0])
    assert crossover(k, amplitude) == pytest.approx(np.log(20) / 3)
    assert crossover(k, np.array([2.0, 0.1])) == 0.0
    assert crossover(k, np.array([0.0, 0.1])) == np.inf


def test_spin_injected_into_a_thin_strip_decays_as_in_a_wire():
    """v = exp(-x/lambda) lambda / (2 sigma d): half of the current goes each way."""
    found = strip(5, 5, 1.0, 0.0, 200, 200)
    k, amplitude = injected(found.modes(1), -5 * NM, 0.0)
    assert k[0] == pytest.approx(1 / (200 * NM))
    assert amplitude[0] == pytest.approx(200 * NM / (2 * 1e7 * 10 * NM))


@pytest.mark.parametrize("layer", [(0, 1e7, NM), (NM, -1, NM), (NM, 1e7, np.inf), (NM, 1e7, np.nan)])
def test_a_layer_has_positive_numbers(layer):
    with pytest.raises(ValueError, match="must be positive"):
        Layer(*layer)


@pytest.mark.parametrize("p", [1.0, -1.0, 2.0])
def test_polarization_lies_between_minus_one_and_one(p):
    with pytest.raises(ValueError, match="between -1 and 1"):
        strip(10, 10, 1, p, 10, 10)
