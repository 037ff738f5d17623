"""What is no mesh of metal is refused, with the place, by `check` and by `run`; what only looks odd is not."""

import numpy as np
import pytest

from spinfem.geometry.build import device_of
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.reading import outline
from spinfem.geometry.sizing import Sizing
from tests.unions import Block, write_blocks

from .conftest import drawing

ENDS = ([(0, 0, 0)], [(-1, 0, 1)])  # terminals: the left face of the first block, the right face of the last one


def squares(*more, dimension=2):
    """A block at the origin and others, (region, corner, ...), all of them 10 nm large."""
    size = (10.0,) * dimension
    return [Block(1, (0.0,) * dimension, size), *(Block(region, low, size, *rest) for region, low, *rest in more)]


def refusal(comm, tmp_path, blocks, terminals=ENDS):
    """What is said about blocks, by `check` and in the same words by `run`."""
    found = drawing(write_blocks(tmp_path / "blocks.vtu", blocks, terminals), "mesh")
    return said_of(comm, found)


def said_of(comm, found, sizing=Sizing({"a": 10.0, "b": 10.0})):
    words = []
    for look in (lambda: outline(found, sizing), lambda: device_of(comm, found, sizing)):
        with pytest.raises(GeometryError) as error:
            look()
        words.append(error.value)
    assert words[0].key == words[1].key == f"geometry.{found.kind}"
    return words[0].message, words[1].message


def accepted(comm, tmp_path, blocks, terminals=ENDS):
    """The Outline of blocks that nothing is wrong with."""
    found = drawing(write_blocks(tmp_path / "blocks.vtu", blocks, terminals), "mesh")
    device_of(comm, found, None)
    return outline(found)


def test_faces_that_coincide_without_sharing_nodes(comm, tmp_path):
    check, run = refusal(comm, tmp_path, squares((2, (10.0, 0.0), 2, False)))
    assert check == run and "region_1 and region_2: parts touch or overlap without sharing their nodes" in run
    assert "they touch at 3 places, the first at (10, " in run


def test_hanging_nodes(comm, tmp_path):
    check, run = refusal(comm, tmp_path, squares((2, (10.0, 0.0), 3)))
    assert check == run and "without sharing their nodes" in run and "the first at (10, 3.33333) nm" in run


@pytest.mark.parametrize("dimension", [2, 3])
def test_parts_of_one_region_that_coincide(comm, tmp_path, dimension):
    corner = (10.0, 3.0, 2.0)[:dimension]
    check, run = refusal(comm, tmp_path, squares((1, corner, 1, False), dimension=dimension))
    assert check == run and "region_1: parts touch" in run


@pytest.mark.parametrize("dimension", [2, 3])
def test_parts_that_overlap(comm, tmp_path, dimension):
    """A bar through a bar: no node of one is near the other."""
    across = {2: ((4.0, -5.0), (1.0, 12.0)), 3: ((4.0, -5.0, 3.0), (1.0, 12.0, 0.5))}[dimension]
    bar = Block(1, (0.0,) * dimension, (10.0, *(1.0, 5.0)[: dimension - 1]), 1)
    check, run = refusal(comm, tmp_path, [bar, Block(2, *across, 1, False)])
    assert check == run and "region_1 and region_2: parts touch or overlap" in run


@pytest.mark.parametrize("dimension", [2, 3])
def test_a_bar_that_lies_across_a_bar(comm, tmp_path, dimension):
    """Their faces share an area, none of their nodes is in it."""
    if dimension == 2:
        blocks = [Block(1, (0.0, 0.0), (10.0, 1.0), 1), Block(2, (3.0, 1.0), (2.0, 5.0), 1, False)]
    else:
        blocks = [Block(1, (0.0,) * 3, (10.0, 1.0, 1.0), 1), Block(2, (4.0, -5.0, 1.0), (1.0, 11.0, 1.0), 1, False)]
    check, run = refusal(comm, tmp_path, blocks)
    assert check == run and "touch or overlap" in run


@pytest.mark.parametrize("dimension", [2, 3])
def test_a_part_inside_another(comm, tmp_path, dimension):
    inner = Block(2, (4.0,) * dimension, (1.0,) * dimension, 1, False)
    check, run = refusal(comm, tmp_path, [*squares(dimension=dimension), inner])
    assert check == run and "touch or overlap" in run


