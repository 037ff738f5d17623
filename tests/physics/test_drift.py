"""Carriers that drift: closed formulas up and down the stream, with and without precession; balance, derivatives, what is refused."""

import re

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.parameters import parameters
from spinfem.case.reader import load_case, read_case
from spinfem.geometry.recipe import outline_of
from spinfem.study.nonlinear import settled
from spinfem.study.run import run
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from spinfem.theory.hanle import tunnel_valve, turning
from spinfem.theory.spin_injection import Injector, drift_lengths, drift_valve, optical_polarization, wave_number
from tests.boxes import bar
from tests.commands import CASES
from tests.physics.test_barrier import _changed

UM = 1e-6
SIGMA, MU, D, LAMBDA = 1e3, 0.5, 1e-2, 1e-6
CHANNEL = (
    "{conductivity: 1000 S/m, mobility: 5000 cm^2/V/s, diffusion_constant: 100 cm^2/s, spin_diffusion_length: 1 um}"
)
WIRE = f"""
geometry: {{layers: [{{name: wire, thickness: 20 um}}], width: 1 um, depth: 1 um}}
regions: {{wire: {{material: {CHANNEL}}}}}
terminals:
  left: {{voltage: 0 V, spin: {{potential: [0 V, 0 V, 1 uV]}}}}
  right: {{voltage: 0 V, spin: sink}}
solver: {{degree: 3, error_estimate: false}}
"""
VALVE = f"""
geometry: {{layers: [{{name: source, thickness: 100 nm}}, {{name: channel, thickness: 2 um}}, {{name: drain, thickness: 100 nm}}], width: 1 um, depth: 1 um}}
regions:
  source: &magnet {{material: {{conductivity: 1e5 S/m, spin_diffusion_length: 20 nm, polarization: 0.45}}, magnetization: +z}}
  channel: {{material: {CHANNEL}}}
  drain: {{material: {{conductivity: 1e5 S/m, spin_diffusion_length: 20 nm, polarization: 0.45}}, magnetization: {{polar: 60 deg}}}}
interfaces:
  source/channel: {{resistance_area: 3e-9 ohm m^2, polarization: 0.6}}
  drain/channel: {{resistance_area: 1e-9 ohm m^2, polarization: 0.5}}
terminals: {{left: {{voltage: -0.3 V, spin: sink}}, right: {{voltage: 0 V, spin: sink}}}}
mesh: {{resolution: 1}}
solver: {{degree: 2, error_estimate: false, method: direct}}
"""


def settings(voltage, **material):
    return [f"terminals.left.voltage={voltage} V", *(f"regions.wire.material.{k}={v}" for k, v in material.items())]


def simulated(text, *changes, cells=None, dimension=1, progress=lambda what: None):
    case, session = read_case(text, overrides=changes), Session(MPI.COMM_SELF)
    device = session.device(case)
    if cells:
        device = bar(MPI.COMM_SELF, [("wire", 20e3, cells)], 1e3, 2, dimension, depth=1e-12 if dimension == 1 else UM)
    return Simulation(case, device, progress)


def measured(text, *changes):
    outcome = run(read_case(text, overrides=changes), Session(MPI.COMM_SELF))
    return outcome.simulation, {m.name: m for m in outcome.results.measurements}


def drift(voltage):
    """w = mu E/2D of electrons that go along +x where the left end is negative."""
    return -voltage / (20 * UM) * MU / (2 * D)


def exact(x, voltage):
    """v along the wire in units of that at the left end."""
    forward, backward = drift_lengths(LAMBDA, abs(drift(voltage)))[:: 1 if voltage < 0 else -1]
    a, b = np.exp(-x / forward), np.exp((x - 20 * UM) / backward) * np.exp(-20 * UM / forward)
    return a - b


@pytest.mark.parametrize("voltage", [-1.0, 0.4])
@pytest.mark.parametrize("degree", [1, 2])
def test_profiles_converge_to_the_lengths_up_and_down_the_stream(voltage, degree):
    x = np.linspace(0.1, 6, 1001) * UM
    points = np.stack([x, 0 * x, 0 * x], axis=1)
    changes = [*settings(voltage), f"solver.degree={degree}"]
    errors = []
    for cells in (80, 160, 320):
        v = simulated(WIRE, *changes, cells=cells).solution().at(points)[1][:, 2] / 1e-6
        errors.append(np.sqrt(np.mean((v - exact(x, voltage)) ** 2)))
    rates = np.log2(np.divide(errors[:-1], errors[1:]))
    assert rates == pytest.approx(degree + 1, abs=0.25)


