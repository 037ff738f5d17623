"""Free spins turn in a magnetic field: closed formulas, signs, reciprocity, derivatives."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.parameters import parameters
from spinfem.case.reader import read_case
from spinfem.geometry.recipe import outline_of
from spinfem.study.run import run
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.theory import hanle
from spinfem.theory.lateral_valve import Contact, Wire, nonlocal_resistance
from tests.commands import CASES

LAMBDA, TAU, SIGMA = 500e-9, 100e-12, 1.7e7
ONE = 1 / float(hanle.turning(1.0, TAU))  # the field, T, in which omega tau = 1
METAL = "{conductivity: 1.7e7 S/m, spin_diffusion_length: 500 nm, spin_lifetime: 100 ps}"
WIRE = f"""
geometry: {{layers: [{{name: wire, thickness: 8 um}}]}}
regions: {{wire: {{material: {METAL}}}}}
terminals:
  left: {{floating: true, spin: {{current: [0 A, 1e6 A, 0 A]}}}}
  right: {{voltage: 0 V, spin: reflecting}}
mesh: {{size: 20 nm}}
solver: {{degree: 3, error_estimate: false}}
"""
BRACKETS = {0: 0.367879, 1: 0.185444, 2: 0.042924, 5: -0.040210}


def solved(text, *settings):
    case = read_case(text, overrides=settings)
    session = Session(MPI.COMM_SELF)
    return session.simulation(case, session.device(case)).solution()


def along(direction, turn):
    return f"magnetic_field={{magnitude: {turn * ONE!r} T, direction: {direction}}}"


def spins(solution, *distances):
    """v at these distances from the left end, in units of what enters times lambda/sigma."""
    points = np.array([[d * LAMBDA, 0, 0] for d in distances])
    return solution.at(points)[1] * SIGMA / (1e6 * LAMBDA)


@pytest.mark.parametrize(("turn", "expected"), BRACKETS.items())
def test_a_perpendicular_field(turn, expected):
    solution = solved(WIRE, along("+z", turn))
    (v,) = spins(solution, 1.0)
    assert v[1] == pytest.approx(expected, abs=1e-5)
    assert v == pytest.approx(hanle.propagator(1.0, (0, 0, turn)) @ [0, 1, 0], abs=1e-6)
    assert hanle.bracket(1.0, turn) == pytest.approx(expected, abs=1e-6)
    assert len(solution.problem.basis) == (2 if turn else 1)


def test_the_sign_is_that_of_ds_dt_equals_omega_cross_s():
    """Along +z a field turns +y towards -x."""
    (v,) = spins(solved(WIRE, along("+z", 0.01)), 0.0)
    assert v[0] == pytest.approx(-0.01 / 2, rel=1e-3)  # 1/k = 1 + i turn/2
    (v,) = spins(solved(WIRE, along("-z", 0.01)), 0.0)
    assert v[0] == pytest.approx(+0.01 / 2, rel=1e-3)


@pytest.mark.parametrize("turn", [0, 0.5, 3])
def test_three_terminals_read_re_1_over_k(turn):
    (v,) = spins(solved(WIRE, along("+z", turn)), 0.0)
    assert v[1] == pytest.approx((1 / np.sqrt(1 + 1j * turn)).real, abs=1e-7)


@pytest.mark.parametrize("anisotropy", [1, 0.25, 3])
@pytest.mark.parametrize("angle", [20, 45, 75])
def test_an_oblique_field_with_anisotropic_relaxation(angle, anisotropy):
    """y to z; in a strong field that part is left which lies along it."""
    settings = (
        along(f"{{polar: {90 - angle} deg, azimuth: 90 deg}}", 4),
        f"regions.wire.material.spin_lifetime_anisotropy={anisotropy}",
    )
    beta = np.radians(angle)
    v = spins(solved(WIRE, *settings), 0.0, 0.6, 1.0)
    turn = 4 * np.array([0, np.cos(beta), np.sin(beta)])
    for found, distance in zip(v, (0.0, 0.6, 1.0), strict=True):
        assert found == pytest.approx(hanle.propagator(distance, turn, anisotropy) @ [0, 1, 0], abs=1e-5)
    strong = hanle.propagator(0.6, 1e4 * turn, anisotropy)[1, 1]
    assert strong == pytest.approx(hanle.oblique_limit(beta, 0.6, anisotropy), abs=3e-3)


def test_anisotropic_relaxation_alone():
    settings = ("regions.wire.material.spin_lifetime_anisotropy=4", "terminals.left.spin.current=[0 A, 1e6 A, 1e6 A]")
    solution = solved(WIRE, *settings)
    (v,) = spins(solution, 1.0)
    assert v == pytest.approx([0, np.exp(-1), 2 * np.exp(-0.5)], abs=1e-6)
    assert solution.relaxed() == pytest.approx([0, 1e6, 1e6], rel=1e-9)


@pytest.mark.parametrize(
    ("direction", "components"),
    [("+y", 1), ("+z", 2), ("+x", 2), ("[0, 1, 1]", 3)],
)
def test_no_more_components_than_the_field_brings_in(direction, components):
    assert len(solved(WIRE, along(direction, 1)).problem.basis) == components


def test_a_field_along_the_spins_does_nothing():
    assert spins(solved(WIRE, along("+y", 30)), 1.0)[0] == pytest.approx([0, np.exp(-1), 0], abs=1e-6)


def test_a_region_has_its_own_field():
    """Only the second half of the wire is in a field: spins turn there alone."""
    text = WIRE.replace(
        "{name: wire, thickness: 8 um}", "{name: wire, thickness: 500 nm}, {name: far, thickness: 7.5 um}"
    )
    text = text.replace("}}\nterminals", f"}}, far: {{material: {METAL}}}}}\nterminals")
    whole = solved(text, along("+z", 2))
    assert spins(whole, 1.0)[0] == pytest.approx(hanle.propagator(1.0, (0, 0, 2)) @ [0, 1, 0], abs=1e-6)
    half = solved(text, along("+z", 2), "regions.wire.magnetic_field=[0 T, 0 T, 0 T]")
    k = np.sqrt(1 - 2j)  # of v_x + i v_y: outgoing in the far part, cosh and sinh before it
    cosh, sinh = np.cosh(1), np.sinh(1)
    end = 1j / (sinh + k * cosh)
    assert spins(half, 1.0)[0, :2] == pytest.approx([end.real, end.imag], abs=1e-6)


PILLAR = f"""
geometry:
  layers: [{{name: first, thickness: 40 nm}}, {{name: spacer, thickness: 300 nm}}, {{name: second, thickness: 30 nm}}, {{name: cap, thickness: 200 nm}}]