@pytest.mark.parametrize("regions", [(1, 2), (1, 1)])
def test_cells_that_stand_twice(comm, tmp_path, regions):
    check, run = refusal(comm, tmp_path, [Block(region, (0.0, 0.0), (10.0, 10.0)) for region in regions])
    assert check == run and "8 cells of region_1" in run and "stand there more than once" in run and "nm" in run


def test_three_cells_at_one_facet(comm, tmp_path):
    """The second block is one cell long and folded back over the first."""
    import meshio

    points = np.array([[0.0, 0, 0], [10, 0, 0], [0, 10, 0], [10, 10, 0], [12, 12, 0]])
    cells = np.array([[0, 1, 2], [1, 2, 3], [1, 2, 4]])
    lines = np.array([[0, 1], [1, 3]])
    data = {"region": [np.array([1, 1, 1]), np.array([11, 12])]}
    meshio.write(tmp_path / "fold.vtu", meshio.Mesh(points, [("triangle", cells), ("line", lines)], cell_data=data))
    check, run = said_of(comm, drawing(tmp_path / "fold.vtu", "mesh"))
    assert check == run and "1 facets have more than two cells" in run and "(5, 5) nm" in run


def test_cells_turned_inside_out(comm, tmp_path):
    import meshio

    points = np.array([[0.0, 0, 0], [10, 0, 0], [0, 10, 0], [2, 2, 0]])
    data = {"region": [np.array([1, 1]), np.array([11])]}
    lines = np.array([[0, 1]])
    cells = np.array([[0, 1, 2], [1, 2, 3]])
    meshio.write(tmp_path / "fold.vtu", meshio.Mesh(points, [("triangle", cells), ("line", lines)], cell_data=data))
    check, run = said_of(comm, drawing(tmp_path / "fold.vtu", "mesh"))
    assert check == run and "turned inside out" in run and "(5, 5) nm" in run
    points[3] = [5, 5, 0]
    meshio.write(tmp_path / "fold.vtu", meshio.Mesh(points, [("triangle", cells), ("line", lines)], cell_data=data))
    check, run = said_of(comm, drawing(tmp_path / "fold.vtu", "mesh"))
    assert check == run and "1 cells of region_1 have no volume" in run


@pytest.mark.parametrize("region", [1, 2])
@pytest.mark.parametrize("corner", [(10.0, 10.0), (10.0, 10.0, 10.0), (10.0, 10.0, 0.0), (10.0, 0.0, 10.0)])
def test_parts_that_meet_in_a_corner_or_an_edge_only(comm, tmp_path, corner, region):
    check, run = refusal(comm, tmp_path, squares((region, corner), dimension=len(corner)))
    assert check == run and "meet in a corner" in run and "(10, " in run


def test_a_corner_on_a_way_around(comm, tmp_path):
    """A ring of squares that closes in a corner: connected, but the corner is a way that depends on the mesh."""
    ring = [
        (10.0, 0.0),
        (20.0, 0.0),
        (20.0, 10.0),
        (20.0, 20.0),
        (10.0, 20.0),
        (0.0, 20.0),
        (-10.0, 20.0),
        (-10.0, 10.0),
    ]
    check, run = refusal(comm, tmp_path, squares(*((1, corner) for corner in ring)))
    assert check == run and "(0, 10) nm" in run


def test_an_edge_of_a_single_cell_is_found(comm, tmp_path):
    """Two cubes meet in an edge whose ends are both inside the metal: only around the edge itself they fall apart."""
    low = [(0.0, 0.0, 10.0), (10.0, 10.0, 10.0)]
    plates = [(x, y, z) for x in (0.0, 10.0) for y in (0.0, 10.0) for z in (0.0, 20.0)]
    blocks = [Block(1, corner, (10.0,) * 3, 1) for corner in (*plates, *low)]
    check, run = refusal(comm, tmp_path, blocks)
    assert check == run and "a corner or an edge only" in run and "(10, 10, 15) nm" in run


