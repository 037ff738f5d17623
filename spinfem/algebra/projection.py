"""Densities from nodal loads: the L2 projection on a part of the mesh."""

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from spinfem.algebra.compiling import compiling

_TOLERANCE = 1e-14  # a mass matrix is well conditioned: a few dozen iterations


def project(space, measure, nodes, loads):
    """The field f of `space` with  int f N_k = loads_k  over a part of the mesh. Collective.

    space: scalar Lagrange. measure: of the part (cells, or facets as one side sees them). nodes: mask (owned + ghost) of the nodes
    in the part. loads: (owned nodes, n); those of other nodes are ignored. Returns (owned + ghost nodes, n), zero elsewhere.

    Because the N_k add up to one, the integral of f is the sum of the loads. The mass matrix is the consistent one: at corners of
    quadratic triangles a lumped one has zeros.
    """
    index_map = space.dofmap.index_map
    inside = np.flatnonzero(nodes[: index_map.size_local])
    found = np.zeros((len(nodes), loads.shape[1]))
    if space.mesh.comm.allreduce(len(inside)) == 0:
        return found
    mass = _mass_matrix(space, measure, index_map.local_range[0] + inside)
    krylov = PETSc.KSP().create(space.mesh.comm)
    krylov.setOperators(mass)
    krylov.setType("cg")
    krylov.getPC().setType("jacobi")
    krylov.setTolerances(rtol=_TOLERANCE, atol=0.0, max_it=1000)
    density, load = mass.createVecs()
    values = fem.Function(space)
    for k in range(loads.shape[1]):
        load.array[:] = loads[inside, k]
        krylov.solve(load, density)
        values.x.array[:] = 0.0
        values.x.array[inside] = density.array
        values.x.scatter_forward()
        found[:, k] = values.x.array
    return found


def _mass_matrix(space, measure, rows):
    u, w = ufl.TrialFunction(space), ufl.TestFunction(space)
    with compiling(space.mesh.comm):
        form = fem.form(u * w * measure)
    mass = fem_petsc.assemble_matrix(form)
    mass.assemble()
    chosen = PETSc.IS().createGeneral(np.asarray(rows, dtype=PETSc.IntType), comm=space.mesh.comm)
    return mass.createSubMatrix(chosen, chosen)
