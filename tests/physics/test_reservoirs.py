"""What happens to spins at the ends of a device that current passes, and when a run has to say so."""

import math

import pytest
from mpi4py import MPI

from spinfem.case.reader import load_case, read_case
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.theory.two_magnets import Film, TwoMagnets
from tests.commands import CASES, COARSE, spinfem

FNF = """\
geometry:
  layers:
    - {name: one, thickness: 10 nm}
    - {name: gap, thickness: 2 nm}
    - {name: two, thickness: 10 nm}
regions:
  one: &magnet
    material: {conductivity: 5e6 S/m, spin_diffusion_length: 50 nm, polarization: 0.6}
    magnetization: +z
  gap: {material: {conductivity: 5e7 S/m, spin_diffusion_length: 1 um}}
  two: *magnet
terminals:
  left: {current: 1 A}
  right: {voltage: 0 V}
observables:
  - magnetoresistance: {plus: left, minus: right, rotate: two, axis: +x}
mesh: {resolution: 0.2}
solver: {method: direct, error_estimate: false}
output: {fields: false, pictures: false, report: false}
"""
CHOSEN = tuple(f"terminals.{name}.spin" for name in ("left", "right"))


def outcome(case):
    return run(case, Session(MPI.COMM_SELF))


def ratio(found):
    return next(m.value for m in found.results.measurements if m.name == "magnetoresistance.ratio")


def closed_formula():
    magnet, gap = Film(10e-9, 5e6, 50e-9, 0.6), Film(2e-9, 5e7, 1e-6)
    parallel, antiparallel = (TwoMagnets(magnet, gap, magnet, angle).spin_resistance() for angle in (0, math.pi))
    ohmic = 2 * 10e-9 / 5e6 + 2e-9 / 5e7
    return (antiparallel - parallel) / (ohmic + parallel)


def test_a_current_between_magnets_comes_from_reservoirs():
    found = ratio(outcome(read_case(FNF)))
    assert found == pytest.approx(closed_formula(), rel=1e-4) == pytest.approx(0.54, abs=0.005)


def test_reflecting_ends_hide_the_magnetoresistance():
    found = outcome(read_case(FNF, overrides=[f"{path}=reflecting" for path in CHOSEN]))
    assert ratio(found) == pytest.approx(0.0035, abs=1e-4) and not found.warnings


def test_a_sink_that_nobody_asked_for_is_told_where_it_matters(tmp_path):
    found = outcome(read_case(FNF))
    assert len(found.warnings) == 2
    for words, name in zip(found.warnings, ("left", "right"), strict=True):
        assert f"terminals.{name}:" in words and "`spin: sink`" in words and "`spin: reflecting`" in words
    assert not outcome(read_case(FNF, overrides=[f"{path}=sink" for path in CHOSEN])).warnings
    (tmp_path / "case.yaml").write_text(FNF)
    said = " ".join(spinfem("run", tmp_path / "case.yaml", "-o", tmp_path / "out", "-n", 2).stderr.split())
    assert "terminals.right: spins end here in a sink" in said


def test_long_magnets_and_metals_end_in_sinks_without_a_word():
    """Ten diffusion lengths from the next contact only the P I of the drift passes, whatever stands there."""
    far = ["geometry.layers.0.thickness=500 nm", "geometry.layers.2.thickness=500 nm"]
    assert not outcome(read_case(FNF, overrides=far)).warnings


def test_spins_that_enter_and_leave_at_one_end_count_too():
    """The spin Hall effect sends as many spins up as down: their sum at an end is zero."""
    case = load_case(CASES / "spin_hall_film.yaml", ["mesh.resolution=2", "solver.error_estimate=false"])
    ends = {name: t.model_copy() for name, t in case.terminals.items()}
    assert not [words for words in outcome(case).warnings if "spins end here" in words]
    ends = {name: type(t).model_validate({"voltage": f"{t.charge.voltage} V"}) for name, t in ends.items()}
    assert len(outcome(case.model_copy(update={"terminals": ends})).warnings) == 2


@pytest.mark.parametrize("end", [{"voltage": "0 V"}, {"current": "0 A"}])
def test_a_terminal_without_current_is_told_of_where_spins_arrive(end):
    layers = "{name: one, thickness: 10 nm}, {name: gap, thickness: 20 nm}"
    text = f"""\
geometry: {{layers: [{layers}], dimension: 2, width: 20 nm, depth: 1 nm}}
regions:
  one: {{material: {{conductivity: 5e6 S/m, spin_diffusion_length: 50 nm, polarization: 0.6}}, magnetization: +z}}
  gap: {{material: {{conductivity: 5e7 S/m, spin_diffusion_length: 1 um}}}}
terminals:
  left: {{voltage: 0 V, spin: {{potential: [0 V, 0 V, 1 mV]}}}}
  right: {str(end).replace("'", "")}
solver: {{method: direct, error_estimate: false}}
"""
    (words,) = outcome(read_case(text)).warnings
    assert "terminals.right" in words


def test_no_shipped_case_leaves_open_what_matters():
    cases = [load_case(path) for path in sorted(CASES.glob("*.yaml"))]
    left_open = [case for case in cases if any(terminal.sink_by_default for terminal in case.terminals.values())]
    assert [case.title for case in left_open] == ["Lateral valve with wide transparent contacts"]
    case = load_case(CASES / "wide_contacts.yaml", [*COARSE, "accuracy=null", "solver.error_estimate=false"])
    assert not [words for words in outcome(case).warnings if "spins end here" in words]
