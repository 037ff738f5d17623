import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinfem.case.script_parameters import Given, script_parameters

from .valve import OUTLINE, valve


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("500 nm", "nm", 500.0), ("0.5 um", "nm", 500.0), ("1 rad", "rad", 1.0), (3, None, 3.0), ("3", None, 3.0)],
)
def test_counted_in_the_unit_of_the_script(text, unit, value):
    assert Given.read(text).counted_in(unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "reason"),
    [
        (500, "nm", "has no unit; give a quantity such as 500 nm"),
        ("500 nm", None, "give a bare number"),
        ("5 K", "nm", "cannot be counted in nm"),
    ],
)
def test_units_have_to_fit(text, unit, reason):
    with pytest.raises(ValueError, match=reason):
        Given.read(text).counted_in(unit)


@pytest.mark.parametrize("wrong", [True, None, [1], "many", "1 furlong per", float("inf"), float("nan"), "1e999"])
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises(ValueError):
        Given.read(wrong)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_quantity_in_the_unit_of_the_script_is_not_changed(number):
    assert Given.read(f"{number!r} nm").counted_in("nm") == number


def test_script_parameters():
    case = valve("geometry.parameters={separation: 0.25 um, turns: 4}")
    assert script_parameters(case, OUTLINE) == {"separation": 250.0, "turns": 4.0}


def test_dumped_in_SI():
    assert valve().model_dump(mode="json")["geometry"]["parameters"] == {"separation": 5e-7}
