"""The unknowns at a node: which fields there are, and where each stands among the numbers of a block."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import ufl

from spinfem.case.scalar_field import ScalarField
from spinfem.model.potentials import Potentials


@dataclass(frozen=True, eq=False)
class Layout:
    """Fields by name, each with its components: the charge potential `phi`, the spin potential `v` along the rows of `basis`, (n, 3), and the `scalars`
    that physical terms bring in, which begin at the component `n_electric`.

    Arrays of unknowns, of reactions and of other nodal vectors have shape (..., size) and are taken apart here alone.
    """

    basis: np.ndarray
    scalars: tuple[ScalarField, ...] = ()
    CHARGE: ClassVar[str] = "phi"
    SPIN: ClassVar[str] = "v"

    @property
    def fields(self):
        """Name -> the slice of a block that is this field's."""
        further = {s.name: slice(k, k + 1) for k, s in enumerate(self.scalars, self.n_electric)}
        return {self.CHARGE: slice(0, 1), self.SPIN: slice(1, self.n_electric)} | further

    @property
    def size(self):
        """Numbers in a block."""
        return self.n_electric + len(self.scalars)

    @property
    def n_electric(self) -> int:
        """Numbers in a block that are potentials of charge and spin."""
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

    def electric(self, blocks):
        """The parts of charge and spin, (..., 1 + n)."""
        return blocks[..., : self.n_electric]

    def electric_part(self, blocks):
        """The blocks with zero for the scalars."""
        part = np.zeros(np.shape(blocks))
        part[..., : self.n_electric] = self.electric(blocks)
        return part

    def scalar(self, name) -> ScalarField:
        """The scalar field of this name."""
        return next(scalar for scalar in self.scalars if scalar.name == name)

    def has(self, name) -> bool:
        """Is there a scalar field of this name?"""
        return any(scalar.name == name for scalar in self.scalars)

    def further(self, blocks):
        """The part of the scalars, (..., number of them)."""
        return blocks[..., self.n_electric :]

    def numbers(self, blocks):
        """The charge part, the spin vectors along x, y, z, the scalars: (..., 4 + number of scalars)."""
        return np.concatenate(
            [self.charge(blocks)[..., None], self.spin_vectors(blocks), self.further(blocks)], axis=-1
        )

    def of_numbers(self, numbers):
        """The blocks (..., size) of weights of `numbers`, (..., 4 + number of scalars)."""
        blocks = self.of_spins(np.asarray(numbers)[..., 1:4] @ self.basis.T)
        blocks[..., self.fields[self.CHARGE].start] = numbers[..., 0]
        blocks[..., self.n_electric :] = numbers[..., 4:]
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
        for (one, other), numbers in tensor.between.items():
            rows, columns = self.fields[one], self.fields[other]
            matrix[rows, columns] = np.reshape(numbers, matrix[rows, columns].shape)
            matrix[columns, rows] = matrix[rows, columns].T
        return matrix

    def split(self, u):
        """The Potentials of a blocked UFL expression: an unknown, a test function, a Function."""
        scalars = {scalar.name: u[k] for k, scalar in enumerate(self.scalars, self.n_electric)}
        return Potentials(u[0], ufl.as_vector([u[i] for i in range(1, self.n_electric)]), scalars)

    def joined(self, potentials):
        """The components of Potentials in the order of a block: what `split` took apart."""
        further = (potentials[scalar.name] for scalar in self.scalars)
        return [potentials.phi, *(potentials.v[i] for i in range(self.n_spin)), *further]

    def spins_alone(self, spins):
        """The blocked UFL expression whose spin part is an expression (n,), zero elsewhere."""
        zeros = [ufl.as_ufl(0.0)] * len(self.scalars)
        return ufl.as_vector([ufl.as_ufl(0.0), *(spins[k] for k in range(self.n_spin)), *zeros])

    def working(self, u):
        """A blocked UFL expression of potentials, with zero for scalars whose flow does no work: what flows times these is a power."""
        if all(scalar.works for scalar in self.scalars):
            return u
        further = (u[k] if s.works else ufl.as_ufl(0.0) for k, s in enumerate(self.scalars, self.n_electric))
        return ufl.as_vector([*(u[i] for i in range(self.n_electric)), *further])
