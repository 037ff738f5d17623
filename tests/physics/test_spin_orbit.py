"""Spins that turn as they move: modes, helices, rates, frames, power, derivatives."""

import numpy as np
import pytest
from mpi4py import MPI
from scipy.linalg import expm

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.parameters import parameters
from spinfem.case.reader import read_case
from spinfem.geometry.recipe import outline_of
from spinfem.study.run import run
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.theory import spin_orbit as theory
from tests.commands import CASES

Q = 5e6  # 1/m
START = [0.3, 0.2, 1.0]
WIRE = """
geometry: {layers: [{name: wire, thickness: 4 um}]}
regions: {wire: {material: {conductivity: 1e7 S/m, spin_diffusion_length: 600 nm, spin_lifetime: 100 ps}, terms: {spin_orbit: {}}}}
terminals:
  left: {voltage: 0 V, spin: {potential: [0.3 V, 0.2 V, 1 V]}}
  right: {floating: true, spin: sink}
observables: [dissipation]
mesh: {size: 50 nm}
solver: {degree: 3, error_estimate: false}
output: {fields: false, pictures: false, report: false}
"""
PLACES = (100e-9, 300e-9, 600e-9)


def solved(text, *settings):
    case = read_case(text, overrides=settings)
    session = Session(MPI.COMM_SELF)
    return session.simulation(case, session.device(case)).solution()


def field(words):
    return f"regions.wire.terms.spin_orbit={words}"


def spins(solution, places=PLACES):
    return solution.at(np.array([[x, 0, 0] for x in places]))[1]


def off(solution, a, length=600e-9):
    """The largest error of v in the wire with the field A."""
    exact = [expm(-theory.decay(a, length) * x) @ START for x in PLACES]
    return np.abs(spins(solution) - exact).max()


FIELDS = {
    "{rashba: 5 /um}": theory.rashba(Q),
    "{rashba: 5 /um, normal: -y}": theory.rashba(Q, (0, -1, 0)),
    "{dresselhaus: 5 /um, crystal_angle: 20 deg}": theory.dresselhaus(Q, np.radians(20)),
    "{rashba: 5 /um, dresselhaus: -2 /um}": theory.rashba(Q) + theory.dresselhaus(-0.4 * Q),
    "{along_x: [1 /um, 2 /um, -3 /um], along_y: [0 /um, 4 /um, 1 /um], along_z: [2 /um, 0 /um, 2 /um]}": np.array(
        [[1e6, 2e6, -3e6], [0, 4e6, 1e6], [2e6, 0, 2e6]]
    ),
}


@pytest.mark.parametrize(("words", "a"), FIELDS.items())
def test_spins_decay_and_turn_along_a_wire(words, a):
    solution = solved(WIRE, field(words))
    assert off(solution, a) < 1e-5
    assert solution.problem.symmetric


def test_the_modes_of_a_rashba_gas():
    """kappa^2 = q^2 (-1 ± i sqrt 7)/2 for spins across A_x, q for those along it."""
    found = sorted(np.linalg.eigvals(theory.decay(theory.rashba(Q))) / Q, key=lambda k: (k.real, k.imag))
    assert found == pytest.approx([0.676097 - 0.978318j, 0.676097 + 0.978318j, 1], abs=1e-6)
    assert found[1] ** 2 == pytest.approx((-1 + 1j * np.sqrt(7)) / 2)


@pytest.mark.parametrize(("degree", "order"), [(1, 2), (2, 3)])
def test_the_order_of_convergence(degree, order):
    """In the mean square over the wire."""
    places = np.linspace(0, 1e-6, 997)
    exact = np.array([expm(-theory.decay(theory.rashba(Q), 600e-9) * x) @ START for x in places])
    errors = []
    for size in (50, 25):
        solution = solved(WIRE, field("{rashba: 5 /um}"), f"solver.degree={degree}", f"mesh.size={size} nm")
        errors.append(np.linalg.norm(spins(solution, places) - exact))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.1)


@pytest.mark.parametrize("angle", [-45, 135])
def test_a_helix_persists_where_rashba_and_dresselhaus_are_equal(angle):
    """v = R(2 q x) v_0 exp(-x/lambda), whatever q: D'yakonov and Perel' do nothing."""
    solution = solved(WIRE, field(f"{{rashba: 5 /um, dresselhaus: 5 /um, crystal_angle: {angle} deg}}"))
    exact = [theory.rotation([0, -2 * Q * x, 0]) @ START * np.exp(-x / 600e-9) for x in PLACES]
    assert spins(solution) == pytest.approx(np.array(exact), abs=1e-4)


