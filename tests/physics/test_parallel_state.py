"""The names of the two states of a non-local valve: by the magnets, whatever leads lie on them."""

from pathlib import Path

import pytest
from mpi4py import MPI

from spinfem.case.reader import load_case, read_case
from spinfem.geometry.build import build_device
from spinfem.study.accuracy import measure
from spinfem.study.simulation import Simulation
from tests.commands import CASES, COARSE

CASE = f"""
geometry: {{script: {Path(__file__).with_name("valve_with_leads.geo")}, depth: 100 nm}}
mesh: {{resolution: 1, growth: 0.5}}
regions:
  wire: Cu @ 4.2 K
  injector: {{material: Py @ 4.2 K, magnetization: +y}}
  detector: {{material: Py @ 4.2 K, magnetization: +y}}
  lead_1: Cu @ 4.2 K
  lead_2: Cu @ 4.2 K
terminals:
  lead_1_end: {{current: 1 mA, spin: sink}}
  wire_left: {{voltage: 0 V, spin: sink}}
  lead_2_end: {{floating: true, spin: sink}}
  wire_right: {{floating: true, spin: sink}}
observables:
  - nonlocal_resistance: {{name: R, plus: lead_2_end, minus: wire_right, drive: lead_1_end, flip: detector}}
solver: {{error_estimate: false, method: direct}}
"""
FLIP = "observables.0.nonlocal_resistance.flip=injector"


def found(*overrides, text=CASE, device=None):
    """(numbers by name, caveats)."""
    case = read_case(text, overrides=overrides)
    results = measure(case, Simulation(case, device or build_device(case, MPI.COMM_WORLD)))
    return {m.name: m.value for m in results.measurements}, [caveat.text for caveat in results.caveats]


@pytest.fixture(scope="module")
def device():
    return build_device(read_case(CASE), MPI.COMM_WORLD)


@pytest.mark.parametrize("drawn", [(), ("regions.detector.magnetization=-y",), ("regions.injector.magnetization=-y",)])
@pytest.mark.parametrize("flip", [(), (FLIP,)], ids=["detector", "injector"])
def test_the_spin_signal_has_one_sign_however_it_is_drawn_and_whichever_is_flipped(drawn, flip, device):
    numbers, caveats = found(*drawn, *flip, device=device)
    assert numbers["R.parallel"] > 0 > numbers["R.antiparallel"] and not caveats
    assert numbers["R.difference"] == pytest.approx(22.62e-3, abs=0.005e-3)


@pytest.mark.parametrize("drawn", ["+y", "-y"])
def test_the_current_may_come_through_the_wire_and_leave_by_the_lead(drawn, device):
    """The ends exchange their roles: the current, and with it the sign of the signal, is reversed."""
    text = CASE.replace("{current: 1 mA, spin: sink}", "{voltage: 0 V, spin: sink}").replace(
        "wire_left: {voltage: 0 V", "wire_left: {current: 1 mA"
    )
    text = text.replace("drive: lead_1_end", "drive: wire_left")
    numbers, caveats = found(f"regions.detector.magnetization={drawn}", text=text, device=device)
    assert numbers["R.difference"] == pytest.approx(-22.62e-3, abs=0.005e-3) and not caveats


@pytest.mark.parametrize("drawn", ["+y", "-y"])
def test_a_driving_terminal_on_a_lead_and_a_magnet_works(drawn):
    """It touches lead and injector from the side; its sink takes most spins."""
    numbers, caveats = found(f"regions.detector.magnetization={drawn}", text=CASE.replace("lead_1_end", "side_1"))
    assert numbers["R.parallel"] > 0 > numbers["R.antiparallel"] and not caveats


@pytest.mark.parametrize(
    ("override", "why"),
    [
        ("regions.detector.magnetization=+x", "detector and injector point neither along nor against"),
        ("regions.lead_2={material: Py @ 4.2 K, magnetization: +y}", ""),
        ("observables.0.nonlocal_resistance.plus=wire_left", "which state is parallel cannot be said of detector"),
    ],
)
def test_where_no_state_is_parallel_they_are_named_by_the_angle(override, why, device):
    numbers, caveats = found(override, device=device)
    if not why:  # two magnets in series detect: the flipped one counts
        assert "R.parallel" in numbers and not caveats
        return
    assert numbers["R.difference"] == pytest.approx(numbers["R.angle_0"] - numbers["R.angle_180"], abs=1e-12)
    assert "R.parallel" not in numbers
    (words,) = caveats
    assert why in words and "angle_0 is as drawn, angle_180 with detector reversed" in words


def test_a_signal_without_a_second_magnet_has_states_by_the_angle_and_nothing_to_warn_of():
    """The inverse spin Hall effect: an injector, and a detector that is no magnet."""
    coarse = ("mesh.resolution=8", *COARSE[1:], "solver.error_estimate=false")
    case = load_case(CASES / "spin_absorption.yaml", coarse)
    results = measure(case, Simulation(case, build_device(case, MPI.COMM_WORLD)))
    names = [m.name for m in results.measurements]
    assert {"inverse_hall.angle_0", "inverse_hall.angle_180", "inverse_hall.difference"} <= set(names)
    assert "spin_signal.parallel" in names and not results.caveats
