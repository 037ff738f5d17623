"""Layers on 1, 2 and 3 ranks: the same numbers; and on more ranks than cells, a message."""

import subprocess
import sys

import numpy as np
import pytest
import pyvista as pv

from spinfem.output.line import in_order
from tests.commands import COARSE, PATIENCE, TREE
from tests.parallel.several import run_all

TUNNEL = "interfaces={spacer/free: {resistance_area: 1 fohm m^2, polarization: 0.4}}"
PLAIN = ("solver.error_estimate=false", "output.pictures=false", "output.fields=false")
FEW_ANGLES = "observables.1.magnetoresistance.angles=[0 deg, 60 deg, 180 deg]"
WIDE = ("geometry.layers.0={name: wire, thickness: 100 nm, width: 200 nm}", TUNNEL, FEW_ANGLES, *COARSE, *PLAIN)
TURNED = (TUNNEL, "regions.free.magnetization=+x", FEW_ANGLES, "solver.tolerance=1e-13", *PLAIN)
DRAWN = (TUNNEL, "observables=[terminals]", *PLAIN, "output.fields=true")
TORQUES = (
    "observables=[dissipation, {spin_torque: {name: on_m2, magnet: m2, reference: m1, drive: left}},"
    " {spin_torque: {name: on_m3, magnet: m3, reference: m1, drive: left}}]"
)
STACK = (TORQUES, *PLAIN)
QUICK = {
    "line": ("gmr_pillar", TURNED),
    "refined line": ("gmr_pillar", (*TURNED, "mesh.refinements=1")),
    "plane": ("gmr_pillar", (*TURNED, "geometry.dimension=2")),
    "solid": ("gmr_pillar", (*TURNED, "geometry.dimension=3", *COARSE)),
    "line of degree 1": ("gmr_pillar", (*DRAWN, "solver.degree=1")),
    "line of degree 2": ("gmr_pillar", (*DRAWN, "solver.degree=2")),
    "wide ellipse": (
        "gmr_pillar",
        ("geometry.dimension=3", "geometry.cross_section=ellipse", *WIDE, "solver.tolerance=1e-13"),
    ),
    "stack": ("noncoplanar_stack", STACK),
}
SLOW = {
    "wide plane": ("gmr_pillar", ("geometry.dimension=2", *WIDE, "solver.tolerance=1e-13")),
    "plane stack": ("noncoplanar_stack", ("geometry.dimension=2", *STACK)),
}
# Two layers of one cell each.
FEW_CELLS = """
from mpi4py import MPI
from spinfem.case.reader import read_case
from spinfem.geometry.build import build_device
from spinfem.geometry.errors import GeometryError
comm = MPI.COMM_WORLD
case = read_case('''
geometry: {layers: [{name: a, thickness: 9 nm}, {name: b, thickness: 9 nm}]}
regions: {a: Cu @ 300 K, b: Al @ 300 K}
terminals: {left: {current: 1 mA}, right: {voltage: 0 V}}
''')
try:
    build_device(case, comm, coarsen=1000)
except GeometryError as error:
    assert all(comm.allgather("2 cells, too few for 3 ranks" in error.message))
    print("refused")
"""


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """Folder of the quick scenarios, and name -> results on 1, 2 and 3 ranks."""
    folder = tmp_path_factory.mktemp("quick")
    return folder, run_all(folder, QUICK)


@pytest.fixture
def results(request, tmp_path):
    """Those of the scenario that a test is about, on 1, 2 and 3 ranks."""
    name = request.param
    return run_all(tmp_path, {name: SLOW[name]})[name] if name in SLOW else request.getfixturevalue("quick")[1][name]


def scenarios(*names):
    marked = [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in names]
    return pytest.mark.parametrize("results", marked, indirect=True)


@scenarios("line", "refined line", "plane", "solid")
def test_every_number_agrees(results):
    for other in results[1:]:
        assert other["mesh"] == results[0]["mesh"]
        for name, expected in results[0]["observables"].items():
            found = np.array(other["observables"][name]["value"])
            # a ratio of resistances that are nearly equal has their rounding, which is 1e-11 on the refined line
            atol = 1e-9 if name == "dissipation.balance" else 1e-10 if name.endswith("ratio") else 1e-12
            assert np.allclose(found, expected["value"], rtol=1e-8, atol=atol), name


@pytest.mark.parametrize("degree", [1, 2])
def test_fields_on_a_line_agree(degree, quick):
    potentials = []
    for ranks in (1, 2, 3):
        grid = pv.read(quick[0] / f"line of degree {degree}" / f"{ranks}" / "fields.pvtu")
        assert set(np.unique(grid["rank"])) == set(range(ranks))
        x, nodes, region = in_order(grid)
        potentials.append((x, grid["phi [V]"][nodes], grid["v [V]"][nodes][:, :, 1], region))
    for others in potentials[1:]:
        for found, expected in zip(others, potentials[0], strict=True):
            assert np.allclose(found, expected, rtol=0, atol=1e-8 * np.abs(expected).max())


@scenarios("wide ellipse", "wide plane")
def test_wide_leads_agree(results):
    for other in results[1:]:
        assert other["mesh"] == results[0]["mesh"]
        assert other["checks"]["charge_conservation"] < 1e-10
        for name, expected in results[0]["observables"].items():
            found = np.array(other["observables"][name]["value"])
            assert np.allclose(found, expected["value"], rtol=1e-8, atol=1e-12), name


def test_a_rank_without_cells_is_refused_on_all_ranks():
    command = ["mpirun", "-n", "3", sys.executable, "-c", FEW_CELLS]
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("refused") == 3


@scenarios("stack", "plane stack")
def test_power_balance_and_torques_of_a_stack_that_is_not_coplanar(results):
    for result in results:
        assert result["observables"]["dissipation.balance"]["value"] < 1e-9
        for name, expected in results[0]["observables"].items():
            if name != "dissipation.balance":
                scale = 1e-9 * np.max(np.abs(expected["value"]))
                assert np.allclose(result["observables"][name]["value"], expected["value"], rtol=1e-8, atol=scale), name
