"""Layers on 1, 2 and 3 ranks: the same numbers; and on more ranks than cells, a message."""

import subprocess
import sys

import numpy as np
import pytest
import pyvista as pv

from spinfem.output.line import in_order
from tests.commands import CASES, COARSE, PATIENCE, TREE, run

PILLAR = CASES / "gmr_pillar.yaml"
TUNNEL = "interfaces={spacer/free: {resistance_area: 1 fohm m^2, polarization: 0.4}}"
# Five layers of one cell each.
FEW_CELLS = f"""
from mpi4py import MPI
from spinfem.case.reader import load_case
from spinfem.geometry.build import build_device
from spinfem.geometry.errors import GeometryError
comm = MPI.COMM_WORLD
try:
    build_device(load_case("{PILLAR}"), comm, coarsen=1000)
except GeometryError as error:
    assert all(comm.allgather("5 cells, too few for 7 ranks" in error.message))
    print("refused")
"""


@pytest.mark.parametrize("dimension, refinements", [(1, 0), pytest.param(1, 1, marks=pytest.mark.slow), (2, 0), (3, 0)])
def test_every_number_agrees(dimension, refinements, tmp_path):
    settings = (
        f"geometry.dimension={dimension}",
        f"mesh.refinements={refinements}",
        TUNNEL,
        "regions.free.magnetization=+x",
        "solver.error_estimate=false",
        "output.pictures=false",
    )
    results = [run(PILLAR, tmp_path / f"{n}", *settings, ranks=n) for n in (1, 2, 3)]
    for other in results[1:]:
        assert other["mesh"] == results[0]["mesh"]
        for name, expected in results[0]["observables"].items():
            found = np.array(other["observables"][name]["value"])
            atol = 1e-9 if name == "dissipation.balance" else 1e-12
            assert np.allclose(found, expected["value"], rtol=1e-8, atol=atol), name


@pytest.mark.parametrize("degree", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_fields_on_a_line_agree(degree, tmp_path):
    settings = (f"solver.degree={degree}", "solver.error_estimate=false", "output.pictures=false", TUNNEL)
    potentials = []
    for ranks in (1, 2, 3):
        run(PILLAR, tmp_path / f"{ranks}", *settings, ranks=ranks)
        grid = pv.read(tmp_path / f"{ranks}" / "fields.pvtu")
        assert set(np.unique(grid["rank"])) == set(range(ranks))
        x, nodes, region = in_order(grid)
        potentials.append((x, grid["phi [V]"][nodes], grid["v [V]"][nodes][:, :, 1], region))
    for others in potentials[1:]:
        for found, expected in zip(others, potentials[0], strict=True):
            assert np.allclose(found, expected, rtol=0, atol=1e-8 * np.abs(expected).max())


WIDE = "geometry.layers.0={name: wire, thickness: 100 nm, width: 200 nm}"


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(("geometry.dimension=2",), marks=pytest.mark.slow),
        ("geometry.dimension=3", "geometry.cross_section=ellipse"),
    ],
)
def test_wide_leads_agree(shape, tmp_path):
    settings = (*shape, WIDE, TUNNEL, *COARSE, "solver.error_estimate=false", "output.fields=false")
    results = [run(PILLAR, tmp_path / f"{n}", *settings, "solver.tolerance=1e-13", ranks=n) for n in (1, 2)]
    assert results[1]["mesh"] == results[0]["mesh"]
    assert results[1]["checks"]["charge_conservation"] < 1e-10
    for name, expected in results[0]["observables"].items():
        found = np.array(results[1]["observables"][name]["value"])
        assert np.allclose(found, expected["value"], rtol=1e-8, atol=1e-12), name


def test_a_rank_without_cells_is_refused_on_all_ranks():
    command = ["mpirun", "-n", "7", sys.executable, "-c", FEW_CELLS]
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("refused") == 7


@pytest.mark.parametrize(
    "settings",
    [pytest.param((), id="line"), pytest.param(("geometry.dimension=2",), id="plane", marks=pytest.mark.slow)],
)
def test_power_balance_and_torques_of_a_stack_that_is_not_coplanar(settings, tmp_path):
    observables = (
        "observables=[dissipation, {spin_torque: {name: on_m2, magnet: m2, reference: m1, drive: left}},"
        " {spin_torque: {name: on_m3, magnet: m3, reference: m1, drive: left}}]"
    )
    settings = (*settings, observables, "solver.error_estimate=false", "output={pictures: false, fields: false}")
    results = [run(CASES / "noncoplanar_stack.yaml", tmp_path / f"{n}", *settings, ranks=n) for n in (1, 2, 3)]
    for result in results:
        assert result["observables"]["dissipation.balance"]["value"] < 1e-9
        for name, expected in results[0]["observables"].items():
            if name != "dissipation.balance":
                scale = 1e-9 * np.max(np.abs(expected["value"]))
                assert np.allclose(result["observables"][name]["value"], expected["value"], rtol=1e-8, atol=scale), name
