"""Charge and spin conservation of a solution: kept by every kind of device, missed where a solution is wrong."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.algebra.solver import SolveError
from spinfem.case.reader import read_case
from spinfem.postprocessing.terminals import read_terminals
from spinfem.study.balance import Balance, balance
from spinfem.study.operators import Operators
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar
from tests.cases import stack_case
from tests.commands import CASES
from tests.exact import Layer

VALVE = """
geometry: {layers: [{name: f, thickness: 20 nm}, {name: n, thickness: 10 nm}, {name: g, thickness: 5 nm}], width: 50 nm, depth: 50 nm}
regions:
  f: {material: {conductivity: 8e6 S/m, spin_diffusion_length: 5 nm, polarization: 0.5}, magnetization: +z}
  n: {material: {conductivity: 7e7 S/m, spin_diffusion_length: 1 um}}
  g: {material: {conductivity: 8e6 S/m, spin_diffusion_length: 5 nm, polarization: 0.5}, magnetization: +x}
terminals: {left: {current: 1 uA}, right: {voltage: 0 V}}
"""
CIRCUIT = (
    "interfaces={n/g: {type: circuit, conductance_up: 6e14 S/m^2, conductance_down: 2e14 S/m^2,"
    " mixing_conductance: 5e14 S/m^2, mixing_conductance_imaginary: 1e14 S/m^2}}"
)
LOSS = "interfaces={f/n: {resistance_area: 1 fohm m^2, polarization: 0.5, spin_memory_loss: 0.5}}"
WEAK = "regions.g={{material: {{conductivity: 8e6 S/m, spin_diffusion_length: 5 nm, polarization: 0.5}}, magnetization: +x, {}: 2 nm}}"


def simulation_of(text, *overrides):
    case, session = read_case(text, overrides=overrides), Session(MPI.COMM_WORLD)
    return session.simulation(case, session.device(case))


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        (CIRCUIT,),
        (LOSS,),
        (WEAK.format("dephasing_length"),),
        (WEAK.format("precession_length"),),
        ("regions.n.material.spin_hall_angle=0.1", "geometry.dimension=2"),
        ("terminals.right={voltage: 0 V, spin: sink}",),
        ("terminals.left={floating: true, spin: {current: [1 nA, 0 A, 1 nA]}}",),
        ("terminals.left={current: 1e-30 A}",),
        ("terminals.left={current: 1e12 A}",),
    ],
)
def test_every_kind_of_device_keeps_charge_and_spin(overrides):
    simulation = simulation_of(VALVE, *overrides)
    simulation.solution()
    assert 0 <= simulation.solves.checks["charge_conservation"] < 1e-10
    assert 0 < simulation.solves.checks["spin_conservation"] < 1e-8
    assert simulation.solves.doubts == []


def test_a_texture_keeps_them_too():
    simulation = simulation_of((CASES / "domain_wall.yaml").read_text(), "mesh.resolution=2")
    simulation.solution()
    assert 0 < simulation.solves.checks["spin_conservation"] < 1e-10


@pytest.mark.parametrize("right", ["{floating: true}", "{current: 0 A}"])
def test_where_nothing_flows_nothing_is_lost(right):
    simulation = simulation_of(VALVE, "terminals.left={voltage: 1 V}", f"terminals.right={right}")
    assert simulation.solution().readings["right"].potential == pytest.approx(1.0)
    assert (
        simulation.solves.checks == {"charge_conservation": 0.0, "spin_conservation": 0.0}
        and simulation.solves.doubts == []
    )


def test_a_solution_that_is_wrong_in_its_spins_alone_does_not_balance():
    layers = [
        Layer(20e-9, conductivity=8e6, length=5e-9, polarization=0.5),
        Layer(40e-9, conductivity=7e7, length=1e-6, polarization=0.0),
    ]
    device = bar(MPI.COMM_WORLD, [("a", 20.0, 8), ("b", 40.0, 4)], across=20.0)
    simulation = Simulation(stack_case(layers, 1e-6, 2), device)
    solution = simulation.solution()
    problem = simulation.problem()
    operator = Operators().of(problem, simulation.case.solver)

    def of(factor_phi, factor_v):
        full, reaction, report = operator.solve(*problem.loads(simulation.drive))
        full.array[0::2] *= factor_phi
        full.array[1::2] *= factor_v
        operator.matrix.mult(full, reaction)
        solution.potentials.x.array[: full.array.size] = full.array
        reactions = np.array(reaction.array).reshape(-1, 2) * problem.siemens
        return balance(
            problem,
            operator,
            simulation.drive,
            (full, reaction, report),
            read_terminals(problem, solution.potentials, reactions, simulation.drive),
        )

    right, wrong = of(1.0, 1.0), of(1.0, 1.01)
    assert right.spin < 1e-10 and right.charge < 1e-10
    assert wrong.charge < 0.01 and wrong.spin > 2e-3
    with pytest.raises(SolveError, match="conserves spin to"):
        wrong.judged()


def test_between_good_and_poor_there_is_a_warning():
    assert Balance(1e-9, 1e-7).judged() == []
    (words,) = Balance(1e-6, 1e-7).judged()
    assert "conserves charge to 1.0e-06 of the drive only" in words
    (words,) = Balance(1e-9, 1e-5).judged()
    assert "conserves spin to 1.0e-05" in words
    for poor in (Balance(1e-2, 0.0), Balance(np.nan, 0.0), Balance(0.0, np.inf)):
        with pytest.raises(SolveError) as caught:
            poor.judged([1.0, 1e-3])
        assert caught.value.history == [1.0, 1e-3]
