"""Meshes of other programs keep their regions, terminals and volumes, whatever the format."""

import dolfinx.io
import gmsh
import meshio
import numpy as np
import pytest

from spinfem.geometry.errors import GeometryError
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.geometry.reading import outline, read
from spinfem.geometry.script import open_script
from tests.gmsh_boxes import draw_two_boxes

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


@pytest.mark.parametrize("name", ["junk.vtu", "junk.xdmf", "junk.unheard_of", "junk.msh", "junk.unv", "junk.bdf"])
def test_what_is_no_mesh(tmp_path, name):
    (tmp_path / name).write_text("not a mesh")
    with pytest.raises(GeometryError, match="geometry.mesh"):
        outline(drawing(tmp_path / name, "mesh"))


def test_a_flat_drawing_lies_in_the_xy_plane(tmp_path):
    upright = meshio.Mesh(np.array([[0.0, 0, 0], [1, 0, 0], [0, 0, 1]]), [("triangle", np.array([[0, 1, 2]]))])
    upright.write(tmp_path / "upright.vtu")
    with pytest.raises(GeometryError, match="x-y plane"):
        outline(drawing(tmp_path / "upright.vtu", "mesh"))


def test_names_given_to_the_physical_groups_of_a_msh_file(written):
    by_tag = {"regions": {"lower": (1,), "upper": (2,)}, "terminals": {"ground": (3,)}}
    data = read(drawing(written("layers.msh"), "mesh", **by_tag), None)
    assert volumes(data) == pytest.approx({"lower": VOLUMES["bottom"], "upper": VOLUMES["top"]})
    assert areas(data) == pytest.approx({"ground": 300})  # where some terminals are named, the others are insulated


@pytest.fixture
def nameless(tmp_path):
    """A function that writes two boxes without any physical group; returns the path and the tags of both ends."""

    def write(name):
        with gmsh_session():
            draw_two_boxes(tmp_path / name, size=8)
            ends = [
                next(
                    t
                    for _, t in gmsh.model.getEntities(2)
                    if gmsh.model.occ.getCenterOfMass(2, t)[2] == pytest.approx(z)
                )
                for z in (0, 25)
            ]
        return tmp_path / name, {"below": (ends[0],), "above": (ends[1],)}

    return write


@pytest.mark.parametrize("name", ["nameless.msh", "nameless.bdf"])
def test_names_given_to_elementary_entities(nameless, name):
    path, ends = nameless(name)
    check(drawing(path, "mesh", regions={"bottom": (1,), "top": (2,)}, terminals=ends))


def test_entities_that_nobody_names_are_called_by_their_numbers(nameless):
    found = outline(drawing(nameless("nameless.msh")[0], "mesh"))
    assert found.regions == ("region_1", "region_2")
    assert len(found.terminals) == 12  # all but the face between the two


def test_a_universal_file_keeps_its_group_names(written):
    check(drawing(written("layers.unv"), "mesh"))


def test_a_tag_that_the_file_does_not_have(written):
    with pytest.raises(GeometryError, match=r"geometry.entities.regions.*lower lists 17.*it has 1, 2"):
        outline(drawing(written("layers.msh"), "mesh", regions={"lower": (17,)}))


@pytest.fixture
def pair(tagged, tmp_path):
    """A function that writes cells and facets into two files, the facets with only the nodes that they need."""

    def write(cells_name, facets_name):
        of = {kind: np.concatenate([b.data for b in tagged.cells if b.type == kind]) for kind in ("tetra", "triangle")}
        tags = {
            kind: np.concatenate(
                [t for b, t in zip(tagged.cells, tagged.cell_data["region"], strict=True) if b.type == kind]
            )
            for kind in of
        }
        meshio.Mesh(tagged.points, [("tetra", of["tetra"])], cell_data={"name_to_read": [tags["tetra"]]}).write(
            tmp_path / cells_name
        )
        used, facets = np.unique(of["triangle"], return_inverse=True)
        facets = facets.reshape(-1, 3)
        meshio.Mesh(tagged.points[used], [("triangle", facets)], cell_data={"name_to_read": [tags["triangle"]]}).write(
            tmp_path / facets_name
        )
        return tmp_path / cells_name, tmp_path / facets_name

    return write


@pytest.mark.parametrize("names", [("mesh.xdmf", "facets.xdmf"), ("mesh.vtu", "facets.vtu")])
def test_cells_and_facets_in_two_files(pair, names):
    cells, facets = pair(*names)
    check(drawing(cells, "mesh", facets=facets, **TAGS))


def test_facets_of_another_mesh_are_refused(pair, tmp_path):
    cells, _ = pair("mesh.vtu", "facets.vtu")
    elsewhere = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    meshio.Mesh(elsewhere, [("triangle", np.array([[0, 1, 2]]))]).write(tmp_path / "other.vtu")
    with pytest.raises(GeometryError, match=r"geometry.facets.*node at \(1, 0, 0\).*belong together"):
        outline(drawing(cells, "mesh", facets=tmp_path / "other.vtu"))


def test_several_grids_of_dolfinx_in_one_file(tmp_path, comm):
    square = dolfinx.mesh.create_unit_square(comm, 4, 4)
    square.topology.create_connectivity(1, 2)
    numbers = np.arange(32, dtype=np.int32)
    half = 1 + (dolfinx.mesh.compute_midpoints(square, 2, numbers)[:, 0] > 0.5).astype(np.int32)
    left = dolfinx.mesh.locate_entities_boundary(square, 1, lambda x: np.isclose(x[0], 0))
    with dolfinx.io.XDMFFile(comm, str(tmp_path / "square.xdmf"), "w") as file:
        file.write_mesh(square)
        cells = dolfinx.mesh.meshtags(square, 2, numbers, half)
        facets = dolfinx.mesh.meshtags(square, 1, np.sort(left), np.full(len(left), 7, dtype=np.int32))
        cells.name, facets.name = "cells", "facets"
        file.write_meshtags(cells, square.geometry)
        file.write_meshtags(facets, square.geometry)
    data, found = (do(drawing(tmp_path / "square.xdmf", "mesh")) for do in (lambda d: read(d, None), outline))
    assert volumes(data) == pytest.approx({"region_1": 0.5, "region_2": 0.5})
    assert found.terminals == {"terminal_7": ("region_1",)}


@pytest.mark.parametrize("name", ["empty.msh", "empty.vtu", "empty.xdmf"])
def test_an_empty_file(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(GeometryError, match="geometry.mesh.*this file is empty"):
        outline(drawing(tmp_path / name, "mesh"))


@pytest.mark.parametrize("name", ["layers.msh", "layers.unv", "layers.inp", "tagged.vtu", "tagged.xdmf"])
def test_a_truncated_file(written, tagged, tmp_path, name):
    written(name) if name.startswith("layers") else meshio.write(tmp_path / name, tagged)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 3])
    with pytest.raises(GeometryError, match="geometry"):
        outline(drawing(tmp_path / name, "mesh"))