def test_four_quadrants_are_sound(comm, tmp_path):
    found = accepted(comm, tmp_path, squares((2, (10.0, 0.0)), (2, (0.0, 10.0)), (1, (10.0, 10.0))))
    assert len(found.pieces) == 4 and len(found.joints) == 4
    assert [meeting.place for meeting in found.meetings] == [(10.0, 10.0)]


@pytest.mark.parametrize("dimension", [2, 3])
def test_a_gap_of_half_a_nanometre_is_a_gap(comm, tmp_path, dimension):
    corner = (500.5, *(0.0,) * (dimension - 1))
    blocks = [Block(1, low, (500.0,) * dimension, 1) for low in ((0.0,) * dimension, corner)]
    found = accepted(comm, tmp_path, blocks)
    assert [piece.terminals for piece in found.pieces] == [("terminal_11",), ("terminal_12",)]
    assert not found.joints and found.pieces[1].low == corner


def test_cells_of_very_different_sizes(comm, tmp_path):
    """Layers of 0.3 nm on a wide wire: flat cells are not taken for touching ones."""
    blocks = [
        Block(1, (0.0, 0.0), (5000.0, 30.0), 3),
        Block(2, (0.0, 30.0), (5000.0, 0.3), 3),
        Block(1, (0.0, 30.3), (5000.0, 30.0), 3),
    ]
    assert len(accepted(comm, tmp_path, blocks).pieces) == 3


def test_an_unused_group_inside_is_no_terminal(comm, tmp_path):
    path = write_blocks(tmp_path / "blocks.vtu", squares((2, (10.0, 0.0))), ENDS, other_facets=[(0, 0, 1)])
    found = outline(drawing(path, "mesh"))
    assert (
        list(found.terminals)
        == list(device_of(comm, drawing(path, "mesh"), None).terminals)
        == ["terminal_11", "terminal_12"]
    )
    assert "lies inside the device" in found.unusable["terminal_99"]


APART = {
    "strips without Coherence": "Rectangle(1) = {0, 0, 0, 100, 50}; Rectangle(2) = {100, 0, 0, 100, 50};",
    "boxes without Coherence": "Box(1) = {0, 0, 0, 100, 50, 10}; Box(2) = {20, 10, 10, 10, 10, 10};",
    "a shell around a core": """Cylinder(1) = {0, 0, 0, 0, 0, 20, 10}; Cylinder(2) = {0, 0, 0, 0, 0, 20, 20}; Cylinder(3) = {0, 0, 0, 0, 0, 20, 10};
        BooleanDifference{ Volume{2}; Delete; }{ Volume{3}; Delete; }""",
}
JOINED = {
    "a thin shell around a core": """Cylinder(1) = {0, 0, 0, 0, 0, 20, 10}; Cylinder(2) = {0, 0, 0, 0, 0, 20, 10.5};
        BooleanFragments{ Volume{1:2}; Delete; }{}""",
    "a disk on a plate": """Box(1) = {-50, -50, 0, 100, 100, 10}; Cylinder(2) = {0, 0, 10, 0, 0, 1, 20};
        BooleanFragments{ Volume{1:2}; Delete; }{}""",
}


def script(tmp_path, shapes):
    kind = "Surface" if "Rectangle" in shapes else "Volume"
    names = "".join(f'Physical {kind}("{name}") = {{{tag}}};\n' for tag, name in ((1, "a"), (2, "b")))
    path = tmp_path / "drawing.geo"
    path.write_text(f'SetFactory("OpenCASCADE");\n{shapes}\n{names}')
    return drawing(path)


@pytest.mark.parametrize("shapes", APART.values(), ids=APART)
def test_a_script_that_draws_parts_on_each_other(comm, tmp_path, shapes):
    for words in said_of(comm, script(tmp_path, shapes), Sizing({"a": 40.0, "b": 40.0})):
        assert "a and b: parts touch or overlap without sharing their nodes" in words and "nm" in words


@pytest.mark.parametrize("shapes", JOINED.values(), ids=JOINED)
def test_a_script_with_curved_faces(tmp_path, shapes):
    """The coarsest mesh of curved faces cuts through them; a finer one is tried."""
    found = outline(script(tmp_path, shapes))
    assert sorted(piece.region for piece in found.pieces) == ["a", "b"] and found.joints == {(0, 1)}