def test_newtons_method_stops_where_rounding_begins():
    """Where good and bad conductors meet, the linear solver leaves more than it would like to; steps that still get smaller go on."""
    assert settled([1.0, 1e-10]) and settled([1.0, 4e-9, 5e-9]) and settled([1.0, 1e-4, 3e-8, 2e-8])
    assert (
        not settled([1.0])
        and not settled([1.0, 0.9])
        and not settled([1.0, 1e-3, 4e-7])
        and not settled([1.0, 1e-5, 2e-5])
    )


def test_newtons_method_needs_few_steps():
    """Where nothing acts back on the potential the second step is exact, and the third says so; a valve's contacts do act back."""
    for text, changes, most in ((WIRE, settings(-1), 3), (VALVE, (), 5)):
        told = []
        simulated(text, *changes, progress=told.append).solution()
        steps = [words for words in told if "step" in words]
        assert len(steps) <= most, steps


@pytest.mark.parametrize("voltage", [-1.0, 0.4])
def test_what_enters_finds_the_spin_resistance_of_the_length_against_it(voltage):
    reading = simulated(WIRE, *settings(voltage), cells=400).solution().readings["left"]
    away, against = drift_lengths(LAMBDA, abs(drift(voltage)))
    length = against if voltage < 0 else away
    assert reading.spin_current[2] == pytest.approx(1e-6 * SIGMA / length * 1e-12, rel=1e-6)


def test_holes_drift_along_the_field():
    x = np.array([[1.5 * UM, 0, 0]])
    electrons = simulated(WIRE, *settings(-1), cells=100).solution().at(x)[1]
    holes = simulated(WIRE, *settings(1, carriers="holes"), cells=100).solution().at(x)[1]
    assert holes == pytest.approx(electrons, rel=1e-9)
    assert electrons[0, 2] > 1.5 * 1e-6 * np.exp(-1.5)


@pytest.mark.parametrize("turn", [0.5, 4])
@pytest.mark.parametrize("voltage", [-1.0, 0.4])
def test_spins_that_turn_while_they_drift(turn, voltage):
    """D k^2 - mu E k = 1/tau + i omega."""
    field = turn / turning(1.0, LAMBDA**2 / D)
    changes = (f"magnetic_field={{magnitude: {field} T, direction: +x}}", *settings(voltage))
    solution = simulated(WIRE, *changes, cells=800).solution()
    x = np.array([0.2, 0.9, 1.7]) * UM
    v = solution.at(np.stack([x, 0 * x, 0 * x], axis=1))[1] / 1e-6
    k = wave_number(LAMBDA, drift(voltage), turn)
    assert D * k**2 + 2 * D * drift(voltage) * k == pytest.approx((1 + 1j * turn) * D / LAMBDA**2, rel=1e-12)
    assert v[:, 2] + 1j * v[:, 1] == pytest.approx(np.exp(-k * x), abs=1e-8)


def test_no_mobility_no_drift():
    """What has to be found by Newton's method is then what is solved at once."""
    without = WIRE.replace(" mobility: 5000 cm^2/V/s,", "")
    one, other = (
        simulated(WIRE, *settings(-1, mobility="1e-20 cm^2/V/s"), cells=50),
        simulated(without, *settings(-1), cells=50),
    )
    assert one.problem().point is not None and other.problem().point is None
    assert one.solution().nodal_values == pytest.approx(other.solution().nodal_values, rel=1e-12, abs=1e-18)


def test_an_injector_meets_the_length_against_the_drift():
    """A magnet and a contact on a long channel: P_F r_F + P_c r_c over r_F + r_c + L/sigma, at any field."""
    text = VALVE.replace("thickness: 2 um", "thickness: 12 um").replace(
        "mesh: {resolution: 1}", "mesh: {resolution: 0.5, growth: 0.1}"
    )
    injector = Injector.of(1e5, 20e-9, 0.45, 3e-9, 0.6)
    for voltage in (-2.0, 0.4):
        text_here = (
            text.replace("-0.3 V", f"{voltage} V")
            + "observables: [terminals, {injection_efficiency: {contact: source/channel}}]"
        )
        simulation, numbers = measured(text_here)
        field = numbers["terminals.left.current"].value / 1e-12 / SIGMA
        away, against = drift_lengths(LAMBDA, abs(field) * MU / (2 * D))
        x = (against if field < 0 else away) / SIGMA
        assert numbers["injection_efficiency"].value == pytest.approx(injector.efficiency(x), rel=2e-4)


