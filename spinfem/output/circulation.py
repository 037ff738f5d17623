"""Currents that go around in a plane device: their size by colour, their lines as contours of the stream function."""

import numpy as np
import pyvista as pv

from spinfem.formatting import prefixed
from spinfem.output.colour_scales import decades_below, largest_seen
from spinfem.output.scene import Scene
from spinfem.output.slide import write_slide

_STREAM = "stream function [A/m]"  # as it is called in fields.pvtu
_LINES = 7  # in each sense
_STEP = 2.0  # from one line to the next, outwards, the current around it falls by this factor
_WEAK = 0.01  # of the stronger vortex: a weaker one gets no lines
_HEAD = 0.016  # length of an arrowhead over the span of the device


def draw_circulation(grid, path, title):
    """Write a PNG of |j| with lines of current, whose sense arrowheads tell; returns its path.

    Between a line and the rim flows half as much current as between the next one inside and the rim. grid: holds
    `j [A/m^2]` and the stream function.
    """
    size = np.linalg.norm(np.asarray(grid["j [A/m^2]"]), axis=1)
    scene = Scene(grid)
    largest = largest_seen(grid, size, scene.span)
    factor, unit = prefixed(largest, "A/m²")
    norm = decades_below(largest * factor)
    shown = grid.copy(deep=False)
    shown["shown"] = np.maximum(size * factor, norm.vmin)
    surface = shown.extract_surface(algorithm="dataset_surface", nonlinear_subdivision=0)
    scene.add(surface, scalars="shown", cmap="viridis", log_scale=True, clim=(norm.vmin, norm.vmax))
    _add_contacts(scene, grid)
    heads = []
    for line in _lines(grid, np.asarray(grid[_STREAM])):
        lifted = line.translate((0, 0, 1e-3 * scene.span), inplace=False)
        scene.add(lifted, color="black", line_width=5.0)
        _add_arrowhead(scene, grid, lifted, heads)
    bar = f"charge current density |j| ({unit})", "viridis", norm, "max"
    return write_slide(path, scene.render(), title, bar=bar)


def _add_contacts(scene, grid):
    """Where one region meets another, a thin line."""
    for tag in np.unique(grid["region"]):
        part = grid.threshold([tag - 0.5, tag + 0.5], scalars="region", preference="cell")
        edges = part.extract_surface(algorithm="dataset_surface", nonlinear_subdivision=0).extract_feature_edges(
            boundary_edges=True, feature_edges=False, manifold_edges=False, non_manifold_edges=False
        )
        edges = edges.translate((0, 0, 5e-4 * scene.span), inplace=False)
        scene.add(edges, color="white", line_width=2.0)


def _lines(grid, psi):
    """The contours, each a connected line, as pyvista meshes."""
    strongest = np.abs(psi).max()
    extremes = [extreme for extreme in (psi.max(), psi.min()) if abs(extreme) > _WEAK * strongest]
    for level in (0.9 * extreme * _STEP**-k for extreme in extremes for k in range(_LINES)):
        contour = grid.contour([level], scalars=_STREAM).clean()
        if contour.n_points:
            yield from contour.split_bodies(label=False)


def _add_arrowhead(scene, grid, line, heads):
    """At the highest point of a line, along the current there, if it covers none of `heads`, the places of others."""
    points, length = np.asarray(line.points), _HEAD * scene.span
    place = points[np.argmax(points[:, 1])]
    direction = np.asarray(grid["j [A/m^2]"])[grid.find_closest_cell(place * (1, 1, 0))]
    strength = np.linalg.norm(direction)
    if strength == 0 or np.ptp(points, axis=0).max() < 2 * length:
        return
    if all(np.linalg.norm(place - other) > 1.5 * length for other in heads):
        heads.append(place)
        head = pv.Cone(center=place, direction=direction / strength, height=length, radius=0.35 * length)
        scene.add(head, color="black")
