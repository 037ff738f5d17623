"""The charge current through a plane x, y or z = const.

*Net*, through all of the device, by reactions. Let psi be 1 at the nodes before the plane and 0 at those behind it.
Then a(u, psi) = - int j.grad psi is the current through the plane, smeared over one layer of cells, and it is the sum of
the reactions before the plane: exactly what terminals let in there. In a part of the device current need not be
conserved, and the place matters: there it is the integral of j.n.

*Both ways*, int |j.n| dA, which is int s j.n with the sign s of j.n. As s changes where j.n is zero, to first order that is what it changes by, too.

Integrals over the plane are sums over slices of cells. j is a polynomial in each cell, so they are written as int g j.n over the cells, with the
polynomial g that does this for all polynomials: an ordinary form of the potentials. The sign is that of the linear function with the values of j.n at
the corners of a cell (of quadratic potentials j is linear; of others the parts with a wrong sign are small of second order, and so is what flows there).
"""

from dataclasses import dataclass
from typing import Any

import basix
import basix.ufl
import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI
from uncertainties import nominal_value

from spinfem.algebra.compiling import compiling
from spinfem.compat import nodes_of_cells
from spinfem.geometry.simplices import volume
from spinfem.model.bulk import current_density
from spinfem.postprocessing.functional import ROUGH, Dual, Functional, integral, nodal_function
from spinfem.postprocessing.slices import signs, slices
from spinfem.postprocessing.terminals import seen_by

_ROUNDING = 1e-9


@dataclass(frozen=True)
class CutCurrent:
    """Charge current through a plane, A: numbers or variables."""

    net: Any  # along the plane's axis
    both_ways: Any  # int |j.n| dA

    @property
    def loop(self):
        """What goes around: int |j.n| dA less the net current, halved, because it passes twice. Where nothing does, what the mesh misses of both may
        be of either sign."""
        return (self.both_ways - np.copysign(1.0, nominal_value(self.net)) * self.net) / 2


@dataclass(frozen=True)
class _AtPlane(Functional):
    """Of the plane x[axis] = position (m), in some regions (names; default: all). 2D or 3D."""

    axis: int
    position: float
    regions: tuple[str, ...] = ()

    roughness = ROUGH

    def noise(self, solution):
        return solution.noise * solution.largest_current

    def _through_slices(self, solution, both_ways):
        """(factor, form) of the integral of j.n, or of |j.n|, over the plane. Collective."""
        j = current_density(solution.split, solution.problem.coefficients)[self.axis]
        return solution.problem.siemens, _spread(solution, self, j, both_ways) * j * ufl.dx


@dataclass(frozen=True)
class NetCurrent(_AtPlane):
    """Charge current along the axis, A, shape (1,)."""

    linear = True

    def value(self, solution):
        if self.regions:
            factor, form = self._through_slices(solution, both_ways=False)
            return np.array([factor * integral(solution, form)])
        entering = solution.layout.charge(solution.entering)[self._before(solution)].sum()
        return np.array([solution.comm.allreduce(entering, op=MPI.SUM)])

    def dual(self, solution, weights):
        if self.regions:
            factor, form = self._through_slices(solution, both_ways=False)
            return Dual(forms=((weights[0] * factor, form),))
        problem, reactions = solution.problem, np.zeros(solution.reactions.shape)
        solution.layout.charge(reactions)[self._before(solution)] = weights[0]
        before, u = nodal_function(problem.space, reactions), solution.potentials
        taken = [lead.between(seen_by(problem, key, u, solution.drive), before) for key, lead in problem.leads.items()]
        return Dual(reactions=reactions, forms=tuple((-problem.siemens, form) for form in taken))

    def _before(self, solution):
        """Which of the owned nodes are before the plane or in it. Collective."""
        nodes = solution.problem.space.tabulate_dof_coordinates()[: len(solution.reactions), self.axis]
        return _height(nodes, solution.device, self.position) <= 0


