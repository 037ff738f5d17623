import pytest

from spinfem.case.faults import CaseError, Fault, dotted, nearest, not_among, shown


def test_a_fault_on_one_line():
    fault = Fault("regions.wire", {"a": 1, "b": [True, None]}, "is wrong", "line 3")
    assert str(fault) == "regions.wire (line 3): {a: 1, b: [true, null]}: is wrong"
    assert str(Fault("", None, "is empty")) == "case: (nothing): is empty"


def test_a_case_error_tells_all():
    assert str(CaseError([Fault("a", 1, "x"), Fault("b", 2, "y")])) == "a: 1: x\nb: 2: y"


def test_long_values_are_cut():
    assert len(shown("x" * 1000)) == 300
    assert len(shown(["x"] * 1000)) == 60


def test_names():
    assert dotted(("a", 0, "b/c", "[key]")) == "a.0.b/c"
    assert nearest("injektor", ["wire", "injector"]) == "injector"
    assert nearest("q", ["wire"]) is None
    assert not_among("q", ["wire"], "region") == "there is no such region. There is: wire"


@pytest.mark.parametrize("known", [[], ["a"], ["a", "b"]])
def test_everything_that_exists_is_listed(known):
    assert all(name in not_among("zz", known, "thing") for name in known)
