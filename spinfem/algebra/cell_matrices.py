"""Scalar matrices of straight simplices,  sum over cells of (s grad.grad + r mass),  s and r constant in each class of cells.

All of them share one sparsity pattern, and each set of coefficients is assembled once: the magnetic states of a device differ in a few of them.
"""

from functools import cached_property
from weakref import WeakValueDictionary

import basix.ufl
import numpy as np
from dolfinx import la

from spinfem.algebra.kernels import call
from spinfem.algebra.nodes import with_ghosts
from spinfem.algebra.pattern import Pattern
from spinfem.compat import nodes_of_cells

MOST_DEGREE = 4  # of the kernel


def can_assemble(space):
    """Are the cells straight simplices, and is the degree one that the kernel knows?"""
    mesh = space.mesh
    straight = mesh.ufl_domain().ufl_coordinate_element().degree == 1 and mesh.geometry.dim == mesh.topology.dim
    return straight and space.ufl_element().degree <= MOST_DEGREE


class CellMatrices:
    """On the nodes of a blocked Lagrange `space`, broken or not. class_of_cell: (local cells with ghosts,) numbers below n_classes. Collective."""

    def __init__(self, space, class_of_cell, n_classes):
        self.comm, self.n_classes = space.mesh.comm, n_classes
        mesh, nodes = space.mesh, space.dofmap.index_map
        self._nodes = nodes
        owned = mesh.topology.index_map(mesh.topology.dim).size_local
        dofs = np.ascontiguousarray(space.dofmap.list[:owned], dtype=np.int32)
        self._pattern = pattern = Pattern(self.comm, nodes, dofs)
        self.n_owned, self.columns = nodes.size_local, pattern.columns
        self.ptr = pattern.ptr[: self.n_owned + 1]
        self.ind = pattern.ind[: self.ptr[-1]]
        self._cells = (
            mesh.geometry.x,
            np.ascontiguousarray(nodes_of_cells(mesh)[:owned], dtype=np.int32),
            dofs,
            np.ascontiguousarray(class_of_cell[:owned], dtype=np.int32),
            _reference_matrices(mesh.basix_cell(), space.ufl_element().degree),
        )
        self.blocks = WeakValueDictionary()  # of reduced operators made of the entries, as long as somebody has them
        self.rests = {}  # digest of what is added to operators -> its blocks
        self._made = WeakValueDictionary()  # the coefficients -> the entries, as long as somebody has them

    def entries(self, coefficients):
        """The entries in the owned rows, (n, entries), for coefficients (n, 2, n_classes): s, r of each class. Collective."""
        keys = [np.ascontiguousarray(pair).tobytes() for pair in coefficients]
        found = {key: self._made.get(key) for key in keys}
        missing = {key: pair for key, pair in zip(keys, coefficients, strict=True) if found[key] is None}
        if missing:
            found |= zip(missing, self._assemble(np.array(list(missing.values()))), strict=True)
            self._made.update(found)
        return [found[key] for key in keys]

    def energies(self, tensors, values):
        """The integrals over each owned cell of grad u.S grad u + u.R u, (cells,). tensors: (2, n_classes, block, block), S and R of each class.
        values: u at the local nodes, (nodes, block)."""
        _, _, dofs, classes, reference = self._cells
        in_cells = np.stack([component[dofs] for component in values.T])  # (block, cells, nodes)
        parts = [(0, part) for part in reference[:-1]] + [(1, reference[-1])]
        total = np.zeros(len(dofs))
        for metric, (kind, part) in zip(self._metrics.T, parts, strict=True):
            image = in_cells @ part
            for a, b in np.argwhere(tensors[kind].any(axis=0)):
                total += metric * tensors[kind, classes, a, b] * np.einsum("ci,ci->c", in_cells[a], image[b])
        return total

    def squares(self, values):
        """The integrals over each owned cell of the squared gradient and the square of each component, (2, cells, block); values as in `energies`."""
        _, _, dofs, _, reference = self._cells
        (cells, nodes), block = dofs.shape, values.shape[1]
        squares = np.empty((2, cells, block))
        values = np.ascontiguousarray(values)
        call("squares", cells, len(reference), nodes, block, dofs, self._metrics, reference, values, squares)
        return np.maximum(squares, 0.0)

    @property
    def classes(self):
        """The class of each owned cell."""
        return self._cells[3]

    def classes_at(self, nodes):
        """Which classes have a cell at some of the nodes, (n_classes,), of this rank's cells; nodes: (owned nodes,) booleans. Collective."""
        _, _, dofs, classes, _ = self._cells
        at = with_ghosts(self._nodes, nodes[:, None].astype(float))[:, 0] > 0
        found = np.zeros(self.n_classes, dtype=bool)
        found[classes[at[dofs].any(axis=1)]] = True
        return found

    def own_energies(self, tensors, groups, weights):
        """The same of the functions of each node, (owned nodes, block, block). Nodes of a cell in one of `groups` (lists of their places) are one function
        with these `weights`, and have its energy over weights.weights. Collective."""
        _, _, dofs, classes, reference = self._cells
        own = np.einsum("pii->pi", reference).copy()
        for group in groups:
            parts = reference[:, group][:, :, group]
            own[:, group] = (np.einsum("i,pij,j->p", weights, parts, weights) / (weights @ weights))[:, None]
        metrics, block = self._metrics, tensors.shape[-1]
        sloped, plain = metrics[:, :-1] @ own[:-1], metrics[:, -1:] * own[-1]
        total = la.vector(self._nodes, block**2)
        entries = total.array.reshape(-1, block, block)
        for a, b in np.ndindex(block, block):
            if tensors[:, :, a, b].any():
                parts = tensors[0, classes, a, b][:, None] * sloped + tensors[1, classes, a, b][:, None] * plain
                entries[:, a, b] = np.bincount(dofs.ravel(), parts.ravel(), len(entries))
        total.scatter_reverse(la.InsertMode.add)
        return entries[: self.n_owned].copy()

    @cached_property
    def _metrics(self):
        """Of each cell what multiplies the reference matrices, (cells, parts)."""
        x, geometry, _, _, reference = self._cells
        metrics = np.empty((len(geometry), len(reference)))
        call("metrics", len(geometry), geometry.shape[1] - 1, x, geometry, metrics)
        return metrics

    def diagonal(self, entries):
        """The entries on the diagonal of a matrix, (owned nodes,)."""
        rows = np.repeat(np.arange(self.n_owned), np.diff(self.ptr))
        return entries[self.ind == rows]

    def multiply(self, which, entries, columns):
        """sum_b S_ab x_b of the columns of an array over the local nodes, `columns` of the pattern: (owned nodes, block, k) of (local nodes, block, k).
        which: (block, block), the number of S_ab in the list `entries`; -1: none."""
        _, block, count = columns.shape
        found = np.zeros((self.n_owned, block, count))
        which, columns = np.ascontiguousarray(which), np.ascontiguousarray(columns)
        call("multiply", self.n_owned, block, count, which, self.ptr, self.ind, entries, columns, found)
        return found

    def _assemble(self, coefficients):
        _, _, dofs, classes, reference = self._cells
        parts, nodes, _ = reference.shape
        n, pattern = len(coefficients), self._pattern
        at_nodes, at = pattern.at_nodes, np.empty(_size(self.columns), np.int32)
        values = np.zeros((n, len(pattern.ind)))
        stiffness, rate = (np.ascontiguousarray(coefficients[:, k]) for k in (0, 1))
        acts = coefficients.any(axis=(0, 1)).astype(np.int8)
        call(
            "assemble", len(pattern.ptr) - 1, parts, nodes, at_nodes.indptr, at_nodes.indices, at_nodes.data,
            dofs, self._metrics, classes, reference,
            n, self.n_classes, stiffness, rate, acts, pattern.ptr, pattern.ind, len(pattern.ind), at, values,
        )  # fmt: skip
        return [pattern.exchange(v) for v in values]


def _size(index_map):
    return index_map.size_local + index_map.num_ghosts


def _reference_matrices(cell, degree):
    """On the reference simplex, (parts, nodes, nodes): the integrals of d_p N_i d_r N_j, both orders added up, for p <= r; that of N_i N_j last."""
    points, weights = map(np.asarray, basix.make_quadrature(cell, 2 * degree))
    table: np.ndarray = np.asarray(basix.ufl.element("Lagrange", cell, degree).tabulate(1, points), dtype=float)
    slopes, dim = table[1:], len(table) - 1
    parts = []
    for p in range(dim):
        for r in range(p, dim):
            part = np.einsum("q,qi,qj->ij", weights, slopes[p], slopes[r])
            parts.append(part if p == r else part + part.T)
    return np.array([*parts, np.einsum("q,qi,qj->ij", weights, table[0], table[0])])
