"""What pictures say: names in words, ranges of colours, arrows, marks, how long it took."""

import json
import time

import numpy as np
import PIL.Image
import pytest
import pyvista as pv
from matplotlib import colors

from spinfem.output import charts
from spinfem.output.colour_scales import beyond, scale_of
from spinfem.output.curves import MARKED, Curves, Series, curves_of_chart, in_words, measured_by, scale, told_apart
from spinfem.output.paraview.quantities import surface
from spinfem.output.scene import Image, Scene, spread
from spinfem.output.slide import columns, region_label, write_slide
from spinfem.study.results import Chart, Table
from tests.commands import CASES, COARSE, run


@pytest.mark.parametrize(
    ("name", "region", "label"),
    [
        ("wire", {"material": "wire", "magnetization": None}, "wire"),
        ("wire", {"material": "Cu @ 4.2 K", "magnetization": None}, "wire: Cu @ 4.2 K"),
        ("free", {"material": "free", "magnetization": [0.0, 0.0, -1.0]}, "free, m along −z"),
    ],
)
def test_a_legend_says_each_thing_once(name, region, label):
    assert region_label(name, region) == label


@pytest.mark.parametrize(("equal", "units"), [(True, ("mV", "mV")), (False, ("mV", "nV"))])
def test_axes_that_share_a_scale_share_a_unit(equal, units):
    curve = Series("", np.array([4.3e-3, 4.2e-3]), np.array([0.0, -9e-7]))
    curves = Curves("nyquist", [curve], ("Re V", "V"), ("Im V", "V"), equal=equal)
    found = tuple(scale(curves.x, arrays)[1] for arrays in measured_by(curves))
    assert found == units


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("geometry.parameters.wire_width", "wire width"),
        ("regions.wire.material.spin_diffusion_length", "wire spin diffusion length"),
        ("interfaces.wire/detector.resistance_area", "wire/detector resistance area"),
        ("geometry.layers.1.thickness", "layers 1 thickness"),
        ("spin_torque.in_plane", "spin torque in plane"),
        ("v_x", "v_x"),
        ("x", "x"),
        ("mesh", "mesh"),
    ],
)
def test_an_axis_is_named_in_words(column, words):
    assert in_words(column) == words


def test_a_table_without_labels_has_no_raw_names_on_its_axes():
    table = Table("t", {"along_wire": ("m", np.arange(3.0)), "signal.in_plane": ("V", np.arange(3.0))})
    curves = curves_of_chart(Chart("c", "along_wire", ("signal.in_plane",)), table)
    assert curves.x[0] == "along wire" and curves.y[0] == "signal in plane"


def test_curves_of_two_terminals_say_which():
    names = ("terminals.left.spin_current.y", "terminals.right.spin_current.y")
    assert told_apart(names) == ["left spin current y", "right spin current y"]
    assert told_apart(("m_x", "m_y")) == ["m_x", "m_y"] and told_apart(("same", "same")) == ["same", "same"]
    table = Table(
        "t", {"time": ("s", np.arange(3.0)), **{name: ("A", k * np.arange(3.0)) for k, name in enumerate(names)}}
    )
    (alone,) = curves_of_chart(Chart("c", "time", names, y_label="spin current"), table).series
    assert alone.label == ""
    assert curves_of_chart(Chart("c", "time", names, y_label="spin current"), table).y[0] == "right spin current y"


def test_a_label_above_the_image_makes_room_below_the_title(tmp_path):
    heights = []
    for row in (50.0, -100.0):
        path = write_slide(
            tmp_path / "a.png", Image(PIL.Image.new("RGB", (1950, 300)), [("injector: +x", 900, row)]), "title"
        )
        heights.append(PIL.Image.open(path).height)
    assert heights[1] - heights[0] == pytest.approx(100 - 0.05 * 150, abs=2)


