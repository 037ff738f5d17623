"""The device seen from outside, rendered off screen by pyvista: an image without any lettering, and where points land in it."""

from dataclasses import dataclass

import numpy as np
import PIL.Image
import pyvista as pv
from PIL import ImageChops

from spinfem.formatting import nice_length

_LONGER = 3000  # pixels of the longer side of the window: three for two of a slide, which smooths edges
_TO_THE_FRONT = -66_000  # steps of depth: as many as there are
_MARGIN = 32  # pixels left around what is drawn
_AROUND = 1.05  # of what is drawn, the window
_LEAST = 200  # pixels of its shorter side
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
    """Pixels, and labels: [(text, column, row)] of points that were asked for."""

    pixels: PIL.Image.Image
    labels: list


class Scene:
    """A view of a grid (coordinates in nm): 3D devices obliquely from above, 2D ones face on."""

    def __init__(self, grid):
        self.grid = grid
        self.low, self.high = np.array(grid.bounds[::2]), np.array(grid.bounds[1::2])
        self.solid = self.high[2] > self.low[2]
        self.span = float(np.linalg.norm(self.high - self.low))
        self.breadth = float(np.sort(self.high - self.low)[1])  # the second largest extent: what an arrow may cover
        self.plotter = pv.Plotter(off_screen=True)
        self.plotter.disable_anti_aliasing()
        self.plotter.set_background("white")
        self._labels = []

    def add(self, mesh, **options):
        """Add a mesh, return its actor; light only where there is depth, and soft enough that a colour stays readable in the shade."""
        return self.plotter.add_mesh(
            mesh, lighting=self.solid, ambient=0.5, diffuse=0.6, show_scalar_bar=False, **options
        )

    def add_lines(self, edges) -> None:
        """Thin lines along the edges of the device, so that pale colours still have a shape."""
        if edges.n_cells:
            self.plotter.add_mesh(edges, color="#555555", line_width=2, lighting=False)

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
        self._look()
        whole = PIL.Image.fromarray(np.asarray(self.plotter.screenshot(return_img=True)))
        left, top, right, bottom = ImageChops.invert(whole).getbbox() or (0, 0, *whole.size)
        left, top = max(left - _MARGIN, 0), max(top - _MARGIN, 0)
        right, bottom = min(right + _MARGIN, whole.width), min(bottom + _MARGIN, whole.height)
        labels = [(text, column - left, row - top) for text, column, row in map(self._place, self._labels)]
        self.plotter.close()
        return Image(whole.crop((left, top, right, bottom)), labels)

    def _look(self):
        """Turn the camera to what there is, and make the window as large as that."""
        eye = np.array([0.45, -1.0, 0.8] if self.solid else [0.0, 0.0, 1.0])
        eye /= np.linalg.norm(eye)
        right = np.cross([0.0, 0.0, 1.0], eye) if self.solid else np.array([1.0, 0.0, 0.0])
        right /= np.linalg.norm(right)
        up = np.cross(eye, right)
        bounds = np.array(self.plotter.bounds).reshape(3, 2)
        corners = np.stack(np.meshgrid(*bounds, indexing="ij"), axis=-1).reshape(-1, 3)
        width, height = (np.ptp(corners @ axis) * _AROUND for axis in (right, up))
        pixel = max(width, height) / _LONGER
        self.plotter.window_size = [max(round(extent / pixel), _LEAST) for extent in (width, height)]
        camera, middle = self.plotter.camera, bounds.mean(axis=1)
        camera.focal_point, camera.position, camera.up = middle, middle + eye * 2 * self.span, up
        camera.parallel_projection, camera.parallel_scale = True, self.plotter.window_size[1] * pixel / 2
        self.plotter.renderer.ResetCameraClippingRange()

    def _place(self, label):
        text, point = label
        renderer = self.plotter.renderer
        renderer.SetWorldPoint(*point, 1.0)
        renderer.WorldToDisplay()
        column, row, _ = renderer.GetDisplayPoint()
        return text, column, self.plotter.window_size[1] - row

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
        box = boxes @ np.array([counts[1] * counts[2], counts[2], 1.0])
        if len(np.unique(box)) <= most:
            break
        step *= 1.15
    nearest_first = np.argsort(np.linalg.norm((place - boxes - 0.5) * sides, axis=1), kind="stable")
    return nearest_first[np.unique(box[nearest_first], return_index=True)[1]]


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
