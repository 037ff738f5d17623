"""A mesh with names on it, as plain arrays: what every reader ends in and what is then distributed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from spinfem.geometry.errors import GeometryError


@dataclass(frozen=True)
class MeshData:
    """The share of one rank; after reading, everything is on rank 0 and the shares of the other ranks are empty.

    The nodes are numbered through all ranks: node n is row n of the `points` of rank 0, 1, ... on top of each other.
    """

    points: np.ndarray  # (nodes, dimension), drawing units
    cells: np.ndarray  # (cells, dimension + 1) node numbers
    cell_tags: np.ndarray  # (cells,) the region of each cell
    facets: np.ndarray  # (facets, dimension) node numbers; only facets of terminals
    facet_tags: np.ndarray  # (facets,) the terminal of each facet
    regions: dict[str, int]
    terminals: dict[str, int]
    refined: int = 0  # how many of the refinements that the case asks for are done
    has_curves: bool = False  # that its straight edges only come near to
    slivers: Any = None  # Slivers, of a mesh of a drawing with curves that follows `accuracy`
    curved: tuple = ()  # CurvedParts of the drawing that it was made from, where its cells are to be cut

    @property
    def dimension(self):
        """1, 2 or 3."""
        return self.points.shape[1]


def from_named_cells(points, regions, terminals, source):
    """The MeshData of `points`, (nodes, 2 or 3), with `regions`: name -> (cells, dimension + 1) node numbers and
    `terminals`: name -> (facets, dimension) node numbers."""
    dimension = next(iter(regions.values())).shape[1] - 1
    cells = np.concatenate(list(regions.values())).astype(np.int64)
    facets = np.concatenate([np.empty((0, dimension)), *terminals.values()]).astype(np.int64)
    used = np.unique(cells)  # nodes of construction points and the like are nobody's
    number = np.full(len(points), -1, dtype=np.int64)
    number[used] = np.arange(len(used))
    if len(facets) and number[facets].min() < 0:
        raise GeometryError("geometry", source, "a terminal has facets that belong to no region")
    points = points[used]
    if points.shape[1] > dimension and np.ptp(points[:, 2]) > 1e-9 * np.ptp(points, axis=0).max():
        raise GeometryError("geometry", source, "a 2D drawing has to lie in the x-y plane")
    return MeshData(
        points=np.ascontiguousarray(points[:, :dimension]),
        cells=number[cells],
        cell_tags=_tags(regions),
        facets=number[facets],
        facet_tags=_tags(terminals),
        regions=_numbered(regions),
        terminals=_numbered(terminals),
    )


def _numbered(names):
    return {name: tag for tag, name in enumerate(names, start=1)}


def _tags(named):
    return np.repeat(np.arange(1, len(named) + 1, dtype=np.int32), [len(cells) for cells in named.values()])


def share(comm, data):
    """Rank 0's `data` there, an empty share with the same names on the other ranks. Collective."""
    header = comm.bcast(
        None if data is None else (data.dimension, data.regions, data.terminals, data.refined, data.has_curves),
        root=0,
    )
    return data if comm.rank == 0 else _empty(*header)


def _empty(dimension, regions, terminals, refined, has_curves):
    return MeshData(
        points=np.empty((0, dimension)),
        cells=np.empty((0, dimension + 1), dtype=np.int64),
        cell_tags=np.empty(0, dtype=np.int32),
        facets=np.empty((0, dimension), dtype=np.int64),
        facet_tags=np.empty(0, dtype=np.int32),
        regions=regions,
        terminals=terminals,
        refined=refined,
        has_curves=has_curves,
    )
