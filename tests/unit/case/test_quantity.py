import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from spinfem.case.quantity import (
    Angle,
    Conductivity,
    Current,
    Dimensionless,
    FluxDensity,
    Length,
    MomentDensity,
    ResistanceArea,
    Temperature,
    Voltage,
    si_symbol,
    split,
    units,
)
from spinfem.case.validation import Checked


class Sample(Checked):
    length: Length = Field(1.0, gt=0)
    conductivity: Conductivity = 1.0
    current: Current = 1.0
    area: ResistanceArea = 1.0
    temperature: Temperature = 1.0
    angle: Angle = 1.0
    field: FluxDensity = 0.0
    moments: MomentDensity = 1.0
    ratio: Dimensionless = Field(0.5, gt=-1, lt=1)
    vector: tuple[Voltage, Voltage, Voltage] = (0.0, 0.0, 0.0)


def message(**given):
    with pytest.raises(ValidationError) as refused:
        Sample.model_validate(given, context={"file": True})
    (error,) = refused.value.errors()
    return error["msg"]


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("length", "500 nm", 5e-7),
        ("length", "500nm", 5e-7),
        ("length", "0.5 µm", 5e-7),
        ("length", ".5e-3mm", 5e-7),
        ("conductivity", "7.1e7 S/m", 7.1e7),
        ("conductivity", "2 /(ohm m)", 2.0),
        ("conductivity", "2 1/(ohm cm)", 200.0),
        ("current", "-1 mA", -1e-3),
        ("area", "1 fohm m^2", 1e-15),
        ("area", "20 Ω µm²", 20e-12),
        ("temperature", "4.2 K", 4.2),
        ("temperature", "20 degC", 293.15),
        ("angle", "90 deg", math.pi / 2),
        ("field", "2000 Oe", 0.2),
        ("field", "1.5 kOe", 0.15),
        ("field", "5 G", 5e-4),
        ("field", "50 mT", 0.05),
        ("moments", "800 emu/cm^3", 8e5),
        ("angle", "1 rad", 1.0),
        ("ratio", "40 %", 0.4),
        ("ratio", "0.4", 0.4),
        ("ratio", 0.4, 0.4),
    ],
)
def test_text_becomes_a_number_in_SI_units(key, text, value):
    assert getattr(Sample.model_validate({key: text}), key) == value


def test_vectors_of_quantities():
    assert Sample.model_validate({"vector": ["0 V", "1 mV", "-2 uV"]}).vector == (0.0, 1e-3, -2e-6)


@pytest.mark.parametrize("bare", [500, 5e-7, "500"])
def test_a_bare_number_is_refused_with_an_example(bare):
    assert message(length=bare) == 'has no unit; give a length, e.g. "500 nm"'


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"length": "3 K"}, 'is not a length; give a length, e.g. "500 nm"'),
        ({"length": "3 nanometers of air"}, "has a unit that does not exist"),
        ({"length": "about 3 nm"}, "is not a number with a unit"),
        ({"length": "3 nm + 2 nm"}, "has a unit that does not exist"),
        ({"length": ["3 nm"]}, "is not a number with a unit"),
        ({"length": True}, "must not be true or false"),
        ({"length": "-3 nm"}, "must be greater than 0"),
        ({"length": "1e999 nm"}, "is larger than any number"),
        ({"length": "nan nm"}, "is not a number with a unit"),
        ({"length": "inf nm"}, "is not a number with a unit"),
        ({"angle": "50 %"}, 'is not an angle; give an angle, e.g. "90 deg"'),
        ({"ratio": "3 nm"}, "has a unit"),
        ({"ratio": 1}, "must be greater than -1 and less than 1"),
        ({"ratio": math.nan}, "must be a finite number"),
        ({"ratio": "1e999"}, "is not a number; give a number without unit, e.g. 0.4"),
    ],
)
def test_what_is_wrong_is_said_in_words(given, reason):
    assert reason in message(**given)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([("m", 1), ("nm", 10**9), ("mm", 1000)]))
def test_every_finite_number_is_read_and_rounded_once(number, unit):
    name, per_metre = unit
    expected = float(Decimal(repr(number)) / per_metre)
    if number > 0 and expected > 0:
        assert Sample.model_validate({"length": f"{number!r} {name}"}).length == expected
    else:
        with pytest.raises(ValidationError):
            Sample.model_validate({"length": f"{number!r} {name}"})


@given(st.text(max_size=12))
def test_no_text_breaks_the_parser(text):
    """Whatever is written is a quantity or refused; the parser itself never fails."""
    try:
        assert math.isfinite(Sample.model_validate({"ratio": "0.1", "current": text}).current)
    except ValidationError:
        pass


def test_dumped_in_SI():
    assert Sample.model_validate({"length": "3 nm"}).model_dump(mode="json")["length"] == 3e-9


def test_the_schema_says_text_with_an_example():
    schema = Sample.model_json_schema()["properties"]["current"]
    assert schema["type"] == "string" and schema["examples"] == ["1 mA"]


@pytest.mark.parametrize("spoil", [lambda file: file.write_bytes(b"half"), lambda file: file.write_bytes(b"")])
def test_units_survive_a_cache_that_is_half_written(spoil, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for _ in range(2):
        assert float(units.__wrapped__().Quantity(1, "nm").to("m").magnitude) == 1e-9
    kept = list(tmp_path.rglob("*.pickle"))
    assert kept
    for file in kept:
        spoil(file)
    for _ in range(2):
        assert float(units.__wrapped__().Quantity(1, "nm").to("m").magnitude) == 1e-9


def test_units_need_no_cache(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert float(units.__wrapped__().Quantity(1, "nm").to("m").magnitude) == 1e-9


@pytest.mark.parametrize(
    ("text", "symbol"),
    [("5 mT", "T"), ("3 kV", "V"), ("2 uohm cm", "ohm m"), ("30 deg", "rad"), ("1 ns", "s"), ("40 cm^2/s", "m^2/s")],
)
def test_the_si_unit_of_a_column(text, symbol):
    assert si_symbol(split(text)[1]) == symbol
