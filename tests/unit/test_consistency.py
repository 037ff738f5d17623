"""What textures hide from elements of one degree more, and what keeps the constraints."""

import json

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.reader import read_case
from spinfem.study import beyond
from spinfem.study.adaptive import estimator_of
from spinfem.study.session import Session
from tests.parallel.assembly import problem_of
from tests.physics.test_accuracy import layers


@pytest.mark.parametrize("name", ["texture", "mixing conductance", "leads"])
def test_what_is_nearest_keeps_the_constraints_and_is_off_at_a_right_angle(name):
    problem = problem_of(name)
    constraints = problem.constraints
    free, given = constraints.rows.toarray(), constraints.prescribed.toarray()
    rng = np.random.default_rng(1)
    full = rng.normal(size=len(free))
    values = {column: rng.normal() for column in constraints.prescribed_columns}
    prescribed = given @ np.array([values[column] for column in constraints.prescribed_columns])
    nearest = constraints.nearest(full, values)
    amounts = np.linalg.lstsq(free, nearest - prescribed, rcond=None)[0]
    assert free @ amounts + prescribed == pytest.approx(nearest, abs=1e-12)
    assert np.abs(free.T @ (full - nearest)).max() < 1e-12 * len(full)
    assert constraints.nearest(nearest, values) == pytest.approx(nearest, abs=1e-12)


def corrections(name):
    """Of all numbers of a stack of layers, by name."""
    case = read_case(json.dumps(layers(name, 2) | {"mesh": {"resolution": 1000}, "accuracy": 0.5}))
    session = Session(MPI.COMM_WORLD)
    device = session.adaptable(case).device
    estimator = estimator_of(session.simulation(case, device), session)
    return {error.name: (error.unit, error.value, error.correction) for error in estimator.errors(case.observables)}


def test_nothing_is_hidden_without_a_texture(monkeypatch):
    name = "transparent"
    plain = corrections(name)
    monkeypatch.setattr(beyond, "turns", lambda problem: True)
    looked_for = corrections(name)
    assert plain.keys() == looked_for.keys()
    largest = {}
    for unit, value, _ in plain.values():
        largest[unit] = max(largest.get(unit, 0.0), abs(value))
    assert max(abs(correction) / largest[unit] for unit, _, correction in plain.values()) > 1e-8
    for number, (unit, _, correction) in plain.items():
        assert looked_for[number][2] == pytest.approx(correction, rel=1e-5, abs=1e-11 * largest[unit]), number
