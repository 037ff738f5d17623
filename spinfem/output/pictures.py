"""Pictures of a finished run, drawn from its folder: regions, potentials, currents.

Colours are safe for colour-blind readers: the palette of Okabe and Ito for regions, cividis and viridis for magnitudes, purple - white -
orange for signed values. `python -m spinfem.output.pictures FOLDER [fields | mesh]` draws them again; with two more numbers, `n of`, every `of`-th
picture from the n-th on, so that several processes share them.
"""

import json
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pyvista as pv

from spinfem.formatting import axis_name, prefixed
from spinfem.output.circulation import draw_circulation
from spinfem.output.colour_scales import beyond, colour_scale, decades_below, one_in_each_box
from spinfem.output.line import Panel, draw_curves
from spinfem.output.outside import outside_of
from spinfem.output.scene import Scene, linear, spread
from spinfem.output.slide import PALETTE, region_label, write_slide
from spinfem.output.torque_picture import torque_pictures

NM = 1e-9
_ARROWS = 350
_ARROWS_OF_TEXTURE = 40
_EDGES_UP_TO = 30_000  # cells of the surface; beyond, mesh lines would blacken it
_FLOWS = tuple(f"J_{axis} [A/m^2]" for axis in "xyz")  # of spins along each axis
_OF_THE_TIP = 3.0  # times the breadth of a region: the length of an arrow whose tip covers two thirds of it
_NO_COMPONENT = 1e-6  # a component of v that is smaller, next to the largest one, does not occur


def draw_mesh(folder):
    """Draw geometry.png from mesh.pvtu and scene.json; returns its path in a list. On a line: the size of cells."""
    path, grid = Path(folder) / "geometry.png", pv.read(Path(folder) / "mesh.pvtu")
    scene = json.loads((Path(folder) / "scene.json").read_text())
    if _is_line(grid):
        size = grid.compute_cell_sizes(area=False, volume=False).cell_data_to_point_data()["Length"] * NM
        cells = Panel("size of cells", "m", {"size": size}, logarithmic=True)
        return [draw_curves(path, grid, [cells], scene["regions"], scene["title"])]
    grid = opened(grid, scene)
    return [draw_geometry(grid, outside_of(grid), path, scene["regions"], scene["title"])]


def draw_fields(folder, first=0, step=1):
    """Draw geometry.png, charge_potential.png, spin_potential.png, charge_current.png and spin_current.png, with heat temperature.png and heat_current.png,
    circulation.png where it is asked for, torque.png and torque_volume.png where a magnet has a torque; returns their paths. On a line: potentials.png alone.

    folder: holds fields.pvtu and scene.json (see `spinfem.output.write`). first, step: of all these, which ones.
    """
    return [draw() for draw in _pictures(Path(folder))[first::step]]