def test_along_the_other_diagonal_spins_do_not_turn():
    """Those along A_y live on, the others relax at D (2 q)^2."""
    solution = solved(WIRE, field("{rashba: 5 /um, dresselhaus: 5 /um, crystal_angle: 45 deg}"))
    shorter = 1 / np.hypot(1 / 600e-9, 2 * Q)
    exact = [[0.3 * np.exp(-x / 600e-9), *(np.array([0.2, 1]) * np.exp(-x / shorter))] for x in PLACES]
    assert spins(solution) == pytest.approx(np.array(exact), abs=1e-4)


def test_no_more_components_than_the_field_brings_in():
    only_z = "terminals.left.spin.potential=[0 V, 0 V, 1 V]"
    for words, components in (("{rashba: 5 /um, wire: x}", 2), ("{rashba: 0 /um}", 1), ("{along_x: [0 /um, 0 /um, 5 /um]}", 1),
                              ("{rashba: 5 /um}", 3)):  # fmt: skip
        assert len(solved(WIRE, field(words), only_z).problem.basis) == components


def test_rashba_by_its_parameter():
    by_mass = field("{rashba_parameter: 3.80998211 meV nm, effective_mass: 0.05}")  # hbar^2/m_e = 76.1996423 meV nm^2
    assert spins(solved(WIRE, by_mass)) == pytest.approx(spins(solved(WIRE, field("{rashba: 5 /um}"))), rel=1e-5)


def test_a_narrow_wire_turns_spins_and_keeps_them():
    solution = solved(WIRE, field("{rashba: 5 /um, wire: x}"))
    exact = [theory.rotation([0, -Q * x, 0]) @ START * np.exp(-x / 600e-9) for x in PLACES]
    assert spins(solution) == pytest.approx(np.array(exact), abs=1e-5)


def test_uniform_spins_relax_as_dyakonov_and_perel_say():
    """D q^2 in the layer, 2 D q^2 across it; here the layer is across the wire, so that spins of a closed volume do not turn on their way."""
    text = WIRE.replace("{floating: true, spin: sink}", "{voltage: 0 V, spin: reflecting}")
    stopped = (
        "{until: 60 ps, snapshots: 3, initial: {left: 1}, drive: {left: {step: {from: 0, at: 60 ps}}}, tolerance: 1e-7}"
    )
    settings = (
        field("{rashba: 3 /um, normal: +x}"),
        "geometry.layers.0.thickness=200 nm",
        "mesh.size=100 nm",
        "terminals.left={current: 0 A, spin: {current: [1 A, 2 A, 3 A]}}",
        "observables=[terminals]",
        f"time={stopped}",
    )
    outcome = run(read_case(text, overrides=settings), Session(MPI.COMM_SELF))
    times, lost = zip(*((time, solution.relaxed()) for time, solution in outcome.transient.snapshots), strict=True)
    diffusion = (600e-9) ** 2 / 100e-12
    rates = 1 / 100e-12 + diffusion * np.array([2, 1, 1]) * (3e6) ** 2
    expected = lost[0] * np.exp(-np.outer(times, rates))
    assert np.array(lost) == pytest.approx(expected, rel=1e-5)
    assert theory.relaxation(theory.rashba(3e6, (1, 0, 0))) * diffusion + np.eye(3) / 100e-12 == pytest.approx(
        np.diag(rates)
    )


def test_what_enters_goes_to_the_lattice_and_into_heat():
    solution = solved(WIRE, field("{rashba: 5 /um, dresselhaus: 2 /um, crystal_angle: 30 deg}"))
    entering = sum(reading.spin_current for reading in solution.readings.values())
    assert solution.relaxed() == pytest.approx(entering, rel=1e-9)
    powers = solution.powers()
    assert min(powers.values()) > 0
    assert sum(powers.values()) == pytest.approx(solution.power_in(), rel=1e-10)


