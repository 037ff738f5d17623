"""The space in which errors are looked for: what is in it, what its functions have of energy, and answers in it."""

import basix.ufl
import numpy as np
import pytest

from spinfem.algebra import complement
from spinfem.algebra.degrees import Degrees
from tests.parallel.assembly import problem_of
from tests.parallel.complements import complement_of, load_of

# The meshes have 2, 3 and 2 columns of 3 rows; nothing is free at the edges of both ends, where terminals are.
_EDGES = 73 - 6  # all others
_A, _B, _C = 20, 30, 20  # of both magnets, and of the metal between them; those at the barrier count for both sides
DIMENSIONS = {
    "1d": 7 * 2,  # phi and one spin potential, of degree 4
    "2d": _EDGES * 2 + 42 * 2,  # of degree 3: the nodes inside cells too
    "mixing conductance": _A * 2 + _B * 4 + _C * 2,  # in strong magnets spins are along m
}


@pytest.fixture(scope="module", params=DIMENSIONS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def problem(name):
    return problem_of(name)


@pytest.fixture(scope="module")
def made(problem):
    """(the Complement, the operator as a dense matrix, orthonormal unknowns of all of its functions)."""
    space, matrix = complement_of(problem)
    n = matrix.getSize()[0]
    x, y = matrix.createVecs()
    dense = np.empty((n, n))
    for k in range(n):
        x.set(0.0)
        x[k] = 1.0
        x.assemble()
        matrix.mult(x, y)
        dense[:, k] = y.array
    loads = space.restricted(np.eye(n))
    left, sizes, _ = np.linalg.svd(loads, full_matrices=False)
    return space, dense, left[:, sizes > 1e-8 * sizes[0]]


def nodal(space, unknowns):
    return space.nodal(unknowns)


def test_its_dimension(name, made):
    assert made[2].shape[1] == DIMENSIONS[name]


def test_its_functions_vanish_at_corners_and_at_the_nodes_of_one_degree_less_on_edges(problem, made):
    space, _, unknowns = made
    degree, layout, cells = problem.degree, problem.space.dofmap.dof_layout, problem.space.dofmap.list
    own, below = (basix.ufl.element("Lagrange", "interval", q).basix_element for q in (degree, degree - 1))
    at_nodes = own.tabulate(0, below.points)[0, :, :, 0]
    values = nodal(space, unknowns).reshape(space.n_owned, problem.layout.size, -1)
    assert np.abs(values).max() > 0.1
    pairs = basix.topology(getattr(basix.CellType, problem.space.mesh.topology.cell_name()))[1]
    for edge, pair in enumerate(pairs):
        corners = [layout.entity_dofs(0, corner)[0] for corner in pair]
        on_edge = values[cells[:, [*corners, *layout.entity_dofs(1, edge)]]]
        assert np.abs(np.einsum("qk,ckuv->cquv", at_nodes, on_edge)).max() < 1e-12


def test_energies_are_those_of_the_operator(name, problem, made):
    space, dense, unknowns = made
    rng = np.random.default_rng(1)
    values = space.nodal(unknowns @ rng.normal(size=unknowns.shape[1]))
    cells = problem.cell_energies(problem.layout.blocks(values))
    fields = list(problem.layout.fields.values())
    barrier = name == "mixing conductance"  # which has energy of its own
    if barrier:
        assert 0 < cells.sum() < values @ dense @ values
    else:
        assert cells.sum() == pytest.approx(values @ dense @ values, rel=1e-10)
    nodes = space._nodes[:, 0]
    for node in rng.choice(nodes, min(12, len(nodes)), replace=False):
        load = np.zeros((space.n_owned, problem.layout.size))
        load[node] = rng.normal(size=problem.layout.size)
        mixed, charge = load, load * problem.layout.unit(problem.layout.CHARGE)
        for given in (mixed, charge):  # functions of this edge alone
            value = space.nodal(space.restricted(given.ravel()))
            energies = space.edge_products(value, value, fields)
            assert (energies[nodes != node] == 0).all()
            if not barrier:
                exact = value @ dense @ value
                assert exact * (1 - 1e-10) <= energies.sum() <= 20 * exact
        if not barrier:  # nothing can cancel in one field
            assert energies.sum() == pytest.approx(exact, rel=1e-10)


def test_what_two_functions_have_of_energy_together_is_at_most_the_product_of_their_fields(name, problem, made):
    space, dense, unknowns = made
    rng = np.random.default_rng(2)
    products = problem.field_products
    for _ in range(5):
        one, other = (space.nodal(unknowns @ rng.normal(size=unknowns.shape[1])) for _ in range(2))
        sizes = [products.sizes(problem.layout.blocks(values)) for values in (one, other)]
        most = products.in_cells(*sizes).sum()
        assert abs(_energy(problem, one, other)) <= most
        norms = [problem.cell_energies(problem.layout.blocks(values)) for values in (one, other)]
        assert most <= 20 * np.sqrt(norms[0] * norms[1]).sum()
        parts = zip((one, other), _fields(problem), strict=True)
        apart = products.in_cells(*(products.sizes(problem.layout.blocks(v) * e) for v, e in parts))
        metal = problem.device.cells_of("b")
        assert (apart[metal] == 0).all() and apart.sum() > 0  # magnets alone couple them


def _fields(problem):
    charge = problem.layout.unit(problem.layout.CHARGE)
    return charge, 1 - charge


def _energy(problem, one, other):
    """Between two functions, by polarization."""
    both = [problem.cell_energies(problem.layout.blocks(one + sign * other)).sum() for sign in (1, -1)]
    return (both[0] - both[1]) / 4


@pytest.mark.parametrize("below", [False, True])
def test_functions_of_one_degree_less_take_their_part_in_the_answer(below, name, problem, made, monkeypatch):
    if name == "mixing conductance":
        pytest.skip("one of them is enough")
    space, dense, unknowns = made
    load = space.restricted(load_of(problem).ravel())
    monkeypatch.setattr(complement, "_CLOSE", 1e-12)
    lower = problem_of(name, degree=problem.degree - 1)
    degrees = Degrees(lower.space, problem.space)
    free = lower.constraints.rows.toarray()
    up = np.stack([degrees.up(problem.layout.blocks(column)).ravel() for column in free.T], axis=1)
    coarse = up @ np.linalg.solve(up.T @ dense @ up, up.T)
    found = space.solve(load[:, None], steps=500, below=(lambda loads: coarse @ loads) if below else None)
    found = space.nodal(found)[:, 0]
    functions = np.hstack([nodal(space, unknowns), up]) if below else nodal(space, unknowns)
    count = unknowns.shape[1]
    wanted = np.append(unknowns.T @ load, np.zeros(functions.shape[1] - count))
    answer = np.linalg.solve(functions.T @ dense @ functions, wanted)
    exact = functions[:, :count] @ answer[:count]
    assert np.abs(found - exact).max() < 1e-8 * np.abs(exact).max()


@pytest.mark.parametrize("transposed", [False, True])
def test_answers_are_those_of_all_equations_of_the_space(transposed, problem, made, monkeypatch):
    space, dense, unknowns = made
    functions = nodal(space, unknowns)
    matrix = functions.T @ (dense.T if transposed else dense) @ functions
    load = space.restricted(load_of(problem).ravel())
    exact = unknowns @ np.linalg.solve(matrix, unknowns.T @ load)

    def off(found):
        rest = space.nodal(found - exact)
        whole = space.nodal(exact)
        return np.sqrt((rest @ dense @ rest) / (whole @ dense @ whole))

    assert off(space.solve(load[:, None], transposed=transposed)[:, 0]) < 0.1  # a few steps
    monkeypatch.setattr(complement, "_CLOSE", 1e-12)
    loads = np.stack([load, 0 * load, -3 * load], axis=1)
    one, nothing, three = space.solve(loads, transposed=transposed, steps=500).T
    assert off(one) < 1e-8
    assert (nothing == 0).all()
    assert three == pytest.approx(-3 * one, abs=1e-9 * np.abs(one).max())
