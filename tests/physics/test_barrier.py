"""Contacts that are not linear: against the equation of one resistor by hand, against linear ones, and against finite differences."""

import numpy as np
import pytest
from mpi4py import MPI
from scipy.optimize import brentq

from spinfem.algebra.solver import SolveError
from spinfem.case.cross_check import cross_check
from spinfem.case.parameters import parameters
from spinfem.case.reader import read_case
from spinfem.constants import ELECTRON_MASS, HBAR
from spinfem.geometry.recipe import outline_of
from spinfem.study.run import run
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.theory.tunnel_barrier import Barrier

EV, NM = 1.602176634e-19, 1e-9
KT = 0.01 * EV
AREA, AR = 1e-14, 1e-11
BARRIER = "height: 2 eV, thickness: 1.5 nm, asymmetry: 1 eV"
JUNCTION = """
geometry: {{layers: [{{name: a, thickness: 50 nm}}, {{name: b, thickness: 50 nm}}], width: 100 nm, depth: 100 nm}}
regions:
  a: {{material: {{conductivity: 5e6 S/m, spin_diffusion_length: 20 nm, polarization: 0.3}}, magnetization: +z}}
  b: {{material: {{conductivity: 5e6 S/m, spin_diffusion_length: 20 nm, polarization: 0.3}}, magnetization: {{polar: 60 deg}}}}
interfaces: {{a/b: {{type: barrier, resistance_area: 10 ohm um^2, polarization: [0.5, 0.4], {}}}}}
terminals: {{left: {{{}}}, right: {{voltage: 0 V}}}}
mesh: {{resolution: 1}}
solver: {{error_estimate: false, degree: 2, method: direct}}
observables: [terminals, {{spin_torque: {{magnet: b, reference: a, drive: left}}}}, dissipation]
"""


def solved(contact=BARRIER, drive="voltage: 0.4 V", text=JUNCTION):
    outcome = run(read_case(text.format(contact, drive)), Session(MPI.COMM_SELF))
    return outcome.simulation, {m.name: m.value for m in outcome.results.measurements}


def flow(voltage, share=1.0):
    """j, A/m^2, of the parabola by hand, with v = 0."""
    a, b = Barrier(2 * EV, 1.5 * NM, 1 * EV).parabola()
    julliere = 1 + share**2 * 0.5 * 0.4 * np.cos(np.radians(60))
    return (voltage + a * voltage**2 / 2 + b * voltage**3 / 3) / AR * julliere


@pytest.mark.parametrize("voltage", [0.4, -0.4])
def test_a_current_is_that_of_one_resistor_that_is_not_linear(voltage):
    """The metals are 1e-3 of it, their spins 1e-4."""
    metals = 2 * 50e-9 / 5e6
    exact = brentq(lambda j: flow(voltage - metals * j) - j, 0, 2 * flow(voltage))
    _, numbers = solved(drive=f"voltage: {voltage} V")
    assert numbers["terminals.left.current"] == pytest.approx(exact * AREA, rel=3e-4)
    opposite = abs(flow(0.4)) - abs(flow(-0.4))
    assert abs(opposite) > 0.05 * flow(0.4)  # the barrier is crooked


def warnings_at(contact, voltage):
    text = JUNCTION.format(contact, f"voltage: {voltage} V")
    return [w for w in run(read_case(text), Session(MPI.COMM_SELF)).warnings if w.startswith("interfaces.a/b")]


def test_a_law_beyond_its_voltages_is_told():
    table = "table: {voltage: [-1 V, 0 V, 1 V], conductance: [2, 1, 2]}"
    assert warnings_at(BARRIER, 1.9) == warnings_at(table, 0.9) == []
    (high,) = warnings_at(BARRIER, -2.2)
    assert "more than the height of its barrier, 2 V" in high and "has -2.1" in high
    (beyond,) = warnings_at(table, -1.2)
    assert "its table goes from -1 V to 1 V: beyond, the last row was taken" in beyond


def test_a_given_current_finds_its_voltage():
    _, by_voltage = solved()
    current = by_voltage["terminals.left.current"]
    simulation, _ = solved(drive=f"current: {current} A")
    assert simulation.solution().readings["left"].potential == pytest.approx(0.4, rel=1e-8)


