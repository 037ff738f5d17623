"""Wrong case files, as people write them: exit status 2, and for each fault one line with key, value and what is allowed."""

import subprocess
import sys
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from spinfem.cli import app
from tests.unit.case.valve import VALVE

GOOD = (
    VALVE.replace("500 nm}", "500 nm, wire_length: 1200 nm}").replace(
        "  - terminals\n", "  - decay_length: {along: wire, from: 300 nm, to: 500 nm}\n"
    )
    + "mesh: {resolution: 0.5}\nsolver: {degree: 2}\n"
)


@dataclass(frozen=True)
class Bad:
    """GOOD with `right` replaced by `wrong`; what has to be said about it."""

    right: str
    wrong: str
    key: str
    value: str
    allowed: str


BAD = {
    # units
    "bare number": Bad("500 nm, wire", "500, wire", "geometry.parameters.separation", "500", "such as 500 nm"),
    "unknown unit": Bad("1 mA", "1 mAmp", "terminals.injector_end.current", "1 mAmp", 'an electric current, e.g. "1 mA"'),
    "wrong dimension": Bad("1 mA", "1 mV", "terminals.injector_end.current", "1 mV", "is not an electric current"),
    "length for area": Bad("1 fohm m^2", "1 fohm m", "resistance_area", "1 fohm m", 'e.g. "1 fohm m^2"'),
    "number for length": Bad("from: 300 nm", "from: 3e-7", "observables.1.decay_length.from", "3e-07", '"500 nm"'),
    "not finite": Bad("resolution: 0.5", "resolution: .nan", "mesh.resolution", "nan", "finite number"),
    # keys
    "unknown key": Bad("title: valve", "titel: valve", "titel (line 1)", "valve", 'did you mean "title"? Allowed: plugins, title, geometry'),
    "unknown inner key": Bad("current: 1 mA", "curent: 1 mA", "terminals.injector_end.curent", "1 mA", '"current"'),
    "no such key": Bad("mesh:", "weather: {}\nmesh:", "weather", "{}", "Allowed: plugins, title, geometry, accuracy, mesh"),
    "missing key": Bad("plus: detector_end, ", "", "nonlocal_resistance.plus", "(nothing)", "is missing: the name of a terminal"),
    "key twice": Bad("mesh:", "title: two\nmesh:", "title (line 19)", "two", "stands twice; first in line 1"),
    "not YAML": Bad("{degree: 2}", "{degree: 2", "case file (line", "(nothing)", "is not YAML"),
    # geometry
    "unknown script": Bad("nonlocal_valve.geo", "nonlocal_vavle.geo", "geometry.script", "nonlocal_vavle.geo", '"nonlocal_valve.geo"'),
    "no drawing": Bad("script: nonlocal_valve.geo", "unit: 1 nm", "geometry", "{unit: 1 nm", "exactly one of script, mesh and cad"),
    "no such mesh": Bad("script: nonlocal_valve.geo", "mesh: a.msh", "geometry.mesh", "a.msh", "no such file beside the case file"),
    "unknown parameter": Bad("{separation:", "{seperation:", "geometry.parameters.seperation", "500 nm", '"separation"? There are: separation, wire_width'),
    "out of range": Bad("500 nm, wire", "1 nm, wire", "geometry.parameters.separation", "1 nm", "must be from 10 to 10000 nm"),
    "3D has no depth": Bad("  parameters", "  depth: 1 um\n  parameters", "geometry.depth", "1e-06 m", "only a 2D drawing"),
    # regions and materials
    "unknown material": Bad("Cu @ 4 K", "Kupfer @ 4 K", "regions.wire.material", "Kupfer @ 4 K", "There are: Cu, Al, Ag, Py, Co, Pt"),
    "no temperature": Bad("Cu @ 4 K", "Cu", "regions.wire.material", "Cu", "the library has Cu at 4.2 K and 300 K"),
    "no such temperature": Bad("Cu @ 4 K", "Cu @ 77 K", "regions.wire.material", "Cu @ 77 K", "4.2 K and 300 K"),
    "P too large": Bad("wire: Cu @ 4 K", "wire: {material: {base: Cu @ 4 K, polarization: 1.2}}", "regions.wire.material.polarization", "1.2", "greater than -1 and less than 1"),
    "no magnetization": Bad("{material: Py @ 4 K, magnetization: +y}\n  det", "Py @ 4 K\n  det", "regions.injector", "Py @ 4 K", "needs a magnetization"),
    "no direction": Bad("magnetization: +y}\n  det", "magnetization: up}\n  det", "regions.injector.magnetization", "up", '"+x" ... "-z"'),
    "base of itself": Bad("mesh:", "materials: {a: {base: a}}\nmesh:", "materials.a", "{base: a}", "base: a}: a has itself as a base"),
    "zero vector": Bad("magnetization: +y}\n  det", "magnetization: [0, 0, 0]}\n  det", "regions.injector.magnetization", "[0, 0, 0]", "must not be zero"),
    "bad formula": Bad("magnetization: +y}\n  det", "magnetization: {expression: [x^2, 0, 1]}}\n  det", "regions.injector.magnetization.expression", "[x^2, 0, 1]", "a power is written **"),
    "unknown region": Bad("wire: Cu @ 4 K", "wires: Cu @ 4 K", "regions.wires", "wires", 'no such region in the drawing; did you mean "wire"?'),
    "region without material": Bad("  wire: Cu @ 4 K\n", "", "regions.wire", "(nothing)", "needs a material, e.g. wire: Cu @ 300 K"),
    # interfaces
    "regions apart": Bad("wire/detector:", "injector/detector:", "interfaces.injector/detector", "injector/detector", "do not touch. Touching: detector/wire, injector/wire"),
    "one side": Bad("wire/detector:", "wire:", "interfaces.wire", "{resistance_area: 1 fohm m^2", "the two regions it joins"),
    "unknown type": Bad("{resistance", "{type: tunel, resistance", "interfaces.wire/detector.type", "tunel", "There are: bands, barrier, circuit, resistive"),
    "type is no word": Bad("{resistance", "{type: {}, resistance", "interfaces.wire/detector.type", "{}", "There are: bands, barrier, circuit, resistive"),
    "no resistance": Bad("1 fohm m^2", "0 fohm m^2", "interfaces.wire/detector.resistance_area", "0 fohm m^2", "greater than 0"),
    "polarised between metals": Bad("detector: {material: Py @ 4 K, magnetization: +y}", "detector: Cu @ 4 K", "interfaces.wire/detector.polarization", "0.4", "no side has one"),
    # terminals
    "unknown terminal": Bad("wire_right: {", "wire_rihgt: {", "terminals.wire_rihgt", "wire_rihgt", '"wire_right"'),
    "two conditions": Bad("{current: 1 mA}", "{current: 1 mA, voltage: 1 V}", "terminals.injector_end", "{current: 1 mA, voltage: 1 V}", "exactly one of current, floating"),
    "no voltage anywhere": Bad("voltage: 0 V", "current: -1 mA", "terminals", "{injector_end", "at least one terminal needs a `voltage`"),
    "spin condition": Bad("spin: sink", "spin: absorb", "terminals.wire_left.spin", "absorb", "reflecting, sink"),
    # sweep
    "range without a start": Bad("mesh:", "sweep: {mesh.resolution: {to: 1, points: 3}}\nmesh:", "sweep.mesh.resolution.from", "(nothing)", "is missing"),
    # observables and solver
    "unknown observable": Bad("decay_length:", "decay_lenght:", "observables.1", "{decay_lenght:", 'did you mean "decay_length"'),
    "observable elsewhere": Bad("minus: wire_right", "minus: wire_top", "observables.0.nonlocal_resistance.minus", "wire_top", "There are: wire_left"),
    "observable not connected": Bad("  wire_right: {floating: true}\n", "", "observables.0.nonlocal_resistance.minus", "wire_right", "add wire_right: {floating: true}"),
    "too few points": Bad("to: 500 nm", "to: 500 nm, points: 2", "observables.1.decay_length.points", "2", "at least 5 and at most 10000"),
    "degree": Bad("degree: 2", "degree: 4", "solver.degree", "4", "must be 1, 2 or 3"),
    # accuracy
    "accuracy of nothing": Bad("mesh:", "accuracy: 0\nmesh:", "accuracy.target", "0", "greater than 0"),
    "accuracy in per cent without the sign": Bad("mesh:", "accuracy: 5\nmesh:", "accuracy.target", "5", "less than 1"),
    "accuracy with a unit": Bad("mesh:", "accuracy: 1 mV\nmesh:", "accuracy.target", "1 mV", "give a number without unit"),
    "no accuracy": Bad("mesh:", "accuracy: high\nmesh:", "accuracy.target", "high", "is not"),
    "list for accuracy": Bad("mesh:", "accuracy: [1 %]\nmesh:", "accuracy", "1 %", "mapping"),
    "key of accuracy": Bad("mesh:", "accuracy: {targte: 1 %}\nmesh:", "accuracy.targte", "1 %", 'did you mean "target"'),
    "accuracy of what is not measured": Bad("mesh:", "accuracy: {of: [terminal]}\nmesh:", "accuracy.of.0", "terminal", "There are: nonlocal_resistance, decay_length"),
    "one name is no list": Bad("mesh:", "accuracy: {of: terminals}\nmesh:", "accuracy.of", "terminals", "must be a list"),
    "no unknowns": Bad("mesh:", "accuracy: {at_most: 0}\nmesh:", "accuracy.at_most", "0", "greater than 0"),
    "half an unknown": Bad("mesh:", "accuracy: {at_most: 1.5}\nmesh:", "accuracy.at_most", "1.5", "must be a whole number"),
    "seconds without a unit": Bad("mesh:", "accuracy: {seconds: 20}\nmesh:", "accuracy.seconds", "20", "has no unit"),
    "no time": Bad("mesh:", "accuracy: {seconds: 0 s}\nmesh:", "accuracy.seconds", "0 s", "greater than 0"),
    "accuracy without estimates": Bad("{degree: 2}", "{error_estimate: false}\naccuracy: 1 %", "accuracy", "1 %", "leave out `solver: {error_estimate: false}`"),
    "not a whole number": Bad("{resolution: 0.5}", "{refinements: 1.5}", "mesh.refinements", "1.5", "must be a whole number"),
    "not true or false": Bad("{degree: 2}", "{error_estimate: perhaps}", "solver.error_estimate", "perhaps", "must be true or false"),
}  # fmt: skip


