"""The part of spin space that a device can reach.

In a collinear device the spin potential points along one axis everywhere, in a coplanar one it stays in a plane. Only the
components along an orthonormal basis of that subspace are solved for.
"""

import numpy as np

_SAME_DIRECTION = 1e-10  # relative weight below which a direction counts as rounding


def spin_basis(comm, directions, turning=False, mixtures=()):
    """Orthonormal basis, shape (n, 3) with 1 <= n <= 3, of the span of all ranks' `directions`, shape (k, 3).

    A device without any direction gets the z axis, so that there always is a spin unknown. `turning`: something in the
    device turns spins out of the plane of two directions (precession, G_i), so two of them reach all three. mixtures: (3, 3) matrices that lead from
    some directions to others. Three are right-handed.
    """
    directions = np.asarray(directions, dtype=float).reshape(-1, 3)
    moment = comm.allreduce(directions.T @ directions)
    if not moment.any():
        return np.array([[0.0, 0.0, 1.0]])
    basis = _closed(_span(moment), mixtures)
    if len(basis) == 3 or (turning and len(basis) == 2):
        return np.vstack([basis[:2], np.cross(basis[0], basis[1])])
    largest = np.take_along_axis(basis, np.abs(basis).argmax(axis=1)[:, None], axis=1)
    return basis * np.sign(largest)  # eigenvectors come with an arbitrary sign: make it reproducible


def basis_of(directions, mixtures=()):
    """The same of (k, 3) directions that are all there are, signs and turning aside."""
    return _closed(_span(directions.T @ directions), mixtures) if directions.any() else np.array([[0.0, 0.0, 1.0]])


def _span(moment):
    """Orthonormal directions, those with the largest weights first."""
    weights, vectors = np.linalg.eigh(moment)
    return vectors.T[weights > _SAME_DIRECTION * weights[-1]][::-1]


def _closed(basis, mixtures):
    """The orthonormal basis with what `mixtures` make of it."""
    while mixtures and len(basis) < 3:
        reached = np.vstack([basis, *(basis @ np.transpose(mixture) for mixture in mixtures)])
        larger = _span(reached.T @ reached)
        if len(larger) == len(basis):
            break
        basis = larger
    return basis


def axes_of(m):
    """The spin axes of magnetisations `m`, shape (k, n): m or -m, whichever lies in one fixed half of spin space.

    Antiparallel magnets thus share an axis, and their spin unknowns couple to a normal metal's with the same sign. The coarsening of
    algebraic multigrid depends on that: unknowns of opposite sign double its iterations.
    """
    m = np.atleast_2d(m)
    half = m @ np.array([1.0, np.sqrt(0.5), np.sqrt(0.2)])[: m.shape[1]]  # a plane that no common direction lies in
    return np.where(half[:, None] < 0, -m, m)
