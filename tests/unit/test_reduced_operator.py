"""The constraint map and the reduced solve, against dense linear algebra."""

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from spinfem.algebra.constraint_map import ConstraintBuilder
from spinfem.algebra.reduced_operator import ReducedOperator
from spinfem.algebra.solver import SolveError

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


def adrift():
    """The phi of nodes 0 .. 4 hang together, and with the ground; those of 5 .. 11, with the probe, are on their own."""
    links = np.zeros((NODES, NODES))
    for a in [*range(4), *range(5, 11)]:
        links[np.ix_([a, a + 1], [a, a + 1])] += [[1.7, -1.7], [-1.7, 1.7]]
    return np.kron(links, np.diag([1.0, 0.0])) + np.kron(np.eye(NODES), np.diag([0.0, 1.0]))


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("method", ["iterative", "direct"])
def test_a_current_into_what_nothing_leads_away_from_has_no_solution(method, symmetric):
    with pytest.raises(SolveError):
        operator(adrift(), method=method, symmetric=symmetric).solve({"probe": 1.0}, {"ground": 1.0})


@pytest.mark.parametrize("method", ["iterative", "direct"])
@pytest.mark.parametrize("size", [1e-200, 1e-30, 1e12])
def test_a_drive_of_any_size_is_judged_alike(method, size):
    reduced = operator(dense_operator(), method=method)
    one, _, report = reduced.solve({"probe": 1.0})
    other, _, of_other = reduced.solve({"probe": size})
    assert other.array == pytest.approx(size * one.array, rel=1e-9, abs=0.0)
    assert (of_other.iterations, of_other.doubt) == (report.iterations, "")
    assert of_other.residual == pytest.approx(report.residual, abs=1e-13)


def test_a_drive_that_is_no_number_is_refused():
    with pytest.raises(SolveError, match="not a finite number"):
        operator(dense_operator()).solve({"probe": np.nan})


class Wrong:
    """A KSP that says it has converged, to a solution that is off by a factor."""

    def __init__(self, krylov, factor):
        self._krylov, self._factor = krylov, factor

    def solve(self, load, solution):
        self._krylov.solve(load, solution)
        solution.scale(self._factor)

    def __getattr__(self, name):
        return getattr(self._krylov, name)


@pytest.mark.parametrize(
    ("off", "words"), [(1e-10, None), (1e-7, "leaves a relative residual of 1.0e-07"), (1e-3, SolveError)]
)
def test_what_the_method_says_of_itself_does_not_count(off, words):
    reduced = operator(dense_operator())
    reduced.solver.krylov = Wrong(reduced.solver.krylov, 1 + off)
    if words is SolveError:
        with pytest.raises(SolveError, match="residual of 1.0e-03: it solves nothing"):
            reduced.solve({"probe": 1.0})
        return
    _, _, report = reduced.solve({"probe": 1.0})
    assert words in report.doubt if words else report.doubt == ""


def test_a_direct_solution_is_refined():
    reduced = operator(dense_operator(), method="direct")
    reduced.solver.krylov = Wrong(reduced.solver.krylov, 1 + 1e-5)
    _, _, report = reduced.solve({"probe": 1.0})
    assert report.history == pytest.approx([1e-5, 1e-10, report.residual], rel=1e-2) and report.residual < 1e-14


def test_an_adjoint_solution_is_judged_too():
    adjoint = operator(dense_operator(False), symmetric=False).adjoint()
    adjoint.solver.krylov = Wrong(adjoint.solver.krylov, 1.1)
    with pytest.raises(SolveError, match="it solves nothing"):
        adjoint.solve({"probe": 1.0})


@pytest.mark.parametrize("method", ["iterative", "direct"])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("transposed", [True, False])
def test_many_loads_are_answered_as_each_of_them(method, symmetric, transposed):
    reduced = operator(dense_operator(symmetric), symmetric=symmetric, method=method, tolerance=1e-12)
    if transposed:
        reduced = reduced.adjoint()
    loads = np.random.default_rng(4).normal(size=(NODES * BLOCK, 5)) * [1.0, 1e6, 0.0, 1e-6, -1.0]
    found = reduced.responses(loads, 1e-12)
    for load, answer in zip(loads.T, found.T, strict=True):
        one = reduced.solve(nodal=load)[0].array
        assert np.allclose(answer, one, rtol=0, atol=1e-9 * np.abs(one).max())


@pytest.mark.parametrize("symmetric", [True, False])
def test_many_loads_that_are_not_answered_in_time_are_an_error(symmetric):
    reduced = operator(dense_operator(symmetric), symmetric=symmetric, max_iterations=2)
    with pytest.raises(SolveError, match="stopped after 2 iterations at a relative residual of .* .wanted 1e-12."):
        reduced.responses(np.ones((NODES * BLOCK, 2)), 1e-12)
