"""Where the space is broken, and that it is whole everywhere else."""

import basix.ufl
import numpy as np
import pytest
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI

from spinfem.algebra.broken_space import broken_space
from spinfem.algebra.compiling import compiling
from spinfem.algebra.nodes import nodes_in_cells, nodes_on_facets

N = 8  # cells along a side


def quadrants(degree, breaks):
    """The unit square in four regions (0: lower left, 1: lower right, 2: upper left, 3: upper right)."""
    domain = mesh.create_unit_square(MPI.COMM_WORLD, N, N, ghost_mode=mesh.GhostMode.shared_facet)
    cells = domain.topology.index_map(2)
    middle = mesh.compute_midpoints(domain, 2, np.arange(cells.size_local + cells.num_ghosts, dtype=np.int32))
    region = (middle[:, 0] > 0.5) + 2 * (middle[:, 1] > 0.5)
    element = basix.ufl.element("Lagrange", "triangle", degree, shape=(2,))
    pairs = {frozenset(pair) for pair in breaks}
    return broken_space(domain, element, region.astype(np.int64), pairs), region


def count(space):
    return space.dofmap.index_map.size_global


@pytest.mark.parametrize("degree", [1, 2])
def test_number_of_nodes(degree):
    whole, half = (degree * N + 1) ** 2, degree * N // 2
    assert count(quadrants(degree, [])[0]) == whole
    # One half line of doubled nodes; its inner end is joined through the other regions, its outer end is not.
    assert count(quadrants(degree, [(0, 1)])[0]) == whole + half
    # A whole vertical line.
    assert count(quadrants(degree, [(0, 1), (2, 3), (0, 3), (1, 2)])[0]) == whole + 2 * half + 1
    # All four apart: two lines, and four nodes in the middle.
    everything = [(a, b) for a in range(4) for b in range(a)]
    assert count(quadrants(degree, everything)[0]) == whole + 4 * half + 3


@pytest.mark.parametrize("degree", [1, 2])
def test_functions_jump_across_the_break_only(degree):
    space, region = quadrants(degree, [(0, 1), (2, 3), (0, 3), (1, 2)])
    u = fem.Function(space)
    for k, value in enumerate((0.0, 5.0)):
        cells = np.flatnonzero(region % 2 == k).astype(np.int32)
        u.interpolate(lambda x, value=value: np.stack([x[1] + value, 0 * x[0]]), cells0=cells)
    with compiling(u.function_space.mesh.comm):
        form = fem.form(ufl.inner(ufl.jump(u), ufl.jump(u)) * ufl.dS)
    square = fem.assemble_scalar(form)
    assert u.function_space.mesh.comm.allreduce(square) == pytest.approx(25.0)


def test_nodes_of_cells_and_facets_respect_the_break():
    space, region = quadrants(1, [(0, 1), (2, 3), (0, 3), (1, 2)])
    domain = space.mesh
    left = nodes_in_cells(space, np.flatnonzero(region % 2 == 0))
    right = nodes_in_cells(space, np.flatnonzero(region % 2 == 1))
    assert not (left & right).any() and (left | right).all()
    facets = mesh.locate_entities(domain, 1, lambda x: np.isclose(x[0], 0.5))
    both = nodes_on_facets(space, facets)
    one = nodes_on_facets(space, facets, region % 2 == 0)
    assert both.sum() == 2 * (N + 1) and one.sum() == N + 1
    assert (one == (both & left)).all()
