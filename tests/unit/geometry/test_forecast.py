"""How many cells a mesh will have, from coarse ones."""

import pytest
from mpi4py import MPI

from spinfem.case.source import CaseSource
from spinfem.geometry.forecast import expected_cells
from spinfem.geometry.reading import read
from spinfem.geometry.recipe import outline_of, recipe_of
from spinfem.study.run import run
from spinfem.study.session import Session
from tests.commands import CASES


def expected_and_made(name, *settings):
    case = CaseSource.of_file(CASES / name, settings).case()
    return expected_cells(case, outline_of(case)), len(read(*recipe_of(case)).cells)


@pytest.mark.parametrize("name", ["nonlocal_valve_2d.yaml", "ratchet_2d.yaml", "ratchet.yaml"])
def test_a_drawing_has_about_as_many_cells_as_expected(name):
    expected, made = expected_and_made(name, "mesh={}")
    assert made / 1.5 < expected < 1.5 * made


@pytest.mark.parametrize("name", ["nonlocal_valve_2d.yaml", "ratchet_2d.yaml"])
@pytest.mark.parametrize("target", [0.01, 0.002])
def test_a_mesh_that_follows_accuracy_has_about_as_many_cells_as_expected(name, target):
    case = CaseSource.of_file(CASES / name, [f"accuracy={target}"]).case()
    expected, made = expected_cells(case, outline_of(case)), run(case, Session(MPI.COMM_WORLD)).mesh["cells"]
    assert made / 3 < expected < 3 * made


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_layers_are_counted(dimension):
    expected, made = expected_and_made("gmr_pillar.yaml", "mesh={}", f"geometry.dimension={dimension}")
    assert expected == made


def test_a_drawing_that_says_itself_how_its_cells_are_has_as_many_at_any_size():
    expected, made = expected_and_made("smr_bar.yaml")
    assert expected == made


def test_each_refinement_halves_the_size_of_cells():
    expected, made = expected_and_made("gmr_pillar.yaml", "geometry.dimension=2", "mesh.refinements=3")
    assert expected == made * 4**3


def test_a_mesh_file_has_its_own_cells(tmp_path):
    (tmp_path / "triangles.msh").write_text(
        """$MeshFormat
2.2 0 8
$EndMeshFormat
$PhysicalNames
3
1 1 "left"
1 2 "right"
2 3 "wire"
$EndPhysicalNames
$Nodes
4
1 0 0 0
2 1 0 0
3 1 1 0
4 0 1 0
$EndNodes
$Elements
4
1 1 2 1 1 4 1
2 1 2 2 2 2 3
3 2 2 3 3 1 2 3
4 2 2 3 3 1 3 4
$EndElements
"""
    )
    (tmp_path / "case.yaml").write_text(
        "geometry: {mesh: triangles.msh, depth: 10 nm, unit: 1 nm}\nmesh: {refinements: 2}\nregions: {wire: Cu @ 300 K}\n"
        "terminals: {left: {current: 1 mA}, right: {voltage: 0 V}}\n"
    )
    case = CaseSource.of_file(tmp_path / "case.yaml").case()
    assert expected_cells(case, outline_of(case)) == 2 * 4**2


def test_what_no_machine_can_hold_is_not_forecast():
    case = CaseSource.of_file(CASES / "nonlocal_valve.yaml", ["mesh.resolution=1e-5"]).case()
    assert expected_cells(case, outline_of(case)) is None
