"""Curves and curved faces of a drawing: where their edges are cut, the new nodes are put on them.

Gmsh knows the shape, so the drawing is opened again, on rank 0, and asked for the nearest points. A node whose move would turn a cell over stays on its chord.

Before anything is solved, edges are short enough when a circle, or a cylinder, of such edges misses little: a layer of mean thickness g along a curve of curvature k
is 2 g k of what is inside. How much a number depends on what is still missed, the energies beside it say (`slivers`).
"""

from dataclasses import dataclass, replace

import numpy as np

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.curved import STRAIGHT
from spinfem.geometry.extract import elements
from spinfem.geometry.split import edges_of, split

_ROUNDS = 6
_STRAYED = 1e-6  # of the size of the device


@dataclass(frozen=True)
class CurvedPart:
    """The facets (or in 3D the edges too) of a mesh on one curved entity of its drawing."""

    dimension: int
    entity: int
    simplices: np.ndarray  # (n, dimension + 1) node numbers


def curved_parts(names):
    """The CurvedParts of the open, meshed model; those of a higher dimension first."""
    every = {name: tuple(entities) for name, entities in names.regions.items()}
    cells = elements(names.dimension, every, None)
    used = np.unique(np.concatenate(list(cells.values())))
    parts = []
    for dimension in range(names.dimension - 1, 0, -1):
        for _, entity in gmsh.model.getEntities(dimension):
            kind = gmsh.model.getType(dimension, entity)
            if kind not in STRAIGHT[dimension] and not kind.startswith("Discrete"):
                nodes = elements(dimension, {"": (entity,)}, None)[""].astype(np.int64)
                nodes = nodes[np.isin(nodes, used).all(axis=1)]
                if len(nodes):
                    parts.append(CurvedPart(dimension, int(entity), np.searchsorted(used, nodes)))
    return tuple(parts)


def rounded(data, allowed):
    """MeshData whose edges on curves are cut until a circle of such edges would miss less than `allowed` of its area. The drawing is the open model."""
    for _ in range(_ROUNDS):
        every = [(edges_of(part.simplices), part) for part in data.curved]
        far = [edges[_missed(part, data.points, edges) > allowed] for edges, part in every]
        cut = np.unique(np.concatenate([np.empty((0, 2), dtype=np.int64), *far]), axis=0)
        if not len(cut):
            return data
        data = on_curves(split(data, cut, np.full(len(cut), 0.5)), len(data.points))
    return data


def on_curves(data, first):
    """MeshData whose nodes from number `first` on are moved to the curves that they belong to. The drawing is the open model."""
    points = data.points.copy()
    for part in data.curved:
        nodes = np.unique(part.simplices)
        nodes = nodes[nodes >= first]
        if len(nodes):
            points[nodes] = _nearest(part, data.points[nodes])
    before = _signed(data.points, data.cells)
    for _ in range(_ROUNDS):
        flat = _signed(points, data.cells) * np.sign(before) < 0.1 * np.abs(before)
        if not flat.any():
            break
        back = np.unique(data.cells[flat])
        points[back] = data.points[back]
    return replace(data, points=points)


def strayed(data) -> bool:
    """Are there nodes on curves that are not where they belong? The drawing is the open model."""
    for part in data.curved:
        nodes = np.unique(part.simplices)
        points = data.points[nodes]
        if np.abs(_nearest(part, points) - points).max() > _STRAYED * np.ptp(data.points, axis=0).max():
            return True
    return False


def ways(part, points, edges):
    """(the ways from the middles of edges, (n, 2), to what they come near to, (n, dimension); the parameters of the nearest points, None if there are none)."""
    middles = points[edges].mean(axis=1)
    try:
        there, parameters = _closest(part, middles)
    except Exception:  # a kind of face that Gmsh cannot ask: its chords stay
        return np.zeros(middles.shape), None
    return there - middles, parameters


def _missed(part, points, edges):
    """What a circle, or a cylinder, of such edges, (n, 2), misses of its area: 4/3 of the gap in the middle times the curvature there."""
    ends = points[edges]
    across, parameters = ways(part, points, edges)
    gaps = np.linalg.norm(across, axis=1)
    if parameters is None:
        return gaps
    try:
        return 4 / 3 * gaps * np.abs(gmsh.model.getCurvature(part.dimension, part.entity, parameters))
    except (
        Exception
    ):  # straight across the curve, then: steps a miss a^2/6, and the middle of each is a/8 of its length off
        return (8 * gaps / np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)) ** 2 / 6


def _nearest(part, points):
    try:
        return _closest(part, points)[0]
    except Exception:  # a kind of face that Gmsh cannot ask: its chords stay
        return points


def _closest(part, points):
    """(the points of a CurvedPart that are nearest to points, their parameters)."""
    padded = np.zeros((len(points), 3))
    padded[:, : points.shape[1]] = points
    found, parameters = gmsh.model.getClosestPoint(part.dimension, part.entity, padded.ravel())
    return np.asarray(found).reshape(-1, 3)[:, : points.shape[1]], parameters


def _signed(points, cells):
    corners = points[cells]
    return np.linalg.det(corners[:, 1:] - corners[:, :1])
