"""The stream function of the charge current in 2D: its contours are the lines along which current flows.

j = curl psi, that is j_x = d psi/dy and j_y = - d psi/dx. Between two points passes the difference of psi times the depth.
psi exists because div j = 0; around a hole whose rim holds terminals with a net current it would have many values, and
what is found there is the nearest field with one value.
"""

from dataclasses import dataclass

import basix.ufl
import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.antigradient import antigradient
from spinfem.algebra.compiling import compiling
from spinfem.model.bulk import current_density

_NOTHING = 1e-9  # of the boundary


@dataclass(frozen=True)
class Vortex:
    """Where the stream function is largest (current goes around counterclockwise) or smallest."""

    current: float  # A, psi times the depth: what goes around this point
    place: np.ndarray  # (3,), m


def stream_function(solution):
    """psi, A/m, a scalar Lagrange Function of the degree of the potentials, continuous. Collective.

    Its mean over the insulated part of the outer boundary is zero. Where no net current enters anywhere, psi is zero
    all along it.
    """
    problem, device = solution.problem, solution.device
    mesh = device.mesh
    with compiling(mesh.comm):
        space = fem.functionspace(mesh, basix.ufl.element("Lagrange", mesh.basix_cell(), problem.degree))
    j = current_density(solution.split, problem.coefficients)
    psi = antigradient(space, ufl.as_vector([-j[1], j[0]]))
    psi.x.array[:] -= _mean_on_rim(psi, solution)
    psi.x.array[:] *= problem.siemens / device.depth
    return psi


def stream_at_nodes(solution):
    """psi, A/m, at the nodes of the potentials, (owned + ghost nodes,). Raises SolveError (a device in several parts has none). Collective."""
    psi, dofmap = solution.stream, solution.problem.space.dofmap
    values = np.zeros(dofmap.index_map.size_local + dofmap.index_map.num_ghosts)
    values[dofmap.list] = psi.x.array[psi.function_space.dofmap.list]
    return values


def vortices(solution):
    """(the Vortex where psi is largest, that where it is smallest), the same on every rank. Collective."""
    psi, device = solution.stream, solution.device
    owned = psi.function_space.dofmap.index_map.size_local
    points = psi.function_space.tabulate_dof_coordinates()[:owned] * device.length_unit
    return tuple(_extreme(psi.x.array[:owned] * device.depth, points, sign, solution.comm) for sign in (1, -1))


def _extreme(values, points, sign, comm):
    best = int(np.argmax(sign * values)) if len(values) else None
    offers = comm.allgather((-np.inf, None) if best is None else (sign * values[best], points[best]))
    value, place = max(offers, key=lambda offer: offer[0])
    return Vortex(float(sign * value), place)


def _mean_on_rim(psi, solution):
    """The mean of psi over the insulated part of the outer boundary; over all of it where terminals leave nothing."""
    device, comm = solution.device, solution.comm
    ds = ufl.Measure("ds", domain=device.mesh, subdomain_data=device.facet_tags)
    one = fem.Constant(device.mesh, np.float64(1.0))

    def integrals(measure):
        with compiling(comm):
            forms = [fem.form(f * measure) for f in (psi, one)]
        return comm.allreduce(np.array([fem.assemble_scalar(form) for form in forms]), op=MPI.SUM)

    whole = integrals(ds)
    terminals = tuple(device.terminals[name] for name in solution.problem.terminals)
    free = whole - integrals(ds(terminals)) if terminals else whole
    total, length = free if free[1] > _NOTHING * whole[1] else whole
    return total / length
