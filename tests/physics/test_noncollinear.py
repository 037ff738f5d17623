"""N/F1/N/F2/N with any angle between the magnets, against the closed form of docs/physics.md, section 7."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.schema import Case
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar

NM = 1e-9
THICKNESS = {"f1": 40, "n": 60, "f2": 50}
SIGMA = {"f1": 2e6, "n": 7e6, "f2": 3e6}
LAMBDA = {"f1": 20 * NM, "n": 100 * NM, "f2": 30 * NM}
P = {"f1": 0.4, "n": 0.0, "f2": 0.7}
AREA = 30 * NM * 10 * NM
CURRENT = 1e-6


def direction(angle, turn=np.eye(3)):
    return turn @ np.array([np.sin(angle), 0.0, np.cos(angle)])


def solve(angle, turn=np.eye(3), cells=10):
    device = bar(
        MPI.COMM_WORLD, [(name, t, cells) for name, t in THICKNESS.items()], across=30, cells_across=2, depth=10 * NM
    )
    magnets = {"f1": direction(0.0, turn), "f2": direction(angle, turn)}
    regions = {
        name: {
            "material": {
                "conductivity": f"{SIGMA[name]} S/m",
                "spin_diffusion_length": f"{LAMBDA[name]} m",
                "polarization": P[name],
            }
        }
        | ({"magnetization": magnets[name].tolist()} if name in magnets else {})
        for name in THICKNESS
    }
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},
            "mesh": {},
            "regions": regions,
            "terminals": {
                "left": {"current": f"{CURRENT} A", "spin": "sink"},
                "right": {"voltage": "0 V", "spin": "sink"},
            },
        }
    )
    return Simulation(case, device).solution()


def closed_form(angle):
    """(s_1, s_2) in V and the extra resistance-area product in ohm m^2."""

    def g(name):
        return SIGMA[name] * (1 - P[name] ** 2) / LAMBDA[name] / np.tanh(THICKNESS[name] * NM / LAMBDA[name])

    a1, a2 = g("f1") + g("n"), g("f2") + g("n")
    bc = g("n") / np.cosh(THICKNESS["n"] * NM / LAMBDA["n"]) * np.cos(angle)
    determinant, j = a1 * a2 - bc**2, CURRENT / AREA
    s1 = j * (a2 * P["f1"] - bc * P["f2"]) / determinant
    s2 = j * (bc * P["f1"] - a1 * P["f2"]) / determinant
    return s1, s2, (P["f1"] * s1 - P["f2"] * s2) / j


@pytest.mark.parametrize("angle", np.radians([0, 20, 75, 90, 140, 180]))
def test_spin_potentials_and_resistance(angle):
    solution = solve(angle)
    assert len(solution.problem.basis) == (1 if np.isclose(np.sin(angle), 0) else 2)
    _, v = solution.at([[40 * NM, 15 * NM, 0], [100 * NM, 15 * NM, 0]])
    s1, s2, extra = closed_form(angle)
    assert np.allclose(v[0], s1 * direction(0.0), atol=2e-4 * abs(s1))
    assert np.allclose(v[1], s2 * direction(angle), atol=2e-4 * abs(s1))
    ohmic = sum(t * NM / SIGMA[name] for name, t in THICKNESS.items())
    at = solution.readings
    resistance = (at["left"].potential - at["right"].potential) / CURRENT * AREA
    assert resistance - ohmic == pytest.approx(extra, rel=1e-4)


def test_a_common_rotation_changes_no_scalar():
    rng = np.random.default_rng(1)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    plain, turned = solve(1.1), solve(1.1, turn)
    assert turned.readings["left"].potential == pytest.approx(plain.readings["left"].potential, rel=1e-10)
    spins = plain.readings["right"].spin_current, turned.readings["right"].spin_current
    assert np.allclose(turn @ spins[0], spins[1], atol=1e-10 * CURRENT)
    for region in ("f1", "f2"):
        assert np.allclose(turn @ plain.absorbed(region), turned.absorbed(region), atol=1e-10 * CURRENT)
    assert list(turned.powers().values()) == pytest.approx(list(plain.powers().values()), rel=1e-9)
    points = np.array([[x * NM, 15 * NM, 0] for x in (20, 60, 90, 120)])
    (phi, v), (phi_turned, v_turned) = plain.at(points), turned.at(points)
    assert np.allclose(phi, phi_turned, rtol=1e-10)
    assert np.allclose(v @ turn.T, v_turned, atol=1e-10 * np.abs(v).max())
    along = np.array([1.0, 0.0, 0.0])
    flux = plain.spin_currents_at(points, along), turned.spin_currents_at(points, along)
    assert np.allclose(flux[0] @ turn.T, flux[1], atol=1e-9 * np.abs(flux[0]).max())


@pytest.mark.parametrize("angle", [0.0, np.pi, 1.1])
def test_fewer_spin_components_give_the_same_numbers(angle, monkeypatch):
    """What collinear and coplanar devices leave out is zero."""
    few = solve(angle)
    monkeypatch.setattr("spinfem.model.state.spin_basis", lambda *arguments: np.eye(3))
    all_three = solve(angle)
    assert len(few.problem.basis) < 3 == len(all_three.problem.basis)
    assert all_three.readings["left"].potential == pytest.approx(few.readings["left"].potential, rel=1e-10)
    points = np.array([[x * NM, 15 * NM, 0] for x in (20, 60, 120)])
    (_, v), (_, expected) = all_three.at(points), few.at(points)
    assert np.allclose(v, expected, atol=1e-10 * np.abs(expected).max())
    for region in ("f1", "f2"):
        assert np.allclose(all_three.absorbed(region), few.absorbed(region), atol=1e-10 * CURRENT)


@pytest.mark.parametrize("angle", np.radians([30, 90, 150]))
def test_torques_are_the_closed_form(angle):
    """Delta J_1 = B s_2 [m1 x (m2 x m1)] and Delta J_2 = B s_1 [m2 x (m1 x m2)]."""
    solution = solve(angle, cells=16)
    s1, s2, _ = closed_form(angle)
    b = SIGMA["n"] / LAMBDA["n"] / np.sinh(THICKNESS["n"] * NM / LAMBDA["n"])
    m1, m2, c = direction(0.0), direction(angle), np.cos(angle)
    for region, expected in (("f1", b * s2 * (m2 - c * m1)), ("f2", b * s1 * (m1 - c * m2))):
        assert np.allclose(solution.absorbed(region) / AREA, expected, atol=1e-3 * np.abs(expected).max())


def test_torque_is_the_loss_of_transverse_spin_current():
    """What enters at the terminals either relaxes or is absorbed by the magnets, to solver tolerance."""
    solution = solve(1.1)
    entering = sum(reading.spin_current for reading in solution.readings.values())
    absorbed = solution.absorbed("f1") + solution.absorbed("f2")
    assert np.allclose(entering, solution.relaxed() + absorbed, atol=1e-10 * CURRENT)


def test_power_is_what_the_terminals_deliver():
    solution = solve(2.0)
    assert sum(solution.powers().values()) == pytest.approx(solution.power_in(), rel=1e-10)
    assert solution.power_in() == pytest.approx(CURRENT * solution.readings["left"].potential, rel=1e-10)
