"""The constraint map and the reduced solve, against dense linear algebra."""

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from spinfem.algebra.constraint_map import ConstraintBuilder
from spinfem.algebra.solver import ReducedOperator, SolveError

NODES, BLOCK = 12, 2
E = np.eye(BLOCK)


def operator(dense, **options):
    n = len(dense)
    matrix = PETSc.Mat().createDense([n, n], array=dense, comm=MPI.COMM_SELF).convert("aij")
    builder = ConstraintBuilder(MPI.COMM_SELF, NODES, BLOCK, ("phi", "v"))
    builder.given("ground", np.array([0, 1]), E[0])
    builder.shared("phi", "probe", np.array([10, 11]), E[0])
    builder.own("phi", np.arange(2, 10), E[0])
    builder.own("v", np.arange(0, 6), E[1])  # nodes 6 .. 11: v = 0
    return ReducedOperator(matrix, builder.build(), **options)


def dense_operator(symmetric=True):
    rng = np.random.default_rng(3)
    a = rng.normal(size=(NODES * BLOCK, NODES * BLOCK))
    spd = a @ a.T / len(a) + 2 * np.eye(len(a))
    return spd if symmetric else spd + 0.3 * (a - a.T)


def expected(dense, load, ground):
    """The same by hand: T and G as dense matrices."""
    t = np.zeros((len(dense), 15))
    for column, node in enumerate(range(2, 10)):
        t[BLOCK * node, column] = 1
    t[[20, 22], 8] = 1
    for column, node in enumerate(range(6)):
        t[BLOCK * node + 1, 9 + column] = 1
    given = np.zeros(len(dense))
    given[[0, 2]] = ground
    right = -t.T @ dense @ given
    right[8] += load
    return t @ np.linalg.solve(t.T @ dense @ t, right) + given


@pytest.mark.parametrize("method", ["iterative", "direct"])
@pytest.mark.parametrize("symmetric", [True, False])
def test_solution_and_reactions(method, symmetric):
    dense = dense_operator(symmetric)
    reduced = operator(dense, symmetric=symmetric, method=method, tolerance=1e-13)
    full, reaction, report = reduced.solve({"probe": 2.0}, {"ground": 0.7})
    x = expected(dense, 2.0, 0.7)
    assert np.allclose(full.array, x, atol=1e-10)
    assert np.allclose(reaction.array, dense @ x, atol=1e-10)
    probe = reaction.array[20] + reaction.array[22]
    assert probe == pytest.approx(2.0, abs=1e-10)  # the reactions of a shared unknown add up to its load
    assert report.residual < 1e-12
    assert ("CG" in report.method or "Cholesky" in report.method) == symmetric


def test_one_operator_many_drives():
    dense = dense_operator()
    reduced = operator(dense)
    first, _, _ = reduced.solve({"probe": 1.0})
    second, _, _ = reduced.solve({}, {"ground": 1.0})
    both, _, _ = reduced.solve({"probe": 1.0}, {"ground": 1.0})
    assert np.allclose(both.array, first.array + second.array, atol=1e-10)


def test_nothing_drives_nothing():
    full, _, report = operator(dense_operator()).solve()
    assert not full.array.any() and report.iterations == 0


def test_a_failed_solve_says_so_and_keeps_its_history():
    reduced = operator(dense_operator(), tolerance=1e-14, max_iterations=2)
    with pytest.raises(SolveError, match="2 iterations.*residual.*diverged max it") as caught:
        reduced.solve({"probe": 1.0})
    assert len(caught.value.history) == 3 and caught.value.history[0] == 1.0


def test_petsc_options_are_left_as_they_were():
    before = dict(PETSc.Options().getAll())
    operator(dense_operator())
    assert dict(PETSc.Options().getAll()) == before
