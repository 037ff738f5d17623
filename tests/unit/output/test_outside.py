"""The outside of a device, for pictures."""

import numpy as np
import pytest
import pyvista as pv

from spinfem.output.outside import outside_of


def halves(apart=False, dimension=3, joined=False):
    """A box of 2 x 1 x 1 in two pieces that share no points, as two ranks write it, or do; apart: they are regions 1 and 2."""
    box = pv.ImageData(dimensions=(3, 2, 2 if dimension == 3 else 1))
    whole = box.to_tetrahedra() if dimension == 3 else box.cast_to_unstructured_grid().triangulate()
    whole.clear_data()
    second = np.asarray(whole.cell_centers().points)[:, 0] > 1
    whole.cell_data["region"] = 1 + (second & apart)
    return whole.extract_cells(~second).merge(whole.extract_cells(second), merge_points=joined)


def length(edges):
    return edges.compute_cell_sizes(area=False, volume=False)["Length"].sum()


def test_where_two_ranks_meet_there_is_no_surface():
    outside = outside_of(halves())
    assert outside.faces.area == pytest.approx(10.0)
    assert length(outside.edges) == pytest.approx(16.0)


def test_where_two_regions_meet_there_is_a_line():
    outside = outside_of(halves(apart=True))
    assert outside.faces.area == pytest.approx(10.0)
    assert length(outside.edges) == pytest.approx(20.0)
    assert sorted(set(outside.faces["region"])) == [1, 2]


def test_a_device_that_is_cut_open_ends_at_the_cut():
    cut = halves(apart=True, joined=True).clip("z", origin=(0, 0, 0.5))
    assert len(cut.cells_dict) > 1
    outside = outside_of(cut)
    assert outside.faces.area == pytest.approx(7.0)
    assert length(outside.edges) == pytest.approx(4 * 2 + 4 * 1 + 4 * 0.5 + 2 * 1 + 2 * 0.5)


def test_a_flat_device_is_its_own_outside():
    outside = outside_of(halves(apart=True, dimension=2))
    assert outside.faces.area == pytest.approx(2.0)
    assert length(outside.edges) == pytest.approx(7.0)


@pytest.mark.parametrize("quadratic", [False, True])
def test_colours_are_those_of_the_nodes(quadratic):
    corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    pairs = [(0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 3)]
    points = np.vstack([corners, [corners[list(pair)].mean(axis=0) for pair in pairs]]) if quadratic else corners
    kind = pv.CellType.QUADRATIC_TETRA if quadratic else pv.CellType.TETRA
    grid = pv.UnstructuredGrid({kind: np.arange(len(points))[None]}, points)
    grid["region"] = [1]
    surface = outside_of(grid).coloured(points @ [1.0, 10.0, 100.0])
    assert surface.n_cells == (16 if quadratic else 4)
    assert surface.area == pytest.approx(1.5 + np.sqrt(3) / 2)
    np.testing.assert_allclose(surface["shown"], np.asarray(surface.points) @ [1.0, 10.0, 100.0])
