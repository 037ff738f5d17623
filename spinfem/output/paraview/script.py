"""A Python file that opens the results of a run or a sweep in ParaView, with colours, arrows and views that suit the device.

One template is put together from blocks: what stands in the folder decides which. Ranges and units are chosen here, from
samples of the fields, so that the script is short and its pictures do not depend on a corner that nobody sees.
"""

import json
from pathlib import Path

import numpy as np
import pyvista as pv
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.colors import to_rgb

from spinfem.formatting import axis_name, prefixed
from spinfem.output.folders import write_whole
from spinfem.output.paraview.framing import arrows, focus_of, layout, ruler, union, with_room
from spinfem.output.paraview.quantities import combination, current, not_rounding, potential, surface
from spinfem.output.series import read_series
from spinfem.output.slide import PALETTE, region_label

SCRIPT = "open_in_paraview.py"  # a file called paraview.py would hide ParaView's own module
_SAMPLES = 5  # points of a sweep that ranges are taken from
_ARROWS, _ARROWS_IN_MAGNET = 350, 12
_NO_COMPONENT = 1e-6  # a component of v that is smaller, next to the largest one, does not occur


class NothingToShow(FileNotFoundError):
    """The folder holds no fields."""


def write_script(folder):
    """Write open_in_paraview.py into the folder of a run or a sweep; returns its path. Raises NothingToShow."""
    folder = Path(folder)
    environment = Environment(
        loader=PackageLoader("spinfem.output"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = environment.get_template("paraview.py.jinja").render(_contents(folder))
    write_whole(folder / SCRIPT, text)
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
    focus = union([focus_of(grid, _of_interfaces(path)) for grid, path in zip(grids, chosen, strict=True)])
    look = {"focus": with_room(focus), "ruler": ruler(focus), "fill": 0.9}
    return common | views | look | layout(views, focus) | _shapes(grids[0], scene, focus)


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
    v = combination(axis, [f'"v [V]_{k}"' for k in "XYZ"]) if scene["collinear"] else 'mag("v [V]")'
    of_v = (lambda g: g["v [V]"] @ axis) if scene["collinear"] else lambda g: np.linalg.norm(g["v [V]"], axis=1)
    of_spin = f"potential of {along}" if scene["collinear"] else "magnitude of the spin potential"
    spin = combination(axis, [f'"J_{k} [A/m^2]"' for k in "xyz"])
    return {
        "halved": halved,
        "potentials": not_rounding(
            potential("charge potential", '"phi [V]"', [(g, g["phi [V]"]) for g in grids], False),
            potential(of_spin, v, [(g, of_v(g)) for g in grids], scene["collinear"]),
        )
        + [
            potential(s["title"], f'"{s["label"]}"', [(g, g[s["label"]]) for g in grids], True, s["unit"])
            for s in scene.get("scalars", [])
        ],
        "current_views": not_rounding(
            current("charge current density", '"j [A/m^2]"', [g["j [A/m^2]"] for g in grids]),
            current(
                f"current density of {along}",
                spin,
                [sum(a * g[f"J_{k} [A/m^2]"] for a, k in zip(axis, "xyz", strict=True)) for g in grids],
            ),
        ),
        "surfaces": [*_interfaces(folder, chosen, axis, along), *_torques(folder, chosen)],
    }


def _interfaces(folder, chosen, axis, along):
    """The current of spins along an axis through all contacts."""
    file, _ = _found(folder, "interfaces.vtm")
    if file is None:
        return []
    grids = [_of_interfaces(path) for path in chosen]
    key = "J_n 1 [A/m^2]"
    function = combination(axis, [f'"{key}_{k}"' for k in "XYZ"])
    return [surface(f"{along} through contacts", function, [(g, g[key] @ axis) for g in grids], "A", "/m²", file)]


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
            yield surface(what, f'mag("{key}")', samples, "N", per, file)


def _charts(grids, scene):
    """What is drawn of a line: potentials and spin currents against x."""
    axes = [
        k for k in range(3) if np.abs(grids[0]["v [V]"][:, k]).max() > _NO_COMPONENT * np.abs(grids[0]["v [V]"]).max()
    ]
    phi, v = max(np.abs(g["phi [V]"]).max() for g in grids), max(np.abs(g["v [V]"]).max() for g in grids)
    flux = max(np.abs(g[f"J_{axis} [A/m^2]"]).max() for g in grids for axis in "xyz")
    (f_phi, u_phi), (f_v, u_v), (f_flux, u_flux) = prefixed(phi, "V"), prefixed(v, "V"), prefixed(flux, "A")
    scalars = [_chart_of(scalar, grids) for scalar in scene.get("scalars", [])]
    return {
        "rows": [1] * (3 + len(scalars)),
        "size": [1400, 450 * (3 + len(scalars))],
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
            *scalars,
        ],
    }


def _chart_of(scalar, grids):
    factor, unit = prefixed(max(np.abs(g[scalar["label"]]).max() for g in grids), scalar["unit"])
    return {"title": f"{scalar['title']} ({unit})", "functions": {scalar["title"]: f'{factor:g}*"{scalar["label"]}"'}}


def _shapes(grid, scene, focus):
    """Regions with their colours, and the number and length of arrows."""
    solid = grid.get_cell(0).dimension == 3
    magnets = grid.threshold(0.5, scalars=_with_size(grid), preference="cell")
    regions = [
        {
            "tag": region["tag"],
            "name": _quoted(region_label(name, region).replace("−", "-")),
            "colour": [round(part, 3) for part in to_rgb(PALETTE[k % len(PALETTE)])],
        }
        for k, (name, region) in enumerate(scene["regions"].items())
    ]
    return {
        "regions": regions,
        "region_opacity": 0.5 if solid and magnets.n_cells else 1.0,
        "pale": 0.15 if solid else 0.5,
        "arrows": arrows(grid, focus, _ARROWS),
        "magnets": arrows(magnets, focus, _ARROWS_IN_MAGNET * len(np.unique(magnets["region"])))
        if magnets.n_cells
        else None,
    }


def _with_size(grid):
    grid["size of m"] = np.linalg.norm(grid["magnetization"], axis=1)
    return "size of m"
