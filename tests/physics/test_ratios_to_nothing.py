"""A ratio whose denominator is zero is refused, before the solve where that is known, and by the solver's own noise after it."""

import pytest
from mpi4py import MPI

from spinfem.case.faults import CaseError
from spinfem.case.reader import read_case
from spinfem.case.terminal import Terminal
from spinfem.study.accuracy import measure
from spinfem.study.ratio import Undefined, ratio
from spinfem.study.simulation import Simulation
from tests.boxes import bar
from tests.commands import spinfem

VALVE = """\
geometry: {script: nonlocal_valve_2d.geo, parameters: {separation: 300 nm}, depth: 100 nm}
mesh: {resolution: 2, growth: 1, rim: 1}
regions:
  wire: Cu @ 4.2 K
  injector: {material: Py @ 4.2 K, magnetization: +y}
  detector: {material: Py @ 4.2 K, magnetization: [0, 1, 1]}
terminals:
  injector_end: {current: 1 mA, spin: sink}
  wire_left: {voltage: 0 V, spin: sink}
  detector_end: {floating: true, spin: sink}
  wire_right: {floating: true, spin: sink}
observables:
  - injection_efficiency: {contact: detector/wire}
  - injection_efficiency: {name: second, contact: detector/wire}
  - injection_efficiency: {name: sound, contact: injector/wire}
solver: {method: direct}
output: {fields: false, pictures: false, report: false}
"""
QUIET = VALVE.splitlines(keepends=True)[-1]
STACK = """\
geometry:
  layers: [{name: one, thickness: 10 nm}, {name: gap, thickness: 10 nm}, {name: two, thickness: 10 nm}]
  dimension: 2
  width: 20 nm
  depth: 1 nm
regions:
  one: {material: Co @ 77 K, magnetization: +z}
  gap: Cu @ 4.2 K
  two: {material: Co @ 77 K, magnetization: +x}
terminals:
  left: {current: 1 mA, spin: sink}
  right: {voltage: 0 V, spin: sink}
observables: [OBSERVABLE]
"""
RESISTANCE = "plus: left, minus: right"


def written(folder, text):
    (folder / "case.yaml").write_text(text)
    return folder / "case.yaml"


def test_every_ratio_to_a_current_that_does_not_flow_is_told_at_once(tmp_path):
    for ranks in (1, 2):
        done = spinfem("run", written(tmp_path, VALVE), "-o", tmp_path / "out", "-n", ranks)
        said = " ".join(done.stderr.split())
        assert done.returncode == 2 and "Traceback" not in said and not (tmp_path / "out").exists()
        for line, name in ((13, "injection_efficiency"), (14, "second")):
            assert f"(line {line}): detector/wire: {name} is undefined: the charge current there is zero" in said
        assert "noise is" in said and "sound" not in said


def test_a_sweep_keeps_the_reason(tmp_path):
    observable = "injection_efficiency: {contact: one/gap}"
    voltages = "sweep: {terminals.left.voltage: [0 V, 1 mV]}\nsolver: {error_estimate: false}\n" + QUIET
    text = STACK.replace("OBSERVABLE", observable).replace("current: 1 mA", "voltage: 1 mV") + voltages
    text = text.replace(
        "0 V, spin: sink}", "0 V, spin: {potential: [0 V, 1 uV, 0 V]}}"
    )  # across m: it drives no charge
    done = spinfem("sweep", written(tmp_path, text), "-o", tmp_path / "out")
    assert "1 done, 1 failed" in done.stdout, done.stdout + done.stderr
    said = " ".join((done.stdout + done.stderr).split())
    assert "one/gap: injection_efficiency is undefined: the charge current there is zero" in said


@pytest.mark.parametrize(
    ("observable", "override", "key", "why"),
    [
        (
            f"magnetoresistance: {{{RESISTANCE}, rotate: two, axis: +x}}",
            "",
            "axis",
            "lies along the magnetization of two",
        ),
        (f"magnetoresistance: {{{RESISTANCE}, rotate: two, axis: -x}}", "", "axis", "choose one across it"),
        (
            f"magnetoresistance: {{{RESISTANCE}, rotate: two, angles: [30 deg, 390 deg]}}",
            "",
            "angles",
            "are all the same",
        ),
        ("magnetoresistance: {plus: left, minus: left, rotate: two}", "", "minus", "is the same terminal as `plus`"),
        ("spin_resistance: {plus: right, minus: right}", "", "minus", "is the same terminal as `plus`"),
        (f"spin_resistance: {{{RESISTANCE}}}", "left.current=0 A", "plus", "it is 0 A"),
        ("spin_resistance: {plus: right, minus: left}", "left.current=0 A", "plus", "all others float or carry none"),
        (f"spin_resistance: {{{RESISTANCE}}}", "left={voltage: 0 V}", "plus", "nothing drives one"),
        (
            "nonlocal_resistance: {plus: left, minus: right, drive: right}",
            "left={floating: true}",
            "drive",
            "all others float",
        ),
        ("spin_torque: {magnet: two, reference: one, drive: left}", "left={floating: true}", "drive", "it floats"),
        ("spin_torque: {magnet: two, reference: one, drive: left}", "left.current=0 A", "drive", "it is 0 A"),
        ("injection_efficiency: {contact: one/gap}", "left.current=0 A", "contact", "nothing drives this device"),
        ("dissipation", "left={voltage: 0 V}", "name", "no power is spent"),
        (
            "decay_length: {along: gap, axis: x, from: 11 nm, to: 19 nm}",
            "left={floating: true}",
            "along",
            "nothing drives",
        ),
        (
            "two_exponentials: {along: gap, axis: x, from: 11 nm, to: 19 nm}",
            "left.current=0 A",
            "along",
            "nothing drives",
        ),
    ],
)
def test_what_is_known_beforehand_is_told_by_check(observable, override, key, why):
    from spinfem.case.cross_check import cross_check
    from spinfem.case.outline import Outline

    outline = Outline(
        dimension=2,
        regions=("one", "gap", "two"),
        terminals={"left": ("one",), "right": ("two",)},
        contacts=frozenset({frozenset({"one", "gap"}), frozenset({"gap", "two"})}),
    )
    overrides = [f"terminals.{override}"] if override else []
    (fault,) = cross_check(read_case(STACK.replace("OBSERVABLE", observable), overrides=overrides), outline)
    assert fault.key.endswith(f".{key}") and why in fault.message


