"""Conditions at terminals: leads of finite resistance against exact solutions, and one that is defined here."""

from typing import ClassVar

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.conditions import SpinCondition
from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.quantity import ResistanceArea
from spinfem.case.reader import read_case
from spinfem.fitting.full_model import with_values
from spinfem.study.accuracy import measure
from spinfem.study.run import run
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from tests.unit.case.valve import OUTLINE, valve

SIGMA, LAMBDA, LENGTH, AREA = 1e7, 300e-9, 300e-9, 100e-9 * 50e-9
METAL = "{conductivity: 1e7 S/m, spin_diffusion_length: 300 nm}"
WIRE = f"""
geometry: {{layers: [{{name: wire, thickness: 300 nm}}], dimension: 2, width: 100 nm, depth: 50 nm}}
regions: {{wire: {{material: {METAL}}}}}
mesh: {{resolution: 0.2}}
terminals:
  left: {{voltage: 1 mV, spin: {{potential: [0 V, 0 V, 1 mV]}}}}
  right: {{voltage: 0 V, spin: END}}
observables: [terminals, dissipation, nonlocal_resistance: {{plus: left, minus: right, drive: left}}]
solver: {{error_estimate: false}}
"""
VALVE = """
geometry: {layers: [{name: one, thickness: 10 nm}, {name: gap, thickness: 20 nm}, {name: two, thickness: 10 nm}], dimension: 2, width: 40 nm, depth: 50 nm}
regions:
  one: {material: {conductivity: 5e6 S/m, spin_diffusion_length: 50 nm, polarization: 0.6}, magnetization: +z}
  gap: {material: {conductivity: 5e7 S/m, spin_diffusion_length: 1 um}}
  two: {material: {conductivity: 5e6 S/m, spin_diffusion_length: 50 nm, polarization: 0.6}, magnetization: +x}
terminals:
  left: {voltage: 1 mV, resistance: 2 ohm, spin: {resistance_area: 5 fohm m^2}}
  right: {voltage: 0 V, spin: {lead: {conductivity: 2e7 S/m, spin_diffusion_length: 100 nm}}}
observables: [dissipation, nonlocal_resistance: {plus: left, minus: right, drive: left}]
solver: {error_estimate: false}
"""


def wire(end, *overrides):
    return run(read_case(WIRE.replace("END", end), overrides=overrides), Session(MPI.COMM_SELF))


def v_in(solution):
    x = np.array([50e-9, 200e-9])
    return solution.at(np.stack([x, 50e-9 + 0 * x, 0 * x], axis=1))[1][:, 2], x


def decay(x, resistance_area):
    """v of the wire with 1 mV at one end and J = v/RA at the other."""
    g = SIGMA / LAMBDA * resistance_area
    far = (LENGTH - x) / LAMBDA
    return 1e-3 * (np.cosh(far) * g + np.sinh(far)) / (np.cosh(1.0) * g + np.sinh(1.0))


@pytest.mark.parametrize("end", [f"{{lead: {METAL}}}", f"{{resistance_area: {LAMBDA / SIGMA} ohm m^2}}"])
def test_a_short_wire_with_such_an_end_is_a_long_one(end):
    solution = wire(end).solution
    v, x = v_in(solution)
    assert v == pytest.approx(1e-3 * np.exp(-x / LAMBDA), rel=1e-5)
    assert solution.readings["left"].spin_current[2] == pytest.approx(1e-3 * SIGMA / LAMBDA * AREA, rel=1e-6)
    leaving = -1e-3 * np.exp(-1.0) * SIGMA / LAMBDA * AREA
    assert solution.readings["right"].spin_current[2] == pytest.approx(leaving, rel=1e-6)
    entering = sum(reading.spin_current for reading in solution.readings.values())
    assert entering == pytest.approx(solution.relaxed(), rel=1e-9, abs=1e-12 * abs(leaving))
    assert solution.report.method.startswith("CG")


@pytest.mark.parametrize("of_wire", [1e-6, 1e-2, 1.0, 1e2, 1e6])
def test_from_a_sink_to_a_reflecting_end(of_wire):
    v, x = v_in(wire(f"{{resistance_area: {of_wire * LAMBDA / SIGMA} ohm m^2}}").solution)
    assert v == pytest.approx(decay(x, of_wire * LAMBDA / SIGMA), rel=1e-5)
    limit = "sink" if of_wire < 1e-5 else "reflecting" if of_wire > 1e5 else None
    if limit:
        assert v == pytest.approx(v_in(wire(limit).solution)[0], rel=1e-5)


def test_a_resistor_in_series():
    outcome = wire("sink", "terminals.left.resistance=10 ohm")
    solution, found = outcome.solution, {m.name: m.value for m in outcome.results.measurements}
    own = LENGTH / (SIGMA * AREA)
    current = 1e-3 / (own + 10)
    assert found["terminals.left.current"] == pytest.approx(current, rel=1e-9)
    assert found["terminals.left.potential"] == pytest.approx(current * own, rel=1e-9)
    assert solution.readings["right"].current == pytest.approx(-current, rel=1e-9)
    assert solution.conservation_defect < 1e-10
    assert found["dissipation.lead.left"] == pytest.approx(10 * current**2, rel=1e-9)
    assert found["dissipation.balance"] < 1e-9
    assert solution.current_through(0, 150e-9).net == pytest.approx(current, rel=1e-9)
    assert solution.report.method.startswith("CG")


