"""The charge current through a plane x, y or z = const.

*Net*, through all of the device, by reactions. Let psi be 1 at the nodes before the plane and 0 at those behind it.
Then a(u, psi) = - int j.grad psi is the current through the plane, smeared over one layer of cells, and it is the sum of
the reactions before the plane: exactly what terminals let in there. In a part of the device current need not be
conserved, and the place matters: there it is the integral of j.n.

*Both ways*, int |j.n| dA. Integrals are sums over slices: j is linear in a cell (of quadratic potentials; textures are
interpolated), the plane cuts a cell in a simplex or two, and the integral of |a linear function| over a simplex is
known in closed form.
"""

from dataclasses import dataclass

import basix
import numpy as np
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.compiling import compiling
from spinfem.compat import nodes_of_cells
from spinfem.geometry.simplices import volume
from spinfem.model.bulk import current_density

_ROUNDING = 1e-9
# (dimension, vertices before the plane) -> simplices of the cut; each corner lies on the edge between two vertices, in
# an order in which those before the plane come first.
_SIMPLICES: dict[tuple[int, int], list[tuple[tuple[int, int], ...]]] = {
    (2, 1): [((0, 1), (0, 2))],
    (2, 2): [((0, 2), (1, 2))],
    (3, 1): [((0, 1), (0, 2), (0, 3))],
    (3, 2): [((0, 2), (0, 3), (1, 3)), ((0, 2), (1, 3), (1, 2))],
    (3, 3): [((0, 3), (1, 3), (2, 3))],
}


@dataclass(frozen=True)
class CutCurrent:
    """Charge current through a plane, A."""

    net: float  # along the plane's axis
    both_ways: float  # int |j.n| dA

    @property
    def loop(self):
        """What goes around: int |j.n| dA less the net current, halved, because it passes twice."""
        return max(self.both_ways - abs(self.net), 0.0) / 2


def current_through(solution, axis, position, regions=()):
    """The CutCurrent through the plane x[axis] = position (m), in some regions (names; default: all). 2D or 3D.
    Collective."""
    net, both_ways = _integrals(solution, axis, position, regions or solution.device.regions)
    if not regions:
        net = _entering_before(solution, axis, position)
    return CutCurrent(*map(float, solution.comm.allreduce(np.array([net, both_ways]), op=MPI.SUM)))


def _entering_before(solution, axis, position):
    nodes = solution.problem.space.tabulate_dof_coordinates()[: len(solution.reactions), axis]
    before = _height(nodes, solution.device, position) <= 0
    return solution.layout.charge(solution.entering)[before].sum()


def _integrals(solution, axis, position, regions):
    """int j.n dA and int |j.n| dA over this rank's cells."""
    problem, device, mesh = solution.problem, solution.device, solution.device.mesh
    cells = _owned_cells(device, regions)
    height = _height(mesh.geometry.x[nodes_of_cells(mesh)[cells], axis], device, position)
    # A facet in the plane belongs to the cell before it, so it counts once.
    crossing = (height < 0).any(axis=1) & (height >= 0).any(axis=1)
    cells, height = cells[crossing], height[crossing]
    density = _at_corners(current_density(solution.split, problem.coefficients)[axis], mesh, cells)
    corners = mesh.geometry.x[nodes_of_cells(mesh)[cells]]
    total = np.zeros(2)
    for x, f in slices(height, corners, density):
        sizes = volume(x)
        total += (sizes @ f.mean(axis=1), absolute_integral(f, sizes).sum())
    return total * problem.siemens


def _height(coordinates, device, position):
    """How far coordinates lie behind the plane; zero where only rounding would tell on which side."""
    reach = device.mesh.comm.allreduce(np.abs(device.mesh.geometry.x).max(initial=0.0), op=MPI.MAX)
    height = coordinates - position / device.length_unit
    return np.where(np.abs(height) < _ROUNDING * reach, 0.0, height)


def _owned_cells(device, regions):
    cells = np.concatenate([device.cells_of(name) for name in regions])
    return np.sort(cells[cells < device.mesh.topology.index_map(device.mesh.topology.dim).size_local])


def _at_corners(expression, mesh, cells):
    """A scalar expression at the corners of cells, (cells, corners), as each cell sees it."""
    corners = np.asarray(basix.geometry(mesh.basix_cell()))
    with compiling(mesh.comm):
        compiled = fem.Expression(expression, corners)
    if not len(cells):
        return np.zeros((0, len(corners)))
    return compiled.eval(mesh, cells.astype(np.int32)).reshape(len(cells), -1)


def slices(height, points, values):
    """The cut of simplices with the plane height = 0, as simplices of one dimension less: [(points, values)].

    height: (n, k) at the corners, which lie on both sides. points: (n, k, 3). values: (n, k) of a linear function.
    Returned are arrays (m, k - 1, 3) and (m, k - 1), one pair for each way in which a plane can cut.
    """
    before, found = height < 0, []
    order = np.argsort(~before, axis=1, kind="stable")
    height, values = (np.take_along_axis(a, order, axis=1) for a in (height, values))
    points = np.take_along_axis(points, order[:, :, None], axis=1)
    for (dimension, count), simplices in _SIMPLICES.items():
        which = before.sum(axis=1) == count
        if dimension != height.shape[1] - 1 or not which.any():
            continue
        h, x, f = height[which], points[which], values[which]
        for edges in simplices:
            one, other = np.array(edges).T
            t = h[:, one] / (h[:, one] - h[:, other])
            corners = x[:, one] + t[:, :, None] * (x[:, other] - x[:, one])
            found.append((corners, f[:, one] + t * (f[:, other] - f[:, one])))
    return found


def absolute_integral(values, size):
    """int |f| over segments or triangles of given size; f is linear, with `values` (n, 2 or 3) at the corners.

    Where f changes sign, one corner has a sign of its own. The integral of f over the part around it, of height
    f(corner) = a, is size · a/k · product of a/(a - b) over the other corners (k corners in all).
    """
    whole = size * values.mean(axis=1)
    positive = values > 0
    mixed = positive.any(axis=1) & ~positive.all(axis=1)
    result = np.abs(whole)
    f, upwards = values[mixed], positive[mixed]
    alone = np.argmax(upwards == (upwards.sum(axis=1) == 1)[:, None], axis=1)[:, None]
    a = np.take_along_axis(f, alone, axis=1)
    shares = np.where(np.arange(f.shape[1]) == alone, 1.0, a / np.where(np.arange(f.shape[1]) == alone, 1.0, a - f))
    part = size[mixed] * a[:, 0] / f.shape[1] * shares.prod(axis=1)
    result[mixed] = np.abs(part) + np.abs(whole[mixed] - part)
    return result