@pytest.fixture
def case_file(tmp_path):
    def write(text):
        path = tmp_path / "case.yaml"
        path.write_text(text)
        return str(path)

    return write


def check(*arguments):
    result = CliRunner().invoke(app, ["check", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_good_case_is_good(case_file):
    status, said = check(case_file(GOOD))
    assert status == 0, said
    assert said.rstrip().endswith("ok")


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_bad_case(bad, case_file):
    assert GOOD.count(bad.right) >= 1
    status, said = check(case_file(GOOD.replace(bad.right, bad.wrong, 1)))
    assert status == 2
    (line,) = [line for line in said.splitlines() if bad.key in line and bad.allowed in line] or [said]
    assert bad.key in line and bad.value in line and bad.allowed in line
    assert not any(word in said for word in ("pydantic", "Input should", "Traceback", "ValidationError", "value_error"))


def with_all(several):
    text = GOOD
    for name in several:
        text = text.replace(BAD[name].right, BAD[name].wrong, 1)
    return text


def test_all_faults_of_a_file_are_told_at_once(case_file):
    several = ("unknown unit", "no temperature", "missing key", "degree", "unknown type", "spin condition")
    status, said = check(case_file(with_all(several)))
    assert (status, len(said.splitlines())) == (2, len(several))
    for name in several:
        assert BAD[name].key in said and BAD[name].allowed in said


def test_all_faults_against_the_drawing_are_told_at_once(case_file):
    several = ("unknown parameter", "3D has no depth", "regions apart", "observable elsewhere")
    status, said = check(case_file(with_all(several)))
    assert (status, len(said.splitlines())) == (2, len(several))


@pytest.mark.parametrize(
    ("override", "said_about_it"),
    [
        ("solver.degree=4", "solver.degree (--set): 4: must be 1, 2 or 3"),
        ("regions.wire.material=Cu", "regions.wire.material (--set): Cu: needs a temperature"),
        ("observables.5.terminals.name=t", "the list has 2, counted from 0"),
        ("degree 3", "must be PATH=VALUE"),
    ],
)
def test_overrides_are_checked_like_the_file(override, said_about_it, case_file):
    status, said = check(case_file(GOOD), "--set", override)
    assert status == 2
    assert said_about_it in said


def test_a_file_that_is_not_there(tmp_path):
    status, said = check(str(tmp_path / "none.yaml"))
    assert status == 2
    assert "none.yaml: cannot be read: No such file" in said


@pytest.mark.parametrize("name", ["unknown unit", "not YAML", "out of range"])
def test_as_a_person_types_it(name, case_file):
    """The program itself: nothing on stdout, the fault on stderr, status 2."""
    bad = BAD[name]
    command = [sys.executable, "-m", "spinfem", "check", case_file(GOOD.replace(bad.right, bad.wrong, 1))]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert bad.key in ran.stderr and bad.value in ran.stderr and bad.allowed in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