def test_derivatives_are_those_of_differences():
    """Of whatever is read beside leads: resistances, currents, spin currents, torque, heat in the leads themselves."""
    observables = (
        "observables=[spin_resistance: {plus: left, minus: right}, terminals, dissipation, spin_torque: {magnet: one}]"
    )
    case = read_case(VALVE, overrides=[observables])
    device = Session(MPI.COMM_SELF).device(case)
    found = [s for s in sensitivities(Simulation(case, device), case.observables) if abs(s.value) > s.noise]
    names = {s.name for s in found}
    assert {"terminals.left.current", "dissipation.lead.left", "dissipation.lead.right.spin", "spin_torque.x"} <= names
    of_leads = [number for number in found[0].derivatives if number.path[0] == "terminals" and number.value]
    assert {".".join(number.path[1:]) for number in of_leads} >= {
        "left.resistance",
        "left.spin.resistance_area",
        "right.spin.lead.conductivity",
        "right.spin.lead.spin_diffusion_length",
    }
    others = [number for number in found[0].derivatives if number.name == "regions.gap.material.conductivity"]
    for number in [*of_leads, *others]:
        expected = difference(case, device, number)
        for s in found:
            scale = abs(s.value / number.value)
            assert s.derivatives[number] == pytest.approx(expected[s.name], rel=1e-5, abs=1e-7 * scale), s.name


def difference(case, device, number):
    """Name -> derivative of every measured number."""

    class One:
        paths = (number.path,)

    step, total = 1e-3 * number.value, {}
    for sign in (1, -1):
        other = with_values(case, [One], [number.value + sign * step])
        for m in measure(other, Simulation(other, device)).measurements:
            for name, value in m.parts.items():
                total[name] = total.get(name, 0.0) + sign * value / (2 * step)
    return total


def test_spin_and_power_between_magnets_and_leads_are_kept():
    outcome = run(read_case(VALVE), Session(MPI.COMM_SELF))
    solution, found = outcome.solution, {m.name: m.value for m in outcome.results.measurements}
    entering = sum(reading.spin_current for reading in solution.readings.values())
    lost = solution.relaxed() + solution.absorbed("one") + solution.absorbed("two")
    assert entering == pytest.approx(lost, abs=1e-9 * np.abs(lost).max())
    assert abs(solution.readings["right"].spin_current[2]) < 1e-12 * solution.largest_current  # along m = x alone
    assert found["dissipation.lead.right.spin"] > 0 and found["dissipation.balance"] < 1e-9


def test_a_matrix_beside_a_lead_is_symmetric():
    case = read_case(VALVE, overrides=["terminals.left.voltage=0 V"])
    simulation = Simulation(case, Session(MPI.COMM_SELF).device(case))
    element = simulation.lumped_element(["right"])
    assert element.matrix == pytest.approx(element.matrix.T, rel=1e-8, abs=1e-10 * np.abs(element.matrix).max())


@pytest.fixture
def one_way():
    """Half of a lead: written as anybody would write one."""

    class Leaky(SpinCondition, kind="leaky"):
        leak: ResistanceArea
        holds: ClassVar = False

        def integrand(self, u, w, end):
            import ufl

            return end.number(1 / self.leak / end.conductance_unit) * ufl.dot(u.v, w.v)

    yield Leaky
    del SpinCondition.kinds["leaky"]


def test_a_condition_of_ones_own(one_way):
    solution = wire(f"{{leak: {2 * LAMBDA / SIGMA} ohm m^2}}").solution
    v, x = v_in(solution)
    assert v == pytest.approx(decay(x, 2 * LAMBDA / SIGMA), rel=1e-5)
    leaving = decay(LENGTH, 2 * LAMBDA / SIGMA) * AREA / (2 * LAMBDA / SIGMA)
    assert solution.readings["right"].spin_current[2] == pytest.approx(-leaving, rel=1e-6)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("terminals.left.resistance=0 ohm", "terminals.left.resistance .*greater than 0"),
        ("terminals.left={resistance: 1 ohm}", "voltage with resistance.*it has resistance"),
        ("terminals.left={current: 1 mA, resistance: 1 ohm}", "it has current and resistance"),
        ("terminals.right.spin={resistance_area: 1 ohm}", "resistance times an area"),
        ("terminals.right.spin={resistence_area: 1 fohm m^2}", 'did you mean "resistance_area"'),
        ("terminals.right.spin={lead: Unobtainium}", "no such material"),
        ("terminals.right.spin=absorbing", "must be reflecting, sink"),
    ],
)
def test_what_cannot_be_is_told(override, said):
    with pytest.raises(CaseError, match=f"(?s){said}"):
        read_case(WIRE.replace("END", "sink"), overrides=[override])


def test_a_polarized_lead_is_refused():
    case = valve("terminals.wire_right.spin={lead: Py @ 4.2 K}")
    (fault,) = cross_check(case, OUTLINE)
    assert (fault.key, fault.value) == ("terminals.wire_right.spin.lead", "Py @ 4.2 K") and "polarized" in fault.message


def test_two_conditions_with_the_same_keys_are_told():
    class Twin(SpinCondition, kind="twin"):
        resistance_area: ResistanceArea

    try:
        with pytest.raises(
            CaseError, match="fit several conditions: resistance_area, twin; .* key that no other one has"
        ):
            valve("terminals.wire_right.spin={resistance_area: 1 fohm m^2}")
    finally:
        del SpinCondition.kinds["twin"]


def test_what_a_lead_is_made_of_can_be_set():
    case = valve(
        "terminals.wire_right.spin={lead: Cu @ 300 K}", "terminals.wire_right.spin.lead.spin_diffusion_length=200 nm"
    )
    lead = case.terminals["wire_right"].spin.lead
    assert lead.spin_diffusion_length == 200e-9 and lead.conductivity > 1e7


def test_a_terminal_that_is_no_mapping_is_told_what_there_is():
    with pytest.raises(CaseError, match="must be a mapping, e.g. {voltage: 0 V}"):
        valve("terminals.wire_right=1 mV")
