"""mesh.msh: what `spinfem mesh` writes for Gmsh is the same device again."""

import pytest
from mpi4py import MPI

from spinfem.geometry.build import device_of
from spinfem.geometry.drawing import Drawing
from spinfem.geometry.quality import mesh_quality
from spinfem.geometry.sizing import Sizing
from spinfem.output.gmsh_mesh import write_gmsh
from tests.parallel.geometry_measures import MESHES, SHORT, SIZING


@pytest.mark.parametrize("name, refinements", [("nonlocal_valve_2d.geo", 1), ("nonlocal_valve.geo", 0)])
def test_it_is_read_back_as_the_same_device(tmp_path, name, refinements):
    comm = MPI.COMM_WORLD
    drawn = device_of(comm, Drawing(MESHES / name, "script", parameters=SHORT), SIZING, refinements)
    write_gmsh(tmp_path / "mesh.msh", drawn)
    again = device_of(comm, Drawing(tmp_path / "mesh.msh", "mesh"), Sizing({}))
    lengths = dict.fromkeys(drawn.regions, 1e-9)
    one, two = mesh_quality(drawn, lengths), mesh_quality(again, lengths)
    assert two.cells == one.cells and two.nodes == one.nodes
    assert again.touching == drawn.touching
    for region in one.regions:
        assert two.regions[region].volume == pytest.approx(one.regions[region].volume)
    for pair in one.contacts:
        assert two.contacts[pair].area == pytest.approx(one.contacts[pair].area)
