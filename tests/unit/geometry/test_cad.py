"""CAD files: parts that only touch share their faces afterwards, and names follow them."""

import gmsh
import pytest

from spinfem.geometry.errors import GeometryError
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.geometry.reading import outline, read
from spinfem.geometry.sizing import Sizing

from .conftest import VOLUMES, areas, drawing, volumes

SIZING = Sizing({"bottom": 10.0, "top": 10.0}, resolution=1.0)
PARTS = {"bottom": (1,), "top": (2,)}


@pytest.fixture
def cad(tmp_path):
    """A function that writes the two layers as two parts that do not know of each other; returns path and end faces."""

    def write(name):
        path = tmp_path / name
        with gmsh_session():
            gmsh.model.occ.addBox(0, 0, 0, 30, 10, 20)
            gmsh.model.occ.addBox(10, 0, 20, 10, 10, 5)
            gmsh.model.occ.synchronize()
            gmsh.write(str(path))
            gmsh.clear()
            gmsh.model.occ.importShapes(str(path))
            gmsh.model.occ.synchronize()
            ends = {"below": (_face_at(0.0),), "above": (_face_at(25.0),)}
        return path, ends

    return write


def _face_at(height):
    return next(t for _, t in gmsh.model.getEntities(2) if abs(gmsh.model.occ.getCenterOfMass(2, t)[2] - height) < 1e-6)


@pytest.mark.parametrize("name", ["layers.step", "layers.brep"])
def test_parts_by_their_tags(cad, name):
    path, ends = cad(name)
    cad_drawing = drawing(path, "cad", regions=PARTS, terminals=ends)
    found = outline(cad_drawing)
    assert found.contacts == {frozenset(("bottom", "top"))}
    assert found.terminals == {"below": ("bottom",), "above": ("top",)}
    data = read(cad_drawing, SIZING)
    assert volumes(data) == pytest.approx(VOLUMES)
    assert areas(data) == pytest.approx({"below": 300, "above": 100})


def test_a_terminal_on_a_face_that_the_other_part_covers_is_none(cad):
    path, ends = cad("layers.brep")
    with gmsh_session():
        gmsh.model.occ.importShapes(str(path))
        gmsh.model.occ.synchronize()
        lid = _face_at(20.0)  # of the bottom layer, 30 x 10, a third of it under the top layer
    given = drawing(path, "cad", regions=PARTS, terminals={**ends, "lid": (lid,)})
    assert areas(read(given, SIZING)).keys() == ends.keys()
    assert "lies inside the device" in outline(given).unusable["lid"]


def test_parts_by_the_labels_of_a_step_file(cad):
    path, _ = cad("layers.step")
    labels = {"'Open CASCADE STEP translator 7.8 1.1'": "'bottom'", "'Open CASCADE STEP translator 7.8 1.2'": "'top'"}
    text = path.read_text().replace("\n", " ")
    for old, new in labels.items():
        text = text.replace(old, new)
    if "'bottom'" not in text:
        pytest.skip("another version of OpenCASCADE writes other labels")
    path.write_text(text)
    data = read(drawing(path, "cad"), SIZING)
    assert volumes(data) == pytest.approx(VOLUMES)


@pytest.mark.parametrize(
    "regions, terminals, message",
    [
        ({}, {}, "no labels.*solids 1, 2"),
        ({"bottom": (1,), "top": (7,)}, {}, r"top lists \[7\].*solids 1, 2"),
        (PARTS, {"end": (99,)}, r"end lists \[99\].*faces 1, 2, 3"),
        ({"bottom": (1,)}, {}, "volume 2 is in no"),
    ],
)
def test_wrong_names_are_told(cad, regions, terminals, message):
    path, _ = cad("layers.brep")
    with pytest.raises(GeometryError, match=message):
        outline(drawing(path, "cad", regions=regions, terminals=terminals))


def test_parts_that_overlap_are_refused(tmp_path):
    path = tmp_path / "overlap.brep"
    with gmsh_session():
        gmsh.model.occ.addBox(0, 0, 0, 10, 2, 2)
        gmsh.model.occ.addBox(5, 0, 0, 10, 2, 2)
        gmsh.model.occ.synchronize()
        gmsh.write(str(path))
    with pytest.raises(GeometryError, match="the parts bottom and top overlap"):
        outline(drawing(path, "cad", regions=PARTS))


def test_a_file_that_is_no_cad_file(tmp_path):
    path = tmp_path / "junk.step"
    path.write_text("nothing")
    with pytest.raises(GeometryError, match="geometry.cad.*Gmsh says"):
        outline(drawing(path, "cad"))
