"""The outside of a device as triangles, made once for all its pictures.

Ranks write pieces with points of their own, and points are doubled where potentials jump. So places decide what is outside: a face that no
second cell has.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pyvista as pv

from spinfem.geometry.facets import edges_of, facets_of
from spinfem.geometry.simplices import unit_normals
from spinfem.output.scene import DIMENSION

_NEAR = 1e-6  # of the size of the device: two corners that are nearer to each other are one
_BEND = np.cos(np.radians(30))  # of normals at an edge that is drawn
_MIDDLES = np.array(
    [[0, 4, 6, 7], [4, 0, 5, 8], [6, 5, 0, 9], [7, 8, 9, 0]]
)  # of edges of a quadratic tetrahedron, by its corners
_QUARTERS = np.array(
    [[0, 3, 5], [3, 1, 4], [5, 4, 2], [3, 4, 5]]
)  # of a triangle, by its corners and the middles of its edges
_NODE = "node"


@dataclass(frozen=True)
class Outside:
    """What is seen of a device, as pyvista.PolyData."""

    faces: pv.PolyData  # straight triangles, with the cell data `region`
    fine: pv.PolyData  # triangles between all nodes, with the point data `node`: which point of the grid it is
    edges: pv.PolyData  # lines where the device ends or bends, and where regions meet
    middles: np.ndarray  # (cells, 3) of all cells of the grid

    def coloured(self, values):
        """`fine` with the point data `shown`; values: at all points of the grid."""
        surface = self.fine.copy(deep=False)
        surface["shown"] = np.asarray(values)[surface[_NODE]]
        return surface


def outside_of(grid):
    """The Outside of a grid of triangles or tetrahedra, straight or quadratic; of one that was cut open, what VTK takes for it."""
    if len(kinds := grid.cells_dict) > 1:
        return _of_cut(grid)
    ((kind, nodes),) = kinds.items()
    points, dimension = np.asarray(grid.points), DIMENSION[kind]
    places = _places(points, nodes[:, : dimension + 1])
    cells, middles = np.arange(len(nodes)), points[nodes[:, : dimension + 1]].mean(axis=1)
    if dimension == 3:
        facets = facets_of(SimpleNamespace(dimension=3, cells=places, points=points))
        cells, opposite = facets.cells[facets.outer, 0], facets.opposite[facets.outer, 0]
        rising = np.argsort(places[cells], axis=1)
        corner = rising[np.arange(4) != opposite[:, None]].reshape(-1, 3)
        middle = _MIDDLES[corner, corner[:, [1, 2, 0]]]
        quadratic = nodes.shape[1] > 4
        nodes = np.take_along_axis(nodes[cells], np.hstack([corner, middle]) if quadratic else corner, axis=1)
        places = np.take_along_axis(places[cells], corner, axis=1)
    region = np.asarray(grid["region"])[cells]
    faces = pv.PolyData.from_regular_faces(*_of_used(points, nodes[:, :3])[:2])
    faces.cell_data["region"] = region
    quarters = nodes[:, _QUARTERS].reshape(-1, 3) if nodes.shape[1] > 3 else nodes
    corners, triangles, used = _of_used(points, quarters)
    fine = pv.PolyData.from_regular_faces(corners, triangles)
    fine[_NODE] = used
    return Outside(faces, fine, _edges(points[nodes[:, :3]], places, region), middles)


def _places(points, nodes):
    """The numbers of places of some nodes, (cells, n): equal where the points are."""
    used, numbers = np.unique(nodes, return_inverse=True)
    here = points[used] - points.min(axis=0)
    steps = np.round(here / (_NEAR * np.linalg.norm(np.ptp(points, axis=0)))).astype(np.int64)
    _, place = np.unique(steps @ np.array([1 << 42, 1 << 21, 1]), return_inverse=True)
    return place.ravel()[numbers].reshape(nodes.shape)


def _of_used(points, nodes):
    """(the points that occur in `nodes`, the same triangles by their numbers, which points they are)."""
    used, numbers = np.unique(nodes, return_inverse=True)
    return points[used], numbers.reshape(nodes.shape), used


def _edges(corners, places, region):
    """Edges of triangles that belong to one of them alone, along which they bend, or at which two regions meet."""
    order = np.argsort(places, axis=1)
    ends, which = edges_of(np.take_along_axis(places, order, axis=1))
    low, high = np.full((2, len(ends)), -1)
    owner = np.repeat(np.arange(len(places)), 3)
    high[which.ravel()] = owner
    low[which.ravel()[::-1]] = owner[::-1]
    normals = unit_normals(corners)
    alone = low == high
    bent = np.abs(np.sum(normals[low] * normals[high], axis=1)) < _BEND
    drawn = np.flatnonzero(alone | bent | (region[low] != region[high]))
    where = np.empty((places.max() + 1, 3))
    where[places] = corners
    lines = np.column_stack([np.full(len(drawn), 2), np.arange(2 * len(drawn)).reshape(-1, 2)])
    return pv.PolyData(where[ends[drawn]].reshape(-1, 3), lines=lines.ravel())


def _of_cut(grid):
    numbered = grid.copy(deep=False)
    numbered[_NODE] = np.arange(grid.n_points)
    faces = numbered.extract_surface(algorithm="dataset_surface").triangulate()
    triangles, points = faces.faces.reshape(-1, 4)[:, 1:], np.asarray(faces.points)
    edges = _edges(points[triangles], _places(points, triangles), np.asarray(faces["region"]))
    return Outside(faces, faces, edges, np.asarray(grid.cell_centers().points))
