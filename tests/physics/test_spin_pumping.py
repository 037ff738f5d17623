"""Magnets that precess pump spins (docs/insulating_magnets.md)."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.magnetization import Uniform
from spinfem.case.magnetization.precessing import precession
from spinfem.case.reader import read_case
from spinfem.constants import ELECTRON_CHARGE, HBAR
from spinfem.geometry.recipe import outline_of
from spinfem.study.run import run
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from spinfem.theory.macrospin import gyromagnetic_ratio
from spinfem.theory.spin_hall_film import Film
from tests.physics.test_terminal_conditions import difference

E = abs(ELECTRON_CHARGE)
SIGMA, LENGTH, T, MIXING, CONE, AREA = 5.8e6, 3.4e-9, 10e-9, 5e14 + 1e14j, np.radians(25), 1e-14
OMEGA = 2 * np.pi * 10e9
MAGNET = "{precessing: +z, frequency: 10 GHz, cone_angle: 25 deg, phase: 40 deg}"
COVERED = f"""
geometry: {{layers: [{{name: pt, thickness: 10 nm}}], width: 100 nm, depth: 100 nm}}
regions: {{pt: {{material: {{conductivity: 5.8e6 S/m, spin_diffusion_length: 3.4 nm}}}}}}
terminals:
  left:
    insulated: true
    spin: {{magnetization: {MAGNET}, mixing_conductance: 5e14 S/m^2, mixing_conductance_imaginary: 1e14 S/m^2}}
  right: {{voltage: 0 V, spin: reflecting}}
mesh: {{resolution: 0.1}}
observables:
  - dissipation
  - spin_pumping: {{magnet: left}}
  - pumping_damping: {{magnet: left, saturation_magnetization: 140 kA/m, thickness: 10 nm}}
  - spin_torque: {{magnet: left}}
solver: {{error_estimate: false}}
"""
METALLIC = f"""
geometry: {{layers: [{{name: f, thickness: 10 nm}}, {{name: pt, thickness: 10 nm}}], width: 100 nm, depth: 100 nm}}
regions:
  f: {{material: {{conductivity: 5e6 S/m, spin_diffusion_length: 5 nm, polarization: 0.4}}, magnetization: {MAGNET}}}
  pt: {{material: {{conductivity: 5.8e6 S/m, spin_diffusion_length: 3.4 nm}}}}
interfaces:
  f/pt: CONTACT
terminals:
  left: {{floating: true, spin: reflecting}}
  right: {{voltage: 0 V, spin: reflecting}}
mesh: {{resolution: 0.1}}
observables:
  - dissipation
  - spin_pumping: {{magnet: f}}
  - pumping_damping: {{magnet: f, saturation_magnetization: 140 kA/m}}
  - spin_torque: {{magnet: f}}
