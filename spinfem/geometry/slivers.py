"""What straight edges miss of the curves of a drawing, cell by cell. How much of a number that is, energies in these cells say (`spinfem.study.beside_curves`)."""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from spinfem.geometry.facets import codes, facets_of, found_among
from spinfem.geometry.rounding import on_curves, ways
from spinfem.geometry.simplices import volume
from spinfem.geometry.split import edges_of


@dataclass(frozen=True)
class Slivers:
    """What lies between straight edges and the curves, or curved faces, that they come near to: a row for each such edge and each cell beside it."""

    cells: np.ndarray  # (n,)
    edges: np.ndarray  # (n, 2) nodes of the MeshData, the lower one first
    parts: np.ndarray  # (n,) of the volume of the cell, missed there; negative where the cell has too much
    normals: np.ndarray  # (n, dimension) across the curve where metals meet, unit vectors; 0 elsewhere

    @staticmethod
    def all_of(several) -> "Slivers":
        """Those of some Slivers."""
        every = [(some.cells, some.edges, some.parts, some.normals) for some in several]
        return Slivers(*map(np.concatenate, zip(*every, strict=True)))

    def among(self, cells) -> "Slivers":
        """Those beside some cells, (k,) numbers of MeshData, which then count from zero."""
        local = np.full(max(cells.max(initial=-1), self.cells.max(initial=-1)) + 1, -1)
        local[cells] = np.arange(len(cells))
        here = local[self.cells] >= 0
        return Slivers(local[self.cells[here]], self.edges[here], self.parts[here], self.normals[here])


def shaped(data, first):
    """MeshData whose nodes from number `first` on are on their curves, and which knows what it misses of these. The drawing is the open model."""
    data = on_curves(data, first)
    return replace(data, slivers=_slivers(data))


def _slivers(data):
    """Those of curves in 2D and of curved faces in 3D, and of curves that are the rim of something in a plane; None where all is straight."""
    if not data.curved:
        return None
    facets = facets_of(data)
    faces = [_beside_face(part, data, facets) for part in data.curved if part.dimension == data.dimension - 1]
    known = np.concatenate([np.empty(0, dtype=np.int64), *(codes(found.edges, len(data.points)) for found in faces)])
    rims = [
        (part, _others(part, known, len(data.points))) for part in data.curved if part.dimension < data.dimension - 1
    ]
    return Slivers.all_of([*faces, *(_around_rim(part, edges, data) for part, edges in rims if len(edges))])


def _beside_face(part, data, facets):
    """Gaps are as those of parabolas through the middles of edges: over a segment 2/3 of that in the middle, over a triangle 1/3 of the three."""
    points, n = data.points, len(data.points)
    which = found_among(facets.nodes, part.simplices, n)
    at_terminal = np.isin(which, found_among(facets.nodes, data.facets, n))
    heights = np.where(at_terminal, -1, 1) * (2 / 3 if part.dimension == 1 else 1 / 3) * volume(points[part.simplices])
    found = []
    for pair in combinations(range(part.dimension + 1), 2):
        edges = np.sort(part.simplices[:, list(pair)], axis=1)
        across, middles = ways(part, points, edges)[0], points[edges].mean(axis=1)
        gaps = np.linalg.norm(across, axis=1)
        normals = across / np.maximum(gaps, np.finfo(float).tiny)[:, None]
        for cells in facets.cells[which].T:
            here = np.flatnonzero(cells >= 0)
            corners = points[data.cells[cells[here]]]
            outwards = np.sign(np.sum((middles[here] - corners.mean(axis=1)) * normals[here], axis=1))
            inner = facets.count[which[here]] > 1
            parts = outwards * heights[here] * gaps[here] / volume(corners)
            found.append(Slivers(cells[here], edges[here], parts, inner[:, None] * normals[here]))
    return Slivers.all_of(found)


def _others(part, known, n):
    """The edges of a CurvedPart, (n, 2), that have none of the codes `known`."""
    edges = edges_of(part.simplices)
    return edges[~np.isin(codes(edges, n), known)]


def _around_rim(part, edges, data):
    """As the rim of a contact moves by d, a current changes by d/r of the power within r of it (by the exact solution for a disk)."""
    points, n = data.points, len(data.points)
    missed = 2 / 3 * np.linalg.norm(ways(part, points, edges)[0], axis=1)
    found = []
    for pair in combinations(range(data.dimension + 1), 2):
        which = found_among(edges, data.cells[:, list(pair)], n)
        cells = np.flatnonzero(which >= 0)
        which = which[cells]
        radii = np.sqrt(6 * volume(points[data.cells[cells]]) / volume(points[edges[which]]))
        found.append(Slivers(cells, edges[which], missed[which] / radii, np.zeros((len(cells), data.dimension))))
    return Slivers.all_of(found)
