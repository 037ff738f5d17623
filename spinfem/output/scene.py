"""The device seen from outside, rendered off screen by pyvista: an image without any lettering, and where points land in it."""

from dataclasses import dataclass

import numpy as np
import pyvista as pv

from spinfem.formatting import nice_length

_WINDOW = (2400, 1500)
_TO_THE_FRONT = -66_000  # steps of depth: as many as there are
_MARGIN = 24  # pixels left around what is drawn
DIMENSION = {
    pv.CellType.LINE: 1,
    pv.CellType.QUADRATIC_EDGE: 1,
    pv.CellType.TRIANGLE: 2,
    pv.CellType.QUADRATIC_TRIANGLE: 2,
    pv.CellType.TETRA: 3,
    pv.CellType.QUADRATIC_TETRA: 3,
}


@dataclass(frozen=True)
class Image:
    """Pixels (rows, columns, 3) and labels: [(text, column, row)] of points that were asked for."""

    pixels: np.ndarray
    labels: list


class Scene:
    """A view of a grid (coordinates in nm): 3D devices obliquely from above, 2D ones face on."""

    def __init__(self, grid):
        self.grid = grid
        self.low, self.high = np.array(grid.bounds[::2]), np.array(grid.bounds[1::2])
        self.solid = self.high[2] > self.low[2]
        self.span = float(np.linalg.norm(self.high - self.low))
        self.breadth = float(np.sort(self.high - self.low)[1])  # the second largest extent: what an arrow may cover
        self.plotter = pv.Plotter(off_screen=True, window_size=_WINDOW)
        self.plotter.set_background("white")
        self.plotter.enable_anti_aliasing("ssaa")
        self._labels = []

    def add(self, mesh, **options):
        """Add a mesh, return its actor; light only where there is depth, and soft enough that a colour stays readable in the shade."""
        return self.plotter.add_mesh(
            mesh, lighting=self.solid, ambient=0.5, diffuse=0.6, show_scalar_bar=False, **options
        )

    def add_outline(self, surface) -> None:
        """Thin lines where the device ends or bends, so that pale colours still have a shape."""
        edges = surface.extract_feature_edges(feature_angle=30, manifold_edges=False, non_manifold_edges=False)
        if edges.n_cells:
            self.plotter.add_mesh(edges, color="#555555", line_width=1.5, lighting=False)

    def label(self, text, point) -> None:
        """Remember to write `text` at a point of the scene."""
        self._labels.append((text, np.asarray(point, dtype=float)))

    def add_arrow(self, middle, direction, length, in_front=False) -> None:
        """An arrow around its middle; `in_front`: whatever else is nearer to the eye."""
        start = np.asarray(middle) - np.asarray(direction) * length / 2
        arrow = pv.Arrow(
            start=start, direction=direction, scale=length, tip_radius=0.11, tip_length=0.3, shaft_radius=0.04
        )
        actor = self.add(arrow, color="black")
        if in_front:
            actor.mapper.SetResolveCoincidentTopologyToPolygonOffset()
            actor.mapper.SetRelativeCoincidentTopologyPolygonOffsetParameters(0.0, _TO_THE_FRONT)

    def render(self):
        """The finished Image, cut to what is drawn. The scene cannot be used afterwards."""
        self._add_scale_bar()
        self.plotter.enable_parallel_projection()
        if self.solid:
            self.plotter.view_vector((0.45, -1.0, 0.8), viewup=(0, 0, 1))
        else:
            self.plotter.view_xy()
        self.plotter.reset_camera()
        pixels = np.asarray(self.plotter.screenshot(return_img=True))[:, :, :3]
        drawn = np.argwhere((pixels < 250).any(axis=2))
        (top, left), (bottom, right) = np.maximum(drawn.min(axis=0) - _MARGIN, 0), drawn.max(axis=0) + _MARGIN
        labels = [(text, column - left, row - top) for text, column, row in map(self._place, self._labels)]
        self.plotter.close()
        return Image(pixels[top:bottom, left:right], labels)

    def _place(self, label):
        text, point = label
        renderer = self.plotter.renderer
        renderer.SetWorldPoint(*point, 1.0)
        renderer.WorldToDisplay()
        column, row, _ = renderer.GetDisplayPoint()
        return text, column, _WINDOW[1] - row

    def _add_scale_bar(self):
        """A bar of a round length along x in front of the device; in 3D also along y and z, with the names of the axes."""
        corner = np.array([self.low[0], self.low[1] - 0.05 * self.span, self.low[2]])
        length = nice_length((self.high - self.low)[0] / 5)
        self._add_bar(corner, np.array([length, 0.0, 0.0]), f"{_nm(length)}")
        if self.solid:
            reach = 0.04 * self.span
            corner[0] -= 2.5 * reach
            for axis, name in zip(np.eye(3), "xyz", strict=True):
                self.add_arrow(corner + axis * reach / 2, axis, reach)
                self.label(name, corner + axis * 1.35 * reach)

    def _add_bar(self, start, vector, text):
        self.add(pv.Line(start, start + vector), color="black", line_width=7)
        self.label(text, start + vector / 2 - np.array([0, 0.025, 0]) * self.span)


def _nm(length):
    return f"{length:g} nm" if length < 1000 else f"{length / 1000:g} µm"


def spread(points, most, finest):
    """Numbers of at most `most` of the points (n, 3): of each box of a lattice the one nearest its middle.

    The lattice fills the box around the points; it is as fine as `most` allows, but has no edges shorter than `finest`.
    """
    low, extent, step = points.min(axis=0), np.ptp(points, axis=0), finest
    while True:
        counts = np.maximum(np.floor(extent / step + 1e-9), 1)
        sides = np.where(extent > 0, extent / counts, 1.0)
        place = (points - low) / sides
        boxes = np.minimum(np.floor(place), counts - 1)
        nearest_first = np.argsort(np.linalg.norm((place - boxes - 0.5) * sides, axis=1), kind="stable")
        chosen = nearest_first[np.unique(boxes[nearest_first], axis=0, return_index=True)[1]]
        if len(chosen) <= most:
            return chosen
        step *= 1.15


def linear(grid):
    """The grid with straight cells of corners only; points in the middle of edges stay behind, in no cell.

    What VTK cuts of quadratic cells, or takes for their surface, does not fit to the rest.
    """
    if len(grid.cells_dict) > 1:  # a device that was cut open consists of corners already
        return grid
    ((kind, nodes),) = grid.cells_dict.items()
    dimension = DIMENSION[kind]
    straight = (None, pv.CellType.LINE, pv.CellType.TRIANGLE, pv.CellType.TETRA)[dimension]
    plain = pv.UnstructuredGrid({straight: nodes[:, : dimension + 1]}, np.array(grid.points))
    plain.point_data.update(grid.point_data)
    plain.cell_data.update(grid.cell_data)
    return plain