solver: {{error_estimate: false}}
"""
CIRCUIT = "{type: circuit, conductance_up: 3e14 S/m^2, conductance_down: 1e14 S/m^2, mixing_conductance: 5e14 S/m^2, mixing_conductance_imaginary: 1e14 S/m^2}"


def measured(text, *overrides):
    outcome = run(read_case(text, overrides=overrides), Session(MPI.COMM_SELF))
    return {m.name: m.value for m in outcome.results.measurements}, outcome.solution


def effective(mixing):
    """G_eff of the film, S/m^2, complex."""
    return 1 / (1 / mixing + 2 * LENGTH / SIGMA / np.tanh(T / LENGTH))


@pytest.mark.parametrize(
    ("text", "mixing"),
    [
        (COVERED, MIXING),
        (METALLIC.replace("CONTACT", CIRCUIT), MIXING),
        (METALLIC.replace("CONTACT", "{resistance_area: 1 fohm m^2, polarization: 0.3}"), 5e14 + 0j),
    ],
    ids=["insulating", "circuit", "resistive"],
)
def test_what_a_magnet_pumps_into_a_film(text, mixing):
    """Through whatever contact: a tunnel barrier has 2 G_r = G, and P does not matter for spins across m."""
    found, _ = measured(text)
    current = effective(mixing).real * HBAR * OMEGA / E * np.sin(CONE) ** 2 * AREA
    assert found["spin_pumping.spin_current"] == pytest.approx((0, 0, current), rel=1e-6, abs=1e-9 * current)
    damping = gyromagnetic_ratio() * HBAR**2 * effective(mixing) / (2 * E**2 * 140e3 * 10e-9)
    assert found["pumping_damping"] == pytest.approx(damping.real, rel=1e-6)
    assert found["pumping_damping.field_like"] == pytest.approx(damping.imag, rel=1e-6, abs=1e-12)
    assert found["pumping_damping.largest"] == pytest.approx(found["pumping_damping.smallest"], rel=1e-9)
    assert found["dissipation.total"] > 0 and found["dissipation.balance"] < 1e-10


@pytest.mark.parametrize("text", [COVERED, METALLIC.replace("CONTACT", CIRCUIT)], ids=["covered", "drawn"])
def test_heat_beside_it_changes_nothing_of_what_is_pumped(text):
    found, _ = measured(text)
    thermal = "heat=300 K", "terminals.right.heat=bath", "interfaces.f/pt.thermal_conductance=1e9 W/m^2/K"
    warm, _ = measured(text, *(thermal if text != COVERED else thermal[:2]))
    assert max(found.pop("dissipation.balance"), warm["dissipation.balance"]) < 1e-10
    for name, value in found.items():
        assert warm[name] == pytest.approx(value, rel=1e-9, abs=1e-9 * np.abs(value).max()), name


def test_a_contact_that_is_not_linear_does_not_pump():
    barrier = "{type: barrier, resistance_area: 1 ohm um^2, height: 1 eV, thickness: 1 nm}"
    case = read_case(METALLIC.replace("CONTACT", barrier))
    messages = [fault.message for fault in cross_check(case, outline_of(case))]
    assert any("contacts that are linear, and f/pt (barrier) is not" in message for message in messages), messages
    assert any("for each unit of precession" in message for message in messages), messages


def test_the_torque_of_pumping_is_the_damping_and_costs_its_power():
    """The power that enters is what the torque takes from the precession, - torque.omega."""
    found, solution = measured(COVERED)
    m = np.array(solution.problem.terminals["left"].spin.magnet.direction)
    omega = OMEGA * np.array([0, 0, 1.0])
    torque = np.array(found["spin_torque"])  # on the moments' angular momenta, which are against m
    assert abs(torque @ m) < 1e-9 * np.linalg.norm(torque)
    assert abs(torque @ omega) == pytest.approx(found["dissipation.total"], rel=1e-9)
    moment = 140e3 * AREA * 10e-9
    rate = -gyromagnetic_ratio() * HBAR / (2 * E * moment) * solution.absorbed("left")  # dm/dt, docs/dynamics.md
    damped = np.cross(m, np.cross(omega, m))
    assert rate @ damped / (damped @ damped) == pytest.approx(found["pumping_damping"], rel=1e-6)


def test_without_relaxation_the_metal_turns_with_the_magnet():
    """2|e| v = hbar omega across m."""
    solution = measured(COVERED, "regions.pt.material.spin_diffusion_length=10 mm")[1]
    v = solution.at(np.array([[5e-9, 0, 0]]))[1][0]
    m = np.array(solution.problem.terminals["left"].spin.magnet.direction)
    across = np.array([0, 0, 1.0]) - m[2] * m
    assert 2 * E * v == pytest.approx(HBAR * OMEGA * across, rel=1e-5)


def test_spins_that_enter_along_m_are_lost_and_change_nothing_of_what_is_pumped():
    plain, _ = measured(COVERED)
    leaky, _ = measured(COVERED, "terminals.left.spin.spin_conductance=1e14 S/m^2")
    assert leaky["spin_pumping.spin_current"] == pytest.approx(plain["spin_pumping.spin_current"], rel=1e-9, abs=1e-16)


@pytest.mark.parametrize(
    "text",
    [COVERED, pytest.param(METALLIC.replace("CONTACT", CIRCUIT), marks=pytest.mark.slow)],
    ids=["insulating", "circuit"],
)
def test_derivatives_are_those_of_differences(text):
    case = read_case(text, overrides=["mesh={resolution: 2}"])
    device = Session(MPI.COMM_SELF).device(case)
    found = [s for s in sensitivities(Simulation(case, device), case.observables) if abs(s.value) > 1e-3 * s.noise]
    found = [s for s in found if not s.name.endswith(("current.x", "current.y"))]  # zero
    names = {".".join(n.path) for n in found[0].derivatives}
    contact = "terminals.left.spin" if text == COVERED else "interfaces.f/pt"
    assert {f"{contact}.mixing_conductance", f"{contact}.mixing_conductance_imaginary"} <= names
    if text == COVERED:
        assert {f"{contact}.magnetization.frequency", f"{contact}.magnetization.cone_angle"} <= names
    for number in found[0].derivatives:
        if number.value and number.path[:2] in (("terminals", "left"), ("interfaces", "f/pt")):
            expected = difference(case, device, number)
            for s in found:
                scale = abs(s.value / number.value)
                known = s.derivatives.get(number, 0.0)
                assert known == pytest.approx(expected[s.name], rel=2e-5, abs=1e-6 * scale), (s.name, number.name)


BAR = """
geometry: {layers: [{name: pt, thickness: 40 nm}, {name: cu, thickness: 20 nm}], width: 6 nm, depth: 1 um, dimension: 2}
regions:
  pt: {material: {conductivity: 5.8e6 S/m, spin_diffusion_length: 3.4 nm, spin_hall_angle: 0.056}}
  cu: {material: {conductivity: 3e7 S/m, spin_diffusion_length: 300 nm}}
