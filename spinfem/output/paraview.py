"""A Python file that opens the results of a run or a sweep in ParaView, with colours, arrows and views that suit the device.

One template is put together from blocks: what stands in the folder decides which. Ranges and units are chosen here, from
samples of the fields, so that the script is short and its pictures do not depend on a corner that nobody sees.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvista as pv
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.colors import to_rgb

from spinfem.output.pictures import colour_scale, one_in_each_box
from spinfem.output.prefix import axis_name, nice_length, prefixed
from spinfem.output.series import read_series
from spinfem.output.slide import PALETTE

SCRIPT = "open_in_paraview.py"  # a file called paraview.py would hide ParaView's own module
_SAMPLES = 5  # points of a sweep that ranges are taken from
_ARROWS, _ARROWS_IN_MAGNET, _MOST_TRIES = 350, 12, 20_000
_ROOM = 0.13  # for a legend, over the height of the device
_ROUNDING = 1e-9
_MARGIN = 0.6  # around the contacts, over their extent
_NO_COMPONENT = 1e-6  # a component of v that is smaller, next to the largest one, does not occur
_SEEN = 0.95  # share of a surface whose values the colours tell apart
_COLOURS = {"PuOr_r": "PuOr", "viridis": "Viridis (matplotlib)", "cividis": "Cividis"}


class NothingToShow(FileNotFoundError):
    """The folder holds no fields."""


@dataclass(frozen=True)
class Quantity:
    """What a view shows: an expression of ParaView's calculator, counted in the unit that its name tells."""

    name: str
    function: str
    colours: str
    low: float
    high: float
    size: float  # the largest value, in SI units
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
        raise NothingToShow("holds no fields of a run or a sweep (output.fields says whether they are written)")
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
    focus = _union([_focus(grid, _of_interfaces(path)) for grid, path in zip(grids, chosen, strict=True)])
    look = {"focus": _with_room(focus), "ruler": _ruler(focus), "fill": 0.9}
    return common | views | look | _layout(views, focus) | _shapes(grids[0], scene, focus)


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
    along = "spin along " + axis_name(axis).replace("−", "-")  # ParaView's font knows few characters
    v = _combination(axis, [f'"v [V]_{k}"' for k in "XYZ"]) if scene["collinear"] else 'mag("v [V]")'
    of_v = (lambda g: g["v [V]"] @ axis) if scene["collinear"] else lambda g: np.linalg.norm(g["v [V]"], axis=1)
    of_spin = f"potential of {along}" if scene["collinear"] else "magnitude of the spin potential"
    spin = _combination(axis, [f'"J_{k} [A/m^2]"' for k in "xyz"])
    return {
        "halved": halved,
        "potentials": _not_rounding(
            _potential("charge potential", '"phi [V]"', [(g, g["phi [V]"]) for g in grids], False),
            _potential(of_spin, v, [(g, of_v(g)) for g in grids], scene["collinear"]),
        ),
        "current_views": _not_rounding(
            _current("charge current density", '"j [A/m^2]"', [g["j [A/m^2]"] for g in grids]),
            _current(
                f"current density of {along}",
                spin,
                [sum(a * g[f"J_{k} [A/m^2]"] for a, k in zip(axis, "xyz", strict=True)) for g in grids],
            ),
        ),
        "surfaces": [*_interfaces(folder, chosen, axis, along), *_torques(folder, chosen)],
    }


def _combination(axis, names):
    """A sum in the calculator's words: components times names."""
    parts = [name if a == 1 else f"{a:.6g}*{name}" for a, name in zip(axis, names, strict=True) if abs(a) > 1e-9]
    return "(" + " + ".join(parts) + ")" if len(parts) > 1 or not parts[0].startswith('"') else parts[0]


def _potential(what, function, samples, signed):
    seen = [values[one_in_each_box(np.asarray(grid.points), grid.length / 150)] for grid, values in samples]
    low, high = min(s.min() for s in seen), max(s.max() for s in seen)
    size = max(abs(low), abs(high))
    factor, unit = prefixed(size, "V")
    scale = colour_scale(low * factor, high * factor, signed)
    return _quantity(f"{what} ({unit})", function, factor, scale, size)


def _quantity(name, function, factor, scale, size, file=""):
    colours, norm = scale
    low, high = float(norm.vmin), float(norm.vmax)
    if colours == "viridis_r":
        colours = "viridis"
    return Quantity(name, f"{factor:g}*{function}", _COLOURS[colours], _short(low), _short(high), size, file)


