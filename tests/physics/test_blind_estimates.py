"""Bars where estimates had been blind: narrow parts of wide ones, powers where currents are turned, what the solver leaves, numbers that moved."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from mpi4py import MPI

import spinfem.observables  # noqa: F401  # their kinds
from spinfem.api.case import load
from spinfem.study.adaptive import adapted, estimator_of, levels
from spinfem.study.goal_error import GoalError
from spinfem.study.session import Session

MOST = 2.0  # bars


@cache
def planar_hall(amr, target):
    """The GoalErrors of a wide bar with narrow arms, by name."""
    changes = {"solver.error_estimate": True, "accuracy": target, "regions.bar.material.amr_ratio": amr}
    *_, last = levels(load("amr_bar").changed(changes), Session(MPI.COMM_WORLD))
    return {error.name: error for error in last.errors}


@pytest.mark.parametrize("target", [0.005, 0.0005])
def test_narrow_arms_on_a_wide_bar_that_turns_no_current_are_at_one_potential(target):
    found = planar_hall(0.0, target)
    for name in ("planar_hall", "longitudinal.lower_right"):
        assert abs(found[name].corrected) < MOST * found[name].error < 2 * MOST * target * 10.1


@pytest.mark.parametrize("target", [0.005, 0.0005])
def test_narrow_arms_see_the_planar_hall_effect(target):
    found = planar_hall(0.02, target)
    for name in ("planar_hall", "longitudinal.lower_right"):  # of isotropic meshes with cells of 1 nm at the arms
        assert abs(found[name].corrected - 51.255e-3) < MOST * found[name].error + 0.01e-3


def film(drive, target):
    case = load("spin_hall_film").changed({"terminals.left": drive, "observables": ["dissipation"], "accuracy": target})
    *_, last = levels(case, Session(MPI.COMM_WORLD))
    return {error.name: error for error in last.errors}


@pytest.mark.parametrize("spin", ["sink", "reflecting"])
def test_heat_where_currents_are_turned_has_a_bar_that_holds(spin):
    given = {"current": "1 mA"}  # its first order in the error nearly cancels
    coarse, fine = (film(given | {"spin": spin}, target) for target in (0.05, 1e-4))
    error, exact = coarse["dissipation.transport"], fine["dissipation.transport"].corrected
    off = abs(error.corrected - exact)
    assert off < MOST * error.error and error.error < 1e-4 * exact
    assert abs(error.value - exact) > 0.7 * off  # and the correction is worth having


@pytest.mark.parametrize("angle", [0.0, 0.2])
def test_the_heat_at_corners_is_the_power_that_enters(angle):
    """On each mesh both are equal, and so is what it misses of them."""
    changes = {"observables": ["dissipation"], "regions.cross.material.anomalous_hall_angle": angle}
    coarse, fine = (
        {error.name: error for error in list(levels(case, Session(MPI.COMM_WORLD)))[-1].errors}
        for case in (load("anomalous_hall_cross").changed(changes, accuracy=target) for target in (0.01, 2e-5))
    )
    heat, power = (coarse[f"dissipation.{name}"] for name in ("transport", "total"))
    assert heat.correction == pytest.approx(power.correction, rel=0.01)
    for error in (heat, power):
        assert abs(error.corrected - fine["dissipation.total"].corrected) < MOST * error.error


def test_the_noise_of_a_number_is_a_multiple_of_what_the_solver_left_of_it():
    across = {"plus": "detector_end", "minus": "wire_right", "drive": "injector_end", "flip": "detector"}
    observables = [{"nonlocal_resistance": across}, "spin_accumulation"]

    def found(**solver):
        weak = {
            "material": {"base": "Py @ 4.2 K", "polarization": 0.5},
            "magnetization": "+z",
        }  # one that takes iterations
        case = load("nonlocal_valve_2d").changed(mesh={"resolution": 3}, observables=observables, solver=solver)
        case = case.changed({"regions.injector": weak, "regions.detector": weak})
        session = Session(MPI.COMM_WORLD)
        device = session.device(case)
        estimator = estimator_of(session.simulation(case, device), session)
        return {error.name: error for error in estimator.errors(case.observables)}

    rough, exact = found(method="iterative", tolerance=1e-6), found(method="direct")
    off = {name: abs(error.value - exact[name].value) for name, error in rough.items()}
    told = [name for name in off if off[name] > 2 * exact[name].noise]
    assert {"nonlocal_resistance.difference", "spin_accumulation.wire/detector.z"} <= set(told)
    for name in told:
        assert 3 * off[name] < rough[name].noise < 30 * off[name], name


def test_a_number_that_moved_farther_than_its_bars_has_no_smaller_bar():
    def of(value, correction):
        return GoalError(
            "a", "a", value, "V", correction, abs(correction), abs(correction), 1.0, 0.0, 0.0, np.empty(0), np.empty(0)
        )

    before, after = of(1.0, 0.1), of(2.0, 0.01)
    assert after.after(before).error == pytest.approx(2.01 - 1.1)
    near = of(1.1, 0.01)
    assert near.after(before) == near
    assert replace(after, moved=0.0).error == pytest.approx(0.00275)


def test_small_numbers_that_are_less_exact_than_asked_for_are_told():
    case = load("nonlocal_valve_2d").changed(accuracy=0.001)
    _, _, (words,) = adapted(case, Session(MPI.COMM_WORLD))
    assert words.startswith("less exact than 0.1 %: terminals.detector_end.spin_current.z (0.")
    named = case.changed(accuracy={"target": 0.001, "of": ["terminals"]})
    last, rows, warnings = adapted(named, Session(MPI.COMM_WORLD))
    (error,) = (e for e in last.errors if e.name == "terminals.detector_end.spin_current.z")
    assert not warnings and error.error <= 0.001 * abs(error.corrected) and len(rows) > 1


def test_a_number_of_states_with_different_directions_of_spin_has_an_error():
    turned = {"plus": "left", "minus": "right", "rotate": "free", "angles": ["0 deg", "90 deg"]}
    *_, last = levels(load("gmr_pillar").changed(observables=[{"magnetoresistance": turned}]), Session(MPI.COMM_WORLD))
    assert {error.name for error in last.errors} >= {"magnetoresistance.smallest", "magnetoresistance.ratio"}
    assert all(error.error < 1e-6 * error.value for error in last.errors)
