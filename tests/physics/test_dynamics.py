"""Magnets of a device that move: the torque at every m, the cases, and what becomes of the published numbers."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.api.case import load, read
from spinfem.constants import VACUUM_PERMEABILITY
from spinfem.study.macrospin import findings
from spinfem.study.macrospin.moments import moments_of
from spinfem.study.macrospin.torque import ABOUT_AN_AXIS, Axial, NoTable, OnDemand, Sphere, tabulated, torque_of
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.theory import macrospin
from spinfem.theory.two_magnets import Film, TwoMagnets

PLAIN = {"solver.error_estimate": False}
NM = 1e-9


@pytest.fixture(scope="module")
def session():
    return Session(MPI.COMM_SELF)


def solved(case, session, changes=()):
    return run(case.changed(PLAIN | dict(changes)), session).results


def values(results):
    return {m.name: m.value for m in results.measurements}


def end_of(results, magnet):
    (table,) = (t for t in results.tables if t.name == f"motion_{magnet}")
    return np.array([table.columns[f"m_{axis}"][1][-1] for axis in "xyz"])


def simulation(case, session):
    case = case.changed(PLAIN)
    return session.simulation(case, session.device(case))


def random_directions(count, k=1):
    vectors = np.random.default_rng(5).standard_normal((count, k, 3))
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


# -- torque_reversal.yaml without a field ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reversal():
    case = load("torque_reversal")
    magnet = {"damping": 0.01, "saturation_magnetization": 8e5}
    drive = {"terminal": "left", "current": -1e13}
    dynamics = {"magnets": {"second": magnet}, "drive": drive, "until": 2e-8, "rows": 101}
    return case.changed({"dynamics": dynamics, "observables": [], "plots": [], "sweep": {}})


def polar_after(reversal, session, polar, current):
    start = {"polar": f"{polar} deg", "azimuth": "20 deg"}
    changes = {"dynamics.magnets.second.start": start, "dynamics.drive.current": current}
    return np.degrees(np.arccos(np.clip(end_of(solved(reversal, session, changes), "second")[2], -1, 1)))


@pytest.mark.parametrize("polar", [60, 100])
def test_a_negative_current_takes_the_second_magnet_to_the_angle_where_its_torque_changes_sign(
    reversal, session, polar
):
    assert polar_after(reversal, session, polar, -1e13) == pytest.approx(82.8419, abs=1e-3)


@pytest.mark.parametrize(("polar", "end"), [(60, 0), (82.8, 0), (82.9, 180), (100, 180)])
def test_a_positive_current_takes_it_away_from_there(reversal, session, polar, end):
    assert polar_after(reversal, session, polar, 1e13) == pytest.approx(end, abs=0.1)


# -- the torque at every m -------------------------------------------------------------------------------------------------------------


def test_a_table_about_one_axis_agrees_with_solutions_and_with_the_closed_form(reversal, session):
    bench = simulation(reversal, session)
    table, solve = torque_of(bench), OnDemand(bench, ("second",))
    assert isinstance(table, Axial) and table.error <= 1e-7
    system = TwoMagnets(
        Film(200 * NM, 2.0202e6, 20 * NM, 0.1),
        Film(30 * NM, 4e7, 100 * NM),
        Film(200 * NM, 1.05263e7, 20 * NM, 0.9),
        0.0,
    )
    for m in random_directions(6):
        exact = TwoMagnets(system.first, system.spacer, system.second, np.arccos(m[0, 2])).absorbed((0, 0, 1), m[0])[1]
        assert table(m) == pytest.approx(solve(m), abs=1e-6 * np.abs(exact).max())
        assert table(m)[0] == pytest.approx(exact, rel=1e-4, abs=1e-4 * np.abs(exact).max())


def test_a_symmetry_that_is_not_there_is_not_taken_for_one(session):
    """Fixed magnets along two directions: spherical harmonics, which agree with solutions, too."""
    case = read(STACK).changed({"regions.m3.magnetization": "+x", "dynamics.torque_error": 2e-2})
    bench = simulation(case, session)
    table, solve = torque_of(bench), OnDemand(bench, ("m2",))
    assert isinstance(table, Sphere) and table.error <= 2e-2
    largest = max(np.abs(solve(m)).max() for m in random_directions(4))
    for m in random_directions(4):
        assert table(m) == pytest.approx(solve(m), abs=3e-2 * largest)
        assert (table(m) * m).sum() == pytest.approx(0, abs=1e-12 * largest)
    with pytest.raises(NoTable, match="differs by"):
        tabulated(
            solve, np.array([0.0, 0.0, 1.0]), 1e-4, kinds=(ABOUT_AN_AXIS,)
        )  # told that all the others are along z


STACK = """
geometry:
  layers:
    - {name: m1, thickness: 20 nm}
    - {name: gap1, thickness: 10 nm}
    - {name: m2, thickness: 5 nm}
    - {name: gap2, thickness: 10 nm}
    - {name: m3, thickness: 20 nm}
  width: 100 nm
  depth: 50 nm