regions:
  first: {{material: {{conductivity: 5e6 S/m, spin_diffusion_length: 10 nm, polarization: 0.5}}, magnetization: +z}}
  spacer: {{material: {METAL}}}
  second:
    material: {{conductivity: 7e6 S/m, spin_diffusion_length: 12 nm, polarization: 0.4, diffusion_constant: 20 cm^2/s}}
    magnetization: {{polar: 70 deg}}
    SECOND
  cap: {{material: {{conductivity: 3e7 S/m, spin_diffusion_length: 400 nm, diffusion_constant: 100 cm^2/s}}}}
interfaces: {{first/spacer: {{resistance_area: 1 fohm m^2, polarization: 0.3}}}}
magnetic_field: [20 mT, 100 mT, 50 mT]
terminals: {{left: {{voltage: 1 V}}, right: {{voltage: 0 V}}}}
mesh: {{size: 10 nm}}
observables: [conductance_matrix: {{name: g}}]
solver: {{error_estimate: false}}
"""


@pytest.mark.parametrize("second", ["", "dephasing_length: 5 nm"])
def test_reciprocity_is_that_of_onsager_with_the_field_reversed(second):
    outcome = run(read_case(PILLAR.replace("SECOND", second)), Session(MPI.COMM_SELF))
    found = {m.name: m.value for m in outcome.results.measurements}
    assert found["g.onsager_defect"] < 1e-9
    assert found["g.reciprocity_defect"] > 1e-3
    assert outcome.checks["charge_conservation"] < 1e-9


def test_derivatives_by_field_lifetime_and_g_factor():
    text = PILLAR.replace("SECOND", "").replace(
        "conductance_matrix: {name: g}", "nonlocal_resistance: {plus: left, minus: right, drive: left}"
    )
    case = read_case(text)
    (found,) = sensitivities(run(case, Session(MPI.COMM_SELF)).simulation, case.observables)
    slopes = {number.name: (number, slope) for number, slope in found.derivatives.items()}
    for key, step in {
        "magnetic_field.1": 1e-4,
        "magnetic_field.2": 1e-4,
        "regions.spacer.material.spin_lifetime": 1e-13,
        "regions.spacer.material.g_factor": 1e-3,
        "regions.cap.material.diffusion_constant": 1e-5,
    }.items():
        number, slope = slopes[key]
        path, values = ".".join(map(str, number.path)), []
        for sign in (1, -1):
            changed = read_case(text, overrides=[f"{path}={number.value + sign * step!r} {number.unit}".strip()])
            values.append(run(changed, Session(MPI.COMM_SELF)).results.measurements[0].value)
        assert slope == pytest.approx((values[0] - values[1]) / (2 * step), rel=1e-4), key


def test_known_parameters():
    case = read_case(WIRE, overrides=[along("+z", 1)])
    names = {number.name for number in parameters(case)}
    assert {"magnetic_field.2", "regions.wire.material.g_factor", "regions.wire.material.spin_lifetime"} <= names
    assert "regions.wire.material.diffusion_constant" not in names  # it follows
    assert not any("regions.wire.magnetic_field" in name for name in names)


@pytest.mark.parametrize("field", ["[10 mT, 0 T, 30 mT]", "[0 T, 0 T, 30 mT]"])
def test_the_quick_assembly_makes_the_matrix_of_the_form(field):
    case = read_case(
        PILLAR.replace("SECOND", ""),
        overrides=[f"magnetic_field={field}", "regions.spacer.material.spin_lifetime_anisotropy=0.3"],
    )
    session = Session(MPI.COMM_SELF)
    problem = session.simulation(case, session.device(case)).problem()
    quick, form = problem.assemble(), problem.assembled(problem.form)
    x, result, expected = form.createVecRight(), form.createVecLeft(), form.createVecLeft()
    x.array[:] = np.random.default_rng(1).normal(size=x.array.size)
    quick.mult(x, result)
    form.mult(x, expected)
    assert result.array == pytest.approx(expected.array, rel=1e-9, abs=1e-9 * np.abs(expected.array).max())


def test_a_lifetime_is_missed_where_spins_turn():
    text = (
        PILLAR.replace("SECOND", "")
        .replace(", spin_lifetime: 100 ps", "")
        .replace(", diffusion_constant: 100 cm^2/s", "")
    )
    case = read_case(text)
    faults = cross_check(case, outline_of(case))
    assert [fault.key for fault in faults] == ["regions.spacer.material", "regions.cap.material"]
    assert "needs a spin_lifetime" in str(faults[0]) and "turn in the magnetic field" in str(faults[0])
    assert not cross_check(read_case(text, overrides=["magnetic_field=[0 T, 0 T, 0 T]"]), outline_of(case))


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("[0 T, 50 mT]", "must be"),
        ("50 mT", "must be"),
        ("[0, 0, 1]", "has no unit"),
        ("[0 T, 0 T, 1 A]", "is not a magnetic field"),
        ("{magnitude: 1 T}", "is missing"),
        ('{magnitude: 1 T, direction: {expression: ["0", "0", "1"]}}', "has a direction that is not fixed"),
    ],
)
def test_what_is_no_field(field, reason):
    with pytest.raises(CaseError, match=reason):
        read_case(WIRE, overrides=[f"magnetic_field={field}"])


def test_a_field_is_written_as_it_was_given():
    case = read_case(WIRE, overrides=["magnetic_field={magnitude: -50 mT, direction: [0, 3, 4]}"])
    written = case.as_file()
    assert [float(text.removesuffix(" T")) for text in written["magnetic_field"]] == pytest.approx([0, -0.03, -0.04])
    assert "magnetic_field" not in written["regions"]["wire"]
    assert case.kept["regions"]["wire"]["magnetic_field"] == list(case.magnetic_field)


def resistances(name, *settings, session=None):
    """Measured numbers of a shipped case, by name."""
    text = (CASES / f"{name}.yaml").read_text()
    case = read_case(text, CASES, ["solver.error_estimate=false", *settings])
    return {m.name: m.value for m in run(case, session or Session(MPI.COMM_SELF)).results.measurements}


def test_a_narrow_valve_in_three_dimensions():
    wire, session = Wire(1.7e7, 650e-9, 100e-9 * 50e-9), Session(MPI.COMM_SELF)
    contact = Contact(7.3e6, 59e-9, 0.36, 1e-14, 8e-12, 0.11)
    absorber = hanle.Absorber(contact, (0, 1, 0), 1e-14 / 8e-12)
    largest = nonlocal_resistance(wire, contact, contact, 650e-9)
    for field in (0.0, 0.058, 0.155, 0.3):
        found = resistances("hanle_valve", f"magnetic_field.magnitude={field} T", session=session)
        turn = float(hanle.turning(field, 650e-9**2 / 43e-4))
        expected = hanle.absorbing_contacts(wire, absorber, absorber, 650e-9, (0, 0, turn))
        assert found["nonlocal_resistance.parallel"] == pytest.approx(expected, abs=0.01 * largest)
        assert found["nonlocal_resistance.antiparallel"] == pytest.approx(-expected, abs=0.01 * largest)
        tunnel = hanle.tunnel_valve((0.11, 0.11), wire.spin_resistance, 1.0, turn)
        assert hanle.finite_contacts(wire, contact, contact, 650e-9, turn) == pytest.approx(tunnel, abs=0.01 * largest)
        assert expected == pytest.approx(tunnel, abs=0.01 * largest)


@pytest.mark.parametrize("anisotropy", [0.2, 1, 5])
def test_the_oblique_case(anisotropy):
    wire, contact = Wire(1e5, 3e-6, 1e-6 * 1e-8), Contact(1e5, 40e-9, 0, 150e-15, 5e-9, 0.3)
    absorber = hanle.Absorber(contact, (0, 1, 0), 150e-15 / 5e-9)
    turn = float(hanle.turning(0.5, 300e-12)) * np.sqrt(0.5)
    found = resistances("hanle_oblique", f"regions.wire.material.spin_lifetime_anisotropy={anisotropy}")
    expected = hanle.absorbing_contacts(wire, absorber, absorber, 6e-6, (0, turn, turn), anisotropy)
    assert found["nonlocal_resistance.parallel"] == pytest.approx(expected, rel=4e-3)


def test_the_three_terminal_case():
    bulk, barrier, p = 230e-9 / 1e4, 1e-9, 0.8944272
    along, across = 1 / (barrier / (1 - p**2) / bulk + 10e-9 / 1e4 / bulk), bulk / barrier

    def spin_part(turn):
        absorbed, near = np.diag([across, along, across]), hanle.propagator(0.0, (0, 0, turn))
        injected = np.array([0, along * p * barrier / (1 - p**2) / bulk, 0])
        return bulk * injected @ np.linalg.solve(np.eye(3) + near @ absorbed, near @ injected)

    still, turned = (
        resistances("hanle_three_terminal", *s)["resistance"] for s in (("magnetic_field.magnitude=0 T",), ())
    )
    assert still - turned == pytest.approx(
        spin_part(0.0) - spin_part(float(hanle.turning(40.03e-3, 142e-12))), rel=2e-3
    )
    assert still - turned == pytest.approx(
        hanle.three_terminal(p, 2 * bulk, 0.0) - hanle.three_terminal(p, 2 * bulk, 1.0), rel=0.03
    )


def test_formulas_agree_where_magnets_absorb_alike():
    wire, contact = Wire(1.7e7, 500e-9, 5e-15), Contact(5e6, 5e-9, 0.4, 1e-14, 2e-15, 0.2)
    _, s = contact.load(wire)
    alike = hanle.Absorber(contact, (0, 1, 0), 2 / (s - 1) / wire.spin_resistance)
    for turn in (0, 0.7, 4):
        found = hanle.absorbing_contacts(wire, alike, alike, 400e-9, (0, 0, turn))
        assert found == pytest.approx(hanle.finite_contacts(wire, contact, contact, 400e-9, turn), rel=1e-12)


BAR = f"""
geometry: {{layers: [{{name: wire, thickness: 2 um}}], dimension: 3, width: 200 nm, depth: 100 nm}}
regions: {{wire: {{material: {METAL}}}}}
terminals: {{left: {{floating: true, spin: {{current: [0 A, 1 uA, 0 A]}}}}, right: {{voltage: 0 V, spin: reflecting}}}}
mesh: {{size: 100 nm}}
solver: {{degree: 2, error_estimate: false}}
"""


def test_iterations_are_bounded_and_fields_share_what_they_can(monkeypatch):
    monkeypatch.setattr("spinfem.algebra.preconditioners._LASTING", 0)
    session, counts, spaces, prepared = Session(MPI.COMM_SELF), [], [], []
    for turn in (0.1, 1, 10, 100, 1000, 1200):
        case = read_case(BAR, overrides=[along("+z", turn)])
        simulation = session.simulation(case, session.device(case))
        solution = simulation.solution()
        counts.append(solution.report.iterations)
        spaces.append(id(solution.problem.space))
        prepared.append(simulation.operator(solution.problem).inner["v"])
    assert max(counts[:4]) < 70 and max(counts) < 100 and counts[5] < 1.1 * counts[4]
    assert len(set(spaces)) == 1 and prepared[4] is prepared[5] and prepared[0] is not prepared[4]
