from types import SimpleNamespace

import pytest
from pydantic import Field, ValidationError

from spinfem.case.cross_check import cross_check
from spinfem.case.kinds import read_interface, read_observable
from spinfem.case.names import RegionName, references
from spinfem.case.plugins import Interface, Observable
from spinfem.case.quantity import Length
from spinfem.case.schema import Case

from .valve import OUTLINE, valve


@pytest.fixture
def probe():
    class Probe(Observable, kind="probe"):
        """Reads something."""

        at: RegionName
        reach: Length = Field("unused", alias="from")

        def measure(self, simulation):
            yield from ()

        def faults(self, case, outline):
            if case.regions[self.at].magnetization is None:
                yield "at", self.at, "needs a ferromagnet"

    yield Probe
    del Observable.kinds["probe"]


@pytest.fixture
def leaky():
    class Leaky(Interface, kind="leaky"):
        leak: float = Field(0.0, ge=0)

        def integrand(self, u, w, facet):
            return self.leak * u.jump.phi * w.jump.phi

    yield Leaky
    del Interface.kinds["leaky"]


def test_a_subclass_registers_itself(probe, leaky):
    assert Observable.kinds["probe"] is probe
    assert Interface.kinds["leaky"] is leaky
    assert "probe" not in Interface.kinds


def test_a_kind_belongs_to_one_class(probe):
    with pytest.raises(TypeError, match="both of kind probe"):

        class Other(Observable, kind="probe"):
            pass


def test_bare_and_with_keys(probe):
    assert read_observable("terminals").name == "terminals"
    assert read_observable({"terminals": None}).name == "terminals"
    assert read_observable({"terminals": {"name": "t2"}}).name == "t2"
    found = read_observable({"probe": {"at": "wire", "from": "3 nm"}})
    assert (found.at, found.reach, found.name) == ("wire", 3e-9, "probe")


def test_a_case_takes_what_is_registered_later(probe, leaky):
    case = valve("observables=[{probe: {at: wire, from: 3 nm}}]", "interfaces.wire/injector={type: leaky, leak: 0.1}")
    assert case.interfaces["wire/injector"].leak == 0.1
    assert (("observables", 0, "probe", "at"), "region", "wire") in references(case)
    dumped = case.model_dump(mode="json", by_alias=True)
    assert dumped["observables"] == [{"probe": {"name": "probe", "at": "wire", "from": 3e-9}}]
    assert dumped["interfaces"]["wire/injector"] == {"type": "leaky", "leak": 0.1}


def test_an_observable_may_have_its_say_once_the_names_fit(probe):
    (fault,) = cross_check(valve("observables=[{probe: {at: wire, from: 3 nm}}]"), OUTLINE)
    assert (fault.key, fault.message, fault.where) == ("observables.0.probe.at", "needs a ferromagnet", "--set")
    assert cross_check(valve("observables=[{probe: {at: injector, from: 3 nm}}]"), OUTLINE) == []
    (fault,) = cross_check(valve("observables=[{probe: {at: nowhere, from: 3 nm}}]"), OUTLINE)
    assert "no such region" in fault.message


def test_the_schema_lists_what_is_registered(probe, leaky):
    schema = Case.model_json_schema()
    kinds = [entry.get("properties", {}) for entry in schema["properties"]["observables"]["items"]["oneOf"]]
    assert {"probe"} in [set(kind) for kind in kinds]
    assert required(schema, "Leaky") == [["type"]]
    assert required(schema, "Resistive") == [["resistance_area"]]


def required(schema, title):
    """What is required of the models with this title, wherever pydantic puts them."""
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []
    here = [schema["required"]] if isinstance(schema, dict) and schema.get("title") == title else []
    return here + [found for part in parts for found in required(part, title)]


@pytest.mark.parametrize(
    ("read", "given", "path", "reason"),
    [
        (read_observable, "terminal", (), 'did you mean "terminals"'),
        (read_observable, {"probe": {}}, ("probe", "at"), "is missing: the name of a region"),
        (read_observable, {"probe": {"at": "wire", "from": 3}}, ("probe", "from"), "has no unit"),
        (read_observable, {"probe": 3}, ("probe",), "must be a mapping with the keys name, at, from"),
        (read_observable, {"terminals": {"name": "a b"}}, ("terminals", "name"), "letters"),
        (read_interface, {"type": "resistiv"}, ("type",), 'did you mean "resistive"'),
        (read_interface, {}, ("resistance_area",), "is missing: a resistance times an area"),
    ],
)
def test_faults_know_their_place(probe, read, given, path, reason):
    with pytest.raises(ValidationError) as refused:
        read(given, SimpleNamespace(context={"file": True}))
    assert (path, True) in [(error["loc"], reason in error["msg"]) for error in refused.value.errors()]


@pytest.mark.parametrize("given", [3, {}, {"terminals": {}, "profile": {}}, None])
def test_an_observable_is_one_kind(given):
    with pytest.raises(ValueError, match="must be a kind of observable"):
        read_observable(given)


@pytest.mark.parametrize("kind", [3, "", "a b"])
def test_a_kind_is_a_word(kind):
    with pytest.raises(TypeError, match="must be a word of letters"):
        type("Odd", (Observable,), {"__module__": __name__}, kind=kind)
