"""A Python file that opens the results of a run or a sweep in ParaView, with colours, arrows and views that suit the device.

One template is put together from blocks: what stands in the folder decides which. Ranges and units are chosen here, from
samples of the fields, so that the script is short and its pictures do not depend on a corner that nobody sees.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvista as pv
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.colors import to_rgb

from spinfem.output.pictures import colour_scale, one_in_each_box
from spinfem.output.prefix import axis_name, prefixed
from spinfem.output.series import read_series
from spinfem.output.slide import PALETTE

SCRIPT = "open_in_paraview.py"  # a file called paraview.py would hide ParaView's own module
_SAMPLES = 5  # points of a sweep that ranges are taken from
_ARROWS, _ARROWS_IN_MAGNET, _MOST_TRIES = 350, 12, 20_000
_SEEN = 0.98  # share of a surface whose values the colours tell apart
_COLOURS = {"PuOr_r": "PuOr", "viridis": "Viridis (matplotlib)", "cividis": "Cividis"}


class NothingToShow(FileNotFoundError):
    """The folder holds no fields."""


@dataclass(frozen=True)
class Quantity:
    """What a view shows: an expression of ParaView's calculator, counted in the unit that its name tells."""

    title: str
    name: str
    function: str
    colours: str
    low: float
    high: float
    file: str = ""


