"""Values of a solution at points, wherever in the distributed mesh they lie."""

from dataclasses import dataclass

import basix.ufl
import numpy as np
from dolfinx import geometry, la
from mpi4py import MPI

from spinfem.compat import nodes_of_cells
from spinfem.postprocessing.functional import ROUGH, Dual, Functional


class PointOutside(ValueError):
    """A point lies in no cell of the wanted region; `index` tells which."""

    def __init__(self, index):
        super().__init__(f"point {index} lies outside")
        self.index = index


def locate(device, points, region=None):
    """Who answers for each of `points`, (k, 3) in metres: (rank, this rank's cell or -1), looking only into `region` if it is named.

    On a boundary between cells of several ranks the lowest rank answers, so the result does not depend on who runs faster.
    Raises PointOutside on every rank. Collective.
    """
    answering, containing = _answers(device, points, region)
    if (nowhere := np.flatnonzero(answering == device.mesh.comm.size)).size:
        raise PointOutside(int(nowhere[0]))
    return answering, containing


def inside(device, points, region):
    """Which of `points`, (k, 3) in metres, are in a region, (k,). Collective."""
    return _answers(device, points, region)[0] < device.mesh.comm.size


def _answers(device, points, region):
    """The rank that answers for each point, as many as there are for nobody; this rank's cell or -1."""
    mesh = device.mesh
    comm, tdim = mesh.comm, mesh.topology.dim
    owned = mesh.topology.index_map(tdim).size_local
    cells = np.arange(owned) if region is None else device.cells_of(region)
    cells = cells[cells < owned].astype(np.int32)
    points = np.ascontiguousarray(points, dtype=float).reshape(-1, 3) / device.length_unit
    containing = _containing_cells(mesh, points, cells)
    answering = np.where(containing >= 0, comm.rank, comm.size).astype(np.int64)
    comm.Allreduce(MPI.IN_PLACE, answering, op=MPI.MIN)
    return answering, containing


def sample(device, function, points, region=None):
    """Values of `function` at `points`, (k, 3) in metres: an array (k, block), the same on every rank. See `locate`. Collective."""
    comm = device.mesh.comm
    answering, containing = locate(device, points, region)
    mine = np.flatnonzero(answering == comm.rank)
    values = np.zeros((len(answering), function.function_space.dofmap.index_map_bs))
    if mine.size:
        coordinates = np.asarray(points, dtype=float).reshape(-1, 3)[mine] / device.length_unit
        values[mine] = function.eval(coordinates, containing[mine]).reshape(mine.size, -1)
    comm.Allreduce(MPI.IN_PLACE, values, op=MPI.SUM)
    return values


@dataclass(frozen=True)
class PointValues(Functional):
    """phi, v (x, y, z) and the unknowns of scalars at k points (metres), in `region` if it is named, V, shape (k, 4 + scalars)."""

    linear = True
    roughness = ROUGH
    points: tuple[tuple[float, float, float], ...]
    region: str | None = None

    def value(self, solution):
        values = sample(solution.device, solution.potentials, self.points, self.region)
        return solution.layout.numbers(values)

    def noise(self, solution):
        return solution.noise * solution.largest_potential()

    def dual(self, solution, weights):
        layout, space = solution.layout, solution.problem.space
        blocks = layout.of_numbers(weights)
        answering, containing = locate(solution.device, self.points, self.region)
        total = la.vector(space.dofmap.index_map, layout.size)
        for k in np.flatnonzero(answering == solution.comm.rank):
            shape = _shape_functions(solution, self.points[k], containing[k])
            nodes = space.dofmap.cell_dofs(containing[k])
            layout.blocks(total.array)[nodes] += shape[:, None] * blocks[k]
        total.scatter_reverse(la.InsertMode.add)
        return Dual(potentials=layout.blocks(total.array)[: len(solution.reactions)].copy())


def _shape_functions(solution, point, cell):
    """The values of a cell's shape functions at a point (metres) in it."""
    mesh, degree = solution.device.mesh, solution.problem.degree
    corners = mesh.geometry.x[nodes_of_cells(mesh)[cell]]
    tdim = mesh.topology.dim
    edges = (corners[1:] - corners[0])[:, :tdim]
    reference = np.linalg.solve(edges.T, np.asarray(point)[:tdim] / solution.device.length_unit - corners[0, :tdim])
    element = basix.ufl.element("Lagrange", mesh.basix_cell(), degree)
    return np.asarray(element.tabulate(0, reference[None]))[0, 0]


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
