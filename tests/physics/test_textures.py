"""Magnetizations that turn in space: what a coarse mesh does to the spin potential, and where the spin current goes."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.reader import load_case
from spinfem.geometry.build import build_device
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.commands import CASES

NM = 1e-9


def solve(*overrides):
    case = load_case(CASES / "domain_wall.yaml", overrides)
    return Simulation(case, build_device(case, MPI.COMM_WORLD)).solution()


def test_a_coarse_mesh_makes_no_spin_potential_in_a_wall():
    """The electric field is a million times the gradient of s: its discretisation must not leak into s."""
    x = np.linspace(110, 190, 17) * NM
    points = np.stack([x, 0 * x, 0 * x], axis=1)
    reflecting = ("geometry.dimension=1", "terminals.left.spin=reflecting", "terminals.right.spin=reflecting")
    coarse, fine = (solve(f"mesh.size={size} nm", *reflecting).at(points)[1] for size in (4, 0.5))
    assert np.allclose(coarse, fine, atol=2e-3 * np.abs(fine).max())


@pytest.mark.parametrize("dimension", [1, 2])
def test_what_enters_is_relaxed_or_absorbed(dimension):
    """To solver tolerance, on any mesh, with sinks close to the wall."""
    sinks = ("terminals.left.spin=sink", "terminals.right.spin=sink", "geometry.layers.0.thickness=170 nm")
    solution = solve("mesh.size=15 nm", f"geometry.dimension={dimension}", *sinks)
    entering = sum(reading.spin_current for reading in solution.readings.values())
    current = solution.readings["left"].current
    assert np.linalg.norm(entering) > 0.1 * current
    assert np.allclose(entering, solution.relaxed() + solution.absorbed("wire"), atol=1e-10 * current)
