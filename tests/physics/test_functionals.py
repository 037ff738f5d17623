"""What is read off a solution has a dual: weights that give it back, and its change with whatever it depends on."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI

import spinfem.observables  # noqa: F401  # their kinds
from spinfem.api.case import load as shipped
from spinfem.model.drive import Drive
from spinfem.postprocessing.bulk import Power, Relaxed
from spinfem.postprocessing.contacts import ContactAverage, Flux
from spinfem.postprocessing.cut import BothWays, NetCurrent
from spinfem.postprocessing.functional import gradient_by_potentials, integral, nodal_function
from spinfem.postprocessing.point_evaluation import PointValues
from spinfem.postprocessing.stream import Circulation
from spinfem.postprocessing.terminals import AtHeldTerminal, AtTerminal
from spinfem.postprocessing.torque import Absorbed
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from tests.physics.test_sensitivity import DEVICES, NM, difference_quotient, simulation_of
from tests.physics.test_touching_magnets import HARD, SOFT, TILTED, line, magnet, wall

POINTS = ((13 * NM, 7 * NM, 0.0), (3.3 * NM, 9 * NM, 0.0))
READ = (
    AtTerminal("left"),
    AtTerminal("right"),
    Flux(("f1", "n"), "n"),
    Flux(("f2", "n"), "n"),
    ContactAverage(("f1", "n"), "n"),
    PointValues(POINTS),
    Absorbed("f1"),
    Absorbed("f2"),
    Relaxed(),
    NetCurrent(0, 14 * NM),
    NetCurrent(0, 14 * NM, ("n",)),
    NetCurrent(1, 7 * NM, ("n", "f2")),
)


def by_dual(solution, dual):
    """The value of a number that is linear in the potentials, from its Dual."""
    total = np.sum(dual.potentials * solution.nodal_values[: len(solution.reactions)])
    total += np.sum(dual.reactions * solution.reactions)
    total += sum(np.sum(weights * solution.regional_reactions(name)) for name, weights in dual.regional.items())
    return solution.comm.allreduce(total, op=MPI.SUM) + sum(c * integral(solution, form) for c, form in dual.forms)


def check(solution, functional, seed):
    value = functional.value(solution)
    weights = np.random.default_rng(seed).normal(size=value.shape)
    if isinstance(functional, AtTerminal):
        weights[8] = 0.0  # a power is not linear
    expected = np.sum(weights * value)
    assert by_dual(solution, functional.dual(solution, weights)) == pytest.approx(
        expected, rel=1e-9, abs=1e-10 * np.abs(weights * value).sum()
    )
    return abs(expected)


@pytest.mark.parametrize("name", DEVICES)
def test_the_dual_gives_the_value_back(name):
    solution = simulation_of(name).solution()
    assert sum(check(solution, functional, seed) > 0 for seed, functional in enumerate(READ)) >= len(READ) - 2


def test_what_goes_around_follows_the_potentials():
    """Where the integrand changes its sign, and at an extreme, too: nothing but the potentials moves it to first order."""
    simulation = simulation_of("spin Hall")
    solution = simulation.solution()
    step = 1e-5 * solution.largest_potential() * np.random.default_rng(5).normal(size=solution.reactions.shape)
    rest = np.zeros(step.size)
    for functional in (BothWays(1, 7 * NM), BothWays(1, 7 * NM, ("n",)), Circulation(1), Circulation(-1)):
        weights = np.eye(1, functional.value(solution).size)[0]
        expected = np.sum(gradient_by_potentials(solution, functional.dual(solution, weights)) * step)
        moved = [shifted(simulation, solution, sign * step, rest) for sign in (1, -1)]
        one, other = (functional.value(state)[0] for state in moved)
        assert (one - other) / 2 == pytest.approx(expected, rel=1e-5) and expected != 0


@pytest.mark.parametrize("name", ["transparent", "not symmetric"])
def test_the_currents_of_held_terminals_have_duals(name):
    simulation = simulation_of(name)
    drive = Drive(voltages={"left": 1.0}, spin_potentials={"right": np.array([0.0, 0.6, 0.8])})
    solution = simulation.solution(drive=drive, held=("left", "right"))
    assert all(check(solution, AtHeldTerminal(terminal), 1) > 0 for terminal in ("left", "right"))


@pytest.mark.parametrize("dimension", [1, 2])
def test_the_torque_on_walls_that_touch_other_magnets_has_a_dual(dimension):
    turned = {"expression": ["sin(0.5 + x/(30*nm))", "0", "cos(0.5 + x/(30*nm))"]}
    solution = line({"f1": magnet(HARD, wall(5)), "f2": magnet(SOFT, turned), "f3": magnet(HARD, TILTED)}, dimension)
    for seed, region in enumerate(("f1", "f2", "f3")):
        assert check(solution, Absorbed(region), seed) > 1e-9


@pytest.mark.parametrize("name", ["non-collinear", "weak"])
@pytest.mark.parametrize("functional", [*READ, Power()], ids=lambda f: type(f).__name__)
def test_the_gradient_by_the_potentials_is_that_of_differences(name, functional):
    """However a number depends on the potentials: here on all of them, one random direction."""
    simulation = simulation_of(name)
    solution = simulation.solution()
    weights = np.random.default_rng(3).normal(size=functional.value(solution).shape)
    dual = functional.dual(solution, weights)
    step = 1e-4 * solution.largest_potential() * np.random.default_rng(4).normal(size=solution.reactions.shape)
    matrix = solution.problem.assemble()
    change, current = matrix.createVecs()
    change.array[:] = step.ravel()
    matrix.mult(change, current)
    expected = np.sum(gradient_by_potentials(solution, dual) * step)
    expected += np.sum((np.zeros(step.shape) + dual.reactions).ravel() * current.array) * solution.problem.siemens
    values = []
    for sign in (1, -1):
        moved = shifted(simulation, solution, sign * step, sign * current.array)
        values.append(np.sum(weights * functional.value(moved)))
    assert (values[0] - values[1]) / 2 == pytest.approx(expected, rel=1e-8, abs=1e-12 * abs(values[0]))


def shifted(simulation, solution, step, current):
    """A Solution whose potentials are moved by `step`, with the reactions and readings that go with it."""
    from dataclasses import replace

    from spinfem.postprocessing.terminals import read_terminals

    problem = solution.problem
    blocks = solution.nodal_values[: len(step)] + step
    potentials = nodal_function(problem.space, blocks)
    reactions = solution.reactions + problem.layout.blocks(current) * problem.siemens
    readings = read_terminals(problem, potentials, reactions, solution.drive)
    return replace(solution, potentials=potentials, reactions=reactions, readings=readings)


def test_the_torque_on_a_wall_has_the_derivatives_of_differences():
    simulation = simulation_of(
        "wall", observables=({"spin_torque": {"magnet": "f1"}}, {"spin_torque": {"magnet": "f2", "name": "b"}})
    )
    found = [s for s in sensitivities(simulation, simulation.case.observables) if abs(s.value) > s.noise]
    assert {s.name[0] for s in found} == {"s", "b"}
    for number in found[0].derivatives:
        expected = difference_quotient(simulation, number)
        for s in found:
            scale = abs(s.value / number.value if number.value else s.value)
            assert s.derivatives[number] == pytest.approx(expected[s.name], rel=1e-5, abs=1e-7 * scale)


def test_charge_fed_in_at_one_point_shows_at_another_as_the_other_way_round():
    """Reciprocity of the device, for loads at points: the load is the dual of what is read there."""
    simulation = simulation_of("non-collinear")
    problem, reading = simulation.problem(), PointValues(POINTS)
    solution = simulation.solution(drive=Drive())
    loads = [reading.dual(solution, np.eye(8)[k].reshape(2, 4)) for k in range(8)]
    found = []
    for load in loads:
        response = simulation.response(problem, load.potentials)
        found.append([np.sum(other.potentials.ravel() * response.x.array[: other.potentials.size]) for other in loads])
    found = np.array(found)
    assert np.allclose(found, found.T, rtol=1e-9, atol=1e-12 * np.abs(found).max())
    assert abs(found[0, 4]) > 1e-3 * np.abs(found).max()


def test_loads_on_terminals_and_at_their_nodes_are_one():
    simulation = simulation_of("non-collinear")
    problem, drive = simulation.problem(), Drive(currents={"left": 1e-6})
    solution = simulation.solution(drive=drive)
    nodes = AtTerminal("left").dual(solution, np.eye(9)[0]).potentials  # shares of one whole
    response = simulation.response(problem, nodes * 1e-6 / problem.siemens)
    assert np.allclose(response.x.array, solution.potentials.x.array, rtol=0, atol=1e-10 * solution.largest_potential())


@pytest.mark.parametrize("terminal", ["detector_end", "injector_end"])
def test_means_over_a_terminal_are_those_of_its_area_wherever_its_nodes_are(terminal):
    case = shipped("spin_seebeck").changed({"mesh": {"resolution": 20}, "terminals.injector_end.spin": "reflecting"})
    session = Session(MPI.COMM_WORLD)
    device = session.device(case)
    solution = session.simulation(case, device).solution()
    x, one = ufl.SpatialCoordinate(device.mesh), solution.potentials
    ds = ufl.Measure("ds", domain=device.mesh, subdomain_data=device.facet_tags)(device.terminals[terminal])
    area = integral(solution, 1.0 * ds + 0.0 * x[0] * ds)
    layout, reading = solution.layout, solution.readings[terminal]
    means = [integral(solution, one[k] * ds) / area for k in range(layout.size)]
    (scalar,) = layout.scalars
    assert reading.scalars["T"][0] == pytest.approx(scalar.per_volt * layout.further(np.array(means))[0], rel=1e-12)
    assert reading.spin_potential == pytest.approx(np.ravel(layout.spin_vectors(np.array(means))), rel=1e-9)
    assert reading.potential == pytest.approx(layout.charge(np.array(means)), rel=1e-12)
