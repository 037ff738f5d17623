"""What a point of a sweep takes over from those before it, and that its numbers do not hang on that."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.algebra.together import least_left
from spinfem.api.case import read
from spinfem.study.adaptive import estimator_of
from spinfem.study.run import run
from spinfem.study.session import Session

VALVE = """
geometry:
  layers: [{name: f, thickness: 100 nm}, {name: n, thickness: 400 nm}, {name: g, thickness: 100 nm}]
  width: 100 nm
  depth: 100 nm
regions:
  f: {material: Co @ 77 K, magnetization: +y}
  n: Al @ 4.2 K
  g: {material: Co @ 77 K, magnetization: +y}
interfaces: {f/n: {resistance_area: 1e-3 ohm um^2, polarization: 0.3}}
magnetic_field: {magnitude: 50 mT, direction: +z}
terminals: {left: {current: 1 uA}, right: {voltage: 0 V}}
observables:
  - spin_accumulation
  - nonlocal_resistance: {plus: left, minus: right, drive: left, flip: g}
solver: {degree: 2}
"""


def in_field(tesla):
    return read(VALVE).changed({"magnetic_field.magnitude": f"{tesla} T"})


def solved(case, session):
    return session.simulation(case, session.device(case)).solution()


def numbers(case, session):
    return {m.name: np.append(m.value, m.error) for m in run(case, session).results.measurements}


def test_another_field_has_the_same_map_and_the_same_contacts():
    session = Session(MPI.COMM_SELF)
    one, other = (solved(in_field(tesla), session).problem for tesla in (0.05, 0.06))
    assert other.constraints is one.constraints and other.couplings is one.couplings
    tunnel = in_field(0.06).changed({"interfaces.f/n.resistance_area": "1 ohm um^2"})
    assert solved(tunnel, session).problem.couplings is not one.couplings
    turned = in_field(0.06).changed({"regions.g.magnetization": "+x"})
    assert solved(turned, session).problem.constraints is not one.constraints


def test_a_solution_begins_with_those_of_the_fields_before():
    session = Session(MPI.COMM_SELF)
    counts = [solved(in_field(0.05 + 0.002 * k), session).report.iterations for k in range(5)]
    assert 2 * counts[4] <= counts[0]


def test_the_same_point_again_takes_hardly_a_step():
    session = Session(MPI.COMM_SELF)
    first, again = (solved(case, session) for case in (in_field(0.05), in_field(0.05)))
    assert first.report.iterations > 1 >= again.report.iterations
    assert again.nodal_values == pytest.approx(first.nodal_values, rel=1e-9, abs=1e-20)


def test_numbers_and_errors_are_those_of_a_point_alone():
    session = Session(MPI.COMM_SELF)
    for tesla in (-0.05, 0.01, 0.05):
        beside = numbers(in_field(tesla), session)
    alone = numbers(in_field(0.05), Session(MPI.COMM_SELF))
    assert beside.keys() == alone.keys()
    for name, number in alone.items():
        *values, error = beside[name]
        assert values == pytest.approx(number[:-1], rel=1e-9, abs=1e-18) and error == pytest.approx(
            number[-1], rel=1e-3, abs=1e-18
        )


def test_errors_are_estimated_off_the_solutions_that_there_are():
    session = Session(MPI.COMM_SELF)
    case = in_field(0.05)
    simulation = session.simulation(case, session.device(case))
    for observable in case.observables:
        list(observable.measure(simulation))
    solves = len(simulation.solves.records)
    assert list(estimator_of(simulation, session).errors(case.observables))
    assert len(simulation.solves.records) == solves == 2


def test_a_combination_of_directions_leaves_least():
    rng = np.random.default_rng(3)
    matrix, loads = rng.normal(size=(8, 8)), rng.normal(size=(8, 2))
    directions = [rng.normal(size=(8, 2)) for _ in range(3)]
    directions.append(directions[0] + 1e-9 * directions[1])  # all but parallel to another one
    found, rest = least_left(lambda x: matrix @ x, directions, loads, MPI.COMM_SELF)
    for k in range(2):
        images = matrix @ np.stack([d[:, k] for d in directions[:3]], axis=1)
        least = loads[:, k] - images @ np.linalg.lstsq(images, loads[:, k], rcond=None)[0]
        assert rest[:, k] == pytest.approx(least, abs=1e-6)
        assert loads[:, k] - matrix @ found[:, k] == pytest.approx(rest[:, k], abs=1e-6)
    exact = np.linalg.solve(matrix, loads)
    assert least_left(lambda x: matrix @ x, [exact], loads, MPI.COMM_SELF)[0] == pytest.approx(exact)
