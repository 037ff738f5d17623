"""benchmarks.peers: what the other programs are given is the device of the case. That they get its number out is a slow test."""

import json
import sys

import gmsh
import numpy as np
import pytest
from mpi4py import MPI

from benchmarks.peers import exported, freefem, getdp, grid, ours, tetrahedra
from benchmarks.peers.__main__ import is_there, line, run_way
from benchmarks.peers.device import CASE, REFERENCE, Device, device_of
from benchmarks.peers.measured import Run, measured
from benchmarks.peers.ways import ONE, WAYS
from spinfem.case.reader import load_case
from spinfem.geometry.build import build_device
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.output.gmsh_mesh import write_gmsh

COARSE = {"grid": {"strong": 5, "weak": 10, "ratio": (4, 4, 4), "slab": ()}}


@pytest.fixture(scope="module")
def device():
    return device_of()


def volume(block):
    return np.prod(np.ptp(block, axis=1))


def volumes(mesh):
    """Of the tetrahedra."""
    x = mesh.points[mesh.cells]
    return np.linalg.det(x[:, 1:] - x[:, :1]) / 6


def assert_fills(mesh, device):
    """Regions have the volumes of the blocks, terminals their areas; no cell is inside out."""
    assert np.all(volumes(mesh) > 0)
    of_regions = np.bincount(mesh.region, volumes(mesh))
    assert of_regions == pytest.approx([volume(block) for block in device.blocks.values()])
    for name, faces in mesh.faces.items():
        a, b, c = np.moveaxis(mesh.points[faces], 1, 0)
        assert np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2 == pytest.approx(device.area(name)), name


# ------------------------------------------------------------------------------------------------ the device


def test_the_device_has_the_numbers_of_the_case(device):
    assert device.blocks["wire"] == [[-2000, 2000], [-50, 50], [0, 60]]
    assert device.blocks["detector"] == [[200, 300], [-500, 500], [60, 85]]
    py = load_case(CASE).regions["detector"].material
    assert device.materials["detector"] == {
        "conductivity": py.conductivity * 1e-9,
        "polarization": py.polarization,
        "length": pytest.approx(py.spin_diffusion_length * 1e9),
    }


def test_the_device_survives_its_file(device, tmp_path):
    device.save(tmp_path / "device.json")
    assert Device.load(tmp_path / "device.json") == device


# ------------------------------------------------------------------------------------------------ its meshes


def test_cells_crowd_at_graded_planes_and_only_there():
    assert grid.spaced([0, 7, 22], {7}, 1, 2) == pytest.approx([0, 4, 6, 7, 8, 10, 14, 22])
    assert grid.spaced([0, 6, 9], {0, 6}, 1, 2) == pytest.approx([0, 1, 3, 5, 6, 7, 9])


def test_the_grid_cut_into_tetrahedra_fills_the_device(device):
    assert_fills(tetrahedra.mesh(device, COARSE), device)


def test_tetrahedra_of_the_grid_match_across_faces(device):
    mesh = tetrahedra.mesh(device, COARSE)
    corners = np.array([(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)])
    faces, counts = np.unique(np.sort(mesh.cells[:, corners].reshape(-1, 3), axis=1), axis=0, return_counts=True)
    assert counts.max() == 2
    areas = np.cross(
        *np.moveaxis(mesh.points[faces[counts == 1]][:, 1:] - mesh.points[faces[counts == 1]][:, :1], 1, 0)
    )
    blocks = list(device.blocks.values())
    of_blocks = sum(2 * (a * b + b * c + c * a) for a, b, c in (np.ptp(block, axis=1) for block in blocks))
    contacts = 2 * 2 * 100 * 100
    assert np.linalg.norm(areas, axis=1).sum() / 2 == pytest.approx(of_blocks - contacts)


def test_gmsh_reads_the_quadratic_mesh(device, tmp_path):
    path = tmp_path / "mesh.msh"
    mesh = tetrahedra.mesh(device, COARSE)
    nodes = tetrahedra.write_quadratic(path, mesh)
    with gmsh_session():
        gmsh.open(str(path))
        assert len(gmsh.model.mesh.getNodes()[0]) == nodes
        quality = gmsh.model.mesh.getElementQualities(gmsh.model.mesh.getElementsByType(11)[0], "volume")
        groups = {tag for _, tag in gmsh.model.getPhysicalGroups()}
    assert sum(quality) == pytest.approx(volumes(mesh).sum())
    assert groups == set(mesh.tags.values())