regions:
  m1: {material: Py @ 300 K, magnetization: +z}
  gap1: Cu @ 300 K
  m2: {material: Py @ 300 K, magnetization: [1, 1, 1]}
  gap2: Cu @ 300 K
  m3: {material: Py @ 300 K, magnetization: -z}
terminals:
  left: {current: 1 mA, spin: sink}
  right: {voltage: 0 V, spin: sink}
mesh: {resolution: 2}
dynamics:
  magnets: {m2: {damping: 0.02, saturation_magnetization: 8e5 A/m}}
  field: [0 T, 0 T, 20 mT]
  until: 0.5 ns
  rows: 51
  torque_error: 1e-4
"""


def test_tabulated_and_solved_on_demand_a_magnet_moves_alike(session):
    case = read(STACK).changed({"dynamics.torque_error": 1e-8, "dynamics.until": "50 ps", "dynamics.rows": 11})
    table, demand = (
        end_of(solved(case, session, {"dynamics.torque": kind}), "m2") for kind in ("tabulated", "on_demand")
    )
    assert table == pytest.approx(demand, abs=1e-6)
    still = end_of(solved(case, session, {"dynamics.drive": {"factor": 0}}), "m2")
    assert np.linalg.norm(still - table) > 1e-2  # the current did something


def test_two_magnets_that_both_move_are_tabulated_by_the_angle_between_them(session):
    case = read(PAIR)
    bench = simulation(case, session)
    table, solve = torque_of(bench), OnDemand(bench, ("first", "second"))
    assert isinstance(table, Axial) and table.axis is None
    for m in random_directions(4, k=2):
        assert table(m) == pytest.approx(solve(m), abs=1e-6 * np.abs(solve(m)).max())
    results = solved(case, session)
    assert {t.name for t in results.tables} >= {"motion_first", "motion_second"}
    assert not np.allclose(end_of(results, "first"), [0, 0, 1]) and not np.allclose(
        end_of(results, "second"), [0, 1, 0]
    )


PAIR = """
geometry:
  layers:
    - {name: first, thickness: 20 nm}
    - {name: gap, thickness: 10 nm}
    - {name: second, thickness: 5 nm}
  width: 100 nm
  depth: 50 nm
regions:
  first: {material: Py @ 300 K, magnetization: +z}
  gap: Cu @ 300 K
  second: {material: Py @ 300 K, magnetization: +y}
terminals:
  left: {current: 1 mA, spin: sink}
  right: {voltage: 0 V, spin: sink}
mesh: {resolution: 2}
dynamics:
  magnets:
    first: {damping: 0.02, saturation_magnetization: 8e5 A/m}
    second: {damping: 0.02, saturation_magnetization: 8e5 A/m}
  until: 1 ns
  rows: 51
