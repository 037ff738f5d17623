"""The picture of currents that go around, and the map of decay lengths, as files that hold a picture."""

import numpy as np
import pytest
import pyvista as pv
from matplotlib import image

from spinfem.output.bilayer_map import main
from spinfem.output.circulation import draw_circulation
from spinfem.theory.bilayer import Bilayer, Layer, reach


def whirl(strength):
    """A square of triangles in nm with psi = strength (1 - x^2)(1 - y^2): current goes around its middle."""
    axis = np.linspace(-1, 1, 31)
    grid = pv.StructuredGrid(*np.meshgrid(axis, axis, [0.0], indexing="ij")).cast_to_unstructured_grid().triangulate()
    grid = pv.UnstructuredGrid({pv.CellType.TRIANGLE: grid.cells_dict[pv.CellType.TRIANGLE]}, grid.points)
    x, y, _ = grid.points.T
    grid.point_data["stream function [A/m]"] = strength * (1 - x**2) * (1 - y**2)
    x, y, _ = grid.cell_centers().points.T
    grid.cell_data["j [A/m^2]"] = strength * np.stack([-2 * y * (1 - x**2), 2 * x * (1 - y**2), 0 * x], axis=1)
    grid.cell_data["region"] = np.where(y > 0, 1, 2)
    return grid


def test_a_vortex_has_lines_and_arrowheads(tmp_path):
    path = draw_circulation(whirl(1e4), tmp_path / "circulation.png", "Whirl")
    black = (image.imread(path)[150:-350, :, :3] < 0.25).all(axis=2)  # without title and colour bar
    assert 0.005 < black.mean() < 0.2


def test_no_current_is_no_error(tmp_path):
    assert draw_circulation(whirl(0.0), tmp_path / "circulation.png", "Nothing").is_file()


def test_reach_is_the_slowest_decay():
    """In units of lambda_N; the row is d_N."""
    strip = Bilayer(Layer(1e-6, 1e7, 50e-9), Layer(400e-9, 1e7, 200e-9), 0.5)
    found = reach([5.0, 1.0], [2.0], polarization=0.5, magnet_length=0.25)
    assert found.shape == (1, 2)
    assert found[0, 0] == pytest.approx(1 / (200e-9 * strip.decay_constants(1)[0]), rel=1e-9)


def test_the_map_is_drawn_and_refuses_what_cannot_be(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("spinfem.output.bilayer_map._POINTS", 7)
    main([str(tmp_path / "map.png"), "--polarization", "0.3"])
    assert image.imread(tmp_path / "map.png").shape[:2] == (1200, 1425)
    with pytest.raises(SystemExit):
        main([str(tmp_path / "other.png"), "--polarization", "1"])
    assert "polarization must lie between" in capsys.readouterr().err
    assert not (tmp_path / "other.png").exists()