def write_script(folder):
    """Write open_in_paraview.py into the folder of a run or a sweep; returns its path. Raises NothingToShow."""
    folder = Path(folder)
    environment = Environment(
        loader=PackageLoader("spinfem.output"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = environment.get_template("paraview.py.jinja").render(_contents(folder))
    (folder / SCRIPT).write_text(text, encoding="utf-8")
    return folder / SCRIPT


def _contents(folder):
    """Everything that the template asks for."""
    fields, series = _found(folder, "fields.pvtu")
    if fields is None:
        raise NothingToShow(f"{folder} holds no fields of a run or a sweep (output.fields)")
    files = series.files if series else (folder / fields,)
    chosen = [files[k] for k in np.unique(np.linspace(0, len(files) - 1, _SAMPLES).astype(int))]
    scene = json.loads((chosen[0].parent / "scene.json").read_text(encoding="utf-8"))
    grids = [pv.read(file) for file in chosen]
    dimension = grids[0].get_cell(0).dimension
    common = {
        "title": _quoted(scene["title"]),
        "fields": fields,
        "series": _time_format(series) if series else "",
        "dimension": dimension,
    }
    if dimension == 1:
        return common | _charts(grids, scene)
    views = _views(folder, chosen, grids, scene)
    return common | views | _layout(views, grids[0]) | _shapes(grids[0], scene)


def _found(folder, name):
    """(what to open, its Series or None) for fields.pvtu and its like: the series of a sweep, else the file of a run."""
    path = folder / Path(name).with_suffix(".pvd")
    if path.is_file():
        return path.name, read_series(path)
    return (name, None) if (folder / name).is_file() else (None, None)


def _time_format(series):
    return _quoted(f"{series.parameter} {{time:.4g}} {series.unit}".rstrip())


def _quoted(text):
    return text.replace("\\", "").replace('"', "'")


def _views(folder, chosen, grids, scene):
    axis, halved = np.array(scene["spin_axis"]), scene.get("halved", False)
    along = "spin along " + axis_name(axis)
    v = _combination(axis, [f'"v [V]_{k}"' for k in "XYZ"]) if scene["collinear"] else 'mag("v [V]")'
    of_v = (lambda g: g["v [V]"] @ axis) if scene["collinear"] else lambda g: np.linalg.norm(g["v [V]"], axis=1)
    v_name = f"v along {axis_name(axis)}" if scene["collinear"] else "|v|"
    spin = _combination(axis, [f'"J_{k} [A/m^2]"' for k in "xyz"])
    return {
        "halved": halved,
        "potentials": [
            _potential("charge potential", "φ", '"phi [V]"', [(g, g["phi [V]"]) for g in grids], False),
            _potential("spin potential", v_name, v, [(g, of_v(g)) for g in grids], scene["collinear"]),
        ],
        "current_views": [
            _current("charge current", "j", '"j [A/m^2]"', [g["j [A/m^2]"] for g in grids]),
            _current(
                f"current of {along}",
                "J",
                spin,
                [sum(a * g[f"J_{k} [A/m^2]"] for a, k in zip(axis, "xyz", strict=True)) for g in grids],
            ),
        ],
        "surfaces": [*_interfaces(folder, chosen, axis, along), *_torques(folder, chosen)],
    }


def _combination(axis, names):
    """A sum in the calculator's words: components times names."""
    parts = [name if a == 1 else f"{a:.6g}*{name}" for a, name in zip(axis, names, strict=True) if abs(a) > 1e-9]
    return "(" + " + ".join(parts) + ")" if len(parts) > 1 or not parts[0].startswith('"') else parts[0]


def _potential(title, symbol, function, samples, signed):
    seen = [values[one_in_each_box(np.asarray(grid.points), grid.length / 150)] for grid, values in samples]
    low, high = min(s.min() for s in seen), max(s.max() for s in seen)
    factor, unit = prefixed(max(abs(low), abs(high)), "V")
    return _quantity(title, f"{symbol} ({unit})", function, factor, colour_scale(low * factor, high * factor, signed))


def _quantity(title, name, function, factor, scale, file=""):
    colours, norm = scale
    low, high = float(norm.vmin), float(norm.vmax)
    if colours == "viridis_r":
        colours = "viridis"
    return Quantity(title, name, f"{factor:g}*{function}", _COLOURS[colours], _short(low), _short(high), file)


def _short(value):
    return float(f"{value:.4g}")


def _current(title, symbol, function, samples):
    sizes = [np.linalg.norm(vectors, axis=1) for vectors in samples]
    largest = max(float(np.quantile(s, 0.999)) for s in sizes) or 1.0
    factor, unit = prefixed(largest, "A")
    return Quantity(
        title, f"|{symbol}| ({unit}/m²)", f"{factor:g}*{function}", _COLOURS["viridis"], 0.0, _short(largest * factor)
    )


def _interfaces(folder, chosen, axis, along):
    """The current of spins along an axis through all contacts."""
    file, _ = _found(folder, "interfaces.vtm")
    if file is None:
        return []
    grids = [pv.read(path.parent / "interfaces.vtm").combine() for path in chosen]
    key = "J_n 1 [A/m^2]"
    function = _combination(axis, [f'"{key}_{k}"' for k in "XYZ"])
    return [_surface(f"{along} through contacts", "J.n", function, [g[key] @ axis for g in grids], "A", "/m²", file)]


def _torques(folder, chosen):
    for name, key, title, unit in (
        ("torque.pvtu", "torque [N/m]", "torque on magnets, per area", "/m"),
        ("torque_volume.pvtu", "torque density [N/m^2]", "torque on magnets, per volume", "/m²"),
    ):
        file, _ = _found(folder, name)
        if file is not None:
            samples = [np.linalg.norm(pv.read(path.parent / name)[key], axis=1) for path in chosen]
            yield _surface(title, "|τ|", f'mag("{key}")', samples, "N", unit, file)


def _surface(title, symbol, function, samples, unit, per, file):
    bounds = np.array([np.quantile(values, [1 - _SEEN, _SEEN]) for values in samples])
    low, high = bounds[:, 0].min(), bounds[:, 1].max()
    factor, prefixed_unit = prefixed(max(abs(low), abs(high)), unit)
    signed = not symbol.startswith("|")
    scale = colour_scale(low * factor if signed else 0.0, high * factor, signed)
    return _quantity(title, f"{symbol} ({prefixed_unit}{per})", function, factor, scale, file)


def _layout(views, grid):
    """Rows of views, and the size of the picture, such that the device fills each of them."""
    count = 1 + sum(len(views[kind]) for kind in ("potentials", "current_views", "surfaces"))
    width, height, _ = np.ptp(np.reshape(grid.bounds, (3, 2)), axis=1)
    columns = 2 if width > 2.5 * height or count == 4 else 3
    full, rest = divmod(count, columns)
    rows = [columns] * full + [rest] * bool(rest)
    return {"rows": rows, "size": [1920, 360 * len(rows) if columns == 2 else 540 * len(rows)], "fill": 0.75}


def _shapes(grid, scene):
    """Regions with their colours, and the number and length of arrows."""
    solid = grid.get_cell(0).dimension == 3
    magnets = grid.threshold(0.5, scalars=None if False else _with_size(grid), preference="cell")
    regions = [
        {
            "tag": region["tag"],
            "name": _quoted(f"{name}: {region['material']}"),
            "colour": [round(part, 3) for part in to_rgb(PALETTE[k % len(PALETTE)])],
        }
        for k, (name, region) in enumerate(scene["regions"].items())
    ]
    return {
        "regions": regions,
        "region_opacity": 0.6 if solid and magnets.n_cells else 1.0,
        "pale": 0.15 if solid else 0.5,
        "arrows": _arrows(grid, _ARROWS, 1 / 32),
        "magnets": _arrows(magnets, _ARROWS_IN_MAGNET * len(np.unique(magnets["region"])), 0.12) if magnets.n_cells else None,
    }


def _with_size(grid):
    grid["size of m"] = np.linalg.norm(grid["magnetization"], axis=1)
    return "size of m"


def _arrows(grid, wanted, share):
    """Length of arrows (nm), and among how many random points ParaView finds about as many as wanted in the device."""
    extent = np.sort(np.ptp(np.reshape(grid.bounds, (3, 2)), axis=1))
    sizes = grid.compute_cell_sizes(length=False)
    box, filled = (np.prod(extent), "Volume") if extent[0] > 0 else (np.prod(extent[1:]), "Area")
    number = min(int(wanted * box / np.sum(sizes[filled])), _MOST_TRIES)
    return {"length": _short(min(share * np.linalg.norm(extent), 0.6 * extent[1])), "number": number}
