"""Contacts that resist much more than the metal beside them: currents are as exact as elsewhere, up to where rounding takes the operator itself, and then the
contact is named."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.algebra.solver import SolveError
from spinfem.case.schema import Case
from spinfem.case.source import CaseSource
from spinfem.study.reference_potentials import BEHIND_CONTACTS, Referred, references_of
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from tests.boxes import patchwork
from tests.unit.case.test_idle import METAL, STACK

SOLVER = "solver={error_estimate: false, degree: 2}"
CONTACT = "interfaces.magnet/metal.resistance_area=%g ohm m^2"
POLARIZED = "interfaces.magnet/metal.polarization=0.4"
VOLTAGE = "terminals.left={voltage: 1 mV}"
SERIES = 5e-9 / 1e7 + 20e-9 / 4e7  # ohm m^2, of the metals without spins
# Between two magnets across each other, with an imaginary part: not symmetric.
TURNING = """
geometry:
  layers: [{name: one, thickness: 5 nm}, {name: metal, thickness: 20 nm}, {name: two, thickness: 5 nm}]
regions:
  one: {material: {conductivity: 1e7 S/m, spin_diffusion_length: 5 nm, polarization: 0.5}, magnetization: +z}
  metal: {material: {conductivity: 4e7 S/m, spin_diffusion_length: 100 nm}}
  two: {material: {conductivity: 1e7 S/m, spin_diffusion_length: 5 nm, polarization: 0.5}, magnetization: +x}
interfaces:
  one/metal: {type: circuit, conductance_up: 7e5 S/m^2, conductance_down: 3e5 S/m^2, mixing_conductance: 1e14 S/m^2, mixing_conductance_imaginary: 3e13 S/m^2}
  two/metal: {type: circuit, conductance_up: 6e14 S/m^2, conductance_down: 3e14 S/m^2, mixing_conductance: 1e15 S/m^2, mixing_conductance_imaginary: 3e14 S/m^2}