def _not_rounding(*quantities):
    """Those that are more than rounding next to the others."""
    largest = max(quantity.size for quantity in quantities)
    return [quantity for quantity in quantities if quantity.size > _ROUNDING * largest]


def _short(value):
    return float(f"{value:.4g}")


def _current(what, function, samples):
    sizes = [np.linalg.norm(vectors, axis=1) for vectors in samples]
    largest = max(float(np.quantile(s, 0.999)) for s in sizes)
    factor, unit = prefixed(largest, "A")
    name, high = f"{what} ({unit}/m²)", _short(largest * factor)
    return Quantity(name, f"{factor:g}*{function}", _COLOURS["viridis"], 0.0, high, largest)


def _interfaces(folder, chosen, axis, along):
    """The current of spins along an axis through all contacts."""
    file, _ = _found(folder, "interfaces.vtm")
    if file is None:
        return []
    grids = [_of_interfaces(path) for path in chosen]
    key = "J_n 1 [A/m^2]"
    function = _combination(axis, [f'"{key}_{k}"' for k in "XYZ"])
    return [_surface(f"{along} through contacts", function, [(g, g[key] @ axis) for g in grids], "A", "/m²", file)]


def _of_interfaces(fields):
    """The grid of all contacts beside a fields.pvtu; None where there are none."""
    path = fields.parent / "interfaces.vtm"
    return pv.read(path).combine() if path.is_file() else None


def _torques(folder, chosen):
    for name, key, what, per in (
        ("torque.pvtu", "torque [N/m]", "torque per area", "/m"),
        ("torque_volume.pvtu", "torque density [N/m^2]", "torque per volume", "/m²"),
    ):
        file, _ = _found(folder, name)
        if file is not None:
            grids = [pv.read(path.parent / name) for path in chosen]
            samples = [(g, np.linalg.norm(g[key], axis=1)) for g in grids]
            yield _surface(what, f'mag("{key}")', samples, "N", per, file)


def _surface(what, function, samples, unit, per, file):
    bounds = np.array([_most(grid, values) for grid, values in samples])
    low, high = bounds[:, 0].min(), bounds[:, 1].max()
    size = max(abs(low), abs(high))
    factor, prefixed_unit = prefixed(size, unit)
    signed = low < 0
    scale = colour_scale(low * factor if signed else 0.0, high * factor, signed)
    return _quantity(f"{what} ({prefixed_unit}{per})", function, factor, scale, size, file)


def _most(grid, values):
    """(low, high) between which point data lie on most of a surface: at the rim of a contact there is no bound."""
    sizes = grid.compute_cell_sizes(volume=False)
    sizes = np.asarray(sizes["Area"] + sizes["Length"])
    middles = np.concatenate([values[nodes].mean(axis=1) for nodes in grid.cells_dict.values()])
    order = np.argsort(middles)
    share = np.cumsum(sizes[order]) / sizes.sum()
    return [float(middles[order][min(np.searchsorted(share, part), len(order) - 1)]) for part in (1 - _SEEN, _SEEN)]


def _charts(grids, scene):
    """What is drawn of a line: potentials and spin currents against x."""
    axes = [
        k for k in range(3) if np.abs(grids[0]["v [V]"][:, k]).max() > _NO_COMPONENT * np.abs(grids[0]["v [V]"]).max()
    ]
    phi, v = max(np.abs(g["phi [V]"]).max() for g in grids), max(np.abs(g["v [V]"]).max() for g in grids)
    flux = max(np.abs(g[f"J_{axis} [A/m^2]"]).max() for g in grids for axis in "xyz")
    (f_phi, u_phi), (f_v, u_v), (f_flux, u_flux) = prefixed(phi, "V"), prefixed(v, "V"), prefixed(flux, "A")
    return {
        "rows": [1, 1, 1],
        "size": [1400, 1350],
        "charts": [
            {"title": f"charge potential ({u_phi})", "functions": {"charge potential": f'{f_phi:g}*"phi [V]"'}},
            {
                "title": f"spin potential ({u_v})",
                "functions": {f"spin along {'xyz'[k]}": f'{f_v:g}*"v [V]_{"XYZ"[k]}"' for k in axes},
            },
            {
                "title": f"spin current density ({u_flux}/m²)",
                "functions": {
                    f"current of spin along {'xyz'[k]}": f'{f_flux:g}*"J_{"xyz"[k]} [A/m^2]_X"' for k in axes
                },
            },
        ],
    }


