"""What elements of one degree more would add: the functions of degree q that vanish at the nodes of degree q - 1.

On each edge that is one function; on faces and inside cells all nodes of degree q are taken, which adds little and makes no difference to what is
smaller than it. Errors of solutions of degree q - 1 are found here: their residual has only short-ranged answers in this space, so a few steps of
conjugate gradients give them (hierarchical error estimates; Bank, Smith, SIAM J. Numer. Anal. 30, 921 (1993)).
"""

import basix.ufl
import numpy as np
from petsc4py import PETSc

from spinfem.algebra.field_products import between_fields
from spinfem.compat import nodes_of_cells

_CLOSE = 0.02  # relative residual that is good enough


class Complement:
    """Of the free unknowns of a constraint map on a blocked Lagrange `space`, broken or not.

    matrix: the full operator, PETSc. own_energies: a function of (groups, weights) as `CellMatrices.own_energies` is, of the coefficients of the operator.
    """

    def __init__(self, space, constraints, matrix, own_energies, symmetric=True):
        self._space, self._constraints, self._matrix = space, constraints, matrix
        self._symmetric, self._made, self._below = symmetric, {}, None
        self._between = None
        self.n_owned = space.dofmap.index_map.size_local
        self._full, self._image = matrix.createVecs()
        self._free = constraints.free.createVecRight()
        self.weights = _top_weights(space.ufl_element().degree)
        self._nodes, self.ends = _edges(space)
        node_of = self._node_of_unknown()
        self._groups = _grouped(self._nodes, node_of)
        self._alone = _inside_faces_and_cells(space)[node_of] & (node_of >= 0)
        self._own = self._own_energies(own_energies)
        self._inverse = np.linalg.inv(self._own)

    def _node_of_unknown(self):
        """The owned node of each free unknown of this rank; -1 of those that are shared by many."""
        free = self._constraints.free
        ptr, columns, _ = free.getValuesCSR()
        first, last = free.getOwnershipRangeColumn()
        node = np.full(last - first, -1, dtype=np.int64)
        rows = np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))
        mine = (columns >= first) & (columns < last)
        node[columns[mine] - first] = rows[mine] // self._matrix.getBlockSize()
        shared = np.array(list(self._constraints.shared_columns.values()), dtype=np.int64)
        node[shared[(shared >= first) & (shared < last)] - first] = -1
        return node

    def _own_energies(self, own_energies):
        """About what the functions of each owned node, of each edge, have of energy, (nodes, block, block); the unit matrix outside the space."""
        layout, edges = self._space.dofmap.dof_layout, len(_pairs(self._space.mesh))
        found = own_energies([layout.entity_dofs(1, k) for k in range(edges)], self.weights)
        empty = np.einsum("nii->ni", found) <= 0.0
        np.einsum("nii->ni", found)[empty] = 1.0
        return found

    def _projected(self, unknowns):
        """The part of unknowns (local array) that is in the space, in place."""
        amounts = unknowns[self._groups] @ self.weights / (self.weights @ self.weights)
        unknowns[~self._alone] = 0.0
        unknowns[self._groups] = amounts[:, None] * self.weights
        return unknowns

    def restricted(self, nodal):
        """What a load at the owned nodes, any shape, is for this space: a local array over the free unknowns. Collective."""
        self._full.array[:] = np.ravel(nodal)
        self._constraints.free.multTranspose(self._full, self._free)
        return self._projected(np.array(self._free.array))

    def nodal(self, unknowns):
        """The values at the owned nodes, flat. Collective."""
        self._free.array[:] = unknowns
        self._constraints.free.mult(self._free, self._full)
        return np.array(self._full.array)

    def solve(self, load, transposed=False, steps=4, below=None):
        """What the operator makes of a load of this space, about. Collective.

        below: what the functions of one degree less answer to loads at the owned nodes, flat, as values there; they take their part in the answer then, which
        is left out of the result.
        """
        self._below = below
        solver = self._krylov(transposed and not self._symmetric)
        right, left = solver.getOperators()[0].createVecs()
        left.array[:] = load
        solver.setTolerances(rtol=_CLOSE, atol=0.0, max_it=steps)
        solver.solve(left, right)
        return np.array(right.array)

    def _krylov(self, transposed):
        if transposed not in self._made:
            sizes = self._free.getSizes()
            matrix = PETSc.Mat().createPython((sizes, sizes), _Restricted(self, transposed), comm=self._free.comm)
            matrix.setUp()
            krylov = PETSc.KSP().create(self._free.comm)
            krylov.setOperators(matrix)
            krylov.setType("cg" if self._symmetric else "gmres")
            krylov.getPC().setType("python")
            krylov.getPC().setPythonContext(_Scaled(self))
            krylov.setUp()
            self._made[transposed] = krylov
        return self._made[transposed]

    def apply(self, x, y, transposed):
        """y = the operator between functions of this space, times x; PETSc vectors of unknowns."""
        x.copy(self._free)
        self._projected(self._free.array)
        self._constraints.free.mult(self._free, self._full)
        times = self._matrix.multTranspose if transposed else self._matrix.mult
        times(self._full, self._image)
        if self._below:
            self._full.array[:] -= self._below(self._image.array)
            times(self._full, self._image)
        self._constraints.free.multTranspose(self._image, y)
        self._projected(y.array)

    def scaled(self, x, y):
        """y = about the inverse of the operator times x."""
        x.copy(self._free)
        self._projected(self._free.array)
        self._constraints.free.mult(self._free, self._full)
        self._full.array[:] = self._of_nodes(self._inverse, self._full.array)
        self._constraints.free.multTranspose(self._full, y)
        self._projected(y.array)

    def _of_nodes(self, matrices, full):
        return np.einsum("nab,nb->na", matrices, full.reshape(len(matrices), -1)).ravel()

    def edge_products(self, one, other, fields):
        """The largest energies that the functions of the edges can have between two functions, flat values at the owned nodes, each for itself: (edges,) in
        the order of `ends`. fields: slices of a block (`spinfem.algebra.field_products`)."""
        one, other = (
            np.stack([np.linalg.norm(np.reshape(values, (len(self._own), -1))[:, f], axis=1) for f in fields], axis=1)
            for values in (one, other)
        )
        if self._between is None:
            self._between = between_fields(self._own, fields)
        products = np.einsum("nf,nfg,ng->n", one, self._between, other)
        return products[self._nodes].sum(axis=1)


