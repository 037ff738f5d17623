"""Materials of a case's own: in files and in the case, called by regions and leads."""

import numpy as np
import pytest

import spinfem as sf
from spinfem.case.faults import CaseError
from spinfem.case.own_materials import materials_in
from spinfem.case.reader import read_case
from spinfem.case.source import CaseSource
from tests.commands import spinfem

NM = 1e-9
METALS = """
my copper:
  conductivity: {table: rho.csv}
  spin_diffusion_length: {proportional_to: conductivity, value: 350 nm, at: 300 K, thickness: 60 nm}
  source: made up
my copper, dirty:
  base: my copper
  spin_diffusion_length: 100 nm
Py @ 77 K:
  base: Py @ 4.2 K
  polarization: 0.6
"""
RHO = """
temperature [K], thickness [nm], resistivity [uohm cm]
4.2, 60, 1.4
300, 60, 2.9
4.2, 120, 1.0
300, 120, 2.5
"""
CASE = """
materials: metals.yaml
temperature: 300 K
geometry:
  layers: [{name: fixed, thickness: 20 nm}, {name: spacer, thickness: 60 nm}, {name: free, thickness: 20 nm}]
regions:
  fixed: {material: Py @ 77 K, magnetization: +y}
  spacer: {material: my copper, thickness: spacer}
  free: {material: Py @ 77 K, magnetization: +y}
terminals: {left: {current: 1 A, spin: sink}, right: {voltage: 0 V, spin: {lead: Cu @ 300 K}}}
"""
DRAWN = """
materials: [metals.yaml, {other: {conductivity: 1e7 S/m, spin_diffusion_length: 10 nm}}]
temperature: 4.2 K
geometry: {script: nonlocal_valve_2d.geo, depth: 100 nm}
regions:
  wire: {material: my copper, thickness: wire_thickness}
  injector: other
  detector: other
terminals: {wire_left: {voltage: 0 V, spin: sink}, injector_end: {current: 1 mA, spin: sink}}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "metals.yaml").write_text(METALS)
    (tmp_path / "rho.csv").write_text(RHO)
    return tmp_path


def conductivity(case, region="spacer"):
    return case.regions[region].material.conductivity


def faults(folder, *overrides, text=CASE):
    with pytest.raises(CaseError) as caught:
        read_case(text, folder, overrides)
    return {fault.key: f"{fault.value}: {fault.message}" for fault in caught.value.faults}


def test_regions_call_them_by_name(folder):
    case = read_case(CASE, folder)
    assert conductivity(case) == pytest.approx(1 / 2.9e-8)
    assert case.regions["spacer"].material.spin_diffusion_length == pytest.approx(350 * NM)
    assert case.regions["fixed"].material.polarization == 0.6
    assert conductivity(case, "fixed") == 8.1e6
    dirty = read_case(CASE, folder, ["regions.spacer.material=my copper, dirty", "temperature=4.2 K"])
    assert conductivity(dirty) == pytest.approx(1 / 1.4e-8)
    assert dirty.regions["spacer"].material.spin_diffusion_length == pytest.approx(100 * NM)
    assert dirty.regions["spacer"].material.name == "my copper, dirty"


@pytest.mark.parametrize(
    ("overrides", "temperature"),
    [
        (["temperature=152.1 K"], 152.1),
        (["regions.spacer.material=my copper @ 152.1 K"], 152.1),
        (["regions.spacer.material={base: my copper, temperature: 152.1 K}"], 152.1),
    ],
)
def test_the_temperature_is_that_of_the_case_or_of_the_material(overrides, temperature, folder):
    spacer = read_case(CASE, folder, overrides).regions["spacer"].material
    assert spacer.temperature == temperature
    assert 1 / spacer.conductivity == pytest.approx(2.15e-8)


@pytest.mark.parametrize(
    ("overrides", "thickness"),
    [
        ((), 60),  # the default of the script
        (("geometry.parameters={wire_thickness: 120 nm}",), 120),
        (("geometry.parameters={wire_thickness: 0.08 um}",), 80),
        (("regions.wire.thickness=80 nm",), 80),
    ],
)
def test_the_thickness_may_be_a_parameter_of_the_drawing(overrides, thickness, folder):
    expected = 0.6 + 0.4 * (120 / thickness)  # linear in 1/thickness
    wire = read_case(DRAWN, folder, overrides).regions["wire"].material
    assert 1e8 / wire.conductivity == pytest.approx(expected)
    assert wire.thickness == pytest.approx(thickness * NM)


def test_a_lead_has_the_temperature_of_the_case(folder):
    lead = "{base: my copper, thickness: 120 nm}"
    case = read_case(CASE, folder, [f"terminals.right.spin.lead={lead}"])
    assert case.terminals["right"].spin.lead.conductivity == pytest.approx(1 / 2.5e-8)
    assert "terminals.right.spin.lead.conductivity" in faults(folder, "terminals.right.spin.lead=my copper")


def test_inline_materials_can_be_set_by_their_path(folder):
    own = "materials={my copper: {conductivity: 1e7 S/m, spin_diffusion_length: 1 nm}}"
    fixed = ("regions.fixed.material=Py @ 4 K", "regions.free.material=Py @ 4 K")
    assert conductivity(read_case(CASE, folder, [own, *fixed])) == 1e7
    assert conductivity(read_case(CASE, folder, [own, *fixed, "materials.my copper.conductivity=2e7 S/m"])) == 2e7


def test_a_case_as_it_ran_gives_the_same_from_anywhere(folder, tmp_path_factory):
    source = CaseSource(CASE, folder, ("temperature=4.2 K",))
    text = source.as_it_ran()
    again = read_case(text, tmp_path_factory.mktemp("elsewhere"))
    assert again.regions == source.case().regions
    assert str(folder / "metals.yaml") in text and not again.materials[0].changed
    (folder / "rho.csv").write_text(RHO.replace("1.4", "1.5"))
    assert source.as_it_ran() != text, "the point of a sweep with another table is another point"
    assert read_case(text, folder).materials[0].changed


@pytest.mark.parametrize(
    "override",
    [
        "regions.spacer.material={conductivity: {table: rho.csv}, spin_diffusion_length: 9 nm}",
        "materials=[metals.yaml, {mine: {conductivity: {table: other.csv}, spin_diffusion_length: 9 nm}}]",
        "terminals.right.spin={lead: {conductivity: {table: other.csv}, spin_diffusion_length: 9 nm, thickness: 60 nm}}",
    ],
)
def test_a_case_as_it_ran_tells_which_tables_it_names_itself(override, folder):
    (folder / "other.csv").write_text(RHO)
    source = CaseSource(CASE, folder, (override,))
    text = source.as_it_ran()
    assert conductivity(read_case(text)) == conductivity(source.case()) and CaseSource(text).as_it_ran() == text
    name = "other.csv" if "other" in override else "rho.csv"
    (folder / name).write_text(RHO.replace("1.4", "1.5"))
    assert source.as_it_ran() != text, "the point of a sweep with another table is another point"


@pytest.mark.parametrize(
    ("overrides", "key", "words"),
    [
        (("temperature=350 K",), "regions.spacer.material.conductivity", "350 K: my copper: rho.csv goes from 4.2 K to 300 K"),
        (("temperature=null",), "regions.spacer.material.conductivity", "rho.csv needs a temperature"),
        (("regions.spacer.thickness=null",), "regions.spacer.material.conductivity", "rho.csv needs a thickness"),
        (("regions.spacer.thickness=space",), "regions.spacer.thickness", 'did you mean "spacer"?'),
        (("regions.spacer.thickness=0 nm",), "regions.spacer.thickness", "must be greater than 0"),
        (("regions.spacer.thickness=3",), "regions.spacer.thickness", "has no unit"),
        (("regions.spacer.material=my coper",), "regions.spacer.material", 'did you mean "my copper"?'),
        (("materials=none.yaml",), "materials", "none.yaml: there is no such file"),
        (("materials=3",), "materials", "must be a file beside the case"),
        (("materials={a: 3}",), "materials", "must be a file beside the case"),
        (("materials={Cu @ 4.2 K: {conductivity: 1 S/m, spin_diffusion_length: 1 m}}",), "materials.Cu @ 4.2 K", "the library has"),
        (("materials=[metals.yaml, metals.yaml]",), "materials.1", "another of the `materials` has a Py @ 77 K already"),
        (("mesh.temperature=400 K",), "mesh.temperature", "400 K: conductivity of spacer: my copper: rho.csv goes from"),
        (("materials={a: {base: b}, b: {base: a}}",), "materials.a", "b has itself as a base"),
        (("temperature=0 K",), "temperature", "greater than 0"),
    ],
)  # fmt: skip
def test_bad_cases(overrides, key, words, folder):
    assert words in faults(folder, *overrides)[key]


def test_all_mistakes_are_told_at_once_those_of_the_file_with_their_lines(folder):
    (folder / "metals.yaml").write_text(METALS.replace("rho.csv", "roh.csv").replace("polarization", "polarisation"))
    found = faults(folder, "terminals.left.current=1 V")
    assert set(found) == {"materials", "terminals.left.current"}
    with pytest.raises(CaseError) as caught:
        materials_in(folder / "metals.yaml")
    told = [(fault.key, fault.where) for fault in caught.value.faults]
    assert told == [
        ("my copper.conductivity.table", "line 3"),
        ("my copper, dirty.conductivity.table", "line 6"),
        ("Py @ 77 K.polarisation", "line 11"),
    ]


@pytest.mark.parametrize(
    ("text", "words"), [("- a", "is a mapping"), ("a: 3", "a .*: 3: must be a mapping"), ("a: {", "not YAML")]
)
def test_a_file_that_is_none_of_materials(text, words, folder):
    (folder / "metals.yaml").write_text(text)
    with pytest.raises(CaseError, match=words):
        materials_in(folder / "metals.yaml")


def test_in_python(folder):
    metals = {name: material.at("300 K", 60 * NM) for name, material in materials_in(folder / "metals.yaml").items()}
    assert metals["my copper"].conductivity == pytest.approx(1 / 2.9e-8)
    law = {"formula": "1.4 + T/200", "unit": "uohm cm"}
    own = sf.Material(resistivity=law, spin_diffusion_length=350 * NM)
    case = sf.read(CASE, folder).changed({"regions.spacer.material": own, "temperature": 300})
    assert conductivity(case) == pytest.approx(1 / 2.9e-8)
    made = sf.Case(
        materials={"mine": own},
        temperature=300,
        geometry=sf.Geometry(layers=[sf.Layer(name="wire", thickness=1e-7)]),
        regions={"wire": "mine"},
        terminals={"left": {"current": 1e-3}, "right": {"voltage": 0}},
    )
    assert conductivity(made, "wire") == pytest.approx(1 / 2.9e-8)
    assert conductivity(sf.read(made.text), "wire") == conductivity(made, "wire")
    assert conductivity(made.changed(temperature=100), "wire") == pytest.approx(1 / 1.9e-8)
    assert np.isclose(made.kept["regions"]["wire"]["material"]["conductivity"], 1 / 2.9e-8)


def test_the_command_lists_and_checks_a_file(folder):
    said = spinfem("materials", folder / "metals.yaml")
    assert said.returncode == 0 and "my copper" in said.stdout and "rho.csv" in said.stdout
    said = spinfem("materials", folder / "metals.yaml", "--at", "300 K", "--thickness", "60 nm")
    assert "34.48 MS/m" in said.stdout and "350 nm" in said.stdout
    for options, words in (
        (("--at", "400 K", "--thickness", "60 nm"), "my copper.conductivity: 400 K: my copper: rho.csv goes from"),
        (("--at", "400"), "--at: 400: has no unit"),
    ):
        refused = spinfem("materials", folder / "metals.yaml", *options)
        assert refused.returncode == 2 and words in refused.stderr
