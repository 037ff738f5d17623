"""The unknowns at a node: which fields there are, and where each stands among the numbers of a block."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import ufl

from spinfem.model.potentials import Potentials


@dataclass(frozen=True, eq=False)
class Layout:
    """Fields by name, each with its components: the charge potential `phi`, and the spin potential `v` along the rows of `basis`, (n, 3).

    Arrays of unknowns, of reactions and of other nodal vectors have shape (..., size) and are taken apart here alone.
    """

    basis: np.ndarray
    CHARGE: ClassVar[str] = "phi"
    SPIN: ClassVar[str] = "v"

    @property
    def fields(self):
        """Name -> the slice of a block that is this field's."""
        return {self.CHARGE: slice(0, 1), self.SPIN: slice(1, 1 + len(self.basis))}

    @property
    def size(self):
        """Numbers in a block."""
        return 1 + len(self.basis)

    @property
    def n_spin(self) -> int:
        """Components of the spin potential."""
        return len(self.basis)

    def blocks(self, array):
        """A flat array as (nodes, size)."""
        return np.reshape(array, (-1, self.size))

    def charge(self, blocks):
        """The charge part, (...)."""
        return blocks[..., 0]

    def spin(self, blocks):
        """The spin part in the spin basis, (..., n)."""
        return blocks[..., self.fields[self.SPIN]]

    def spin_vectors(self, blocks):
        """The spin part along x, y, z, (..., 3)."""
        return self.spin(blocks) @ self.basis

    def of_vectors(self, charge, spins):
        """The blocks (..., size) of a charge part (...) and spin vectors along x, y, z, (..., 3)."""
        blocks = self.of_spins(np.asarray(spins) @ self.basis.T)
        blocks[..., self.fields[self.CHARGE].start] = charge
        return blocks

    def unit(self, field, k=0):
        """The block (size,) that is 1 in component k of a field."""
        return np.eye(self.size)[self.fields[field].start + k]

    def of_spins(self, vectors):
        """The blocks (..., size) whose spin part is `vectors`, (..., n)."""
        blocks = np.zeros((*np.shape(vectors)[:-1], self.size))
        blocks[..., self.fields[self.SPIN]] = vectors
        return blocks

    def matrix(self, tensor):
        """The (size, size) matrix of a Tensor, rows for the test function."""
        charge, spin = (self.fields[name] for name in (self.CHARGE, self.SPIN))
        matrix = np.zeros((self.size, self.size))
        matrix[charge, charge] = tensor.charge
        matrix[charge, spin] = tensor.drag
        matrix[spin, charge] = np.reshape(tensor.drag, (-1, 1))
        matrix[spin, spin] = tensor.spins if np.ndim(tensor.spins) else tensor.spins * np.eye(self.n_spin)
        return matrix

    def split(self, u):
        """The Potentials of a blocked UFL expression: an unknown, a test function, a Function."""
        spins = self.fields[self.SPIN]
        return Potentials(u[0], ufl.as_vector([u[i] for i in range(spins.start, spins.stop)]))

    def joined(self, potentials):
        """The components of Potentials in the order of a block: what `split` took apart."""
        return [potentials.phi, *(potentials.v[i] for i in range(self.n_spin))]
