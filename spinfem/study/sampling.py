"""Values of a solution at points, wherever in the distributed mesh they lie."""

import numpy as np
from dolfinx import geometry
from mpi4py import MPI


class PointOutside(ValueError):
    """A point lies in no cell of the wanted region; `index` tells which."""

    def __init__(self, index):
        super().__init__(f"point {index} lies outside")
        self.index = index


def sample(function, points, cells=None):
    """Evaluate `function` at `points`, shape (k, 3), in mesh units, looking only into `cells` (local, owned; default all).

    Returns (k, block) on every rank. On a boundary between cells of several ranks the lowest rank answers, so the result does not depend
    on who runs faster. Raises PointOutside. Collective.
    """
    mesh = function.function_space.mesh
    comm, tdim = mesh.comm, mesh.topology.dim
    owned = mesh.topology.index_map(tdim).size_local
    cells = np.arange(owned, dtype=np.int32) if cells is None else cells[cells < owned].astype(np.int32)
    points = np.ascontiguousarray(points, dtype=float).reshape(-1, 3)
    containing = _containing_cells(mesh, points, cells)
    found = containing >= 0
    answering = np.where(found, comm.rank, comm.size).astype(np.int64)
    comm.Allreduce(MPI.IN_PLACE, answering, op=MPI.MIN)
    if (outside := np.flatnonzero(answering == comm.size)).size:
        raise PointOutside(int(outside[0]))
    mine = np.flatnonzero(answering == comm.rank)
    values = np.zeros((len(points), function.function_space.dofmap.index_map_bs))
    if mine.size:
        values[mine] = function.eval(points[mine], containing[mine]).reshape(mine.size, -1)
    comm.Allreduce(MPI.IN_PLACE, values, op=MPI.SUM)
    return values


def _containing_cells(mesh, points, cells):
    """For each point the first of `cells` that contains it, or -1."""
    containing = np.full(len(points), -1, dtype=np.int32)
    if not cells.size:
        return containing
    tree = geometry.bb_tree(mesh, mesh.topology.dim, entities=cells, padding=1e-9 * float(np.ptp(points) or 1.0))
    candidates = geometry.compute_collisions_points(tree, points)
    colliding = geometry.compute_colliding_cells(mesh, candidates, points)
    hit = np.diff(colliding.offsets) > 0
    containing[hit] = colliding.array[colliding.offsets[:-1][hit]]
    return containing