VALVE = """
geometry:
  layers: [{name: first, thickness: 30 nm}, {name: wire, thickness: 300 nm}, {name: second, thickness: 30 nm}]
regions:
  first: {material: {conductivity: 5e6 S/m, spin_diffusion_length: 10 nm, polarization: 0.5}, magnetization: +z}
  wire: {material: {conductivity: 1e7 S/m, spin_diffusion_length: 600 nm}, terms: {spin_orbit: {rashba: 0 /um}}}
  second: {material: {conductivity: 7e6 S/m, spin_diffusion_length: 12 nm, polarization: 0.4}, magnetization: {polar: 70 deg}}
interfaces: {first/wire: {resistance_area: 1 fohm m^2, polarization: 0.3}, wire/second: {resistance_area: 2 fohm m^2}}
terminals: {left: {voltage: 1 V}, right: {voltage: 0 V}}
observables:
  - spin_resistance: {plus: left, minus: right}
mesh: {size: 10 nm}
solver: {degree: 3, error_estimate: false}
output: {fields: false, pictures: false, report: false}
"""


def current(*settings):
    return solved(VALVE, *settings).readings["left"].current


def test_a_wire_that_turns_spins_is_a_magnet_at_another_angle():
    """A_x along y turns spins by -A_x L, so a magnet at 70 degrees is met as one at 70 + q L."""
    turned = current(field("{rashba: 2 /um, wire: x}"))
    assert turned == pytest.approx(
        current(f"regions.second.magnetization.polar={70 + float(np.degrees(0.6))!r} deg"), rel=1e-8
    )
    assert turned != pytest.approx(current(), rel=1e-4)


def test_the_frame_of_spin_space_does_not_matter():
    """All magnets and the field turned by the same rotation: the same current."""
    turn = theory.rotation([0.3, -1.1, 0.7])
    a = theory.rashba(4e6) + theory.dresselhaus(1e6, 0.3)
    polar = np.radians(70)
    second = [np.sin(polar), 0, np.cos(polar)]

    def with_frame(turn):
        rows = [[f"{x!r} /m" for x in (turn @ row).tolist()] for row in a]
        words = f"{{along_x: {rows[0]}, along_y: {rows[1]}}}".replace("'", "")
        return current(field(words), f"regions.first.magnetization={(turn @ [0, 0, 1]).tolist()}", f"regions.second.magnetization={(turn @ second).tolist()}")  # fmt: skip

    assert with_frame(turn) == pytest.approx(with_frame(np.eye(3)), rel=1e-11)


def test_an_interface_that_turns_spins():
    """Beyond it the device is what it would be if all before it were turned."""
    angles = np.radians([0, 35, 20])
    turn = theory.rotation(angles)
    found = current("interfaces.first/wire.spin_rotation=[0 deg, 35 deg, 20 deg]")
    assert found == pytest.approx(current(f"regions.first.magnetization={(turn @ [0, 0, 1]).tolist()}"), rel=1e-10)
    back = theory.rotation(-angles) @ [np.sin(np.radians(70)), 0, np.cos(np.radians(70))]
    found = current("interfaces.wire/second.spin_rotation=[0 deg, 35 deg, 20 deg]")
    assert found == pytest.approx(current(f"regions.second.magnetization={back.tolist()}"), rel=1e-10)


def test_a_wire_that_turns_spins_is_an_interface_that_does():
    """Between pieces without a field."""
    turned = current("interfaces.wire/second.spin_rotation=[0 rad, -0.6 rad, 0 rad]")
    assert current(field("{rashba: 2 /um, wire: x}")) == pytest.approx(turned, rel=1e-8)


def test_two_magnets_in_contact_with_a_rotation_between():
    text = VALVE.replace("{name: wire, thickness: 300 nm}, ", "").replace("first/wire:", "first/second:")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("  wire:"))
    text = text.replace(", wire/second: {resistance_area: 2 fohm m^2}", "").replace(
        "polarization: 0.3}}", "polarization: [0.3, 0.2]}}"
    )
    turned = solved(text, "interfaces.first/second.spin_rotation=[0 deg, 30 deg, 0 deg]").readings["left"].current
    other = solved(text, "regions.first.magnetization={polar: 30 deg}").readings["left"].current
    assert turned == pytest.approx(other, rel=1e-10)


SENSITIVE = (
    field("{rashba: 3 /um, dresselhaus: 1 /um, crystal_angle: 25 deg, along_x: [0.5 /um, 0 /um, -1 /um]}"),
    "interfaces.wire/second.spin_rotation=[10 deg, 35 deg, 20 deg]",
)