def test_the_polarization_falls():
    _, numbers = solved(BARRIER + ", polarization_halves_at: 0.4 V")
    assert numbers["terminals.left.current"] == pytest.approx(flow(0.4, share=0.5) * AREA, rel=5e-3)


def test_small_voltages_are_those_of_a_resistive_contact():
    linear = JUNCTION.replace("type: barrier, ", "").replace(", {}}}}}", "{}}}}}")
    (_, one), (_, other) = solved(drive="voltage: 1 nV"), solved("", "voltage: 1 nV", linear)
    for name in other:
        if name != "dissipation.balance":
            assert one[name] == pytest.approx(other[name], rel=1e-6, abs=1e-22), name


def test_what_goes_in_comes_out():
    """Power and torque of the contact are those of what flows, and not of its derivative."""
    _, numbers = solved()
    assert abs(numbers["dissipation.balance"]) < 1e-8
    current = numbers["terminals.left.current"]
    julliere = 1 + 0.5 * 0.4 * np.cos(np.radians(60))
    assert numbers["spin_torque.efficiency"] == pytest.approx(0.5 / julliere, rel=2e-3)  # P of the other magnet
    assert numbers["dissipation.interface.a/b"] == pytest.approx(current * 0.4, rel=5e-3)


def test_a_table_is_the_parabola_that_it_was_made_of():
    a, b = Barrier(2 * EV, 1.5 * NM, 1 * EV).parabola()
    volts = np.linspace(-0.5, 0.5, 21)
    table = (
        f"table: {{voltage: [{', '.join(f'{v:.6f} V' for v in volts)}], "
        f"conductance: [{', '.join(f'{1 + a * v + b * v * v:.12f}' for v in volts)}]}}"
    )
    (_, one), (_, other) = solved(), solved(table)
    assert one["terminals.left.current"] == pytest.approx(other["terminals.left.current"], rel=1e-4)
    assert one["spin_torque.efficiency"] == pytest.approx(other["spin_torque.efficiency"], rel=1e-5)


def test_a_table_goes_on_beyond_its_ends():
    table = "table: {voltage: [-0.1 V, 0 V, 0.1 V], conductance: [1, 1, 1], polarization: [1, 1, 1]}"
    _, numbers = solved(table)
    julliere = 1 + 0.5 * 0.4 * np.cos(np.radians(60))
    assert numbers["terminals.left.current"] == pytest.approx(0.4 / AR * julliere * AREA, rel=3e-3)


@pytest.mark.parametrize(
    "contact",
    [
        BARRIER + ", polarization_halves_at: 0.4 V",
        "table: {voltage: [-0.5 V, 0 V, 0.3 V, 0.6 V], conductance: [1.5, 1, 1.2, 1.6], polarization: [0.6, 1, 0.8, 0.5]}",
    ],
)
def test_derivatives_are_those_of_finite_differences(contact):
    text = JUNCTION.replace(", dissipation", "")
    simulation, _ = solved(contact, text=text)
    read = ("terminals.left.current", "spin_torque.in_plane", "spin_torque.efficiency")
    found = {s.name: s for s in sensitivities(simulation, simulation.case.observables) if s.name in read}
    assert len(found) == 3
    case = simulation.case
    numbers = [p for p in parameters(case) if p.path[0] == "interfaces" or p.path[-1] == "polarization"]
    assert len(numbers) > 6
    checked = 0
    for number in numbers:
        other = {}
        for sign in (1, -1):
            step = 1e-3 * (abs(number.value) or (1e-20 if number.unit == "J" else 1.0))
            changed = _changed(case, number, number.value + sign * step)
            outcome = run(changed, Session(MPI.COMM_SELF))
            for m in outcome.results.measurements:
                if m.name in found:
                    other[m.name] = other.get(m.name, 0.0) + sign * m.value / (2 * step)
        for name, s in found.items():
            if number in s.derivatives:
                scale = abs(s.value / (number.value or 1.0))
                assert s.derivatives[number] == pytest.approx(other[name], rel=1e-4, abs=1e-6 * scale), (name, number)
                checked += abs(other[name]) > 1e-4 * scale
    assert checked > 6


def _changed(case, number, value):
    from spinfem.case.parameters import changed

    group, name, *path = number.path
    models = getattr(case, group)
    return case.model_copy(update={group: models | {name: changed(models[name], path, value)}})