def test_a_valve_in_no_field_is_the_one_without_drift():
    assert drift_valve((0.4, 0.3), 2.0, LAMBDA, 1.3 * LAMBDA, 0.0) == pytest.approx(
        2 * tunnel_valve((0.4, 0.3), 2.0, 1.3, 0.0)
    )


@pytest.mark.slow
@pytest.mark.parametrize("voltage", [-0.5, 0, 1])
def test_the_case_follows_the_formula(voltage):
    """But for the spins that its contacts take up."""
    changes = [f"terminals.wire_right.voltage={voltage} V"]
    outcome = run(load_case(CASES / "spin_drift.yaml", changes), Session(MPI.COMM_SELF))
    numbers = {m.name: m.value for m in outcome.results.measurements}
    w = voltage / (20 * UM) * 0.38 / (2 * 98e-4)
    expected = drift_valve((0.5, 0.5), 1e-6 / 1800 / 1e-13, 1e-6, 2e-6, w)
    assert 0.85 * expected < numbers["nonlocal_resistance.difference"] < expected


OBSERVED = """
observables:
  - terminals
  - dissipation
  - injection_efficiency: {contact: source/channel}
  - spin_accumulation: {points: {middle: [1 um, 0 um, 0 um]}}
  - spin_torque: {magnet: drain, reference: source, drive: left}
  - spin_led: {region: channel, axis: +z, recombination_time: 100 ps, spin_lifetime: 50 ps}
  - spin_led: {name: at_contact, region: channel, contact: drain/channel, recombination_time: 100 ps, spin_lifetime: 50 ps}
"""


@pytest.mark.parametrize("dimension", [1, 2])
def test_what_enters_relaxes_and_heats(dimension):
    """In a plane drift is compiled beside what is assembled without being compiled; on a line all is one form."""
    text = VALVE.replace("layers:", f"dimension: {dimension}, layers:")
    simulation, numbers = measured(text + OBSERVED)
    solution = simulation.solution()
    assert abs(numbers["dissipation.balance"].value) < 2e-8
    entering = sum(reading.spin_current for reading in solution.readings.values())
    absorbed = sum(solution.absorbed(name) for name in ("source", "drain"))
    scale = np.linalg.norm(solution.relaxed())
    assert entering - absorbed == pytest.approx(solution.relaxed(), abs=1e-7 * scale)
    charge, into = solution.flux(("source", "channel"), "channel")
    other, out = solution.flux(("drain", "channel"), "drain")
    assert charge == pytest.approx(other, rel=1e-7)
    assert numbers["terminals.left.current"].value == pytest.approx(charge, rel=1e-7)
    assert np.linalg.norm(into - out) > 0.1 * np.linalg.norm(into)


def test_the_light_of_a_region_follows_its_spin_potential():
    simulation, numbers = measured(VALVE + OBSERVED)
    _, v = simulation.solution().contact_average(("drain", "channel"), "channel")
    expected = -MU / D * v[2]
    assert numbers["at_contact.spin_polarization"].value == pytest.approx(expected, rel=1e-12)
    assert numbers["at_contact"].value == pytest.approx(expected / 2 / 3, rel=1e-12)
    assert optical_polarization(0.4, 1.0, 1.0, 1.0) == pytest.approx(0.2)
    x = np.linspace(0.1, 2.1, 20001) * UM
    mean = simulation.solution().at(np.stack([x, 0 * x, 0 * x], axis=1), "channel")[1][:, 2].mean()
    assert numbers["spin_led.spin_polarization"].value == pytest.approx(-MU / D * mean, rel=1e-3)


