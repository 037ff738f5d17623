"""How many spin components a device needs, and along what."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.model.spin_space import axes_of, spin_basis

X, Y, Z = np.eye(3)


@pytest.mark.parametrize(
    ("directions", "count"),
    [([], 1), ([Y], 1), ([Y, -Y, Y], 1), ([X, (X + Z) / np.sqrt(2)], 2), ([X, Y, Z], 3), ([X, Y, X + 1e-3 * Z], 3)],
)
def test_the_basis_spans_all_directions_and_nothing_else(directions, count):
    basis = spin_basis(MPI.COMM_SELF, directions)
    assert basis.shape == (count, 3)
    assert np.allclose(basis @ basis.T, np.eye(count))
    for direction in directions:
        assert np.allclose(basis.T @ (basis @ direction), direction, atol=1e-8)


def test_rounding_is_no_direction():
    assert len(spin_basis(MPI.COMM_SELF, [Y, Y + 1e-12 * Z])) == 1


def test_antiparallel_magnets_share_an_axis():
    m = np.array([[0.0, 1.0], [0.0, -1.0], [0.6, -0.8], [-0.6, 0.8]])
    axes = axes_of(m)
    assert np.allclose(axes[0], axes[1]) and np.allclose(axes[2], axes[3])
    assert np.allclose(np.abs(np.sum(axes * m, axis=1)), 1)


def test_mixtures_bring_in_what_they_lead_to_and_nothing_else():
    about_z, onto_z = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 0]]), np.diag([0, 0, 1])
    assert len(spin_basis(MPI.COMM_SELF, [Y], mixtures=[about_z])) == 2
    assert len(spin_basis(MPI.COMM_SELF, [Z], mixtures=[about_z])) == 1
    assert len(spin_basis(MPI.COMM_SELF, [Y + Z], mixtures=[about_z])) == 3
    assert len(spin_basis(MPI.COMM_SELF, [Y + Z], mixtures=[onto_z])) == 2
    assert len(spin_basis(MPI.COMM_SELF, [Y], mixtures=[onto_z])) == 1