@pytest.mark.parametrize(
    "key, message",
    [
        ("time: {until: 1 ns}", "is not linear"),
        ("frequency: [1 GHz]", "is not linear"),
        ("observables: [conductance_matrix]", "has no meaning here"),
        ("magnetization: {precessing: +z, frequency: 1 GHz, cone_angle: 5 deg}", "cannot precess here"),
    ],
)
def test_what_is_for_linear_devices_is_refused(key, message):
    text = JUNCTION.format(BARRIER, "voltage: 0.4 V")
    if key.startswith("observables"):
        text = text[: text.index("observables")]
    if key.startswith("magnetization"):
        text, key = text.replace("magnetization: +z", key), ""
    case = read_case(
        text.replace("spin_diffusion_length: 20 nm", "spin_diffusion_length: 20 nm, spin_lifetime: 1 ps") + key
    )
    assert any(message in fault.message for fault in cross_check(case, outline_of(case)))


@pytest.mark.parametrize(
    "contact, message",
    [
        ("height: 2 eV", "needs `height` and `thickness`"),
        ("height: 2 nm, thickness: 1 nm", "not an energy"),
        ("height: -2 eV, thickness: 1 nm", "greater than 0"),
        ("height: 1 eV, thickness: 1 nm, asymmetry: 2 eV", "below the Fermi energy"),
        ("table: {voltage: [1 V, 0 V, -1 V], conductance: [1, 1, 1]}", "do not rise"),
        ("table: {voltage: [1 V, 2 V, 3 V], conductance: [1, 1, 1]}", "through 0 V"),
        ("table: {voltage: [-1 V, 0 V, 1 V], conductance: [1, 0, 1]}", "not more than 0"),
        ("table: {voltage: [-1 V, 0 V, 1 V], conductance: [1, 1, 1, 1]}", "as many numbers"),
    ],
)
def test_bad_input(contact, message):
    with pytest.raises(Exception, match=message):
        solved(contact)


def test_what_does_not_settle_says_so(monkeypatch):
    monkeypatch.setattr("spinfem.study.nonlinear._STEPS", 2)
    with pytest.raises(SolveError, match="do not settle"):
        solved("height: 1 eV, thickness: 1 nm", "current: 1 mA")


def test_simmons_and_brinkman_agree_on_an_even_barrier():
    barrier = Barrier(2 * EV, 1.5 * NM)
    _, b = barrier.parabola()
    small = barrier.current(1e-4) / 1e-4
    assert small == pytest.approx(barrier.conductance(), rel=1e-4)
    for voltage in (0.05, 0.1, 0.2):
        assert barrier.current(voltage) / voltage / small == pytest.approx(1 + b * voltage**2 / 3, rel=2e-3)


@pytest.mark.parametrize("asymmetry", [0.0, 0.4, -0.4])
def test_a_crooked_barrier_conducts_as_its_wave_functions_fall_off(asymmetry):
    """dj/dV = G (1 + a V + b V^2) from WKB's exp(-2 int kappa dx), electrons of side 1 having - |e| V."""
    height, thickness = 2 * EV, 2.4 * NM
    k = 2 * thickness * np.sqrt(2 * ELECTRON_MASS) / HBAR
    places, weights = (np.polynomial.legendre.leggauss(20)[i] / 2 for i in (0, 1))
    nodes, spread = np.polynomial.legendre.leggauss(400)
    energies, width = 0.75 * EV * (nodes - 1) + 0.1 * EV, 0.75 * EV * spread  # of electrons along x, from E_F of side 2

    def flow(voltage):
        top = (height - EV * voltage / 2) + places * (asymmetry * EV + EV * voltage)
        passes = np.exp(-k * np.sqrt(np.maximum(top - energies[:, None], 0)) @ weights)
        arriving = np.logaddexp(0, -energies / KT) - np.logaddexp(0, -(energies + EV * voltage) / KT)
        return np.sum(width * passes * arriving)

    volts = np.linspace(-0.05, 0.05, 11)
    _, g, slope, bend = np.polynomial.polynomial.polyfit(volts, [flow(v) for v in volts], 5)[:4]
    a, b = Barrier(height, thickness, asymmetry * EV).parabola()
    assert 2 * slope / g == pytest.approx(a, rel=0.1, abs=2e-3)
    assert 3 * bend / g == pytest.approx(b, rel=0.1)
