"""The spin Hall effect in the bulk: films, bilayers with a magnet, reciprocity (docs/physics.md, section 9)."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.faults import CaseError
from spinfem.case.magnetization import Uniform
from spinfem.case.schema import Case
from spinfem.model.problem import Drive
from spinfem.study.laboratory import Laboratory
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar, sheet

NM = 1e-9
DEPTH = 10 * NM
SIGMA, LENGTH, THETA = 5e6, 3 * NM, 0.2
PT = {"conductivity": f"{SIGMA} S/m", "spin_diffusion_length": f"{LENGTH} m", "spin_hall_angle": THETA}
X, Y, Z = np.eye(3)


def laboratory(device, regions, terminals, interfaces=None, **solver):
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened
            "regions": regions,
            "terminals": terminals,
            "interfaces": interfaces or {},
            "solver": solver,
        }
    )
    return Laboratory(case, device)


# A film: current along x, thickness t along y (docs/physics.md, section 9).

T = 12 * NM
V = 1e-3
EDGES = {"left": {"voltage": f"{V} V"}, "right": {"voltage": "0 V"}}


def film(cells, dimension=2, theta=THETA, **solver):
    """A bar 12 nm x 12 nm in section, 30 nm long: E along +x."""
    device = bar(MPI.COMM_WORLD, [("pt", 30, cells)], 12, cells, dimension, depth=DEPTH)
    return laboratory(device, {"pt": {"material": PT | {"spin_hall_angle": theta}}}, EDGES, **solver).solution()


def accumulation(y, t=T):
    """v_z at depth y below the middle of a film of thickness t."""
    return THETA * V / (30 * NM) * LENGTH * np.sinh(y / LENGTH) / np.cosh(t / 2 / LENGTH)


EXCESS = 2 * LENGTH / T * np.tanh(T / 2 / LENGTH)  # (mean conductivity / sigma - 1) / theta^2 of a film


def errors_of_a_film(cells, dimension, degree):
    """(of v over its edge value, of the mean conductivity, relative)."""
    solution = film(cells, dimension, degree=degree)
    y = np.linspace(0, T, 41)
    low = 0.37 * T if dimension == 3 else 0.0
    along_y = np.stack([0 * y + 14 * NM, y, 0 * y + low], axis=1)
    _, v = solution.at(along_y)
    expected = np.outer(accumulation(y - T / 2), Z)
    section = T * (T if dimension == 3 else DEPTH)
    if dimension == 3:  # a bar has four sides: v_y(z) = -v_z(y)
        expected -= accumulation(low - T / 2) * Y
    excess = (dimension - 1) * EXCESS
    mean = solution.readings["left"].current * 30 * NM / V / section
    return (
        np.abs(v - expected).max() / abs(accumulation(T / 2)),
        abs(mean / SIGMA - 1 - THETA**2 * excess),
    )


@pytest.mark.parametrize(("dimension", "degree", "cells"), [(2, 1, 12), (2, 2, 8), (3, 2, 6)])
def test_film_converges_to_the_closed_form(dimension, degree, cells):
    """Profile with the order degree + 1, conductivity with twice the degree."""
    coarse, fine = (errors_of_a_film(n, dimension, degree) for n in (cells, 2 * cells))
    orders = np.log2(np.array(coarse) / np.array(fine))
    print(coarse, fine, orders)
