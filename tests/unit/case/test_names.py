import pytest

from spinfem.case.faults import CaseError
from spinfem.case.names import InterfaceName, RegionName, TerminalName, references, sides
from spinfem.case.validation import Checked

from .valve import valve


class Inner(Checked):
    on: RegionName | None = None


class Everything(Checked):
    one: TerminalName
    some: tuple[RegionName, ...] = ()
    pair: tuple[RegionName, TerminalName] | None = None
    keyed: dict[InterfaceName, Inner] = {}
    plain: str = "no name"


def test_every_reference_is_found_wherever_it_stands():
    model = Everything(one="t", some=("a", "b"), pair=("a", "t"), keyed={"a/b": Inner(on="c"), "b/c": Inner()})
    assert list(references(model)) == [
        (("one",), "terminal", "t"),
        (("some", 0), "region", "a"),
        (("some", 1), "region", "b"),
        (("pair", 0), "region", "a"),
        (("pair", 1), "terminal", "t"),
        (("keyed", "a/b"), "interface", "a/b"),
        (("keyed", "a/b", "on"), "region", "c"),
        (("keyed", "b/c"), "interface", "b/c"),
    ]


def test_observables_are_walked_with_the_path_of_the_file():
    found = {path: name for path, _, name in references(valve())}
    assert found["observables", 0, "nonlocal_resistance", "flip"] == "detector"
    assert found["interfaces", "wire/detector"] == "wire/detector"


@pytest.mark.parametrize("name", ["wire", "a/b/c", "/a", "a/", "a/a", ""])
def test_an_interface_is_two_names(name):
    with pytest.raises(CaseError, match="two regions"):
        Everything(one="t", keyed={name: Inner()})


def test_the_order_of_the_sides_is_kept():
    (name,) = Everything(one="t", keyed={"wire / a": Inner()}).keyed
    assert sides(name) == ("wire", "a")
