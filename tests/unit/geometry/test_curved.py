"""Refining a curved drawing puts the new nodes on its curves: areas tend to those of the drawing, not of the first polygon."""

from math import pi

import pytest

from spinfem.geometry.errors import GeometryError
from spinfem.geometry.layers import Stack
from spinfem.geometry.pillar import Section
from spinfem.geometry.reading import read
from spinfem.geometry.sizing import Sizing

from .conftest import drawing, volumes

DISK = """
SetFactory("OpenCASCADE");
Disk(1) = {0, 0, 0, 100};
Physical Surface("disk") = {1};
Mesh.MeshSizeMax = 60;
"""


def deficit(data, exact):
    (volume,) = volumes(data).values()
    return 1 - volume / exact


def test_each_refinement_of_a_circle_leaves_a_quarter_of_the_missing_area(tmp_path):
    (tmp_path / "disk.geo").write_text(DISK)
    sizing = Sizing({"disk": 100.0})
    missing = [deficit(read(drawing(tmp_path / "disk.geo"), sizing, n), pi * 100**2) for n in range(3)]
    assert 0.01 < missing[0] < 0.1
    assert missing[0] / missing[1] == pytest.approx(4, rel=0.1)
    assert missing[1] / missing[2] == pytest.approx(4, rel=0.1)


def test_a_circle_has_half_as_many_corners_in_the_coarser_twin(tmp_path):
    (tmp_path / "disk.geo").write_text(DISK.replace("60", "1000"))
    fine, coarse = (
        deficit(read(drawing(tmp_path / "disk.geo"), Sizing({"disk": 100.0}, coarsen=by)), pi * 100**2) for by in (1, 2)
    )
    assert coarse > 3 * fine


def test_a_round_pillar_gets_round_when_it_is_refined():
    pillar = drawing(
        None, "layers", layers=Stack((("rod", 50.0),), (100.0, 100.0)), sections=(Section((100.0, 100.0), True),)
    )
    missing = [deficit(read(pillar, Sizing({"rod": 100.0}), n), pi * 50**2 * 50) for n in range(2)]
    assert missing[0] / missing[1] == pytest.approx(4, rel=0.15)


def test_nodes_that_pass_the_other_side_of_a_thin_shell_are_refused_with_what_to_do(tmp_path):
    script = tmp_path / "shell.geo"
    script.write_text(
        'SetFactory("OpenCASCADE"); Disk(1) = {0, 0, 0, 50}; Disk(2) = {0, 0, 0, 49.5};'
        "BooleanFragments{ Surface{1}; Delete; }{ Surface{2}; Delete; }"
        "core() = Surface In BoundingBox{-49.6, -49.6, -1, 49.6, 49.6, 1}; shell() = Surface{:}; shell() -= core();"
        'Physical Surface("core") = core(); Physical Surface("shell") = shell();'
        'Physical Curve("outer") = CombinedBoundary{ Surface{:}; }; Mesh.MeshSizeMax = 30;\n'
    )
    with pytest.raises(GeometryError, match="turned inside out.*new nodes on a curve.*fewer `mesh: refinements`.*nm"):
        read(drawing(script), Sizing({"core": 350.0, "shell": 350.0}), 1)
    read(drawing(script), Sizing({"core": 350.0, "shell": 350.0}, size=4), 1)  # what it says to do