class _Restricted:
    """The context of a PETSc matrix of type python."""

    def __init__(self, complement, transposed):
        self._complement, self._transposed = complement, transposed

    def mult(self, matrix, x, y):
        """y = A x."""
        self._complement.apply(x, y, self._transposed)


class _Scaled:
    """The context of a preconditioner of type python."""

    def __init__(self, complement):
        self._complement = complement

    def apply(self, preconditioner, x, y):
        """y = about A⁻¹ x."""
        self._complement.scaled(x, y)


def _top_weights(degree):
    """The polynomial of this degree on an edge that vanishes at the nodes of one degree less, at the inner nodes: (degree - 1,)."""
    inner = basix.ufl.element("Lagrange", "interval", degree).basix_element.points[2:, 0]
    below = basix.ufl.element("Lagrange", "interval", degree - 1).basix_element.points[:, 0]
    weights = np.prod(inner[:, None] - below, axis=1)
    return weights / np.abs(weights).max()


def _pairs(mesh):
    """The places of the two corners of each edge of a cell."""
    return basix.topology(getattr(basix.CellType, mesh.topology.cell_name()))[1]


def _edges(space):
    """(edges, nodes inside each), owned, and where the edges end: (edges, 2) numbers of `mesh.geometry.input_global_indices`."""
    mesh, layout, cells = space.mesh, space.dofmap.dof_layout, space.dofmap.list
    owned, corners = space.dofmap.index_map.size_local, nodes_of_cells(mesh)
    input_number = np.asarray(mesh.geometry.input_global_indices)
    nodes, ends = [], []
    for k, pair in enumerate(_pairs(mesh)):
        nodes.append(cells[:, layout.entity_dofs(1, k)])
        ends.append(input_number[corners[:, pair]])
    every, their_ends = np.vstack(nodes), np.vstack(ends)
    mine = (every < owned).all(axis=1)
    every, their_ends = every[mine], their_ends[mine]
    _, first = np.unique(every.min(axis=1), return_index=True)
    return every[first], np.sort(their_ends[first], axis=1)


def _inside_faces_and_cells(space):
    """(owned nodes + 1,) which nodes are inside a face or, in 3D, inside a cell; the last entry is for no node at all."""
    layout, tdim, cells = space.dofmap.dof_layout, space.mesh.topology.dim, space.dofmap.list
    count = {1: [2, 1, 0, 0], 2: [3, 3, 1, 0], 3: [4, 6, 4, 1]}[tdim]
    inside = np.zeros(space.dofmap.index_map.size_local + space.dofmap.index_map.num_ghosts + 1, dtype=bool)
    for dim in range(2, tdim + 1):
        for k in range(count[dim]):
            inside[cells[:, layout.entity_dofs(dim, k)]] = True
    inside[-1] = False
    return inside


def _grouped(nodes, node_of):
    """(groups, nodes of an edge): the unknowns of one kind at all nodes of an edge, `nodes`; node_of: the node of each unknown."""
    order = np.argsort(node_of, kind="stable")
    start = np.searchsorted(node_of[order], np.arange(nodes.max(initial=-1) + 2))
    count = np.diff(start)[nodes]
    groups = [np.empty((0, nodes.shape[1]), dtype=np.int64)]
    for k in range(count.max(initial=0)):
        have = (count > k).all(axis=1) & (count == count[:, :1]).all(axis=1)
        groups.append(order[start[nodes[have]] + k])
    return np.vstack(groups)
