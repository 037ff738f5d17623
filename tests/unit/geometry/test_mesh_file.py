"""Meshes of other programs keep their regions, terminals and volumes, whatever the format."""

import gmsh
import meshio
import numpy as np
import pytest

from spinfem.geometry.errors import GeometryError
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.geometry.reading import outline, read
from spinfem.geometry.script import open_script

from .conftest import VOLUMES, areas, drawing, volumes

TAGS = {"regions": {"bottom": (1,), "top": (2,)}, "terminals": {"below": (3,), "above": (4,)}}


@pytest.fixture
def written(layers, tmp_path):
    """A function that writes the meshed layers to a file of Gmsh's."""

    def write(name, **options):
        with gmsh_session():
            open_script(layers)
            gmsh.option.setNumber("Mesh.MeshSizeMax", 6)
            for option, value in options.items():
                gmsh.option.setNumber(f"Mesh.{option}", value)
            gmsh.model.mesh.generate(3)
            gmsh.write(str(tmp_path / name))
        return tmp_path / name

    return write


@pytest.fixture
def tagged(written):
    """The same as a meshio mesh whose cells have integer tags."""
    mesh = meshio.read(written("layers.msh", MshFileVersion=2.2))
    blocks, tags = mesh.cells, mesh.cell_data["gmsh:physical"]
    return meshio.Mesh(mesh.points, blocks, cell_data={"region": [tag.astype(np.int32) for tag in tags]})


def check(mesh_drawing):
    data, found = read(mesh_drawing, None), outline(mesh_drawing)
    assert volumes(data) == pytest.approx(VOLUMES)
    assert areas(data) == pytest.approx({"below": 300, "above": 100})
    assert found.terminals == {"below": ("bottom",), "above": ("top",)}
    assert found.contacts == {frozenset(("bottom", "top"))}


@pytest.mark.parametrize("version", [2.2, 4.1])
@pytest.mark.parametrize("binary", [0, 1])
def test_msh(written, version, binary):
    check(drawing(written("layers.msh", MshFileVersion=version, Binary=binary), "mesh"))


def test_abaqus_sets(written):
    check(drawing(written("layers.inp"), "mesh"))


@pytest.mark.parametrize("name", ["tagged.vtu", "tagged.xdmf", "tagged.vtk"])
def test_integer_tags_with_given_names(tagged, tmp_path, name):
    meshio.write(tmp_path / name, tagged)
    check(drawing(tmp_path / name, "mesh", **TAGS))


def test_integer_tags_without_names(tagged, tmp_path):
    meshio.write(tmp_path / "tagged.vtu", tagged)
    found = outline(drawing(tmp_path / "tagged.vtu", "mesh"))
    assert len(found.regions) == 2 and all(name.startswith("region_") for name in found.regions)
    assert len(found.terminals) == 2 and all(name.startswith("terminal_") for name in found.terminals)


def test_med_families(tagged, tmp_path):
    names = {-tag: [name] for group in TAGS.values() for name, (tag,) in group.items()}
    tags = [-tag for tag in tagged.cell_data["region"]]
    mesh = meshio.Mesh(tagged.points, tagged.cells, cell_data={"cell_tags": tags})
    mesh.cell_tags = names
    mesh.write(tmp_path / "layers.med")
    check(drawing(tmp_path / "layers.med", "mesh"))


def test_second_order_cells_are_refused(written):
    with pytest.raises(GeometryError, match="only first-order triangles and tetrahedra"):
        outline(drawing(written("layers.msh", ElementOrder=2), "mesh"))


def test_other_shapes_are_refused(tmp_path):
    square = meshio.Mesh(np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]), [("quad", np.array([[0, 1, 2, 3]]))])
    square.write(tmp_path / "square.vtu")
    with pytest.raises(GeometryError, match="quad.*only first-order triangles and tetrahedra"):
        outline(drawing(tmp_path / "square.vtu", "mesh"))


def test_sets_that_overlap_are_refused(tmp_path):
    points = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]])
    mesh = meshio.Mesh(points, [("triangle", np.array([[0, 1, 2], [1, 3, 2]]))])
    mesh.cell_sets = {"all": [np.array([0, 1])], "half": [np.array([1])]}
    mesh.write(tmp_path / "overlap.inp")
    with pytest.raises(GeometryError, match="1 cells are in more than one region"):
        outline(drawing(tmp_path / "overlap.inp", "mesh"))


@pytest.mark.parametrize("name", ["junk.vtu", "junk.unheard_of", "junk.msh"])
def test_what_is_no_mesh(tmp_path, name):
    (tmp_path / name).write_text("not a mesh")
    with pytest.raises(GeometryError, match="geometry.mesh"):
        outline(drawing(tmp_path / name, "mesh"))


def test_a_flat_drawing_lies_in_the_xy_plane(tmp_path):
    upright = meshio.Mesh(np.array([[0.0, 0, 0], [1, 0, 0], [0, 0, 1]]), [("triangle", np.array([[0, 1, 2]]))])
    upright.write(tmp_path / "upright.vtu")
    with pytest.raises(GeometryError, match="x-y plane"):
        outline(drawing(tmp_path / "upright.vtu", "mesh"))
