import pickle

import pytest
from pydantic import ValidationError

from spinfem.case.faults import CaseError
from spinfem.case.region import Region
from spinfem.case.schema import Case
from spinfem.case.terminal import Terminal

from .valve import valve


def test_everything_is_in_SI_units_and_named():
    case = valve()
    assert case.regions["wire"].material.conductivity == 7.1e7
    assert case.regions["injector"].magnetization.direction == (0.0, 1.0, 0.0)
    assert case.terminals["injector_end"].charge.current == 1e-3
    assert case.interfaces["wire/detector"].resistance_area == 1e-15
    assert case.geometry.script.name == "nonlocal_valve.geo"
    assert (case.geometry.unit, case.geometry.depth) == (1e-9, 1.0)
    assert (case.mesh.resolution, case.mesh.rim, case.mesh.growth) == (0.5, 0.25, 0.3)
    assert (case.mesh.size, case.mesh.refinements) == (None, 0)
    assert (case.solver.degree, case.solver.method, case.solver.error_estimate) == (None, "iterative", True)
    assert case.output.fields and case.output.pictures


def test_a_case_is_frozen_and_can_be_sent_to_other_ranks():
    case = valve("regions.wire.magnetization={expression: [0, 0, 1]}")
    with pytest.raises(ValidationError):
        case.title = "another"
    assert pickle.loads(pickle.dumps(case)) == case


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "it has none of them"),
        ({"voltage": "0 V", "current": "0 A"}, "it has voltage and current"),
        ({"current": "0 A", "floating": True}, "it has current and floating"),
        ({"floating": False}, "it has none of them"),
        ({"voltage": "0 V", "spin": "absorbing"}, "must be reflecting, sink"),
        ({"voltage": "0 V", "spin": {"potential": ["0 V", "0 V"]}}, "too short"),
        ({"voltage": "0 V", "spin": {"potential": ["0 V", "0 A", "0 V"]}}, "is not a voltage"),
        ({"voltage": "0 V", "spin": {"current": [0, 0, 0]}}, "has no unit; give an electric current"),
    ],
)
def test_terminals(given, reason):
    with pytest.raises(ValidationError, match=reason):
        Terminal.model_validate(given, context={"file": True})


def test_spin_conditions():
    potential = Terminal.model_validate({"voltage": "0 V", "spin": {"potential": ["0 V", "1 mV", "0 V"]}})
    assert potential.spin.potential == potential.driven["spin_potentials"] == (0.0, 1e-3, 0.0)
    current = Terminal.model_validate({"floating": True, "spin": {"current": ["0 A", "0 A", "1 uA"]}})
    assert current.spin.current == (0.0, 0.0, 1e-6)
    assert Terminal.model_validate({"voltage": "0 V", "spin": "reflecting"}).spin.kind == "reflecting"


@pytest.mark.parametrize(
    ("given", "spin"),
    [({"voltage": "0 V"}, "sink"), ({"current": "0 A"}, "sink"), ({"floating": True}, "reflecting")],
)
def test_a_driven_terminal_is_a_reservoir_and_a_voltmeter_is_none(given, spin):
    terminal = Terminal.model_validate(given)
    assert terminal.spin.kind == terminal.model_dump()["spin"] == spin
    assert terminal.sink_by_default == (spin == "sink")
    assert not Terminal.model_validate(given | {"spin": "sink"}).sink_by_default


def test_a_ferromagnet_is_magnetized_and_a_metal_may_be():
    with pytest.raises(ValidationError, match=r"Py @ 4.2 K is polarized \(P = 0.7\), so it needs a magnetization"):
        Region.model_validate("Py @ 4 K")
    assert Region.model_validate("Cu @ 4 K").magnetization is None
    assert Region.model_validate({"material": "Cu @ 4 K", "magnetization": "+x"}).magnetization.uniform


@pytest.mark.parametrize(
    ("override", "key", "reason"),
    [
        ("geometry={}", "geometry", "it has none of them"),
        ("geometry.mesh=a.msh", "geometry.mesh", "there is no such file"),
        ("geometry.script=nonlocal_vavle", "geometry.script", 'did you mean "nonlocal_valve.geo"'),
        ("geometry.script=7", "geometry.script", "must be the name of a file"),
        ("geometry.unit=0 nm", "geometry.unit", "must be greater than 0"),
        ("geometry.entities.regions.wire=[0]", "geometry.entities.regions.wire.0", "must be greater than 0"),
        ("geometry.entities.regions.wire=[]", "geometry.entities.regions.wire", "0 entries"),
        ("geometry.entities.regions.wire=[1]", "geometry", "a script names its own"),
        ("regions={}", "regions", "0 entries; allowed is at least 1"),
        ("interfaces.detector/wire={resistance_area: 1 ohm m^2}", "interfaces.detector/wire", "same interface as"),
        ("terminals.wire_left={floating: true}", "terminals", "at least one terminal needs a `voltage`"),
        ("terminals={}", "terminals", "at least one terminal needs a `voltage`"),
        ("observables=[terminals, terminals]", "observables.1", "another observable of this name"),
        ("mesh.refinements=-1", "mesh.refinements", "must be at least 0"),
        ("mesh.resolution=0", "mesh.resolution", "must be greater than 0"),
        ("solver.method=magic", "solver.method", 'must be "iterative" or "direct"'),
        ("solver.max_iterations=true", "solver.max_iterations", "must not be true or false"),
        ("solver.error_estimate=perhaps", "solver.error_estimate", "must be true or false"),
        ("weather={}", "weather", "unknown key"),
        ("title=[]", "title", "must be text"),
    ],
)
def test_each_fault_names_its_key(override, key, reason):
    with pytest.raises(CaseError) as refused:
        valve(override)
    assert (key, True) in [(fault.key, reason in fault.message) for fault in refused.value.faults]


def test_cad_with_entities(tmp_path):
    (tmp_path / "part.step").touch()
    geometry = {"cad": "part.step", "entities": {"regions": {"wire": [1, 2]}, "terminals": {"left": [5]}}}
    given = {"geometry": geometry, "regions": {"wire": "Cu @ 4 K"}, "terminals": {"left": {"voltage": "0 V"}}}
    case = Case.model_validate(given, context={"folder": tmp_path})
    assert case.geometry.cad == tmp_path / "part.step"
    assert case.geometry.entities.regions == {"wire": (1, 2)}


def test_a_cad_file_has_a_known_ending(tmp_path):
    (tmp_path / "part.doc").touch()
    with pytest.raises(ValidationError, match="must be a CAD file"):
        Case.model_validate({"geometry": {"cad": "part.doc"}}, context={"folder": tmp_path})


def test_a_script_beside_the_case_file_comes_first(tmp_path):
    (tmp_path / "nonlocal_valve.geo").touch()
    given = {"geometry": {"script": "nonlocal_valve.geo"}, "regions": {"a": "Cu @ 4 K"}}
    given["terminals"] = {"t": {"voltage": "0 V"}}
    assert Case.model_validate(given, context={"folder": tmp_path}).geometry.script.parent == tmp_path