def test_derivatives_by_all_of_it():
    case = read_case(VALVE, overrides=SENSITIVE)
    session = Session(MPI.COMM_SELF)
    measured = sensitivities(run(case, session).simulation, case.observables)
    found = {m.name: m for m in measured}["spin_resistance"]
    tried = [p for p in parameters(case) if {"spin_orbit", "spin_rotation"} & set(p.path)]
    assert {p.path[-1] for p in tried} >= {"rashba", "dresselhaus", "crystal_angle", 0, 2}
    for parameter in tried:
        step = 5e-3 * (abs(parameter.value) or 1e6)
        ends = []
        for sign in (1, -1):
            setting = f"{parameter.name}={parameter.value + sign * step!r} {parameter.unit}"
            other = read_case(VALVE, overrides=(*SENSITIVE, setting))
            results = run(other, Session(MPI.COMM_SELF)).results
            ends += [m.value for m in results.measurements if m.name == "spin_resistance"]
        slope = (ends[0] - ends[1]) / (2 * step)
        small = 1e-7 * abs(found.value) / (abs(parameter.value) or 1e6)
        assert found.derivatives[parameter] == pytest.approx(slope, rel=1e-4, abs=small), parameter.name


@pytest.mark.parametrize(
    ("words", "key", "message"),
    [
        ("{rashba: 5 nm}", "rashba", "wave number"),
        ("{rashba: 5 /um, rashba_parameter: 5 meV nm, effective_mass: 0.05}", "rashba_parameter", "says the same"),
        ("{rashba_parameter: 5 meV nm}", "effective_mass", "needs the effective_mass"),
        ("{dresselhaus: 5 /um, normal: +y}", "normal", r"must be \+z or -z"),
        ("{rashbah: 5 /um}", "rashbah", "rashba"),
    ],
)
def test_what_does_not_fit_is_told_by_its_key(words, key, message):
    with pytest.raises(CaseError, match=message) as raised:
        read_case(WIRE, overrides=[field(words)])
    assert [fault.key for fault in raised.value.faults] == [f"regions.wire.terms.spin_orbit.{key}"]


def test_a_region_that_has_no_room_for_it_is_told():
    case = read_case(
        VALVE,
        overrides=["regions.first.terms={spin_orbit: {rashba: 5 /um}}", "regions.wire.material.spin_hall_angle=0.1"],
    )
    found = {fault.key: fault.message for fault in cross_check(case, outline_of(case))}
    assert found.keys() == {"regions.first.terms.spin_orbit", "regions.wire.terms.spin_orbit"}
    assert "ferromagnet" in found["regions.first.terms.spin_orbit"]
    assert "spin_hall_angle: 0.1" in found["regions.wire.terms.spin_orbit"]


STRIP = WIRE.replace(
    "{layers: [{name: wire, thickness: 4 um}]}",
    "{layers: [{name: wire, thickness: 1 um}], dimension: 2, width: 10 nm, depth: 10 nm}",
)


def test_a_narrow_strip_keeps_its_spins():
    """Between insulated edges close to each other J = 0 across the strip, so D'yakonov and Perel' have little left: about (q w)^2/12 of it."""
    solution = solved(STRIP, field("{rashba: 10 /um}"))
    wire = solved(STRIP, field("{rashba: 10 /um, wire: x}"))
    sheet = solved(
        STRIP, field("{rashba: 10 /um, along_y: [0 /um, 0 /um, 0 /um]}"), "geometry.width=2 um", "mesh.size=100 nm"
    )
    narrow, exact, wide = (spins(each, (100e-9, 200e-9)) for each in (solution, wire, sheet))
    assert np.abs(narrow - exact).max() < 2e-3
    assert np.abs(wide - exact).max() > 0.2


TRANSISTOR = CASES / "spin_transistor.yaml"


@pytest.mark.parametrize("q", [0.0, 2e6, np.pi * 1e6])
def test_the_signal_of_a_spin_transistor(q):
    length = distance = 1e-6
    width, resistance, barrier = 100e-9, length / (1e5 * 20e-9 * 200e-9), 5e-9 / (100e-9 * 200e-9)
    k = 1 / length + 1j * q
    even = np.sinh(k * width / 2) / (k * width / 2)
    exact = 0.5 * 0.3**2 * resistance * (np.exp(-k * distance) * even**2).real * (1 - resistance / barrier)
    settings = (field(f"{{rashba: {float(q)!r} 1/m, normal: +y, wire: x}}"), "solver.error_estimate=false")
    case = read_case(TRANSISTOR.read_text(), overrides=settings)
    results = run(case, Session(MPI.COMM_SELF)).results
    found = {m.name: m.value for m in results.measurements}
    assert found["nonlocal_resistance.parallel"] == pytest.approx(exact, rel=2e-3)
    assert found["nonlocal_resistance.antiparallel"] == pytest.approx(-exact, rel=2e-3)


