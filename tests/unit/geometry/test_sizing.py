"""Cells are small where spin enters, large elsewhere, and all of them scale together."""

from dataclasses import replace

import numpy as np
import pytest

from spinfem.geometry.sizing import Sizing

from .conftest import MESHES, meshed

VALVE, VALVE_2D = MESHES / "nonlocal_valve.geo", MESHES / "nonlocal_valve_2d.geo"
SIZING = Sizing({"wire": 1000.0, "injector": 5.0, "detector": 5.0}, resolution=1.0, growth=0.3, rim=1.0)
SHORT = {"wire_length": 1500, "electrode_length": 500}


def edges(data):
    """Mean edge of each cell and its distance from the nearer contact, at x = -250 or 250, z (2D: y) = 60."""
    corners = data.points[data.cells]
    pairs = [(i, j) for i in range(corners.shape[1]) for j in range(i)]
    mean = np.mean([np.linalg.norm(corners[:, i] - corners[:, j], axis=1) for i, j in pairs], axis=0)
    return mean, _from_contact(corners.mean(axis=1))


def _from_contact(points):
    points = points.copy()
    points[:, 0] = np.abs(points[:, 0])
    outside = np.abs(points - np.array([250, 0, 60] if points.shape[1] == 3 else [250, 60]))
    half = np.array([50, 50, 0] if points.shape[1] == 3 else [50, 0])
    return np.linalg.norm(np.maximum(outside - half, 0), axis=1)


@pytest.mark.parametrize("script, values", [(VALVE, SHORT), (VALVE_2D, {"wire_length": 1500})])
def test_fine_at_the_contact_and_coarse_far_away(script, values):
    size, distance = edges(meshed(script, SIZING, **values))
    wanted = 5 + 0.3 * distance
    near = distance < 60
    assert 0.8 < np.median(size[near] / wanted[near]) < 1.5
    assert np.all(size[near] < 2.5 * wanted[near])
    assert np.median(size[distance > 300]) > 15  # neither 5 nm all over the wire nor in the electrodes


def test_finer_at_the_rim_of_a_contact():
    size, distance = edges(meshed(VALVE_2D, replace(SIZING, rim=0.25)))
    assert size[distance < 2].min() == pytest.approx(5 / 4, rel=0.4)
    assert np.quantile(size[distance < 2], 0.9) > 2.5  # but not in its middle


def test_deep_inside_an_electrode_cells_are_large():
    data = meshed(VALVE, SIZING)
    injector = data.cell_tags == data.regions["injector"]
    middle = data.points[data.cells[injector]].mean(axis=1)
    far = np.abs(middle[:, 1]) > 250
    assert np.median(edges(data)[0][injector][far]) > 20


def test_coarsen_scales_contact_cap_and_all():
    fine, coarse = (edges(meshed(VALVE_2D, replace(SIZING, coarsen=c))) for c in (1.0, 2.0))
    for low, high in ((0, 5), (300, np.inf)):
        sizes = [np.median(size[(distance >= low) & (distance < high)]) for size, distance in (fine, coarse)]
        assert sizes[1] / sizes[0] == pytest.approx(2, rel=0.25)


def test_the_largest_size_is_kept():
    size, _ = edges(meshed(VALVE_2D, replace(SIZING, size=10.0)))
    assert size.max() < 15


def test_a_seam_between_equal_regions_is_not_refined():
    sizing = replace(SIZING, seams=frozenset((frozenset(("wire", "injector")), frozenset(("wire", "detector")))))
    assert len(meshed(VALVE_2D, sizing).cells) < 0.8 * len(meshed(VALVE_2D, SIZING).cells)


def test_a_terminal_that_gives_spin_is_refined():
    fine = replace(SIZING, resolution=0.2)
    ends = replace(fine, spin_terminals=("injector_end",))
    assert len(meshed(VALVE_2D, ends).cells) > 1.1 * len(meshed(VALVE_2D, fine).cells)


def test_sizes_that_a_script_gives_its_points_hold_inside_too(tmp_path):
    path = tmp_path / "plate.geo"
    path.write_text(
        """Point(1) = {0, 0, 0, 2}; Point(2) = {40, 0, 0, 2}; Point(3) = {40, 40, 0, 2}; Point(4) = {0, 40, 0, 2};
        Line(1) = {1, 2}; Line(2) = {2, 3}; Line(3) = {3, 4}; Line(4) = {4, 1};
        Curve Loop(1) = {1:4}; Plane Surface(1) = {1}; Physical Surface("plate") = {1};
        """
    )
    assert edges(meshed(path, Sizing({"plate": 100.0})))[0].max() < 4


def test_a_field_of_the_script_stays_an_upper_limit(layers):
    free = meshed(layers)
    layers.write_text(layers.read_text() + 'Field[1] = MathEval; Field[1].F = "1.5"; Background Field = 1;\n')
    assert len(meshed(layers).cells) > 5 * len(free.cells)


def test_the_same_drawing_gives_the_same_mesh():
    first, second = (meshed(VALVE, SIZING, **SHORT) for _ in range(2))
    assert np.array_equal(first.points, second.points) and np.array_equal(first.cells, second.cells)