def _pictures(folder):
    """What draws a picture and returns its path, for each."""
    scene = json.loads((folder / "scene.json").read_text())
    grid = _read(folder / "fields.pvtu", scene)
    title, axis = scene["title"], np.array(scene["spin_axis"])
    if _is_line(grid):
        panels = [Panel("charge potential\nφ", "V", {"φ": grid["phi [V]"]}), _spin_panel(grid, scene)]
        panels += [
            Panel(_of_scalar(s).replace(" ", "\n", 1), s["unit"], {s["name"]: grid[s["label"]]})
            for s in _scalars(scene)
        ]
        return [partial(draw_curves, folder / "potentials.png", grid, panels, scene["regions"], title)]
    grid = opened(grid, scene)
    outside = outside_of(grid)
    spin = f"v along {axis_name(axis)}" if scene["collinear"] else "|v|"
    potential, current = partial(draw_potential, grid, outside), partial(draw_current, grid, outside)
    spins = grid["v [V]"] @ axis if scene["collinear"] else np.linalg.norm(grid["v [V]"], axis=1)
    flow = sum(a * grid[name] for a, name in zip(axis, _FLOWS, strict=True) if a)
    along = f"current density of spin along {axis_name(axis)}"
    return [
        partial(draw_geometry, grid, outside, folder / "geometry.png", scene["regions"], title),
        partial(potential, folder / "charge_potential.png", grid["phi [V]"], "charge potential φ", title),
        partial(
            potential, folder / "spin_potential.png", spins, f"spin potential {spin}", title, signed=scene["collinear"]
        ),
        partial(current, folder / "charge_current.png", grid["j [A/m^2]"], "charge current density |j|", title),
        partial(current, folder / "spin_current.png", flow, along, title),
        *(
            partial(
                potential,
                folder / f"{_file_name(s['title'])}.png",
                grid[s["label"]],
                _of_scalar(s),
                title,
                True,
                s["unit"],
            )
            for s in _scalars(scene)
        ),
        *(
            partial(
                current,
                folder / f"{_file_name(s['flow_title'])}.png",
                grid[s["flow"]],
                f"density of the {s['flow_title']} |{s['flow'].split()[0]}|",
                title,
                _density_unit(s),
            )
            for s in _scalars(scene)
        ),
        *([partial(draw_circulation, grid, folder / "circulation.png", title)] if scene.get("circulation") else []),
        *torque_pictures(folder, grid, outside, scene),
    ]


def _scalars(scene):
    """What the scene says of scalar fields."""
    return scene.get("scalars", [])


def _of_scalar(scalar):
    return f"{scalar['title']} {scalar['label'].rpartition(' [')[0].replace('-', '−').replace('T0', 'T₀')}"


def _file_name(title):
    return title.replace(" ", "_")


def _density_unit(scalar):
    return scalar["flow"].rpartition("[")[2].rstrip("]").replace("^2", "²")


def _read(path, scene):
    """The grid with the fields that pictures show."""
    reader = pv.get_reader(path)
    shown = {name for a, name in zip(scene["spin_axis"], _FLOWS, strict=True) if a}
    for name in {"emf [V/m]", "rank", *_FLOWS} - shown:
        reader.disable_cell_array(name)
    return reader.read()


def opened(grid, scene):
    """The grid, or its half below z = 0 where that is what a picture shows."""
    if not scene.get("halved"):
        return grid
    return linear(grid).clip("z", origin=(0.0, 0.0, 0.0))


def _is_line(grid):
    return grid.get_cell(0).dimension == 1


def _spin_panel(grid, scene):
    """The spin potential on a line: along the one axis there is, or those components that are not zero."""
    v, axis = np.asarray(grid["v [V]"]), scene["spin_axis"]
    if scene["collinear"]:
        return Panel(f"spin potential\nv along {axis_name(axis)}", "V", {"v": v @ axis})
    largest = np.abs(v).max(axis=0)
    occurring = [k for k in range(3) if largest[k] > _NO_COMPONENT * largest.max()] or [2]
    return Panel("spin potential\nv", "V", {f"v along {'xyz'[k]}": v[:, k] for k in occurring})


def draw_geometry(grid, outside, path, regions, title):
    """Regions by colour, an arrow for each uniform magnetisation, many for a texture. regions: name -> {tag, material, magnetization}."""
    scene, legend = Scene(grid), {}
    for number, (name, region) in enumerate(regions.items()):
        cells = np.flatnonzero(np.asarray(grid["region"]) == region["tag"])
        if not cells.size:
            continue
        colour = PALETTE[number % len(PALETTE)]
        surface = outside.faces.extract_cells(outside.faces["region"] == region["tag"])
        scene.add(
            surface, color=colour, show_edges=surface.n_cells < _EDGES_UP_TO, edge_color="#444444", edge_opacity=0.4
        )
        legend[region_label(name, region)] = colour
        _add_magnetization(scene, grid, outside.middles, cells, region["magnetization"])
    return write_slide(path, scene.render(), title, legend=legend)


