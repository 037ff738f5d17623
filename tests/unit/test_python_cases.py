"""Cases that are made of their parts in Python: the same as their files, numbers, words and all."""

import copy
import json
import os
import pickle
import subprocess
import sys

import numpy as np
import pint
import pytest

import spinfem as sf
from spinfem.case.devices import shipped
from spinfem.case.plugins import Interface, Observable
from spinfem.case.reader import load_case
from spinfem.case.schema import Case as CaseOfFile
from spinfem.case.source import CaseSource
from tests.commands import CASES, PATIENCE, TREE

SHIPPED = sorted(shipped("cases").glob("*.yaml"))


def pillar(**changes):
    """Two magnets with a junction, made of everything that has a class."""
    parts = {
        "title": "Made in Python",
        "geometry": sf.Geometry(
            layers=[
                sf.Layer(name="fixed", thickness="20 nm"),
                sf.Layer(name="spacer", thickness=pint.UnitRegistry().Quantity(5, "nm")),
                sf.Layer(name="free", thickness=5e-9),
            ]
        ),
        "regions": {
            "fixed": sf.Region(
                material=sf.Material(conductivity=1e6 / 0.17, spin_diffusion_length="38 nm", polarization=0.4),
                magnetization="+y",
            ),
            "spacer": sf.Region(material="Cu @ 4.2 K"),
            "free": sf.Region(material=sf.Material(base="Co @ 77 K", polarization=0.3), magnetization=(0, 1, 1)),
        },
        "interfaces": {"fixed/spacer": sf.Resistive(resistance_area="1 fohm m^2", polarization=0.5)},
        "terminals": {
            "left": sf.Terminal(current=1e-3, spin=sf.SpinCurrent(current=pint.Quantity([0, 1, 0], "uA"))),
            "right": sf.Terminal(voltage=0),
        },
        "observables": [
            sf.Terminals(),
            sf.SpinTorque(magnet="free"),
            sf.Profile(start=[0, 0, 0], end=["30 nm", 0.0, 0.0], points=3),
        ],
        "mesh": sf.MeshOptions(resolution=2),
        "solver": sf.Solver(error_estimate=False),
        "output": sf.Output(pictures=False, report=False, fields=False),
    }
    return sf.Case(**parts | changes)


@pytest.mark.parametrize("made", [0.3, "30 %", pint.Quantity(0.3), pint.Quantity(30, "percent"), np.float64(0.3)])
def test_what_has_no_unit_may_come_from_pint(made):
    metal = sf.Material(conductivity=1e7, spin_diffusion_length=1e-8, polarization=made)
    assert metal.polarization == pytest.approx(0.3, rel=1e-15)


@pytest.mark.parametrize("made", ["5 nm", 5e-9, pint.Quantity(5, "nm"), pint.UnitRegistry().Quantity(0.005, "um")])
def test_si_numbers_words_and_quantities_are_one(made):
    assert sf.Layer(name="a", thickness=made).thickness == 5e-9


def test_the_case_that_it_writes_says_the_same():
    case = pillar()
    again = sf.read(case.text)
    assert again == case and again.model_dump() == case.model_dump()
    assert "material: Cu @ 4.2 K" in case.text and "base: Co @ 77 K" in case.text
    assert again.regions["free"].magnetization.direction == case.regions["free"].magnetization.direction
    assert case != pillar(title="another")


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_shipped_case_is_written_without_loss(file):
    case = load_case(file)
    again = CaseOfFile.model_validate(case.as_file(), context={"file": True, "folder": "/"})
    assert again == case and again.model_dump() == case.model_dump()


def test_a_saved_case_runs_again_with_the_same_numbers(tmp_path):
    result = sf.solve(pillar())
    folder = result.save(tmp_path / "first")
    again = sf.solve(sf.load(folder / "case.yaml"))
    assert list(again) == list(result) and len(result) == 5
    for name in result:
        assert np.array_equal(again[name].value.magnitude, result[name].value.magnitude)
    written = [json.loads((f / "results.json").read_text()) for f in (folder, again.save(tmp_path / "second"))]
    assert written[0]["observables"] == written[1]["observables"] and written[0]["case"] == written[1]["case"]


def test_a_case_made_in_python_is_changed_like_any_other():
    changed = pillar().changed({"geometry.layers.1.thickness": 7e-9, "terminals.left": sf.Terminal(current="2 mA")})
    assert changed.geometry.layers[1].thickness == 7e-9 and changed.terminals["left"].charge.current == 2e-3
    assert sf.read(changed.text) == changed
    turned = changed.changed({"regions.free.magnetization": {"polar": 1.0, "azimuth": 0.5}, "solver.degree": 1})
    assert sf.read(turned.text) == turned and turned.solver.degree == 1
    plane = sf.load("nonlocal_valve_2d")
    metres = plane.changed(
        {"geometry.parameters.separation": 3e-7, "observables": [sf.Terminals(), "spin_accumulation"]}
    )
    assert sf.read(metres.text, CASES) == metres and "# " in metres.text


