"""Densities from nodal loads: the L2 projection on a part of the mesh."""

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from spinfem.algebra.compiling import compiling

_TOLERANCE = 1e-14  # a mass matrix is well conditioned: a few dozen iterations


def project(space, measure, nodes, loads, corners=None):
    """The field f of `space` with  int f N_k = loads_k  over a part of the mesh. Collective.

    space: scalar Lagrange. measure: of the part (cells, or facets as one side sees them). nodes: mask (owned + ghost) of the nodes
    in the part. loads: (owned nodes, n); those of other nodes are ignored. corners: the `corner_shapes` of the space, if f is to be linear in each
    cell; N_k are these then. Returns (owned + ghost nodes, n), zero elsewhere.

    Because the N_k add up to one, the integral of f is the sum of the loads. The mass matrix is the consistent one: at corners of
    quadratic triangles a lumped one has zeros.
    """
    index_map, found = space.dofmap.index_map, np.zeros((len(nodes), loads.shape[1]))
    inside = np.flatnonzero(nodes[: index_map.size_local])
    if space.mesh.comm.allreduce(len(inside)) == 0:
        return found
    rows = _index_set(space, index_map.local_range[0] + inside)
    mass, shapes = _mass_matrix(space, measure, rows), None
    nodal, values = mass.createVecLeft(), fem.Function(space)
    if corners is not None:
        shapes = _at(corners, space, rows, nodal)
        mass = mass.ptap(shapes)
    krylov = _krylov(mass)
    density, load = mass.createVecs()
    for k in range(loads.shape[1]):
        nodal.array[:] = loads[inside, k]
        shapes.multTranspose(nodal, load) if shapes else nodal.copy(load)
        krylov.solve(load, density)
        shapes.mult(density, nodal) if shapes else density.copy(nodal)
        values.x.array[:] = 0.0
        values.x.array[inside] = nodal.array
        values.x.scatter_forward()
        found[:, k] = values.x.array
    return found


def _index_set(space, numbers):
    return PETSc.IS().createGeneral(np.asarray(numbers, dtype=PETSc.IntType), comm=space.mesh.comm)


def _mass_matrix(space, measure, rows):
    u, w = ufl.TrialFunction(space), ufl.TestFunction(space)
    with compiling(space.mesh.comm):
        form = fem.form(u * w * measure)
    mass = fem_petsc.assemble_matrix(form)
    mass.assemble()
    return mass.createSubMatrix(rows, rows)


def corner_shapes(space):
    """The shape functions of the corners of cells at all nodes of a space, a matrix; None where it has no other shapes. Collective."""
    if space.ufl_element().degree == 1:
        return None
    with compiling(space.mesh.comm):
        corners = fem.functionspace(space.mesh, ("Lagrange", 1))
    matrix = fem_petsc.interpolation_matrix(corners, space)
    matrix.assemble()
    return matrix


def _at(shapes, space, rows, ones):
    """The `corner_shapes` at the nodes `rows`, a matrix (nodes x corners there)."""
    every = _index_set(space, np.arange(*shapes.getOwnershipRangeColumn()))
    matrix = shapes.createSubMatrix(rows, every)
    ones.set(1.0)
    reach = matrix.createVecRight()
    matrix.multTranspose(ones, reach)
    there = shapes.getOwnershipRangeColumn()[0] + np.flatnonzero(reach.array > 0.5)
    return matrix.createSubMatrix(_index_set(space, np.arange(*matrix.getOwnershipRange())), _index_set(space, there))


def _krylov(mass):
    krylov = PETSc.KSP().create(mass.comm)
    krylov.setOperators(mass)
    krylov.setType("cg")
    krylov.getPC().setType("jacobi")
    krylov.setTolerances(rtol=_TOLERANCE, atol=0.0, max_it=1000)
    return krylov
