"""Which preconditioner serves where, and what magnetic states share."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.magnetization import Uniform
from spinfem.case.schema import Case
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers interface types)
from tests.boxes import bar

TUNNEL = {"b/c": {"resistance_area": "1 fohm m^2", "polarization": 0.4}}


def simulation_of(degree, cells=2, across=20, dimension=3, hall=0.0, interfaces=None, spin="sink"):
    """Three layers; `cells` for each 10 nm of thickness, and as many for `across` nm sideways."""
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve.geo"},  # never opened: the test brings its mesh
            "regions": {
                "a": {"material": "Py @ 4.2 K", "magnetization": "+z"},
                "b": {"material": {"base": "Cu @ 4.2 K", "spin_hall_angle": hall}},
                "c": {"material": "Py @ 4.2 K", "magnetization": "+z"},
            },
            "interfaces": interfaces or {},
            "terminals": {"left": {"current": "1 mA", "spin": spin}, "right": {"voltage": "0 V", "spin": spin}},
        }
    )
    solver = case.solver.model_copy(update={"degree": degree})
    layers = [("a", 10, cells), ("b", 20, 2 * cells), ("c", 10, cells)]
    device = bar(MPI.COMM_SELF, layers, across, cells, dimension)
    return Simulation(case.model_copy(update={"solver": solver}), device)


def operator_of(simulation, **magnetizations):
    turned = {name: Uniform(direction=m) for name, m in magnetizations.items()}
    return simulation.operator(simulation.problem(turned))


@pytest.mark.parametrize("interfaces", [{}, TUNNEL])
def test_states_of_collinear_magnets_share_their_preconditioners(interfaces):
    simulation = simulation_of(2, interfaces=interfaces)
    parallel, reversed_ = operator_of(simulation), operator_of(simulation, c=(0.0, 0.0, -1.0))
    assert parallel.inner.keys() == {"phi", "v"}
    for name, inner in parallel.inner.items():
        assert reversed_.inner[name] is inner
    assert reversed_.blocks["phi", "v"] is not parallel.blocks["phi", "v"]
    assert reversed_.memory < 0.7 * parallel.memory


def test_the_adjoint_of_what_is_skew_has_the_same_preconditioners():
    operator = operator_of(simulation_of(2, dimension=2, hall=0.2))
    assert operator.adjoint() is not operator
    for name, inner in operator.inner.items():
        assert operator.adjoint().inner[name] is inner


def test_another_spin_space_has_a_preconditioner_of_its_own():
    simulation = simulation_of(2)
    parallel, at_an_angle = operator_of(simulation), operator_of(simulation, c=(1.0, 0.0, 0.0))
    assert at_an_angle.inner["v"] is not parallel.inner["v"]


@pytest.mark.parametrize(
    ("degree", "across", "dimension", "kind"),
    [
        (2, 20, 3, "CornerMultigrid"),
        (3, 20, 3, "CornerMultigrid"),
        (1, 20, 3, "AlgebraicMultigrid"),
        (2, 1000, 3, "AlgebraicMultigrid"),
        (3, 1000, 3, "Factors"),
        (2, 20, 2, "Factors"),
    ],
)
def test_stretched_cells_have_a_preconditioner_that_bears_them(degree, across, dimension, kind):
    simulation = simulation_of(degree, across=across, dimension=dimension)
    operator = operator_of(simulation)
    assert {type(inner).__name__ for inner in operator.inner.values()} == {kind}
    assert simulation.solution().report.iterations < 100  # GAMG on stretched cells: 71


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_what_is_linear_between_corners_is_interpolated_exactly(degree):
    problem = simulation_of(degree, interfaces=TUNNEL, spin="reflecting").problem()
    x, last = (
        problem.space.tabulate_dof_coordinates()[:, 0],
        np.unique(problem.space.dofmap.list[problem.device.cells_of("c")]),
    )
    linear = 2.0 + x
    linear[last] = 5.0 - 3.0 * x[last]  # it jumps at the tunnel contact, where nodes are doubled
    rows = problem.constraints.rows[1::2]  # of the spin potential, which is free at each node
    assert (np.diff(rows.indptr) == 1).all()
    places = rows.indices - problem.constraints.fields["v"].getIndices()[0]
    corner = np.zeros(len(x), dtype=bool)
    corner[problem.space.dofmap.list[:, :4]] = True
    matrix = problem.corners().interpolation(problem.constraints, "v")
    coarse, found = matrix.createVecRight(), matrix.createVecLeft()
    at_corners = np.argsort(places[corner])
    coarse.array[:] = (rows.data * linear)[corner][at_corners]
    matrix.mult(coarse, found)
    assert rows.data * found.array[places] == pytest.approx(linear, rel=1e-12)