def test_a_field_and_its_angles_are_bare_numbers_too():
    """The words of the file, magnitude and direction, stay, so that it can be changed and swept again."""
    oblique = sf.load("hanle_oblique")
    changed = oblique.changed({"magnetic_field.magnitude": 0.05, "magnetic_field.direction.polar": 0.5})
    assert sf.read(changed.text, CASES) == changed and changed.magnetic_field[2] == pytest.approx(0.05 * np.cos(0.5))
    again = changed.changed({"magnetic_field.magnitude": 0.1, "magnetic_field.direction.azimuth": 1})
    assert sf.read(again.text, CASES) == again and again.magnetic_field[2] == pytest.approx(0.1 * np.cos(0.5))


def test_parameters_of_a_drawing_count_in_si_units():
    drawn = {"script": "nonlocal_valve_2d.geo", "parameters": {"separation": 3e-7}, "depth": 1e-7}
    case = sf.load("nonlocal_valve_2d").changed(geometry=sf.Geometry(**drawn))
    assert case.geometry.parameters["separation"].counted_in("nm") == pytest.approx(300, rel=1e-15)
    assert sf.read(case.text) == case
    assert "script: nonlocal_valve_2d.geo" in case.text  # not where it lies on this machine


def told(make):
    with pytest.raises(sf.CaseError) as refused:
        make()
    return {fault.key: str(fault) for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("make", "key", "words"),
    [
        (lambda: sf.Layer(name="a", thicknes="5 nm", thickness=1), "Layer.thicknes", 'did you mean "thickness"?'),
        (
            lambda: sf.Layer(name="a", thickness="5 V"),
            "Layer.thickness",
            '5 V: is not a length; give a length, e.g. "500 nm"',
        ),
        (lambda: sf.Layer(name="a", thickness=pint.Quantity(5, "V")), "Layer.thickness", "5.0 V: is not a length"),
        (lambda: sf.Layer(name="a", thickness=pint.Quantity(5)), "Layer.thickness", "5.0: has no unit; give a length"),
        (lambda: sf.Layer(name="a", thickness=pint.Quantity(5, "nm/m")), "Layer.thickness", "nm / m: is not a length"),
        (
            lambda: sf.Terminal(voltage=pint.Quantity(5j, "V")),
            "Terminal.voltage",
            "is complex, and a case holds real numbers",
        ),
        (lambda: sf.Layer(name="a", thickness=-1.0), "Layer.thickness", "-1.0: must be greater than 0"),
        (lambda: sf.Layer(name="a", thickness=[1]), "Layer.thickness", "[1]: is not a number with a unit"),
        (lambda: sf.Layer(name="a", thickness=True), "Layer.thickness", "true: must not be true or false: a length"),
        (lambda: sf.Layer(name="a", thickness=object()), "Layer.thickness", "is not a number with a unit"),
        (lambda: sf.Layer(name="a", thickness=float("nan")), "Layer.thickness", "must be finite"),
        (lambda: sf.Layer(name="a"), "Layer.thickness", "is missing: a length"),
        (lambda: sf.Terminal(), "Terminal", "needs exactly one of"),
        (lambda: sf.Resistive(resistance_area=0), "Resistive.resistance_area", "must be greater than 0"),
        (
            lambda: sf.NonlocalResistance(plus="a", minus="b"),
            "NonlocalResistance.drive",
            "is missing: the name of a terminal",
        ),
        (lambda: sf.Region(material="Alu"), "Region.material", 'did you mean "Al"?'),
        (lambda: pillar(regions={"fixed": "Cu"}), "regions.fixed.material", "needs a temperature"),
        (lambda: pillar(interfaces={"fixed/free": sf.Resistive(resistance_area=1e-15)}), "interfaces.fixed/free", ""),
        (lambda: pillar(terminals={"top": sf.Terminal(voltage=0)}), "terminals.top", "no such terminal in the drawing"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(make, key, words):
    found = told(make)
    assert key in found and words in found[key] and "\n" not in found[key]


BARE = """\
geometry: {{script: nonlocal_valve.geo, parameters: {{separation: 500 nm}}, unit: {length}}}
regions:
  wire: {{material: {{conductivity: {conductivity}, spin_diffusion_length: 300 nm}}}}
  injector: {{material: Py @ 4 K, magnetization: {{polar: {angle}}}}}
  detector: {{material: Py @ 4 K, magnetization: +y}}
interfaces: {{wire/injector: {{resistance_area: {area}}}}}
terminals: {{wire_left: {{voltage: {voltage}, spin: {{potential: [0 V, {voltage}, 0 V]}}}}, injector_end: {{current: 1 mA, spin: {{current: [{current}, 0 A, 0 A]}}}}}}
observables: [profile: {{from: [0 nm, 0 nm, 0 nm], to: [{length}, 0 nm, 0 nm]}}]
"""
WITH_UNITS = {
    "length": "1 nm",
    "conductivity": "1 S/m",
    "angle": "1 rad",
    "area": "1 ohm m^2",
    "voltage": "1 V",
    "current": "1 A",
}
PLACES = {
    "length": {"geometry.unit", "observables.0.profile.to.0"},
    "conductivity": {"regions.wire.material.conductivity"},
    "angle": {"regions.injector.magnetization.polar"},
    "area": {"interfaces.wire/injector.resistance_area"},
    "voltage": {"terminals.wire_left.voltage", "terminals.wire_left.spin.potential.1"},
    "current": {"terminals.injector_end.spin.current.0"},
}


@pytest.mark.parametrize("bare", PLACES)
def test_a_bare_number_in_a_file_is_refused_however_deep_it_is(bare):
    found = told(lambda: CaseSource(BARE.format(**WITH_UNITS | {bare: 1})).case())
    assert set(found) == PLACES[bare]
    assert all("1: has no unit; give a" in words for words in found.values())


def test_a_python_name_is_no_key_of_a_file():
    text = BARE.format(**WITH_UNITS).replace("from: [", "start: [")
    assert "unknown key" in told(lambda: CaseSource(text).case())["observables.0.profile.start"]


def test_a_case_travels_and_is_copied():
    case = pillar()
    for again in (pickle.loads(pickle.dumps(case)), copy.deepcopy(case), case.model_copy()):
        assert again == case and again.text == case.text and again.outline == case.outline


def test_all_that_a_case_can_hold_is_offered():
    plugins = {model.__name__ for base in (Observable, Interface) for model in base.kinds.values()}
    parts = {"Case", "Geometry", "Layer", "Region", "Material", "Terminal"}
    assert parts | {name for name in plugins if getattr(sf, name).__module__.startswith("spinfem.")} <= set(dir(sf))


# --- types -----------------------------------------------------------------------------------------------------------

SCRIPT = """\
import pint
import spinfem as sf

layer = sf.Layer(name="a", thickness=5e-9)
sf.Layer(name="b", thickness="5 nm", width=pint.Quantity(1, "um"))
sf.Profile(start=["0 nm", 0, 0], end=[1e-9, 0, 0])
sf.NonlocalResistance(plus="a", minus="b", drive="c")
case = sf.Case(
    geometry=sf.Geometry(layers=[layer]),
    regions={"a": sf.Region(material="Cu @ 4 K")},
    terminals={"left": {"voltage": 0}},
    observables=[sf.Terminals(), "dissipation"],
)
number: float = case.regions["a"].material.conductivity
sf.Layer(name="a", thicknes="5 nm")
sf.NonlocalResistance(plus="a", minus="b", driven="c")
number.upper()
case.region
sf.Nothing
"""
WRONG = {15: 'argument "thicknes"', 16: 'argument "driven"', 17: '"upper"', 18: '"region"', 19: '"Nothing"'}


def test_mypy_knows_the_keywords(tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "mypy.ini").write_text(
        "[mypy]\nplugins = pydantic.mypy\nignore_missing_imports = True\nfollow_imports = skip\n"  # a minute of numpy, VTK ...
        "[mypy-spinfem.*,pint.*,pydantic.*,pydantic_core.*,annotated_types.*,typing_extensions.*]\nfollow_imports = silent\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "script.py"],
        cwd=tmp_path,
        env=os.environ | {"MYPYPATH": str(TREE)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    errors = {}
    for line in done.stdout.splitlines():
        if line.startswith("script.py:") and ": error:" in line:
            errors.setdefault(int(line.split(":")[1]), line)
    assert errors.keys() == WRONG.keys(), done.stdout + done.stderr
    assert all(words in errors[line] for line, words in WRONG.items()), done.stdout


@pytest.mark.parametrize("magnitude", [0.05, "50 mT"])
@pytest.mark.parametrize("direction", ["+z", {"polar": 0.5, "azimuth": "0 deg"}])
def test_a_field_by_its_magnitude_stays_one(magnitude, direction):
    case = sf.load(CASES / "hanle_valve.yaml").changed(magnetic_field=[0, 0, 0])
    given = case.changed(magnetic_field={"magnitude": magnitude, "direction": direction})
    assert np.linalg.norm(given.magnetic_field) == pytest.approx(0.05)
    assert sf.read(given.text, CASES) == given
    double = given.changed({"magnetic_field.magnitude": "100 mT"})
    assert double.magnetic_field == pytest.approx(2 * np.array(given.magnetic_field))
    swept = given.changed({"sweep": {"magnetic_field.magnitude": ["0 T", "10 mT"]}})
    assert len(swept.sweep.points) == 2 and swept.source.with_settings(swept.sweep.points[1]).case().magnetic_field
