"""The hodograph of several magnets: folded along the magnetizations, flat once it is unfolded."""

from itertools import pairwise

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.reader import load_case
from spinfem.geometry.recipe import outline_of
from spinfem.observables.hodograph import unfolded
from spinfem.study.run import run
from spinfem.study.session import Session
from tests.commands import CASES

QUICK = ("solver.error_estimate=false", "solver.degree=2")
MAGNETS = ([0, 0, 1], [1, 0, 0], [0, 1, 0], np.array([1, 1, -1]) / np.sqrt(3))


def only(**keys):
    given = {"name": "h", "from": ["100 nm", "0 nm", "0 nm"], "to": ["180 nm", "0 nm", "0 nm"], "points": 401} | keys
    return f"observables={[{'hodograph': given}]!r}".replace("'", '"')


def case(*overrides):
    return load_case(CASES / "noncoplanar_stack.yaml", (*QUICK, *overrides))


@pytest.fixture(scope="module")
def columns():
    outcome = run(case(only(plane=["m1", "m2", "m3", "m4"])), Session(MPI.COMM_SELF))
    table = next(table for table in outcome.results.tables if table.name == "h")
    return {name: np.asarray(values) for name, (_, values) in table.columns.items()}


def test_unfolding_keeps_lengths_and_puts_magnets_at_the_sum_of_angles():
    directions = [np.array(m, dtype=float) for m in MAGNETS]
    frames = unfolded(directions)
    angles = np.cumsum([0, *(np.arccos(np.clip(a @ b, -1, 1)) for a, b in pairwise(directions))])
    for k, frame in enumerate(frames):
        assert frame @ frame.T == pytest.approx(np.eye(3), abs=1e-14)
        for m, angle in ((directions[k], angles[k]), (directions[k + 1], angles[k + 1])):
            assert frame @ m == pytest.approx([np.cos(angle), np.sin(angle), 0], abs=1e-14)


def test_the_unfolded_curve_is_flat_and_continuous(columns):
    v = np.stack([columns[f"v_{axis}"] for axis in ("1", "2", "normal")], axis=1)
    own = np.stack([columns[f"v_{axis}"] for axis in "xyz"], axis=1)
    largest = np.linalg.norm(own, axis=1).max()
    assert np.linalg.norm(v, axis=1) == pytest.approx(np.linalg.norm(own, axis=1), abs=1e-12 * largest)
    assert np.abs(v[:, 2]).max() < 1e-6 * largest
    assert np.linalg.norm(np.diff(v, axis=0), axis=1) == pytest.approx(
        np.linalg.norm(np.diff(own, axis=0), axis=1), rel=0.02, abs=1e-6 * largest
    )  # no jump where one plane ends


def test_inside_a_magnet_it_lies_on_its_hinge(columns):
    distance = columns["distance"] * 1e9
    for low, high, angle in ((0, 20, 0), (30, 35, 90), (45, 50, 180)):
        there = (distance > low + 0.1) & (distance < high - 0.1)
        v = np.stack([columns["v_1"][there], columns["v_2"][there]])
        across = v[0] * np.sin(np.radians(angle)) - v[1] * np.cos(np.radians(angle))
        assert np.abs(across).max() < 1e-9 * np.abs(v).max()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"plane": ["m1"]}, "1 entry"),
        ({"plane": ["m1", "gap1"]}, "uniform magnetization"),
        ({"plane": ["m1", "m2", "m5"]}, 'did you mean "m'),
        ({"plane": ["m1", "m1", "m2"]}, "no two neighbours are collinear"),
        ({"plane": ["m1", "m3", "m2", "m4"]}, "in the order in which the line passes them"),
        ({"plane": ["m1", "m2", "m3"], "to": ["110 nm", "0 nm", "0 nm"]}, "no point of the line lies in it"),
    ],
)
def test_planes_that_cannot_be(keys, words):
    with pytest.raises(CaseError, match=words):
        checked_and_run(only(**keys))


def checked_and_run(setting):
    given = case(setting)
    if faults := cross_check(given, outline_of(given)):
        raise CaseError(faults)
    run(given, Session(MPI.COMM_SELF))