def test_derivatives_are_those_of_finite_differences():
    """By the mobility and all else, of what is read off anywhere."""
    simulation, _ = measured(VALVE + OBSERVED)
    case = simulation.case
    found = [
        s for s in sensitivities(simulation, case.observables) if abs(s.value) > s.noise and "balance" not in s.name
    ]
    assert {"spin_led", "at_contact", "injection_efficiency", "dissipation.transport", "spin_torque.in_plane"} <= {
        s.name for s in found
    }
    wanted = ("mobility", "conductivity", "diffusion_constant", "spin_diffusion_length", "resistance_area")
    numbers = [p for p in parameters(case) if p.path[1] in ("channel", "source/channel") and p.path[-1] in wanted]
    assert len(numbers) == len(wanted)
    for number in numbers:
        other = {}
        for sign in (1, -1):
            step = 3e-4 * abs(number.value)
            changed = Simulation(_changed(case, number, number.value + sign * step), simulation.device)
            for observable in case.observables:
                for m in observable.measure(changed):
                    values = (
                        dict(zip((f"{m.name}.{axis}" for axis in "xyz"), m.value, strict=True))
                        if np.ndim(m.value)
                        else {m.name: m.value}
                    )
                    for name, value in values.items():
                        other[name] = other.get(name, 0.0) + sign * value / (2 * step)
        for s in found:
            scale = abs(s.value / number.value)
            assert s.derivatives.get(number, 0.0) == pytest.approx(other[s.name], rel=1e-5, abs=2e-6 * scale), (
                s.name,
                number,
            )
        assert number.path[-1] != "mobility" or any(
            abs(s.derivatives[number] * number.value) > 0.1 * abs(s.value) for s in found
        )


@pytest.mark.parametrize("text", [WIRE, VALVE])
def test_errors_are_told_of_devices_that_are_not_linear(text):
    """They cover what a fine mesh changes, and are not much larger."""
    text = re.sub("degree: .", "degree: 1", text.replace("error_estimate: false", "error_estimate: true"))
    text = text.replace("mesh: {resolution: 1}\n", "")
    text += "observables: [terminals, {spin_accumulation: {points: {a: [0.7 um, 0 um, 0 um]}}}]\n"
    drive = "terminals.left.voltage=-0.3 V"
    coarse, fine = (measured(text, drive, f"mesh={{resolution: {r}, size: {r * 400} nm}}")[1] for r in (1, 0.05))
    for name in ("terminals.left.spin_current", "spin_accumulation.a"):
        missing = np.linalg.norm(np.subtract(coarse[name].value, fine[name].value))
        told = np.linalg.norm(coarse[name].error)
        assert missing < 2 * told < 40 * missing, (name, missing, told)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("time: {until: 1 ns}", "the drift in wire is not linear. Without a `mobility` there is none"),
        ("frequency: [1 GHz]", "is not linear"),
        ("heat: {reference: 300 K}", "is not linear"),
        ("observables: [conductance_matrix]", "has no meaning here"),
    ],
)
def test_what_is_for_linear_devices_is_refused(key, message):
    case = read_case(WIRE + key)
    assert any(message in fault.message for fault in cross_check(case, outline_of(case)))


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("diffusion_constant: 100 cm^2/s, ", "", "needs a spin_lifetime.*carriers with a mobility"),
        ("5000 cm^2/V/s", "5000 cm^2/s", 'is not a mobility; give a mobility, e.g. "5000 cm\\^2/V/s"'),
        ("5000 cm^2/V/s", "-5000 cm^2/V/s", "greater than 0"),
        ("mobility", "carriers: positrons, mobility", "electrons"),
        ("1 um}}}", "1 um}, magnetization: +z}}", "has a mobility, and drift is for what has no magnetization"),
        (
            "terminals:",
            "observables: [{spin_led: {region: wire, recombination_time: 1 ns}}]\nterminals:",
            "spin_lifetime",
        ),
        (
            "terminals:",
            "observables: [{spin_led: {region: wire, recombination_time: 0 s, spin_lifetime: 1 ns}}]\nterminals:",
            "greater than 0",
        ),
    ],
)
def test_bad_input(right, wrong, message):
    assert right in WIRE
    try:
        case = read_case(WIRE.replace(right, wrong, 1))
        (said,) = (str(fault) for fault in cross_check(case, outline_of(case)))
    except CaseError as error:
        said = str(error)
    assert re.search(message, said)


def test_light_needs_carriers():
    text = (
        WIRE.replace(" mobility: 5000 cm^2/V/s,", "")
        + "observables: [{spin_led: {region: wire, recombination_time: 1 ns, spin_lifetime: 1 ns}}]"
    )
    case = read_case(text)
    (fault,) = cross_check(case, outline_of(case))
    assert fault.key.startswith("observables.0.spin_led.region") and "mobility" in fault.message