def test_the_mesh_that_spinfem_exports_arrives_whole(device, tmp_path):
    write_gmsh(tmp_path / "mesh.msh", build_device(load_case(CASE), MPI.COMM_SELF, 8.0))
    exported.save(tmp_path / "mesh.msh", device, tmp_path / "mesh.npz")
    assert_fills(tetrahedra.mesh(device, {"file": tmp_path / "mesh.npz"}), device)


# ------------------------------------------------------------------------------------------------ texts


@pytest.fixture(scope="module")
def tags(device):
    return {name: number for number, name in enumerate([*device.blocks, *device.terminals], start=11)}


@pytest.mark.parametrize("text_of", [getdp.problem, freefem.script])
def test_the_text_contains_the_numbers_of_the_case(device, tags, text_of):
    text = text_of(device, tags)
    for material in device.materials.values():
        sigma, p, length = material.values()
        assert repr(sigma) in text and repr(p * sigma) in text
        assert repr(sigma * (1 - p**2) / length**2) in text
    for name in ("injector_end", "detector_end", "wire_right"):
        assert f"/{device.area(name)}" in text
    assert all(str(tag) in text for tag in tags.values())


def test_the_drag_of_the_detector_alone_turns_with_the_state(device, tags):
    text = getdp.problem(device, tags)
    assert text.count(" * $1;") == 1 and "drag[Detector]" in text.split(" * $1;")[0].splitlines()[-1]
    assert "drag[$State]" in text


# ------------------------------------------------------------------------------------------------ measuring


def test_what_a_command_takes_is_that_of_its_children_too():
    child = "x = bytearray(300_000_000); sum(range(6_000_000)); print(len(x))"
    work = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    run = measured([sys.executable, "-c", work], timeout=100, memory=8)
    assert run.output == "300000000\n" and not run.stopped
    assert run.memory > 0.3
    assert 0.02 < run.cpu < run.wall + 1


@pytest.mark.parametrize(("timeout", "memory", "reason"), [(0.3, 8, "too long"), (100, 0.05, "more than 0.05 GB")])
def test_a_run_that_takes_too_much_is_stopped_with_its_children(timeout, memory, reason):
    child = "x = bytearray(100_000_000)\nwhile True: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    run = measured([sys.executable, "-c", parent], timeout, memory)
    assert reason in run.stopped
    assert run.wall < 60
    assert run.cpu > 0


def test_a_run_that_fails_says_its_last_word():
    run = measured([sys.executable, "-c", "raise SystemExit('no such thing')"], timeout=100, memory=8)
    assert run.stopped == "no such thing"


def test_the_numbers_of_spinfem_are_read_once_and_make_room_for_the_next_run(tmp_path):
    (tmp_path / "run").mkdir()
    signals = {
        f"nonlocal_resistance.{state}": {"value": value} for state, value in (("parallel", 2.0), ("antiparallel", -1.0))
    }
    (tmp_path / "run/results.json").write_text(json.dumps({"observables": signals, "mesh": {"unknowns": 7}}))
    assert ours.found(tmp_path) == {"signals": [2.0, -1.0], "unknowns": 7}
    assert ours.found(tmp_path) is None and not (tmp_path / "run").exists()


def test_a_line_tells_the_error_and_the_multiples_of_spinfem():
    ours, theirs = Run(2.0, 4.0, 0.5, ""), Run(1.0, 1.0, 0.25, "")
    found = {"signals": [REFERENCE * 0.5, -REFERENCE * 0.51], "unknowns": 1234}
    assert line("X", theirs, found, ours) == "| X | +1.00% | 1,234 | 1.0 s | 1.0 s | 0.25 GB | 0.50 | 0.25 |"
    assert "too long" in line("X", Run(1.0, 1.0, 0.25, "", "stopped: too long"), None, ours)


# ------------------------------------------------------------------------------------------------ the peers


def test_each_way_has_a_file():
    assert all((CASE.parents[1] / f"benchmarks/peers/{way.module}.py").is_file() for way in WAYS)


@pytest.mark.slow
@pytest.mark.parametrize("way", [way for way in WAYS if ONE in way.options], ids=lambda way: way.name)
def test_a_peer_finds_the_number_to_a_per_cent(way, device, tmp_path):
    if not is_there(way.module):
        pytest.skip(f"{way.module} is not installed")
    device.save(tmp_path / "device.json")
    run = run_way(way, ONE, tmp_path)
    assert not run.stopped
    parallel, antiparallel = json.loads(run.output.splitlines()[-1])["signals"]
    assert parallel - antiparallel == pytest.approx(REFERENCE, rel=0.01)
    assert parallel + antiparallel == pytest.approx(0, abs=1e-3 * REFERENCE)