def _layout(views, focus):
    """Rows of views, and the size of the picture, such that the device fills each of them."""
    count = 1 + sum(len(views[kind]) for kind in ("potentials", "current_views", "surfaces"))
    width, height, depth = np.ptp(np.reshape(focus, (3, 2)), axis=1)
    wide = width > 4 * max(height, depth)
    number = math.ceil(count / 2) if wide else math.isqrt(count)
    rows = [len(part) for part in np.array_split(range(count), number)]
    return {"rows": rows, "size": [960 * rows[0], 320 * number] if wide else [640 * rows[0], 560 * number]}


def _focus(grid, interfaces):
    """[low x, high x, low y ...] (nm) of what is worth looking at: the contacts and what lies around them."""
    bounds = np.reshape(grid.bounds, (3, 2))
    if interfaces is None:
        return bounds.ravel().round(3).tolist()
    inner = np.reshape(interfaces.bounds, (3, 2))
    margin = _MARGIN * np.ptp(inner, axis=1).max()
    return (
        np.column_stack(
            [np.maximum(bounds[:, 0], inner[:, 0] - margin), np.minimum(bounds[:, 1], inner[:, 1] + margin)]
        )
        .ravel()
        .round(3)
        .tolist()
    )


def _union(boxes):
    """The box around boxes [low x, high x, low y ...]."""
    boxes = np.reshape(boxes, (-1, 3, 2))
    return np.column_stack([boxes[:, :, 0].min(axis=0), boxes[:, :, 1].max(axis=0)]).ravel().tolist()


def _with_room(focus):
    """The same with space below for a legend. Solid devices are seen from above and in front."""
    (left, right), (front, back), (below, above) = np.reshape(focus, (3, 2)).tolist()
    if above > below:
        below -= _ROOM * (above - below + back - front)
    else:
        front -= _ROOM * (back - front)
    return [_short(x) for x in (left, right, front, back, below, above)]


def _ruler(focus):
    """A line of a round length below and in front of the device."""
    (left, right), (front, _), (below, _) = np.reshape(focus, (3, 2)).tolist()
    length = float(nice_length((right - left) / 4))
    front -= 0.25 * length
    return {"start": [left, _short(front), below], "end": [left + length, _short(front), below]}


def _shapes(grid, scene, focus):
    """Regions with their colours, and the number and length of arrows."""
    solid = grid.get_cell(0).dimension == 3
    magnets = grid.threshold(0.5, scalars=_with_size(grid), preference="cell")
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
        "region_opacity": 0.5 if solid and magnets.n_cells else 1.0,
        "pale": 0.15 if solid else 0.5,
        "arrows": _arrows(grid, focus, _ARROWS),
        "magnets": _arrows(magnets, focus, _ARROWS_IN_MAGNET * len(np.unique(magnets["region"])))
        if magnets.n_cells
        else None,
    }


def _with_size(grid):
    grid["size of m"] = np.linalg.norm(grid["magnetization"], axis=1)
    return "size of m"


def _arrows(grid, focus, wanted):
    """What the script's `arrows` asks for: length, and a lattice in 2D or a number of random points in 3D."""
    extent = np.ptp(np.reshape(grid.bounds, (3, 2)), axis=1)
    span = np.linalg.norm(np.ptp(np.reshape(focus, (3, 2)), axis=1))
    if extent[2] == 0:
        return _lattice(grid, focus, _short(min(span / 36, 0.5 * extent[1])))
    length = _short(min(span / 30, 0.6 * np.sort(extent)[1]))
    box, filled = np.prod(extent), grid.compute_cell_sizes(length=False, area=False)["Volume"].sum()
    wanted = min(wanted * np.linalg.norm(extent) / span, 0.7 * filled / length**3)  # as many as have room
    return [length, min(int(wanted * box / filled) + 1, _MOST_TRIES)]


def _lattice(grid, focus, length):
    """Arrows of one length side by side in that part of a plane grid that lies in the focus."""
    own, seen = np.reshape(grid.bounds, (3, 2)), np.reshape(focus, (3, 2))
    own[0] = seen[0]  # a sweep may move things along x
    low, high = np.maximum(own[:, 0], seen[:, 0]), np.minimum(own[:, 1], seen[:, 1])
    across, up = (max(3, int(room / (share * length))) for room, share in zip(high - low, (1.3, 0.8), strict=False))
    step = (high - low) / (across, up, 1)
    bounds = np.column_stack([low + step / 2, high - step / 2]).ravel()
    return [length, [_short(x) for x in bounds[:4]] + [0.0, 0.0], [across, up, 1]]
