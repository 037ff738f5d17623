"""Exact one-dimensional stacks in 2D and 3D meshes: convergence of order degree + 1, with a tunnel interface too."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.study.simulation import Simulation
from tests.boxes import bar
from tests.cases import stack_case
from tests.exact import Layer, Stack

NM = 1e-9
COMM = MPI.COMM_WORLD
CURRENT = 1e-6


def layers(tunnel):
    barrier = {"resistance_area": 2e-16, "interface_polarization": 0.3} if tunnel else {}
    return [
        Layer(40 * NM, 6e6, 25 * NM, polarization=0.5, **barrier),
        Layer(80 * NM, 3e7, 60 * NM),
        Layer(30 * NM, 8e6, 20 * NM, polarization=-0.4),
    ]


def solve(tunnel, dimension, degree, refinement):
    cells = [int(refinement * n) for n in (4, 6, 4)]
    drawing = [
        (name, round(layer.thickness / NM), n) for name, layer, n in zip("abc", layers(tunnel), cells, strict=True)
    ]
    device = bar(
        COMM,
        drawing,
        across=40,
        cells_across=2 * refinement if dimension == 2 else refinement,
        dimension=dimension,
        depth=30 * NM,
    )
    simulation = Simulation(stack_case(layers(tunnel), CURRENT, degree), device)
    area = 40 * NM * (30 * NM if dimension == 2 else 40 * NM)
    return simulation.solution(), Stack(layers(tunnel), CURRENT / area)


def errors(solution, exact):
    """Root mean square errors of phi and v over points inside the layers, relative to the largest values."""
    rng = np.random.default_rng(7)
    squares = []
    for k, name in enumerate("abc"):
        x = exact.edges[k] + exact.layers[k].thickness * rng.random(400)
        points = np.stack([x, *(40 * NM * rng.random((2, 400)))], axis=1)
        if solution.device.mesh.topology.dim == 2:
            points[:, 2] = 0
        phi, v = solution.at(points, name)
        squares.append([(phi - exact.phi(x, k)) ** 2, (v[:, 2] - exact.v(x, k)) ** 2])
    size = [abs(exact.phi(0.0, 0)), max(abs(exact.v(exact.edges[1], k)) for k in (0, 1))]
    return np.sqrt(np.mean(squares, axis=(0, 2))) / size


@pytest.mark.parametrize("degree", [1, 2])
@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("tunnel", [False, True], ids=["transparent", "tunnel"])
def test_potentials_converge_with_order_degree_plus_one(tunnel, dimension, degree):
    refinements = (2, 4) if dimension == 3 else (2, 4, 8)
    found = np.array([errors(*solve(tunnel, dimension, degree, r)) for r in refinements])
    orders = np.log2(found[-2] / found[-1])
    assert (orders > degree + 1 - 0.25).all(), orders
    assert (found[-1] < (0.01 if degree == 1 else 0.0005)).all(), found


def test_the_tunnel_jump_obeys_the_interface_law():
    solution, exact = solve(True, 2, 2, 4)
    (phi_1, v_1), (phi_2, v_2) = (solution.contact_average(("a", "b"), side) for side in "ab")
    charge, spin = solution.flux(("a", "b"), into="b")
    barrier, area = exact.layers[0], 40 * NM * 30 * NM
    assert charge == pytest.approx(CURRENT, rel=1e-9)
    d_phi, d_v = phi_1 - phi_2, (v_1 - v_2)[2]
    assert charge / area * barrier.resistance_area == pytest.approx(d_phi + 0.3 * d_v, rel=1e-9)
    assert spin[2] / area * barrier.resistance_area == pytest.approx(d_v + 0.3 * d_phi, rel=1e-9)


@pytest.mark.parametrize("tunnel", [False, True], ids=["transparent", "tunnel"])
def test_injected_spin_minus_relaxed_spin_is_extracted(tunnel):
    solution, _ = solve(tunnel, 2, 2, 2)
    readings = solution.readings
    inflow = readings["left"].spin_current + readings["right"].spin_current
    assert np.allclose(inflow, solution.relaxed(), rtol=0, atol=1e-10 * CURRENT)
    assert abs(inflow[2]) > 1e-3 * CURRENT  # something did relax
    assert solution.conservation_defect < 1e-10


def test_direct_and_iterative_solver_agree():
    drawing = [("a", 40, 8), ("b", 80, 10), ("c", 30, 8)]
    device = bar(COMM, drawing, across=40, dimension=2, depth=30 * NM)
    potentials = [
        Simulation(stack_case(layers(True), CURRENT, 2, method=method), device).solution().readings["left"].potential
        for method in ("iterative", "direct")
    ]
    assert potentials[0] == pytest.approx(potentials[1], rel=1e-10)
