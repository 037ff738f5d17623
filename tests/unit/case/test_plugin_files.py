"""Files of users: `plugins` of a case, the command line aside (tests/cli/test_plugins.py)."""

import os
import pickle
import subprocess
import sys
from types import ModuleType

import pytest

from spinfem.case.faults import CaseError
from spinfem.case.plugin_files import use
from spinfem.case.plugins import Observable
from spinfem.case.reader import read_case
from spinfem.case.schema import Case
from spinfem.case.source import CaseSource
from spinfem.case.terms import terms_of
from spinfem.study.session import operator_identity

CASE = """
plugins: [mine.py]
geometry: {layers: [{name: wire, thickness: 100 nm}]}
regions: {wire: Cu @ 300 K}
terminals: {left: {voltage: 1 mV}, right: {voltage: 0 V}}
observables: [OBSERVABLE]
"""
MINE = """from spinfem.case.plugins import Observable

class Mine(Observable, kind="mine"):
    size: int = 1

    def measure(self, simulation):
        yield from ()
"""
TERM = """from spinfem.case.plugins import Term

class Loss(Term, kind="loss"):
    '''Lost besides.'''

    @classmethod
    def integrand(cls, u, w, c):
        return 0
"""


@pytest.fixture(autouse=True)
def nothing_left():
    yield
    use(())


def case(folder, text=MINE, observable="mine", *overrides):
    (folder / "mine.py").write_text(text)
    return read_case(CASE.replace("OBSERVABLE", observable), folder, overrides)


def refused(folder, *given):
    with pytest.raises(CaseError) as error:
        case(folder, *given)
    (fault,) = error.value.faults
    return fault


def test_what_a_file_defines_is_known_to_its_case_and_to_no_other(tmp_path):
    (found,) = case(tmp_path).observables
    assert (found.kind, found.size) == ("mine", 1)
    assert "mine" in Observable.kinds
    with pytest.raises(CaseError, match="no such observable"):
        read_case(CASE.replace("OBSERVABLE", "mine").replace("plugins: [mine.py]", ""), tmp_path)
    assert "mine" not in Observable.kinds


def test_the_same_contents_are_run_once(tmp_path):
    one, two = case(tmp_path), case(tmp_path)
    assert type(one.observables[0]) is type(two.observables[0])
    assert operator_identity(one) == operator_identity(two)


def test_a_file_that_changed_is_run_again_and_what_was_read_before_stays_as_it_was(tmp_path):
    one = case(tmp_path)
    two = case(tmp_path, MINE.replace("= 1", "= 2"))
    assert (one.observables[0].size, two.observables[0].size) == (1, 2)
    assert Observable.kinds["mine"] is type(two.observables[0])
    assert pickle.loads(pickle.dumps(two)) == two
    assert case(tmp_path, MINE.replace('"mine"', '"yours"'), "yours").observables[0].kind == "yours"
    assert "mine" not in Observable.kinds


def test_no_operator_outlives_the_term_that_it_was_made_with(tmp_path):
    given = "terminals", "regions.wire.terms={loss: }"
    one, same = case(tmp_path, TERM, *given), case(tmp_path, TERM, *given)
    other = case(tmp_path, TERM + "# another version\n", *given)
    assert operator_identity(one) == operator_identity(same) != operator_identity(other)
    assert terms_of(one.regions) != terms_of(other.regions)


