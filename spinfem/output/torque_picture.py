"""Pictures of the torque on ferromagnets: where it acts by colour, how it points in spin space by arrows."""

from functools import partial

import numpy as np
import pyvista as pv
from matplotlib import colors

from spinfem.formatting import axis_name, prefixed
from spinfem.geometry.simplices import volume
from spinfem.output.colour_scales import beyond, scale_of
from spinfem.output.scene import DIMENSION, Scene, linear, spread
from spinfem.output.slide import write_slide

_PICTURES = (
    ("torque", "torque [N/m]", "torque per area |τ|", "N/m"),
    ("torque_volume", "torque density [N/m^2]", "torque per volume |τ|", "N/m²"),
)
_MARGIN = 0.35  # of the extent of what has a torque, shown around it
_SAME_WAY = 0.97  # |mean torque| / mean |torque| of a magnet that one arrow stands for
_ARROWS = 24  # for a magnet whose torque has many directions
_FAINT = 0.01  # of the top of the scale: what is less has no arrow and does not decide what is shown


def torque_pictures(folder, grid, outside, scene):
    """What draws torque.png and torque_volume.png from the .pvtu files of these names and returns the path. No file, no picture.

    grid: the whole device with the cell data `region`; outside: its Outside; scene: the contents of scene.json.
    """
    return [
        partial(_draw, folder / f"{name}.png", grid, outside, key, scene, symbol, unit)
        for name, key, symbol, unit in _PICTURES
        if (folder / f"{name}.pvtu").is_file()
    ]


class _Torque:
    """A torque grid with, for each cell: middle, mean density, size, number of the magnet."""

    def __init__(self, path, key, scene):
        written = pv.read(path)
        ((kind, nodes),) = written.cells_dict.items()
        self.grid, self.dimension = linear(written), DIMENSION[kind]
        corners = np.asarray(written.points)[nodes[:, : self.dimension + 1]]
        self.sizes = volume(corners)
        self.middles, self.density = corners.mean(axis=1), np.asarray(written[key])[nodes].mean(axis=1)
        self.strength = np.linalg.norm(self.density, axis=1)
        self.magnet = np.asarray(self.grid["magnet"])
        self.shown = self.middles[:, 2] < 0 if scene["halved"] else np.ones(len(self.middles), dtype=bool)
        self.at_points = np.linalg.norm(self.grid[key], axis=1)

    @property
    def scale(self):
        """The strength below which most of the torque acts."""
        return scale_of(self.sizes, self.strength)


def _draw(path, grid, outside, key, scene, symbol, unit):
    torque, title = _Torque(path.with_suffix(".pvtu"), key, scene), scene["title"]
    names = {region["tag"]: name for name, region in scene["regions"].items()}
    factor, prefixed_unit = prefixed(torque.scale, unit)
    norm = colors.Normalize(0.0, torque.scale * factor)
    notable = torque.shown & (torque.strength > _FAINT * torque.scale)
    box = _box_around(torque.middles[notable], 0.02 * grid.length)
    device = _surface_in(box, outside.faces)
    scene = Scene(device)
    scene.add(device, color="#cccccc", opacity=0.16 if scene.solid else 0.45)
    scene.add_lines(device.extract_feature_edges(feature_angle=30, manifold_edges=False, non_manifold_edges=False))
    torque.grid["shown"] = torque.at_points * factor
    shown = torque.grid.clip_box(box, invert=False)
    if not torque.shown.all():
        shown = shown.clip("z", origin=(0.0, 0.0, 0.0))
    if not scene.solid:
        shown.points[:, 2] += 1e-3 * scene.span  # in front of the device
    scene.add(shown, scalars="shown", cmap="viridis", clim=(norm.vmin, norm.vmax), line_width=14)
    for order, (tag, name) in enumerate(names.items()):
        cells = np.flatnonzero((torque.magnet == tag) & notable)
        if cells.size:
            _add_arrows(scene, torque, cells, name, order)
    bar = f"{symbol} ({prefixed_unit})", "viridis", norm, beyond(torque.strength * factor, norm)
    return write_slide(path, scene.render(), title, bar=bar)


def _box_around(points, least):
    """[low x, high x, ...] of the neighbourhood of `points`, with a margin of at least so many nm."""
    low, high = points.min(axis=0), points.max(axis=0)
    margin = max(_MARGIN * np.linalg.norm(high - low), least)
    return np.stack([low - margin, high + margin], axis=1).ravel()


def _surface_in(box, surface):
    """The surface of the device inside the box."""
    # Neighbours of unlike orientation would look like an edge of the device.
    surface = surface.clean().compute_normals(consistent_normals=True, split_vertices=False)
    return surface.clip_box(box, invert=False).extract_surface(algorithm="dataset_surface").clean()


def _add_arrows(scene, torque, cells, name, order):
    """One arrow and its direction in words for a magnet whose torque points one way; arrows all over it for others."""
    weights = torque.sizes[cells, None]
    mean = (weights * torque.density[cells]).sum(axis=0)
    length = min(0.1 * scene.span, scene.breadth / 2)
    if np.linalg.norm(mean) > _SAME_WAY * (weights[:, 0] * torque.strength[cells]).sum():
        _add_named_arrow(scene, torque.middles[cells], mean / np.linalg.norm(mean), length, name, order)
        return
    for cell in cells[spread(torque.middles[cells], _ARROWS, length / 2)]:
        scene.add_arrow(
            _in_front(scene, torque.middles[cell]), torque.density[cell] / torque.strength[cell], length / 2
        )


def _add_named_arrow(scene, points, direction, length, name, order):
    """Above the highest of `points`; in a flat device beside their middle."""
    low, high = points.min(axis=0), points.max(axis=0)
    middle, up = (low + high) / 2, np.array([0.0, 0.0, 1.0] if scene.solid else [0.0, 1.0, 0.0])
    if scene.solid:
        middle[2] = scene.high[2] + length * (
            0.15 + abs(direction[2]) / 2 + 0.9 * order
        )  # labels keep clear of each other
    elif (high - low)[1] > 2 * length:
        middle[1] = high[1] - length  # a line is best seen where no arrow lies on it
    scene.add_arrow(_in_front(scene, middle), direction, length)
    scene.label(
        f"{name}: {axis_name(direction, '.2f', 1e-6)}", middle + (0.6 + 0.15 * abs(direction @ up)) * length * up
    )


def _in_front(scene, point):
    """In a flat device, before everything else."""
    return point if scene.solid else point + np.array([0.0, 0.0, 0.2 * scene.span])