@pytest.mark.parametrize(
    ("points", "dots", "marked"), [(MARKED, False, True), (MARKED + 1, False, False), (99, True, True)]
)
def test_computed_points_are_marked(points, dots, marked, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(charts.Figure, "savefig", lambda figure, path: drawn.append(figure))
    x = np.linspace(0, 1, points)
    charts.draw_curves(tmp_path, Curves("c", [Series("", x, x, dots)], ("x", ""), ("y", "")))
    (line,) = drawn[0].axes[0].lines
    assert (line.get_marker() == "o") == marked and (line.get_linestyle() == "None") == dots
    drawn[0].clear()


def test_the_end_of_a_scale_is_the_largest_value_of_a_smooth_density():
    x = np.linspace(-200, 200, 4001)
    assert scale_of(np.ones(x.size), 1 / np.cosh(x / 5)) == pytest.approx(1.0)


def test_the_end_of_a_scale_leaves_out_a_singular_rim():
    x = np.geomspace(1e-9, 1, 4000)
    sizes = np.gradient(x)
    end = scale_of(sizes, x**-0.5)
    assert 1 < end < 100
    above = x**-0.5 > end
    assert (sizes * x**-0.5)[above].sum() <= 0.0501 * (sizes * x**-0.5).sum()


@pytest.mark.parametrize(
    ("values", "ends"),
    [([0, 1], "neither"), ([-1, 1], "min"), ([0, 2], "max"), ([-1, 2], "both"), ([0, 1.001], "neither")],
)
def test_a_colour_bar_has_points_where_values_go_on(values, ends):
    assert beyond(np.array(values), colors.Normalize(0, 1)) == ends


def block():
    """A cube of tetrahedra, 3 x 3 x 3 points."""
    return pv.ImageData(dimensions=(3, 3, 3)).to_tetrahedra()


SQUARE = pv.Plane(i_resolution=2, j_resolution=2).triangulate().cast_to_unstructured_grid()


@pytest.mark.parametrize("grid", [block(), SQUARE])
def test_a_density_in_volumes_and_on_faces_has_a_range_in_paraview(grid):
    quantity = surface("torque", "t", [(grid, 3e3 + 0 * grid.points[:, 0])], "N", "/m²", "file")
    assert quantity.name == "torque (kN/m²)" and (quantity.low, quantity.high) == (0.0, 3.0)


def test_arrows_are_spread_evenly_up_to_the_rims():
    lattice = np.stack(np.meshgrid(np.arange(60.0), np.arange(20.0), [0.0]), axis=-1).reshape(-1, 3)
    chosen = lattice[spread(lattice, 40, 0.1)]
    assert 20 < len(chosen) <= 40
    for axis in (0, 1):
        places = np.unique(chosen[:, axis])
        gaps, inset = np.diff(places), (places[0], lattice[:, axis].max() - places[-1])
        assert np.ptp(gaps) <= 1.0 and abs(inset[0] - inset[1]) <= 1.0 and max(inset) < gaps.max()


def test_a_few_points_each_get_an_arrow():
    points = np.array([[0.0, 0, 0], [1, 0, 0]])
    assert sorted(spread(points, 10, 0.01)) == [0, 1] and list(spread(points[:1], 10, 0.01)) == [0]


@pytest.mark.parametrize("in_front", [True, False])
def test_the_arrow_of_a_buried_magnet_is_seen(in_front):
    scene = Scene(block())
    scene.add(block(), color="white")
    scene.add_arrow((1, 1, 1), (1, 0, 0), 0.8, in_front=in_front)
    pixels = scene.render().pixels
    width, height = pixels.size
    middle = np.asarray(
        pixels.crop((width // 3, height // 4, width * 2 // 3, height * 3 // 4))
    )  # no axes, no scale bar
    assert ((middle < 40).all(axis=2).mean() > 0.003) == in_front


def test_the_times_of_all_phases_are_told_and_the_total_is_that_of_the_command(tmp_path):
    written = ("output.pictures=true", "output.report=true")
    overrides = (*COARSE, *written, "solver.error_estimate=false", "sweep={}", "plots=[]")
    begun = time.perf_counter()
    seconds = run(CASES / "tunnel_junction.yaml", tmp_path / "out", *overrides)["seconds"]
    patience = time.perf_counter() - begun
    assert list(seconds)[:2] == ["start", "mesh"] and list(seconds)[-4:] == ["fields", "pictures", "report", "total"]
    assert min(seconds[phase] for phase in ("start", "fields", "pictures", "report")) > 0
    assert sum(seconds.values()) - seconds["total"] - 0.01 < seconds["total"] < patience + 0.05
    assert json.loads((tmp_path / "out/results.json").read_text())["observables"]


def test_a_legend_has_as_many_columns_as_its_words_have_room():
    assert columns(["wire: Cu @ 300 K"]) == 1
    assert columns(["wire: Cu @ 300 K"] * 5) == 3
    assert columns(["detector: permalloy film at 300 K, m along +z"] * 3) == 2
    assert columns(["x" * 200] * 3) == 1
