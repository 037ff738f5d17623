"""Curves and curved faces of a drawing: where their edges are cut, the new nodes are put on them.

Gmsh knows the shape, so the drawing is opened again, on rank 0, and asked for the nearest points. A node whose move would turn a cell over stays on its chord.

Before anything is solved, edges are short enough when a circle, or a cylinder, of such edges misses little: a layer of mean thickness g along a curve of curvature k
is 2 g k of what is inside. How much a number depends on what is still missed, the energies beside it say (`slivers`, `spinfem.study.goal_error`).
"""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.curved import STRAIGHT
from spinfem.geometry.extract import elements
from spinfem.geometry.facets import codes, facets_of, found_among
from spinfem.geometry.mesh_data import Slivers
from spinfem.geometry.simplices import volume
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


def shaped(data, first):
    """MeshData whose nodes from number `first` on are on their curves, and which knows what it misses of these. The drawing is the open model."""
    data = on_curves(data, first)
    return replace(data, slivers=_slivers(data))


def _slivers(data):
    """The Slivers of MeshData: those of curves in 2D and of curved faces in 3D, and of curves that are the rim of something in a plane."""
    faces = [_beside_faces(part, data) for part in data.curved if part.dimension == data.dimension - 1]
    known = np.concatenate([np.empty(0, dtype=np.int64), *(_codes(found.edges, data) for found in faces)])
    rims = [_around_rims(part, data, known) for part in data.curved if part.dimension < data.dimension - 1]
    return Slivers.all_of([*faces, *rims]) if data.curved else None


def _beside_faces(part, data):
    """Gaps are as those of parabolas through the middles of edges: over a segment 2/3 of that in the middle, over a triangle 1/3 of the three."""
    facets = facets_of(data)
    cells = facets.cells[found_among(facets, part.simplices, len(data.points))]
    outer, terminal = cells[:, 1] < 0, np.isin(_codes(part.simplices, data), _codes(data.facets, data))
    share = 2 / 3 if part.dimension == 1 else 1 / 3
    areas = share * volume(data.points[part.simplices])
    found = []
    for pair in combinations(range(part.dimension + 1), 2):
        edges = np.sort(part.simplices[:, list(pair)], axis=1)
        middles = data.points[edges].mean(axis=1)
        across = _ways(part, data.points, edges)[0]
        gaps = np.linalg.norm(across, axis=1)
        normals = across / np.maximum(gaps, np.finfo(float).tiny)[:, None]
        for beside in cells.T:
            there = beside >= 0
            corners = data.points[data.cells[beside[there]]]
            outwards = np.sign(np.sum((middles[there] - corners.mean(axis=1)) * normals[there], axis=1))
            parts = np.where(terminal[there], -1, 1) * outwards * areas[there] * gaps[there] / volume(corners)
            inner = np.where(outer[there, None], 0.0, normals[there])
            found.append(Slivers(beside[there], edges[there], parts, inner))
    return Slivers.all_of(found)


def _around_rims(part, data, known):
    """Those of edges that are not among `known`. As the rim of a contact moves by d, a current changes by d/r of the power within r of it (by the exact solution for a disk)."""
    edges = edges_of(part.simplices)
    edges = edges[~np.isin(_codes(edges, data), known)]
    missed = 2 / 3 * np.linalg.norm(_ways(part, data.points, edges)[0], axis=1)
    every, found = _codes(edges, data), []
    order = np.argsort(every)
    for pair in combinations(range(data.dimension + 1), 2):
        sides = data.cells[:, list(pair)]
        here = _codes(sides, data)
        cells = np.flatnonzero(np.isin(here, every))
        which = order[np.searchsorted(every, here[cells], sorter=order)]
        lengths = volume(data.points[edges[which]])
        across = np.sqrt(6 * volume(data.points[data.cells[cells]]) / np.maximum(lengths, np.finfo(float).tiny))
        found.append(Slivers(cells, edges[which], missed[which] / across, np.zeros((len(cells), data.dimension))))
    return Slivers.all_of(found)


def _codes(edges, data):
    return codes(np.sort(edges, axis=1), len(data.points))


def _ways(part, points, edges):
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
    ways, parameters = _ways(part, points, edges)
    gaps = np.linalg.norm(ways, axis=1)
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