def test_a_term_of_a_file_acts_where_a_region_asks_for_it(tmp_path):
    kinds = {term.kind for term in terms_of(case(tmp_path, TERM, "terminals").regions)}
    assert kinds and "loss" not in kinds
    asking = case(tmp_path, TERM, "terminals", "regions.wire.terms={loss: }").regions
    assert {term.kind for term in terms_of(asking)} == kinds | {"loss"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\ny = (2\n", "is not Python: line 2: '(' was never closed"),
        ("x = 1\n\nhalf = 1 / 0\n", "fails in line 3: ZeroDivisionError: division by zero"),
        ("def f():\n    raise SystemExit('bye')\nf()\n", "fails in line 2: SystemExit: bye"),
        ("import no_such_module\n", "fails in line 1: ModuleNotFoundError: No module named 'no_such_module'"),
        ("x = 1\n", "defines no plugin"),
        (MINE.replace('"mine"', '"terminals"'), "defines terminals (Mine), which spinfem itself defines (Terminals)"),
        (
            MINE[: MINE.index("def measure")],
            "line 3: the class Mine of kind mine has no `measure`, which every Observable needs",
        ),
        (
            TERM[: TERM.index("@classmethod")],
            "line 3: the class Loss of kind loss has no `integrand`, which every Term needs",
        ),
        (MINE.replace("size: int = 1", 'size: "Sice" = 1'), "line 3: the class Mine: "),
        (MINE + MINE[MINE.index("class") :].replace("Mine", "Other"), "defines mine (Other), which"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence(tmp_path, text, reason):
    for _ in range(2):  # nothing is left of the first try
        fault = refused(tmp_path, text, "unheard_of")
        assert fault.key.startswith("plugins.0") and fault.where == "line 2"
        assert fault.value == "mine.py" and reason in fault.message


def test_a_file_that_is_not_there(tmp_path):
    fault = refused(tmp_path, MINE, "unheard_of", "plugins=[gone.py]")
    assert (fault.key, fault.value) == ("plugins.0.file", "gone.py") and "no such file" in fault.message
    assert "must be a list" in refused(tmp_path, MINE, "mine", "plugins=mine.py").message


def test_two_files_do_not_define_the_same_kind(tmp_path):
    (tmp_path / "other.py").write_text(MINE.replace("= 1", "= 2"))
    fault = refused(tmp_path, MINE, "mine", "plugins+=other.py")
    assert (fault.key, fault.value) == ("plugins.1", "other.py")
    assert f"which {tmp_path / 'mine.py'} defines" in fault.message
    assert case(tmp_path, MINE, "mine", "plugins+=mine.py").observables[0].kind == "mine"  # the same file twice
    assert case(tmp_path, MINE, "mine", "plugins.0=other.py").observables[0].size == 2  # another case


def test_a_file_and_a_class_of_the_session_do_not_define_the_same_kind(tmp_path):
    class Mine(Observable, kind="mine"):
        pass

    try:
        assert f"which {__file__} defines" in refused(tmp_path).message
    finally:
        del Observable.kinds["mine"]


@pytest.fixture
def notebook():
    """The module of a notebook, whose cells `exec` runs."""
    sys.modules["notebook"] = module = ModuleType("notebook")
    yield module
    del sys.modules["notebook"], Observable.kinds["mine"]


def test_a_cell_that_is_run_again_gives_the_next_case_the_new_class(notebook):
    text = CASE.replace("OBSERVABLE", "mine").replace("plugins: [mine.py]", "")
    with pytest.raises(CaseError, match="no such observable"):
        read_case(text)
    exec(MINE, vars(notebook))
    one = read_case(text)
    exec(MINE.replace("= 1", "= 2"), vars(notebook))
    two = read_case(text)
    assert (one.observables[0].size, two.observables[0].size) == (1, 2)
    assert pickle.loads(pickle.dumps(two)) == two
    assert {"mine"} in [
        set(entry.get("properties", ()))
        for entry in Case.model_json_schema()["properties"]["observables"]["items"]["oneOf"]
    ]


def test_a_file_that_a_script_imports_may_be_named_in_the_case_too(tmp_path, notebook):
    notebook.__file__ = str(tmp_path / "mine.py")
    exec(MINE, vars(notebook))
    assert case(tmp_path).observables[0].kind == "mine"


def test_the_case_as_it_ran_finds_its_plugins_from_anywhere_and_tells_their_version(tmp_path):
    (tmp_path / "mine.py").write_text(MINE)
    text = CaseSource(CASE.replace("OBSERVABLE", "mine"), tmp_path).as_it_ran()
    again = read_case(text)
    assert again.observables[0].kind == "mine" and not again.plugins[0].changed
    assert CaseSource(text).as_it_ran() == text
    (tmp_path / "mine.py").write_text(MINE.replace("= 1", "= 2"))
    again = read_case(text)
    assert again.observables[0].size == 2 and again.plugins[0].changed
    assert CaseSource(text).as_it_ran() != text
    assert again.model_dump(mode="json")["plugins"] == [
        {"file": str(tmp_path / "mine.py"), "version": again.plugins[0].model_dump()["version"]}
    ]


def test_a_case_brings_its_plugins_along_to_another_process(tmp_path):
    text = (
        TERM
        + "\nfrom spinfem.case.plugins import Interface\nclass Wall(Interface, kind='wall'):\n    height: float = 1\n    def integrand(self, u, w, facet): return 0\n"
    )
    packed = pickle.dumps(case(tmp_path, text, "terminals", "regions.wire.terms={loss: }"))
    script = "import pickle, sys; case = pickle.load(sys.stdin.buffer); print(case.regions['wire'].terms)"
    done = subprocess.run([sys.executable, "-c", script], input=packed, capture_output=True, cwd=os.getcwd())
    assert done.stdout.decode().strip() == "{'loss': Loss()}", done.stderr


def test_lists_grow_by_what_is_appended():
    base = CASE.replace("OBSERVABLE", "terminals").replace("plugins: [mine.py]", "")
    found = read_case(base, ".", ["observables+=dissipation", "observables+={terminals: {name: again}}"])
    assert [observable.name for observable in found.observables] == ["terminals", "dissipation", "again"]
    assert read_case(base, ".", ["sensitivities+=terminals"]).sensitivities == ("terminals",)
    assert "observables+=dissipation" not in CaseSource(base, overrides=("observables+=dissipation",)).as_it_ran()
    with pytest.raises(CaseError, match="is no list"):
        read_case(base, ".", ["geometry+=more"])
    with pytest.raises(CaseError) as error:
        read_case(base, ".", ["observables+=dissipatoin"])
    assert [(fault.key, fault.where) for fault in error.value.faults] == [("observables.1", "--set")]


def test_the_schema_knows_plugins():
    entry = Case.model_json_schema()["properties"]["plugins"]
    assert entry["type"] == "array"
