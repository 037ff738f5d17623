from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.overrides import split_path
from spinfem.case.reader import load_case, read_case
from spinfem.case.source import CaseSource

from .valve import OUTLINE, VALVE, valve


def faults(text, *overrides):
    with pytest.raises(CaseError) as refused:
        read_case(text, overrides=overrides)
    return refused.value.faults


def test_faults_know_their_line():
    (fault,) = faults(VALVE.replace("current: 1 mA", "curent: 1 mA, floating: true"))
    assert (fault.key, fault.value, fault.where) == ("terminals.injector_end.curent", "1 mA", "line 12")


def test_all_faults_are_told_at_once():
    text = (
        VALVE.replace("500 nm", "500 nn")
        .replace("1 mA", "1 mV")
        .replace("wire: Cu @ 4 K", "wire: Cu")
        .replace("minus: wire_right, ", "")
    )
    assert [fault.key for fault in faults(text, "solver.degree=4")] == [
        "geometry.parameters.separation",
        "regions.wire.material",
        "terminals.injector_end.current",
        "observables.0.nonlocal_resistance.minus",
        "solver.degree",
    ]


def test_keys_that_stand_twice():
    (one, two) = faults(VALVE + "title: again\nsolver: {degree: 1, degree: 2}\n")
    assert (one.key, one.where, one.message) == ("title", "line 19", "stands twice; first in line 1")
    assert (two.key, two.value) == ("solver.degree", "2")


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("title: [a", "line 1", "is not YAML"),
        ("title: a\n\tb: c", "line 2", "is not YAML"),
        ("title: a: b", "line 1", "is not YAML"),
        ("title: !!python/object:os.system x", "line 1", "is not YAML"),
        ("", "", "is a mapping with the keys plugins, title, geometry"),
        ("- a", "", "is a mapping with the keys"),
        ("title: &a [*a]", "line 1", "refers to itself"),
    ],
)
def test_text_that_is_no_case(text, where, reason):
    (fault,) = faults(text)
    assert fault.where == where and reason in fault.message


def test_keys_are_text():
    found = {fault.key: fault.message for fault in faults(VALVE.replace("  wire: Cu @ 4 K", "  7: Cu @ 4 K"))}
    assert found == {"regions.7": "must be text; put it in quotes"}


def test_anchors_and_merges_are_allowed():
    text = VALVE.replace("injector: {material", "injector: &py {material").replace(
        "detector: {material: Py @ 4 K, magnetization: +y}", "detector: {<<: *py, magnetization: -y}"
    )
    assert read_case(text).regions["detector"].material.name == "Py @ 4.2 K"


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(CaseError, match="cannot be read: No such file"):
        load_case(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaseError, match="it is not text"):
        load_case(tmp_path / "binary.yaml")


@pytest.mark.parametrize(
    ("override", "look", "value"),
    [
        ("regions.wire.material=Cu @ 300 K", lambda c: c.regions["wire"].material.temperature, 300.0),
        ("regions.wire=Al @ 300 K", lambda c: c.regions["wire"].material.conductivity, 1.1e7),
        ("regions.wire.material.conductivity=1 S/m", lambda c: c.regions["wire"].material.conductivity, 1.0),
        ("terminals.injector_end.current=2 mA", lambda c: c.terminals["injector_end"].charge.current, 2e-3),
        ("terminals.injector_end={voltage: 1 V}", lambda c: c.terminals["injector_end"].charge.voltage, 1.0),
        ('interfaces."wire/detector".polarization=0', lambda c: c.interfaces["wire/detector"].polarization, 0.0),
        ("interfaces.wire/detector.polarization=0", lambda c: c.interfaces["wire/detector"].polarization, 0.0),
        ("observables.0.nonlocal_resistance.flip=", lambda c: c.observables[0].flip, None),
        ("observables.1.terminals.name=t", lambda c: c.observables[1].name, "t"),
        ("observables=[]", lambda c: c.observables, ()),
        ("mesh.size=50 nm", lambda c: c.mesh.size, 5e-8),
        ("regions.injector.magnetization=-y", lambda c: c.regions["injector"].magnetization.direction[1], -1.0),
        ("title=a = b", lambda c: c.title, "a = b"),
    ],
)
def test_overrides(override, look, value):
    assert look(valve(override)) == value


@pytest.mark.parametrize(
    ("override", "key", "value", "reason"),
    [
        ("solver.degree=4", "solver.degree", 4, "must be 1, 2 or 3"),
        ("solver.degre=1", "solver.degre", 1, 'did you mean "degree"'),
        ("wire", "--set", "wire", "must be PATH=VALUE"),
        ("=3", "--set", "=3", "must be PATH=VALUE"),
        ("observables.9.terminals.name=t", "observables.9.terminals.name", "t", "the list has 2, counted from 0"),
        ("observables.flip=t", "observables.flip", "t", "the list has 2, counted from 0"),
        ("title=[a", "title", None, None),
    ],
)
def test_overrides_are_checked_like_the_file(override, key, value, reason):
    if reason is None:
        assert valve(override).title == "[a"
        return
    (fault,) = faults(VALVE, override)
    assert (fault.key, fault.value) == (key, value)
    assert reason in fault.message


def test_split_path():
    assert split_path("a.\"b.c\".0.'d e'.wire/f") == ["a", "b.c", 0, "d e", "wire/f"]


def test_the_text_as_it_ran_reads_the_same_from_anywhere(tmp_path):
    (tmp_path / "own.geo").write_text("")
    file = tmp_path / "case.yaml"
    file.write_text("# mine\n" + VALVE.replace("nonlocal_valve.geo", "own.geo # my drawing"))
    overrides = ["regions.wire.material.conductivity=1 S/m", "observables.0.nonlocal_resistance.flip=injector"]
    text = CaseSource.of_file(file, overrides).as_it_ran()
    assert "# mine" in text and "# my drawing" in text
    assert read_case(text, folder="/").model_dump() == load_case(file, overrides).model_dump()
    with pytest.raises(CaseError):
        CaseSource.of_file(file, ["observables.9=terminals"]).as_it_ran()


_WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["Cu @ 4 K", "1 nm", "+x", "sink", "a/b", "2024-01-01", "terminals"]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(
        st.sampled_from(["material", "expression", "potential", "base", "polar", "file"]), st.text(max_size=3)
    ),
)


def _paths(data, path=()):
    yield path
    for step, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from _paths(value, (*path, step))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_case_it_is_read_or_refused_in_words(data):
    contents = YAML(typ="safe").load(VALVE)
    *above, last = data.draw(st.sampled_from(list(_paths(contents))[1:]))
    place = contents
    for step in above:
        place = place[step]
    place[last] = data.draw(_WRONG)
    text = StringIO()
    YAML(typ="safe").dump(contents, text)
    try:
        cross_check(read_case(text.getvalue()), OUTLINE)
    except CaseError as refused:
        assert refused.faults
        assert not any(word in str(refused) for word in ("Input should", "pydantic", "validat", "instance of"))
