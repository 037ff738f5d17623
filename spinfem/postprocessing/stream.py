"""The stream function of the charge current in 2D: its contours are the lines along which current flows.

j = curl psi, that is j_x = d psi/dy and j_y = - d psi/dx. Between two points passes the difference of psi times the depth.
psi exists because div j = 0; around a hole whose rim holds terminals with a net current it would have many values, and
what is found there is the nearest field with one value.

psi is linear in the potentials, and at its extremes its gradient is zero: to first order an extreme changes as psi does at that place (envelope theorem).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import basix.ufl
import numpy as np
import ufl
from dolfinx import fem, la
from mpi4py import MPI

from spinfem.algebra.antigradient import Antigradient
from spinfem.algebra.compiling import compiling
from spinfem.compat import nodes_of_cells
from spinfem.model.bulk import current_density
from spinfem.postprocessing.functional import ROUGH, Dual, Functional

_NOTHING = 1e-9  # of the boundary
_STEPS, _ZOOMS = 6, 10  # to either side; each time around the highest point, so its place is known to 1e-5 of a cell


@dataclass(frozen=True)
class Vortex:
    """Where the stream function is largest (current goes around counterclockwise) or smallest."""

    current: Any  # A, psi times the depth: what goes around this point; a number or a variable
    place: np.ndarray  # (3,), m


@dataclass(frozen=True)
class Circulation(Functional):
    """The extreme of the stream function times the depth, A, and its place, (x, y, z), m: shape (4,). sense: 1 for the largest value, -1 for the smallest.

    Only the current has a dual.
    """

    roughness = ROUGH
    sense: int

    def value(self, solution):
        (psi, *place), *_ = self._extreme(solution)
        return np.array([psi * solution.device.depth, *np.array(place) * solution.device.length_unit])

    def noise(self, solution):
        return solution.noise * solution.largest_current

    def in_finer_elements(self, solution, lifted):
        return self.value(lifted) - self.value(solution)

    def dual(self, solution, weights):
        _, cell, shapes = self._extreme(solution)
        calculus = _calculus(solution)
        space = calculus.antigradient.space
        at_place = la.vector(space.dofmap.index_map)
        if cell is not None:
            at_place.array[space.dofmap.cell_dofs(cell)] = shapes
        at_place.scatter_reverse(la.InsertMode.add)
        w = calculus.antigradient.adjoint(at_place.array[: len(calculus.rim)] - calculus.rim)
        form = ufl.inner(_turned_current(solution), ufl.grad(w)) * ufl.dx
        return Dual(forms=((weights[0] * solution.problem.siemens, form),))

    def _extreme(self, solution):
        """((psi there, A/m, and the three coordinates, in the unit of the mesh); the cell, and the values of its shape functions there, on one rank
        alone, None on the others). Collective."""
        psi, mesh, comm = solution.stream, solution.device.mesh, solution.comm
        values, dofmap = self.sense * psi.x.array, psi.function_space.dofmap
        highest = comm.allreduce(values.max(initial=-np.inf), op=MPI.MAX)
        cells = dofmap.list[: mesh.topology.index_map(2).size_local]
        element, best = psi.function_space.ufl_element(), ((-np.inf,), None, None)
        for cell in np.flatnonzero((values[cells] == highest).any(axis=1)):
            point, shapes = _highest(element, values[cells[cell]])
            corners = mesh.geometry.x[nodes_of_cells(mesh)[cell]]
            numbers = values[cells[cell]] @ shapes, *(np.array([1 - point.sum(), *point]) @ corners)
            best = max(best, (numbers, cell, shapes), key=lambda found: found[0][0])
        offers = comm.allgather(best[0])
        rank = int(np.argmax([numbers[0] for numbers in offers]))
        value, *place = offers[rank]
        return (self.sense * value, *place), *(best[1:] if comm.rank == rank else (None, None))


def stream_function(solution):
    """psi, A/m, a scalar Lagrange Function of the degree of the potentials, continuous. Raises SolveError. Collective.

    Its mean over the insulated part of the outer boundary is zero. Where no net current enters anywhere, psi is zero
    all along it.
    """
    calculus = _calculus(solution)
    psi = calculus.antigradient.of(_turned_current(solution))
    psi.x.array[:] -= solution.comm.allreduce(calculus.rim @ psi.x.array[: len(calculus.rim)], op=MPI.SUM)
    psi.x.array[:] *= solution.problem.siemens / solution.device.depth
    return psi


def stream_at_nodes(solution):
    """psi, A/m, at the nodes of the potentials, (owned + ghost nodes,). Raises SolveError (a device in several parts has none). Collective."""
    psi, dofmap = solution.stream, solution.problem.space.dofmap
    values = np.zeros(dofmap.index_map.size_local + dofmap.index_map.num_ghosts)
    values[dofmap.list] = psi.x.array[psi.function_space.dofmap.list]
    return values


def _turned_current(solution):
    """The gradient that psi should have, an expression."""
    j = current_density(solution.split, solution.problem.coefficients)
    return ufl.as_vector([-j[1], j[0]])


class _Calculus(NamedTuple):
    """What all stream functions on some nodes have in common."""

    antigradient: Antigradient
    rim: np.ndarray  # (owned nodes,), weights of the mean over the insulated part of the outer boundary; over all of it where terminals leave nothing


def _calculus(solution):
    problem = solution.problem
    return problem.discretisation.kept("stream function", tuple(problem.terminals), lambda: _made(problem))


def _made(problem):
    device = problem.device
    mesh = device.mesh
    with compiling(mesh.comm):
        space = fem.functionspace(mesh, basix.ufl.element("Lagrange", mesh.basix_cell(), problem.degree))
    ds = ufl.Measure("ds", domain=mesh, subdomain_data=device.facet_tags)

    def integrals(measure):
        with compiling(mesh.comm):
            form = fem.form(ufl.TestFunction(space) * measure)
        vector = fem.assemble_vector(form)
        vector.scatter_reverse(la.InsertMode.add)
        owned = vector.array[: space.dofmap.index_map.size_local].copy()
        return owned, mesh.comm.allreduce(owned.sum(), op=MPI.SUM)

    whole, length = integrals(ds)
    if terminals := tuple(device.terminals[name] for name in problem.terminals):
        covered, closed = integrals(ds(terminals))
        if length - closed > _NOTHING * length:
            whole, length = whole - covered, length - closed
    return _Calculus(Antigradient(space), whole / length)


def _highest(element, values):
    """(the point of the reference triangle at which a polynomial is largest, the values of its shape functions there)."""
    steps = np.stack(np.meshgrid(*[np.linspace(-1, 1, 2 * _STEPS + 1)] * 2), axis=-1).reshape(-1, 2)
    point, reach = np.full(2, 1 / 3), 1.0
    for _ in range(_ZOOMS):
        points = np.maximum(point + reach * steps, 0.0)
        points -= np.maximum(points.sum(axis=1, keepdims=True) - 1, 0) / 2
        points = np.clip(points, 0.0, 1.0)
        shapes = element.tabulate(0, points)[0]
        best = int(np.argmax(shapes @ values))
        point, reach = points[best], reach / _STEPS * 2
    return point, shapes[best]
