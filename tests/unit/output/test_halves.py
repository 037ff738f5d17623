"""A stack of layers in 3D is shown cut in half, so that wide leads do not hide it."""

import json

import numpy as np
import pytest
import pyvista as pv
from mpi4py import MPI

from spinfem.case.reader import read_case
from spinfem.geometry.build import build_device
from spinfem.output.fields import write_fields
from spinfem.output.pictures import draw_fields, linear, opened
from spinfem.output.write import scene_of
from spinfem.study.simulation import Simulation

CASE = """
title: a pillar
geometry:
  layers:
    - {name: lead, thickness: 20 nm, width: 60 nm, depth: 60 nm}
    - {name: fixed, thickness: 10 nm}
  dimension: 3
  cross_section: ellipse
  width: 30 nm
  depth: 20 nm
mesh: {growth: 1}
regions:
  lead: {material: {conductivity: 3.5e7 S/m, spin_diffusion_length: 350 nm}}
  fixed: {material: {conductivity: 7e6 S/m, spin_diffusion_length: 15 nm, polarization: 0.4}, magnetization: +y}
terminals:
  left: {current: 1 mA, spin: sink}
  right: {voltage: 0 V, spin: sink}
"""


@pytest.mark.parametrize("degree", [1, 2])
def test_the_upper_half_is_cut_off(degree, tmp_path):
    case = read_case(CASE, overrides=(f"solver.degree={degree}",))
    device = build_device(case, MPI.COMM_SELF)
    solution = Simulation(case, device).solution()
    grid = pv.read(write_fields(tmp_path, solution))
    scene = scene_of(case, device, solution.problem.basis)
    half = opened(grid, scene)
    assert scene["title"] == "a pillar (lower half)"
    assert np.allclose(half.bounds[4:], (-30, 0), atol=1e-6)
    assert half.volume == pytest.approx(grid.volume / 2, rel=0.01)
    cut = linear(grid).slice("z", origin=(0, 0, 0)).area
    outside = [part.extract_surface(algorithm="dataset_surface").area for part in (half, linear(grid))]
    assert outside[0] == pytest.approx(outside[1] / 2 + cut, rel=0.01)  # one smooth surface, nothing inside it
    assert half["phi [V]"].min() == pytest.approx(0, abs=1e-12)
    assert half["phi [V]"].max() == pytest.approx(grid["phi [V]"].max(), rel=1e-6)
    if degree == 2:
        (tmp_path / "scene.json").write_text(json.dumps(scene))
        assert all(path.stat().st_size > 20_000 for path in draw_fields(tmp_path))