@dataclass(frozen=True)
class BothWays(_AtPlane):
    """int |j.n| dA, A, shape (1,)."""

    def value(self, solution):
        factor, form = self._through_slices(solution, both_ways=True)
        return np.array([factor * integral(solution, form)])

    def dual(self, solution, weights):
        factor, form = self._through_slices(solution, both_ways=True)
        return Dual(forms=((weights[0] * factor, form),))


def _spread(solution, plane, along, both_ways):
    """The Function g, of the degree of currents in cells, with int g f over the cells = int f over the plane for all such f; with `both_ways` int f s with the
    sign s of `along`, an expression. Collective."""
    device, mesh, degree = solution.device, solution.device.mesh, solution.problem.degree - 1
    element = basix.ufl.element("DG", mesh.basix_cell(), degree)
    space = solution.problem.discretisation.kept("currents in cells", (), lambda: fem.functionspace(mesh, element))
    spread = fem.Function(space)
    cells = _owned_cells(device, plane.regions or device.regions)
    height = _height(mesh.geometry.x[nodes_of_cells(mesh)[cells], plane.axis], device, plane.position)
    # A facet in the plane belongs to the cell before it, so it counts once.
    crossing = (height < 0).any(axis=1) & (height >= 0).any(axis=1)
    cells = cells[crossing]
    corners = mesh.geometry.x[nodes_of_cells(mesh)[cells]]
    values = _at_corners(along, mesh, cells) if both_ways else np.ones(height[crossing].shape)
    moments = np.zeros((len(cells), element.dim))
    for which, shares in slices(height[crossing]):
        for part, within, factors in signs(np.einsum("mck,mk->mc", shares, values[which])):
            found = _moments(element, corners[which[part]], within @ shares[part])
            np.add.at(moments, which[part], factors[:, None] * found)
    blocks = np.linalg.solve(_mass(element), moments.T).T / volume(corners)[:, None]
    spread.x.array[space.dofmap.list[cells]] = blocks
    spread.x.scatter_forward()
    return spread


def _moments(element, corners, shares):
    """The integrals of an element's shape functions over simplices in cells, (m, shape functions), from the corners of the cells, (m, k, 3), and the
    shares of those of the simplices, (m, corners, k)."""
    size = shares.shape[1]
    kind = {2: basix.CellType.interval, 3: basix.CellType.triangle}[size]
    points, weights = map(np.asarray, basix.make_quadrature(kind, max(element.degree, 1)))
    within = np.column_stack([1 - points.sum(axis=1), points])
    places = np.einsum("qc,mck->mqk", within, shares)
    shapes = element.tabulate(0, places[..., 1:].reshape(-1, places.shape[2] - 1))[0]
    means = np.einsum("q,mqi->mi", weights / weights.sum(), shapes.reshape(*places.shape[:2], -1))
    return volume(shares @ corners)[:, None] * means


def _mass(element):
    """The means of products of two of an element's shape functions over its cell."""
    points, weights = map(np.asarray, basix.make_quadrature(element.cell_type, max(2 * element.degree, 1)))
    shapes = element.tabulate(0, points)[0]
    return np.einsum("q,qi,qj->ij", weights / weights.sum(), shapes, shapes)


def _height(coordinates, device, position):
    """How far coordinates lie behind the plane; zero where only rounding would tell on which side."""
    reach = device.mesh.comm.allreduce(np.abs(device.mesh.geometry.x).max(initial=0.0), op=MPI.MAX)
    height = coordinates - position / device.length_unit
    return np.where(np.abs(height) < _ROUNDING * reach, 0.0, height)


def _owned_cells(device, regions):
    cells = np.concatenate([device.cells_of(name) for name in regions])
    return np.sort(cells[cells < device.mesh.topology.index_map(device.mesh.topology.dim).size_local])


def _at_corners(expression, mesh, cells):
    """A scalar expression at the corners of cells, (cells, corners), as each cell sees it. Collective."""
    corners = np.asarray(basix.geometry(mesh.basix_cell()))
    with compiling(mesh.comm):
        compiled = fem.Expression(expression, corners)
    if not len(cells):
        return np.zeros((0, len(corners)))
    return compiled.eval(mesh, cells.astype(np.int32)).reshape(len(cells), -1)
