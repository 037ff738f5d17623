"""What elements of one degree more would add: the functions of degree q that vanish at the nodes of degree q - 1.

On each edge that is one function; on faces and inside cells all nodes of degree q are taken, which adds little and makes no difference to what is
smaller than it. Errors of solutions of degree q - 1 are found here: their residual has only short-ranged answers in this space, so a few steps of
conjugate gradients give them (hierarchical error estimates; Bank, Smith, SIAM J. Numer. Anal. 30, 921 (1993)); some tens where cells are much thinner
than they are long, for functions on edges that face each other across a thin cell know of each other.
"""

from copy import copy
from functools import partial

import basix.ufl
import numpy as np

from spinfem.algebra.field_products import between_fields
from spinfem.algebra.together import conjugate_gradients, minimal_residuals, times_columns
from spinfem.compat import nodes_of_cells

_CLOSE = 0.02  # relative residual that is good enough


class Complement:
    """Of the free unknowns of a constraint map on a blocked Lagrange `space`, broken or not.

    matrix: the full operator, PETSc. own_energies: a function of (groups, weights) as `CellMatrices.own_energies` is, of the coefficients of the operator.
    """

    def __init__(self, space, constraints, matrix, own_energies, symmetric=True):
        self._space, self._constraints, self._matrix = space, constraints, matrix
        self._symmetric, self._between = symmetric, None
        self.n_owned = space.dofmap.index_map.size_local
        self.weights = _top_weights(space.ufl_element().degree)
        self._nodes, self.ends = _edges(space)
        node_of = self._node_of_unknown()
        self._groups = _grouped(self._nodes, node_of)
        self._alone = _inside_faces_and_cells(space)[node_of] & (node_of >= 0)
        self._own = self._own_energies(own_energies)
        self._inverse = np.linalg.inv(self._own)

    def of(self, matrix, symmetric) -> "Complement":
        """The same of another operator with these energies: one that turns spins by another angle."""
        other = copy(self)
        other._matrix, other._symmetric = matrix, symmetric
        return other

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
        """The part of unknowns, (n,) or (n, k), that is in the space, in place."""
        weights = self.weights / np.linalg.norm(self.weights)
        amounts = np.einsum("gm...,m->g...", unknowns[self._groups], weights)
        unknowns[~self._alone] = 0.0
        unknowns[self._groups] = np.einsum("g...,m->gm...", amounts, weights)
        return unknowns

    def restricted(self, nodal):
        """What loads at the owned nodes are for this space, (full unknowns,) or (full unknowns, k): over the free unknowns of this rank. Collective."""
        return self._projected(self._constraints.collected(nodal))

    def nodal(self, unknowns):
        """The values at the owned nodes, flat: (full unknowns,) or (full unknowns, k). Collective."""
        return self._constraints.spread(unknowns)

    def solve(self, loads, transposed=False, steps=4, settled=0.0, below=None):
        """What the operator makes of loads of this space, (n, k), about: after so many steps, or when one adds less than a part `settled` to the energy, where there is one. Collective.

        below: what the functions of one degree less answer to loads at the owned nodes, (full unknowns, k), as values there; they take their part in the
        answer then, which is left out of the result.
        """
        multiply = partial(self._apply, transposed=transposed and not self._symmetric, below=below)
        comm = self._space.mesh.comm
        if not self._symmetric:
            return minimal_residuals(multiply, self._scaled, loads, comm, _CLOSE, steps)[0]
        return conjugate_gradients(multiply, self._scaled, loads, comm, _CLOSE, steps, settled)[0]

    def _apply(self, unknowns, transposed, below):
        """The operator between functions of this space, times unknowns (n, k)."""
        values = self.nodal(self._projected(unknowns.copy()))
        image = times_columns(self._matrix, values, transposed)
        if below:
            image = times_columns(self._matrix, values - below(image), transposed)
        return self.restricted(image)

    def _scaled(self, unknowns):
        """About the inverse of the operator times unknowns (n, k)."""
        values = self.nodal(self._projected(unknowns.copy()))
        return self.restricted(self._of_nodes(self._inverse, values))

    def _of_nodes(self, matrices, full):
        blocks = full.reshape(len(matrices), matrices.shape[1], -1)
        return np.einsum("nab,nbk->nak", matrices, blocks).reshape(full.shape)

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


def _beyond_edges(space):
    """The places of the nodes of a cell that are inside its faces or, in 3D, inside itself."""
    layout, tdim = space.dofmap.dof_layout, space.mesh.topology.dim
    count = {1: [2, 1, 0, 0], 2: [3, 3, 1, 0], 3: [4, 6, 4, 1]}[tdim]
    return [place for dim in range(2, tdim + 1) for k in range(count[dim]) for place in layout.entity_dofs(dim, k)]


def _inside_faces_and_cells(space):
    """(owned nodes + 1,) which nodes are inside a face or, in 3D, inside a cell; the last entry is for no node at all."""
    inside = np.zeros(space.dofmap.index_map.size_local + space.dofmap.index_map.num_ghosts + 1, dtype=bool)
    inside[space.dofmap.list[:, _beyond_edges(space)]] = True
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