terminals:
  left: {insulated: true, spin: {magnetization: {precessing: +z, frequency: 10 GHz, cone_angle: 10 deg}, mixing_conductance: 5e14 S/m^2}}
  right: {voltage: 0 V, spin: sink}
observables: [terminals, dissipation]
mesh: {resolution: 2}
solver: {degree: 2}
"""


def test_the_estimate_of_the_error_knows_what_is_pumped():
    results = run(read_case(BAR), Session(MPI.COMM_SELF)).results.measurements
    fine, _ = measured(BAR, "mesh={resolution: 0.3}", "solver={degree: 3, error_estimate: false}")
    (found,) = (m for m in results if m.name == "dissipation.total")
    missing = abs(found.value - fine["dissipation.total"])
    assert 0 < missing < found.error < 100 * missing


def test_where_it_goes_on_for_ever_frequency_zero_is_the_steady_state():
    """A pump is a drive like others: what oscillates slowly enough is what stands still."""
    text = COVERED.replace("spin_diffusion_length: 3.4 nm", "spin_diffusion_length: 3.4 nm, spin_lifetime: 0.01 ps")
    outcome = run(read_case(text + "frequency: [1 Hz, 100 THz]\n"), Session(MPI.COMM_SELF))
    (table,) = outcome.results.tables
    torque = {m.name: m.value for m in outcome.results.measurements}["spin_torque"]
    slow, fast = (np.array([table.columns[f"spin_torque.{axis}.amplitude"][1][k] for axis in "xyz"]) for k in (0, 1))
    assert slow == pytest.approx(np.abs(torque), rel=1e-6)
    assert np.linalg.norm(fast) > 1.05 * np.linalg.norm(slow)  # the film holds less of it back


@pytest.mark.parametrize(
    ("text", "time"),
    [
        (COVERED, "{until: 0.1 ps, initial: zero, drive: {left: step}, tolerance: 1e-3}"),
        pytest.param(METALLIC.replace("CONTACT", CIRCUIT), "{until: 0.2 ps, initial: zero}", marks=pytest.mark.slow),
    ],
    ids=["insulating", "circuit"],
)
def test_pumping_that_is_switched_on_becomes_steady(text, time):
    """Spins live 0.01 ps."""
    text = text.replace("spin_diffusion_length: 3.4 nm", "spin_diffusion_length: 3.4 nm, spin_lifetime: 0.01 ps")
    text = text.replace("spin_diffusion_length: 5 nm", "spin_diffusion_length: 5 nm, spin_lifetime: 0.01 ps")
    outcome = run(read_case(text + f"time: {time}\n", overrides=["mesh={resolution: 2}"]), Session(MPI.COMM_SELF))
    steady = {m.name: m.value for m in outcome.results.measurements}["spin_torque"]
    (table,) = (table for table in outcome.results.tables if table.name == "time")
    torque = np.array([table.columns[f"spin_torque.{axis}"][1] for axis in "xyz"])
    assert torque[:, -1] == pytest.approx(steady, rel=1e-3)
    assert np.linalg.norm(torque[:, 1]) > 1.02 * np.linalg.norm(steady)  # nothing has come back yet


def test_a_state_pumps_as_its_magnet_turns():
    """Reversed, everything that is pumped is; at rest, nothing is."""
    case = read_case(COVERED, overrides=["mesh={resolution: 2}"])
    simulation, magnet = Simulation(case, Session(MPI.COMM_SELF).device(case)), case.magnets["left"]
    there = simulation.solution().readings["left"].spin_current
    back = simulation.solution({"left": magnet.flipped()}).readings["left"].spin_current
    mirrored = simulation.time_reversed().solution().readings["left"].spin_current
    assert back == pytest.approx(mirrored, rel=1e-9)
    assert back[2] == pytest.approx(-there[2], rel=1e-9)
    at_rest = simulation.solution({"left": Uniform(direction=magnet.direction)})
    assert not at_rest.readings["left"].spin_current.any()


def test_a_precession_is_where_it_is_said_to_be():
    m, omega = np.array([0.6, 0.64, -0.48]), np.array([1e9, -2e9, 5e8])
    found = precession(m, omega)
    assert found.direction == pytest.approx(m, abs=1e-12) and found.angular_velocity == pytest.approx(omega)
    step = 1e-14
    later = found.at_phase(found.phase + step * np.linalg.norm(omega))
    rate = (np.array(later.direction) - m) / step
    assert rate == pytest.approx(np.cross(omega, m), rel=1e-3, abs=1e-3 * np.linalg.norm(omega))
    back = found.flipped()
    assert back.direction == pytest.approx(-m, abs=1e-12) and back.angular_velocity == pytest.approx(-omega)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("interfaces={}", "give f/pt an interface"),
        ("regions.f.dephasing_length=1 nm", "free inside"),
    ],
)
def test_a_magnet_that_cannot_pump_is_told(override, said):
    case = read_case(METALLIC.replace("CONTACT", CIRCUIT), overrides=[override])
    faults = cross_check(case, outline_of(case))
    assert any(fault.key == "regions.f.magnetization" and said in fault.message for fault in faults)


def test_the_film_of_the_formula_is_that_of_the_papers():
    """The mean of a turn, to second order in the angle: E = theta J lambda tanh(t/2 lambda)/(sigma t)."""
    film = Film(T, SIGMA, LENGTH, 1e-3, (0.0, 1.0, 0.0), MIXING)
    moments = [
        (np.sin(CONE) * np.cos(p), np.sin(CONE) * np.sin(p), np.cos(CONE)) for p in np.linspace(0, 2 * np.pi, 9)[:-1]
    ]
    currents = np.mean([film.pumped_current(np.array(m), (0, 0, OMEGA)) for m in moments], axis=0)
    sent = effective(MIXING).real * HBAR * OMEGA / E * np.sin(CONE) ** 2
    assert currents[1] == pytest.approx((0, 0, sent), abs=1e-9 * sent)
    field = 1e-3 * sent * LENGTH * np.tanh(T / 2 / LENGTH) / (SIGMA * T)
    assert np.abs(currents[0] / SIGMA) == pytest.approx((field, 0, 0), rel=1e-9, abs=1e-9 * field)


def test_what_drives_the_device_besides_is_told():
    def told(terminals):
        text = METALLIC.replace("CONTACT", CIRCUIT).replace("left: {floating: true", terminals)
        return [w for w in run(read_case(text), Session(MPI.COMM_SELF)).warnings if w.startswith("spin_pumping")]

    assert told("left: {floating: true") == told("left: {voltage: 0 V") == []
    (warning,) = told("left: {current: 1 uA")
    assert "the device is driven at left, too" in warning