terminals: {left: {current: 1 mA}, right: {voltage: 0 V}}
observables: [terminals, {spin_torque: {magnet: two}}]
"""


def outcome(*settings, text=STACK):
    return run(CaseSource(text, overrides=settings).case(), Session(MPI.COMM_SELF))


def numbers(found):
    return {m.name: m.value for m in found.results.measurements}


@pytest.mark.parametrize("method", ["iterative", "direct"])
@pytest.mark.parametrize("resistance_area", [1e-9, 1e-6, 1e-5])
def test_what_enters_leaves(resistance_area, method):
    solver = f"solver={{error_estimate: false, degree: 2, method: {method}}}"
    found = numbers(outcome(CONTACT % resistance_area, solver))
    assert found["terminals.right.current"] == pytest.approx(-1e-3, rel=max(1e-9, 1e-3 * resistance_area))
    assert found["terminals.left.potential"] == pytest.approx(1e-3 * resistance_area, rel=2 * SERIES / resistance_area)
    driven = numbers(outcome(CONTACT % resistance_area, VOLTAGE, solver))
    assert driven["terminals.left.current"] == pytest.approx(
        1e-3 / (resistance_area + SERIES), rel=1e-8 + SERIES / resistance_area
    )
    assert sum(driven[f"terminals.{end}.current"] for end in ("left", "right")) == pytest.approx(
        0, abs=1e-8 * driven["terminals.left.current"]
    )


def test_spins_are_those_of_a_contact_through_which_a_current_is_given():
    """What passes a tunnel contact does not depend on its resistance."""
    weaker, stronger = (numbers(outcome(CONTACT % r, POLARIZED, SOLVER)) for r in (1e-10, 1e-5))
    assert np.linalg.norm(weaker["terminals.right.spin_current"]) > 0.01e-3
    assert stronger["terminals.right.spin_current"] == pytest.approx(
        weaker["terminals.right.spin_current"], rel=1e-3, abs=1e-15
    )


def test_potentials_are_counted_from_references_where_these_are_of_use():
    def references(*settings):
        case = CaseSource(STACK, overrides=(SOLVER, *settings)).case()
        simulation = Simulation(case, Session(MPI.COMM_SELF).device(case))
        assert isinstance(simulation.operator(simulation.problem()), Referred) == (
            references_of(simulation.problem()) is not None
        )
        return references_of(simulation.problem())

    assert references(CONTACT % 1e-15) is None
    assert references(CONTACT % 1e-6).held == {"phi at right": 1}
    both = references(CONTACT % 1e-6, VOLTAGE)
    assert both.held == {"phi at left": 0, "phi at right": 1}
    assert both.given({"phi at left": 1e-3, "phi at right": 0.0}).tolist() == [1e-3, 0.0]
    assert references("interfaces={}") is None
    spin_orbit = f"{METAL.removesuffix('.material')}.terms={{spin_orbit: {{rashba: 1 /um}}}}"
    assert references(CONTACT % 1e-6, spin_orbit) is not None


@pytest.mark.parametrize("method", ["iterative", "direct"])
@pytest.mark.parametrize("resistance", ["1 Mohm", "1 Gohm"])
def test_what_enters_leaves_by_a_lead_that_resists(resistance, method):
    """A source of 1 V at the far end of the lead has nothing to do with what the metal adds to it."""
    solver = f"solver={{error_estimate: false, degree: 2, method: {method}}}"
    lead = f"terminals.right={{voltage: 0 V, resistance: {resistance}}}"
    wire = ("interfaces={}", "geometry.width=100 nm", "geometry.depth=100 nm", "terminals.left.current=1 nA")
    plain, behind = (numbers(outcome(*wire, solver, *more)) for more in ((), (lead,)))
    assert behind["terminals.right.current"] == pytest.approx(-1e-9, rel=1e-8)
    assert behind["terminals.right.spin_current"] == pytest.approx(plain["terminals.right.spin_current"], rel=1e-8)


def test_insulators_join_no_parts():
    metal = {"material": {"conductivity": "4e7 S/m", "spin_diffusion_length": "100 nm"}}
    magnons = {"material": {"magnon_conductivity": "5e5 S/m", "magnon_diffusion_length": "9 um"}, "magnetization": "+z"}
    device = patchwork(MPI.COMM_SELF, [["a", "b"], ["below", "below"]], 10, 2)
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened
            "regions": {"a": metal, "b": metal, "below": magnons},
            "interfaces": {"a/b": {"resistance_area": "1e-6 ohm m^2"}},
            "terminals": {"left": {"current": "1 mA"}, "right": {"voltage": "0 V"}},
        }
    )
    assert len(references_of(Simulation(case, device).problem()).shapes) == 2


def test_errors_are_estimated_where_the_operator_is_not_symmetric():
    found = outcome("accuracy=0.1 %", text=TURNING)
    assert not any("error" in warning for warning in found.warnings)
    values = {m.name: (m.value, m.error) for m in found.results.measurements}
    value, error = values["terminals.left.potential"]
    assert value == pytest.approx(1e-3 / 1e6, rel=1e-6) and 0 < error < 1e-3 * value
    torque, error = values["spin_torque"]
    assert 0 < error < 1e-3 * np.abs(torque).max()
    weaker = outcome(
        "accuracy=0.1 %",
        "interfaces.one/metal.conductance_up=7e9 S/m^2",
        "interfaces.one/metal.conductance_down=3e9 S/m^2",
        text=TURNING,
    )
    assert torque == pytest.approx(numbers(weaker)["spin_torque"], rel=2e-3, abs=1e-3 * np.abs(torque).max())


def test_where_rounding_takes_the_operator_the_contact_is_named():
    with pytest.raises(SolveError, match="the contact magnet/metal resists .* times as much as the cells beside it"):
        outcome(CONTACT % 1.0, SOLVER)


def test_what_goes_on_in_time_behind_a_contact_that_resists_is_told():
    step = ("time={drive: {left: step}, until: 1 ns}", "interfaces.magnet/metal.polarization=0", "output.fields=false")
    spins = [f"{name.removesuffix('.material')}.material.spin_lifetime=10 ps" for name in (METAL,)]
    for resistance, told in ((1e-15, False), (1e-7, True)):
        found = outcome(SOLVER, CONTACT % resistance, *step, *spins, "regions.magnet.material.spin_lifetime=1 ps")
        assert (BEHIND_CONTACTS in found.warnings) == told
