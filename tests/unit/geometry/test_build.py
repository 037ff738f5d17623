"""From a case to its device."""

import numpy as np
import pytest

from spinfem.case.reader import read_case
from spinfem.geometry.build import build_device
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.quality import mesh_quality
from spinfem.geometry.recipe import outline_of

CASE = """
geometry: {script: nonlocal_valve_2d.geo, parameters: {wire_length: 1.5 um, separation: 300 nm}, depth: 80 nm}
mesh: {resolution: 1}
regions:
  wire: {material: {conductivity: 7e7 S/m, spin_diffusion_length: 1 um}}
  injector: {material: {conductivity: 8e6 S/m, spin_diffusion_length: 5 nm, polarization: 0.5}, magnetization: +y}
  detector: {material: {conductivity: 8e6 S/m, spin_diffusion_length: 5 nm, polarization: 0.5}, magnetization: +y}
terminals:
  injector_end: {current: 1 mA}
  wire_left: {voltage: 0 V}
"""


def case_of(*overrides):
    return read_case(CASE, overrides=overrides)


def measure(device, case):
    return mesh_quality(device, case.diffusion_lengths)


def test_lengths_of_the_case_become_drawing_units(comm):
    case = case_of()
    device = build_device(case, comm)
    quality = measure(device, case)
    assert (device.length_unit, device.depth) == (1e-9, 80e-9)
    assert quality.regions["wire"].volume == pytest.approx(1500 * 60)
    for contact in quality.contacts.values():
        assert contact.area == pytest.approx(100)
        assert contact.diffusion_length == pytest.approx(5)
        assert contact.cells_per_length == pytest.approx(1, rel=0.2)


def test_the_unit_of_the_drawing_may_be_another(comm):
    case = case_of("geometry.unit=1 um", "geometry.parameters={separation: 500 nm}")
    # The same numbers now count micrometres, so contacts are coarse compared with 5 nm: only the unit is looked at.
    assert build_device(case_of("mesh.resolution=1000", "geometry.unit=1 um"), comm).length_unit == 1e-6
    assert outline_of(case).regions == ("wire", "injector", "detector")


def test_the_size_of_a_case_is_a_length(comm):
    case = case_of("mesh.size=8 nm")
    assert measure(build_device(case, comm), case).regions["wire"].longest_edge < 16


def test_a_coarser_twin(comm):
    case = case_of("mesh.growth=0.1")
    fine, coarse = (measure(build_device(case, comm, coarsen), case) for coarsen in (1, 2))
    contact = frozenset(("wire", "injector"))
    assert coarse.contacts[contact].mean_edge == pytest.approx(2 * fine.contacts[contact].mean_edge, rel=0.15)
    assert coarse.cells < 0.45 * fine.cells


def test_the_twin_of_a_refined_mesh_is_nested(comm):
    case = case_of("mesh.refinements=1")
    fine, coarse = (build_device(case, comm, coarsen) for coarsen in (1, 2))
    assert fine.mesh.topology.index_map(2).size_global == 4 * coarse.mesh.topology.index_map(2).size_global


def test_one_piece_of_metal_in_two_regions_is_not_refined_between_them(comm):
    same = "{material: {conductivity: 7e7 S/m, spin_diffusion_length: 5 nm}}"
    one_piece = case_of(*(f"regions.{name}={same}" for name in ("wire", "injector", "detector")))
    barrier = read_case(
        CASE + "interfaces: {wire/injector: {resistance_area: 1 fohm m^2}}",
        overrides=[f"regions.{name}={same}" for name in ("wire", "injector", "detector")],
    )
    injector, detector = frozenset(("wire", "injector")), frozenset(("wire", "detector"))
    first, second = (measure(build_device(case, comm), case).contacts for case in (one_piece, barrier))
    assert first[injector].mean_edge > 10 and first[detector].mean_edge > 10
    assert second[injector].mean_edge < 6 and second[detector].mean_edge > 10


def test_a_region_that_the_case_forgot(comm):
    text = "\n".join(line for line in CASE.splitlines() if "detector" not in line)
    with pytest.raises(GeometryError, match="regions.detector"):
        build_device(read_case(text), comm)


def test_a_mesh_file_has_no_coarser_twin_unless_it_is_refined(comm, tmp_path):
    import meshio

    points = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]])
    lines = np.array([[0, 2], [1, 3]])
    meshio.Mesh(
        points,
        [("line", lines), ("triangle", np.array([[0, 1, 2], [1, 3, 2]]))],
        cell_sets={"left": [[0], []], "right": [[1], []], "strip": [[], [0, 1]]},
    ).write(tmp_path / "strip.inp")
    text = """
geometry: {mesh: strip.inp}
regions: {strip: {material: {conductivity: 7e7 S/m, spin_diffusion_length: 1 um}}}
terminals: {left: {voltage: 0 V}}
"""
    with pytest.raises(GeometryError, match="cannot be made coarser"):
        build_device(read_case(text, tmp_path, ["mesh={}"]), comm, 2)
    refined = read_case(text, tmp_path, ["mesh.refinements=1"])
    assert build_device(refined, comm, 2).mesh.topology.index_map(2).size_global == 2
    assert build_device(refined, comm).mesh.topology.index_map(2).size_global == 8