"""


def test_the_applied_field_is_that_of_the_case_or_of_the_motion_alone(session):
    gap = {"base": "Cu @ 300 K", "spin_lifetime": "10 ps"}  # free spins turn in the field of the case, too
    fields = {"magnetic_field": ["0 T", "0 T", "30 mT"], "regions.first.magnetic_field": ["0 T", "10 mT", "0 T"]}
    case = read(PAIR).changed({"regions.gap.material": gap} | fields)
    field = moments_of(case, session.device(case)).field
    assert field.tolist() == [[0, 0.01, 0], [0, 0, 0.03]]
    own = case.changed({"dynamics.field": {"magnitude": "20 mT", "direction": "+x"}})
    assert moments_of(own, session.device(own)).field.tolist() == [[0.02, 0, 0]] * 2


# -- the cases -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "last"), [("+y", "5e11 A"), ("-y", "-5e11 A")])
def test_the_critical_current_of_a_pillar_is_that_of_the_slope_of_its_torque(session, state, last):
    case = load("berger_threshold")
    changes = {"regions.free.magnetization": state, "dynamics.threshold.to": last, "mesh.resolution": 1}
    found = values(solved(case, session, changes))
    tilted = {"regions.free.magnetization": {"polar": "90 deg", "azimuth": f"{90.5 if state == '+y' else 270.5} deg"}}
    torque = [{"spin_torque": {"name": "torque", "magnet": "free", "reference": "fixed", "drive": "left"}}]
    efficiency = values(
        solved(case, session, tilted | {"mesh.resolution": 1, "observables": torque, "dynamics": None, "sweep": {}})
    )["torque.efficiency"]
    field = 0.01 + VACUUM_PERMEABILITY * 8e5 / 2
    exact = macrospin.critical_current(efficiency, 0.01, 8e5, 4.5e-9, field)
    assert abs(found["dynamics.critical_current"]) == pytest.approx(exact, rel=1e-3)
    assert found["dynamics.critical_current"] * float(last.split()[0]) > 0
    published = {"+y": (0.471, 1.2e11), "-y": (0.953, 5.9e10)}[state]
    assert efficiency == pytest.approx(published[0], rel=0.02) and exact == pytest.approx(published[1], rel=0.03)


def test_the_oscillator_ends_on_the_cone_of_the_closed_form(session):
    case = load("oscillator")
    results = solved(case, session)
    system = TwoMagnets(
        Film(200 * NM, 2.0202e6, 20 * NM, 0.1), Film(30 * NM, 4e7, 100 * NM), Film(3 * NM, 1.05263e7, 20 * NM, 0.9), 0.0
    )
    assert np.degrees(system.reversal_angle()) == pytest.approx(80.0, abs=0.05)
    (tensor,) = findings.motion_of(simulation(case, session)).moments.demagnetizing
    cosine = results_mean(results)[0]
    field = -(tensor[0, 0] - tensor[1, 1]) * cosine
    efficiency = TwoMagnets(system.first, system.spacer, system.second, np.arccos(cosine)).efficiencies()[1]
    rate = macrospin.torque_rate(efficiency, -5e-3, 8e5, 3 * NM * 1e-14)
    assert rate == pytest.approx(0.02 * macrospin.gyromagnetic_ratio() * field, rel=1e-3)
    frequency = macrospin.gyromagnetic_ratio() * abs(field) / (2 * np.pi)
    assert values(results)["dynamics.second.frequency"] == pytest.approx(frequency, rel=2e-3)


def results_mean(results):
    return values(results)["dynamics.second.mean"]


def test_a_pillar_switches_by_a_current_one_way_and_not_by_the_other(session):
    case = load("switching_pillar").changed({"mesh.resolution": 2, "observables": [], "dynamics.rows": 501})
    found = values(solved(case, session))
    assert found["dynamics.free.mean"][1] > 0.99
    assert 0.5e-9 < found["dynamics.free.switching_time"] < 3e-9
    assert -2e-3 < found["dynamics.critical_current"] < -1e-4
    stays = values(solved(case, session, {"dynamics.drive.current": "2 mA"}))
    assert stays["dynamics.free.mean"][1] < -0.99 and "dynamics.free.switching_time" not in stays
    pulse = {"dynamics.drive.pulse": {"length": "100 ps", "rise": "20 ps"}}
    assert values(solved(case, session, pulse))["dynamics.free.mean"][1] < -0.9  # too short


def test_a_random_field_gives_the_same_motion_with_the_same_seed(session):
    hot = read(STACK).changed(
        {"dynamics.temperature": "300 K", "dynamics.drive": {"factor": 0}, "dynamics.time_step": "1 ps"}
    )
    first, again = (end_of(solved(hot, session), "m2") for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.allclose(first, end_of(solved(hot, session, {"dynamics.seed": 2}), "m2"), atol=1e-4)


def test_numbers_of_a_motion_have_errors_from_a_coarser_twin(session):
    outcome = run(load("berger_threshold").changed({"mesh.resolution": 1}), session)
    (current,) = (m for m in outcome.results.measurements if m.name == "dynamics.critical_current")
    assert 0 < current.error < 1e-2 * abs(current.value)