def _add_magnetization(scene, grid, middles, cells, direction):
    """Arrows in front of whatever hides these cells of a region: a layer may be buried under others."""
    if direction is not None:
        low, high = np.array(grid.extract_cells(cells).bounds).reshape(3, 2).T
        length, top = min(0.12 * scene.span, 2 * scene.breadth), np.array([*(low + high)[:2] / 2, high[2]])
        if not scene.solid and abs(direction[2]) == 1:  # a disc, seen from its tip: smaller than what it lies on
            length = min(length, max(_OF_THE_TIP * (high - low)[:2].min(), 0.03 * scene.span))
        scene.add_arrow(top, np.array(direction), length, in_front=True)
    elif "magnetization" in grid.cell_data:
        m = np.asarray(grid["magnetization"])
        magnetic = cells[np.linalg.norm(m[cells], axis=1) > 0.5]
        if not magnetic.size:
            return
        across = float(np.ptp(middles[magnetic], axis=0).max())
        length = min(0.06 * scene.span, scene.breadth, across / 4 or scene.span)  # a small disc takes small ones
        finest = max(scene.span / 120, min(across / 8, length / 2))
        for cell in magnetic[spread(middles[magnetic], _ARROWS_OF_TEXTURE, finest)]:
            scene.add_arrow(middles[cell], m[cell], length, in_front=True)


def draw_potential(grid, outside, path, values, symbol, title, signed=False, unit="V"):
    """The surface coloured by a potential, or by what else has one value everywhere. `signed`: white at zero where both signs occur."""
    # Evenly spread samples: where the mesh is fine, a corner that nobody sees would else set the scale.
    seen = values[one_in_each_box(np.asarray(grid.points), grid.length / 150)]
    low, high = seen.min(), seen.max()
    factor, unit = prefixed(max(abs(low), abs(high)), unit)
    values = np.asarray(values) * factor
    colormap, norm = colour_scale(low * factor, high * factor, signed)
    scene = Scene(grid)
    scene.add(outside.coloured(values), scalars="shown", cmap=colormap, clim=(norm.vmin, norm.vmax))
    scene.add_lines(outside.edges)
    bar = f"{symbol} ({unit})", colormap, norm, beyond(values, norm)
    return write_slide(path, scene.render(), title, bar=bar)


def draw_current(grid, outside, path, vectors, symbol, title, unit="A/m²"):
    """Arrows of a current density in a pale device. Direction by the arrow, size by its colour (logarithmic)."""
    vectors = np.asarray(vectors)
    size = np.linalg.norm(vectors, axis=1)
    largest = (
        float(np.quantile(size, 0.999)) if size.size else 0.0
    )  # a corner singularity is not the scale of the picture
    factor, unit = prefixed(largest, unit)
    norm = decades_below(largest * factor)
    scene = Scene(grid)
    scene.add(outside.faces, color="#cccccc", opacity=0.18 if scene.solid else 0.5)
    scene.add_lines(outside.edges)
    points = outside.middles
    strong = np.flatnonzero(size * factor > norm.vmin)
    if strong.size:
        chosen = strong[spread(points[strong], _ARROWS, scene.span / 120)]
        cloud = pv.PolyData(points[chosen])
        cloud["direction"] = vectors[chosen] / size[chosen][:, None]
        cloud["shown"] = size[chosen] * factor
        shape = pv.Arrow(tip_length=0.4, tip_radius=0.2, shaft_radius=0.07)
        length = min(scene.span / 32, 0.6 * scene.breadth)
        arrows = cloud.glyph(orient="direction", scale=False, factor=length, geom=shape)
        scene.add(arrows, scalars="shown", cmap="viridis", log_scale=True, clim=(norm.vmin, norm.vmax))
    return write_slide(path, scene.render(), title, bar=(f"{symbol} ({unit})", "viridis", norm, "both"))


if __name__ == "__main__":
    folder, what, *share = [*sys.argv[1:], "fields"] if len(sys.argv) == 2 else sys.argv[1:]
    for picture in draw_mesh(folder) if what == "mesh" else draw_fields(folder, *map(int, share)):
        print(picture)