def simulation_of(observable, *overrides):
    """Of two strips of copper and a magnet between."""
    case = read_case(STACK.replace("OBSERVABLE", observable), overrides=overrides)
    return Simulation(case, bar(MPI.COMM_WORLD, [("one", 10, 4), ("gap", 10, 4), ("two", 10, 4)], 20, 2, depth=1e-9))


def refusal(observable, *overrides):
    simulation = simulation_of(observable, *overrides)
    with pytest.raises(CaseError) as caught:
        measure(simulation.case, simulation)
    return str(caught.value)


DRIVEN_BY_SPINS = ("terminals.left={voltage: 0 V, spin: {potential: [0 V, 1 uV, 0 V]}}",)  # across m: no charge moves


@pytest.mark.parametrize(
    ("observable", "said"),
    [
        (f"spin_resistance: {{{RESISTANCE}}}", "left: spin_resistance is undefined: the current there is zero"),
        (f"magnetoresistance: {{{RESISTANCE}, rotate: two}}", "left: magnetoresistance is undefined: the current"),
        (
            "spin_torque: {magnet: two, reference: one, drive: left}",
            "left: spin_torque is undefined: the current there",
        ),
        ("injection_efficiency: {contact: one/gap}", "one/gap: injection_efficiency is undefined: the charge current"),
        ("dissipation", "dissipation: dissipation is undefined: the power there is zero"),
        (
            "decay_length: {along: gap, axis: x, from: 11 nm, to: 19 nm}",
            "gap: decay_length is undefined: at x = 11 nm there are no spins",
        ),
        (
            "two_exponentials: {along: gap, axis: x, from: 11 nm, to: 19 nm}",
            "two_exponentials is undefined: at x = 11 nm there are",
        ),
    ],
)
def test_what_only_the_solution_shows_is_refused_after_it(observable, said):
    """A spin potential across the magnet at its face drives nothing at all."""
    assert said in refusal(observable, *DRIVEN_BY_SPINS)


def test_spins_below_the_noise_have_no_decay():
    """Without a polarization a current makes no spins."""
    no_spins = ("regions.one=Cu @ 4.2 K", "regions.two=Cu @ 4.2 K")
    said = refusal("decay_length: {along: gap, axis: x, from: 11 nm, to: 19 nm}", *no_spins)
    assert "there are no spins, |v| is zero" in said and "end the line before" in said


def test_a_small_current_is_no_noise():
    simulation = simulation_of(f"spin_resistance: {{{RESISTANCE}}}", "terminals.left.current=1 fA")
    assert {m.name for m in measure(simulation.case, simulation).measurements} == {
        "spin_resistance",
        "spin_resistance.total",
    }


def test_a_sensitivity_of_zero_is_left_out_and_told():
    """Between magnets at right angles of a thick spacer the two states are one: their difference is nothing."""
    observable = "nonlocal_resistance: {plus: left, minus: right, drive: left, flip: two}"
    simulation = simulation_of(observable, "sensitivities=[nonlocal_resistance]")
    results = measure(simulation.case, simulation)
    (matrix,) = results.matrices
    assert matrix.columns == ("nonlocal_resistance.angle_0", "nonlocal_resistance.angle_180")
    assert any("nonlocal_resistance.difference is left out" in caveat.text for caveat in results.caveats)


@pytest.mark.parametrize("under", [0.0, 1e-13, -1e-13, float("nan")])
def test_nothing_is_divided_by_noise(under):
    with pytest.raises(Undefined, match="end: the current there is zero"):
        ratio(1.0, under, 1e-12, "end", "the current", "A")
    assert ratio(1.0, -1e-11, 1e-12, "end", "the current", "A") == -1e11


def test_a_terminal_of_zero_amperes_is_driven_and_still_carries_nothing():
    assert Terminal.model_validate({"current": "0 A"}).spin.kind == "sink"
