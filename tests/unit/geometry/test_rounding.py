"""Meshes that follow `accuracy` know what they miss of curves, and miss no more than they may."""

from dataclasses import replace
from math import pi

import numpy as np
import pytest

from spinfem.geometry.foresight import Metals, foreseen
from spinfem.geometry.layers import Stack
from spinfem.geometry.pillar import Section
from spinfem.geometry.reading import read
from spinfem.geometry.recipe import Recipe
from spinfem.geometry.simplices import volume
from spinfem.geometry.sizing import Sizing

from .conftest import drawing, volumes

RADIUS, HEIGHT = 50.0, 40.0
DISK = 'SetFactory("OpenCASCADE"); Disk(1) = {0, 0, 0, %s}; Physical Surface("rod") = {1};'
BORED = (
    'SetFactory("OpenCASCADE"); Rectangle(1) = {-100, -100, 0, 200, 200}; Disk(2) = {0, 0, 0, %s};'
    'BooleanDifference(3) = { Surface{1}; Delete; }{ Surface{2}; Delete; }; Physical Surface("rod") = {3};'
)


def foreseen_of(shape, allowed):
    """The MeshData of a drawing that may miss a part `allowed` of its curves."""
    recipe = Recipe(shape, replace(Sizing({"rod": 1.0}), first=True))
    metals = Metals({"rod": (1e6,)}, {"rod": 1.0}, shape_missed=allowed)
    return foreseen(read(*recipe), metals, recipe)[0]


def missed(data):
    """What the mesh misses of curves, in units of the drawing."""
    return np.abs(data.slivers.parts) @ volume(data.points[data.cells[data.slivers.cells]])


def script(tmp_path, text):
    (tmp_path / "shape.geo").write_text(text % RADIUS + "\n")
    return drawing(tmp_path / "shape.geo")


def rod():
    layers = Stack((("rod", HEIGHT),), (2 * RADIUS, 2 * RADIUS))
    return drawing(None, "layers", layers=layers, sections=(Section((2 * RADIUS, 2 * RADIUS), True),))


@pytest.mark.parametrize("allowed", [0.03, 0.003])
def test_what_is_missed_of_a_disk_is_its_area(tmp_path, allowed):
    data = foreseen_of(script(tmp_path, DISK), allowed)
    missing = 1 - volumes(data)["rod"] / (pi * RADIUS**2)
    assert missed(data) == pytest.approx(missing * pi * RADIUS**2, rel=0.05) and allowed / 5 < missing < allowed


@pytest.mark.parametrize("allowed", [0.03, 0.003])
def test_what_is_missed_of_a_hole_is_a_part_of_the_hole(tmp_path, allowed):
    data = foreseen_of(script(tmp_path, BORED), allowed)
    missing = 1 - (200**2 - volumes(data)["rod"]) / (pi * RADIUS**2)
    assert missed(data) == pytest.approx(missing * pi * RADIUS**2, rel=0.05) and allowed / 5 < missing < allowed


@pytest.mark.parametrize("allowed", [0.03, 0.006])
def test_what_is_missed_of_a_rod_is_its_volume(allowed):
    data = foreseen_of(rod(), allowed)
    missing = 1 - volumes(data)["rod"] / (pi * RADIUS**2 * HEIGHT)
    assert missed(data) == pytest.approx(missing * pi * RADIUS**2 * HEIGHT, rel=0.1) and allowed / 5 < missing < allowed


BENT = (
    'SetFactory("OpenCASCADE"); Disk(1) = {0, 0, 0, 10*%s + 10}; Disk(2) = {0, 0, 0, 500}; Rectangle(3) = {0, 0, 0, 600, 600};'
    "BooleanDifference(4) = { Surface{1}; Delete; }{ Surface{2}; Delete; };"
    'BooleanIntersection(5) = { Surface{4}; Delete; }{ Surface{3}; Delete; }; Physical Surface("rod") = {5};'
)


def test_between_curves_close_to_each_other_all_nodes_are_on_them(tmp_path):
    data = foreseen_of(script(tmp_path, BENT), 1.25e-3)
    for part, radius in zip(data.curved, sorted((500, 510)), strict=True):
        assert np.linalg.norm(data.points[part.simplices], axis=2) == pytest.approx(radius, abs=1e-6)


def test_straight_drawings_miss_nothing(tmp_path):
    square = script(
        tmp_path, 'SetFactory("OpenCASCADE"); Rectangle(1) = {0, 0, 0, %s, 50}; Physical Surface("rod") = {1};'
    )
    assert foreseen_of(square, 0.01).slivers is None
