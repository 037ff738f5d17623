"""Curves and curved faces of a drawing: where their edges are cut, the new nodes are put on them.

Gmsh knows the shape, so the drawing is opened again, on rank 0, and asked for the nearest points. A node whose move would turn a cell over stays on its chord.
"""

from dataclasses import dataclass, replace

import numpy as np

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.curved import STRAIGHT
from spinfem.geometry.extract import elements
from spinfem.geometry.split import edges_of, split

_ROUNDS = 6


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


def rounded(data, steepest):
    """MeshData whose edges on curves are cut until the middle of each is off by less than `steepest` of its length. The drawing is the open model."""
    for _ in range(_ROUNDS):
        edges = np.concatenate([np.empty((0, 2), dtype=np.int64), *(edges_of(part.simplices) for part in data.curved)])
        edges = np.unique(edges, axis=0)
        if not len(edges):
            return data
        ends = data.points[edges]
        middles = ends.mean(axis=1)
        off = np.linalg.norm(_moved(data, edges, middles) - middles, axis=1)
        far = off > steepest * np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
        if not far.any():
            return data
        n = len(data.points)
        data = on_curves(split(data, edges[far], np.full(far.sum(), 0.5)), n)
    return data


def _moved(data, edges, middles):
    """The points of the curves that are nearest to the middles of edges; of those on a curve where two faces meet, of that curve."""
    moved = middles.copy()
    known = {tuple(edge): k for k, edge in enumerate(edges.tolist())}
    for part in data.curved:
        rows = np.array([known[tuple(edge)] for edge in edges_of(part.simplices).tolist()])
        moved[rows] = _nearest(part, middles[rows])
    return moved


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


def _nearest(part, points):
    padded = np.zeros((len(points), 3))
    padded[:, : points.shape[1]] = points
    try:
        found, _ = gmsh.model.getClosestPoint(part.dimension, part.entity, padded.ravel())
    except Exception:  # a kind of face that Gmsh cannot ask: its chords stay
        return points
    return np.asarray(found).reshape(-1, 3)[:, : points.shape[1]]


def _signed(points, cells):
    corners = points[cells]
    return np.linalg.det(corners[:, 1:] - corners[:, :1])
