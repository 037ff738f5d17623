"""A film under a ferromagnet (2D) against the modes of the F/N strip: how far spin goes, and how much of it."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.devices import shipped
from spinfem.case.reader import read_case
from spinfem.geometry.build import build_device
from spinfem.study.accuracy import measure
from spinfem.study.simulation import Simulation
from spinfem.theory.bilayer import Bilayer, Layer, crossover, injected

NM = 1e-9
CURRENT, DEPTH = 1e-6, 1e-6  # of the shipped case
# d_F, d_N, sigma_F / sigma_N, P, lambda_F, lambda_N; lengths in nm.
STRIPS = [
    (1000, 1000, 1.0, 0.5, 50, 200),
    (2000, 500, 0.2, 0.4, 5, 300),
    (300, 300, 1.0, 0.8, 100, 200),
    (100, 300, 2.0, -0.9, 60, 400),
    (300, 500, 1.0, 0.95, 80, 180),
    (400, 400, 2.0, 0.9, 100, 150),
]


def strip(d_f, d_n, ratio, p, lambda_f, lambda_n):
    return Bilayer(Layer(d_f * NM, ratio * 1e7, lambda_f * NM), Layer(d_n * NM, 1e7, lambda_n * NM), p)


def film(given, right, left=300.0, injector=100.0, observables=(), **mesh):
    """The shipped case with another strip: a film that ends `left` and `right` of the injector's middle, all in nm."""
    d_f, d_n, ratio, p, lambda_f, lambda_n = given
    parameters = {
        "length": left + right,
        "normal_thickness": d_n,
        "magnet_thickness": d_f,
        "injector_width": injector,
        "injector_position": (left - right) / 2,
        "film_size": min(d_f, d_n, lambda_n) / 2,
    }
    text = ", ".join(f"{name}: {value} nm" for name, value in parameters.items())
    case = shipped("cases") / "overlayer_2d.yaml"
    overrides = [
        f"geometry.parameters={{{text}}}",
        f"regions.normal.material={{conductivity: 1e7 S/m, spin_diffusion_length: {lambda_n} nm}}",
        f"regions.magnet.material={{conductivity: {ratio * 1e7} S/m, spin_diffusion_length: {lambda_f} nm, "
        f"polarization: {p}}}",
        f"observables=[{', '.join(observables)}]",
        "solver={degree: 2, method: direct, error_estimate: false}",
        *(f"mesh.{name}={value}" for name, value in mesh.items()),
    ]
    return read_case(case.read_text(), overrides=overrides)


def simulation_of(case):
    return Simulation(case, build_device(case, MPI.COMM_WORLD))


@pytest.mark.parametrize("given", STRIPS, ids=str)
def test_far_from_the_injector_the_slowest_mode_is_left(given):
    """The fit starts where all other modes change its slope by less than 1e-3, and ends far from the film's end."""
    d_n = given[1] * NM
    k, amplitude = injected(strip(*given).modes(30), -d_n, 0.0)
    amplitude[1:] *= k[1:] / k[0] / 1e-3
    start, length = crossover(k, amplitude) / NM, 1 / k[0] / NM
    right = start + 5.5 * length
    injector = (300.0 - right) / 2
    begin, end = injector + start, injector + start + length
    fit = f"along: normal, through: [0 nm, 0 nm, 0 nm], from: {begin} nm, to: {end} nm"
    case = film(given, right, observables=[f"{{decay_length: {{{fit}}}}}"], resolution=1, growth=0.6)
    (found,) = measure(case, simulation_of(case)).measurements
    assert found.value == pytest.approx(1 / k[0], rel=0.001)


def test_near_and_far_it_is_the_sum_over_modes():
    """Of a narrow contact; the insulated left end is a mirror. From half a layer's thickness on, over five decades."""
    given, left, right = STRIPS[0], 1000.0, 9000.0
    distance = np.linspace(500.0, 5500.0, 26)
    k, amplitude = injected(strip(*given).modes(60), -given[1] * NM, 0.0)
    direct, mirrored = (np.exp(-np.outer(distance + extra, k) * NM) @ amplitude for extra in (0.0, 2 * left))
    expected = CURRENT / DEPTH * (direct + mirrored)
    case = film(given, right, left, injector=20.0, observables=["terminals"], resolution=0.5, growth=0.4)
    points = np.zeros((len(distance), 3))
    points[:, 0] = (distance + (left - right) / 2) * NM
    _, v = simulation_of(case).solution().at(points, "normal")
    assert v[:, 2] == pytest.approx(expected, rel=0.01)
    assert expected[0] / expected[-1] > 1e5