def filled_bands(a, energy=1.0, angles=400):
    """J0_i, (2, 3), summed over all filled states of H = k^2/2 - k_i A_i.(Pauli matrices)/2; in |e| hbar/m for A of these units."""
    total, h = np.zeros((2, 3)), -np.asarray(a)[:2] / 2
    for angle in 2 * np.pi * (np.arange(angles) + 0.5) / angles:
        n = np.array([np.cos(angle), np.sin(angle)])
        along = n @ h
        size = np.linalg.norm(along)
        for sign in (1, -1):
            fermi = -sign * size + np.sqrt(size**2 + 2 * energy)
            spin = sign * along / size
            total += np.outer(n, spin) * fermi**3 / 3 + h * fermi**2 / 2  # of (k_i sigma + h_i), k dk
    return -total / angles / (2 * np.pi)


@pytest.mark.parametrize("seed", range(3))
def test_the_equilibrium_spin_current_is_that_of_all_filled_states(seed):
    """Of any field, and of any strength below the Fermi wave number."""
    a = np.random.default_rng(seed).normal(size=(3, 3)) * 0.2
    unit = 1.602176634e-19 * 1.054571817e-34 / theory.ELECTRON_MASS
    found = theory.equilibrium_current(a, theory.ELECTRON_MASS)
    assert found[:2] / unit == pytest.approx(filled_bands(a, angles=4000), rel=1e-3, abs=1e-8)
    assert found[2] == pytest.approx(0)
    assert sum(np.cross(a[i], found[i]) for i in range(2)) / unit == pytest.approx(0, abs=1e-15)


def test_the_equilibrium_spin_current_of_rashba():
    """m^2 alpha^3/(3 pi hbar^5) of spins, each counted as 1 or -1, times |e|."""
    mass, alpha, hbar = 0.05 * theory.ELECTRON_MASS, 1.6e-30, 1.054571817e-34
    found = theory.equilibrium_current(theory.rashba(2 * mass * alpha / hbar**2), mass)
    expected = 1.602176634e-19 * mass**2 * alpha**3 / (3 * np.pi * hbar**5)
    assert found[0] == pytest.approx([0, expected, 0])
    assert found[1] == pytest.approx([-expected, 0, 0])


def test_a_pure_gauge_has_no_equilibrium_spin_current():
    for angle in (0.0, 0.4):
        a = theory.rashba(Q) + theory.dresselhaus(Q, angle)
        assert theory.equilibrium_current(a, 1.0) == pytest.approx(0, abs=1e-12 * Q**3 * 1e-53)
        assert theory.field_strength(a, 0, 1) == pytest.approx(0, abs=1e-12 * Q**2)


def test_in_equilibrium_there_are_no_spins():
    case = read_case((CASES / "rashba_equilibrium.yaml").read_text(), overrides=["solver.error_estimate=false"])
    outcome = run(case, Session(MPI.COMM_SELF))
    found = {m.name: m.value for m in outcome.results.measurements}
    assert len(outcome.solution.problem.basis) == 3
    assert not outcome.solution.potentials.x.array.any()
    assert found["equilibrium_spin_current.x"] == pytest.approx((0, 4.920015e-3, 0), rel=1e-6)
    assert found["equilibrium_spin_current.torque_y"] == pytest.approx((1.619187e-18, 0, 0), rel=1e-4)


def test_an_equilibrium_spin_current_needs_a_field_and_a_mass():
    text = (CASES / "rashba_equilibrium.yaml").read_text()
    for setting, message in (
        ("regions.gas.terms.spin_orbit={rashba: 5 /um}", "effective_mass"),
        ("regions.gas.terms={}", "no spin-orbit field"),
    ):
        case = read_case(text, overrides=[setting])
        assert [f.message for f in cross_check(case, outline_of(case)) if message in f.message]


def test_the_helix_of_the_case():
    settings = ("solver.error_estimate=false", "observables=[dissipation]")
    case = read_case((CASES / "spin_helix.yaml").read_text(), overrides=settings)
    solution = run(case, Session(MPI.COMM_SELF)).solution
    x = np.linspace(0, 10e-6, 7)
    v = solution.at(np.stack([x, 0.3 * x - 1.5e-6, 0 * x], axis=1))[1]
    exact = 1e-3 * np.exp(-x / 10e-6) * np.array([-np.sin(0.86e6 * x), 0 * x, np.cos(0.86e6 * x)])
    assert v == pytest.approx(exact.T, abs=2e-6)
