"""`spinfem entities` as a person types it: which number is which part of a file."""

import gmsh
import matplotlib.image
import pytest

from spinfem.geometry.gmsh_session import gmsh_session
from tests.commands import spinfem
from tests.gmsh_boxes import draw_two_boxes


@pytest.fixture
def two_boxes(tmp_path):
    """A function that writes two boxes on top of each other, volumes 6000 and 500, meshed and without names."""

    def write(name):
        with gmsh_session():
            draw_two_boxes(tmp_path / name)
        return tmp_path / name

    return write


@pytest.mark.parametrize("name", ["boxes.brep", "boxes.msh"])
def test_parts_and_faces_are_listed_and_drawn_with_their_numbers(two_boxes, name, tmp_path):
    picture = tmp_path / "parts.png"
    done = spinfem("entities", two_boxes(name), "-o", picture)
    assert done.returncode == 0, done.stderr
    assert f"drawn in {picture}" in done.stdout and matplotlib.image.imread(picture).std() > 0.05
    lines = [line.split() for line in done.stdout.splitlines()]
    volumes = [line for line in lines if line[0] == "volume"]
    assert [line[1] for line in volumes] == ["1", "2"]
    assert "6000" in volumes[0] and "500" in volumes[1]
    assert sum(line[0] == "face" for line in lines) >= 12


def test_parts_of_a_cad_file_that_touch_are_neighbours_though_they_share_no_face_yet(tmp_path):
    with gmsh_session():
        gmsh.model.occ.addBox(0, 0, 0, 30, 10, 20)
        gmsh.model.occ.addBox(10, 0, 20, 10, 10, 5)
        gmsh.model.occ.addBox(10, 0, 40, 10, 10, 5)
        gmsh.model.occ.synchronize()
        gmsh.write(str(tmp_path / "apart.brep"))
    done = spinfem("entities", tmp_path / "apart.brep", "-o", tmp_path / "parts.png")
    lines = [line.split() for line in done.stdout.splitlines()]
    volumes = [line for line in lines if line[0] == "volume"]
    assert [(line[1], line[-1]) for line in volumes[:2]] == [("1", "2"), ("2", "1")]
    assert volumes[2][-1] == "45)"  # the end of its box: it touches nothing
    assert (
        sum(line[0] == "face" and line[-2:] == ["1,", "2"] for line in lines) == 2
    )  # the large face and the small one on it


def test_a_file_that_is_not_there(tmp_path):
    done = spinfem("entities", tmp_path / "nothing.step")
    assert done.returncode == 2
    assert "there is no such file" in done.stderr and "Traceback" not in done.stderr
