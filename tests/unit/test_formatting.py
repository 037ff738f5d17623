"""Numbers as a person reads them: prefixes, and the digits that their errors justify."""

import math

import pytest

from spinfem.formatting import (
    axis_name,
    axis_or_vector,
    duration,
    humanize,
    nice_length,
    plain,
    prefixed,
    quantity,
    value_and_error,
)


@pytest.mark.parametrize(
    ("value", "error", "unit", "expected"),
    [
        (2.2697e-3, 1.3e-5, "V", ("2.270 mV", "± 0.013 mV")),
        (2.2697e-3, 0.96e-4, "ohm", ("2.270 mΩ", "± 0.096 mΩ")),
        (2300, 1300, "V", ("2.3 kV", "± 1.3 kV")),
        (-9.96, 0.0996, "V", ("−9.96 V", "± 0.10 V")),
        (2.269770285522398e-3, 1.9e-14, "V", ("2.269770 mV", "± 19 fV")),
        (5e-3, 7.0, "V", ("0.0 V", "± 7.0 V")),
        (0.0, 0.0, "A", ("0 A", "± 0")),
        (1.5e-3, None, "ohm", ("1.50000 mΩ", "")),
        (math.nan, 1.0, "ohm", ("–", "")),
        (None, None, "ohm", ("–", "")),
        (0.7, 0.01, "rad", ("40.11°", "± 0.57°")),
        (-4.4624e-21, 1.3e-23, "N m", ("−4.462 × 10⁻²¹ N m", "± 0.013 × 10⁻²¹ N m")),
        (3.19e-15, 1.2e-17, "ohm m^2", ("3.190 fΩ m²", "± 0.012 fΩ m²")),
        ((0.0, 1.4514e-4, 1e-20), 1.6e-6, "A", ("(0, 145.1, 0) µA", "± 1.6 µA")),
        (0.36, 0.012, "", ("0.360", "± 0.012")),
        (999.9999e-9, 1e-9, "V", ("1.0000 µV", "± 0.0010 µV")),
    ],
)
def test_value_and_error(value, error, unit, expected):
    assert value_and_error(value, error, unit) == expected


def test_numbers_of_the_case_keep_their_own_digits():
    assert [quantity(7.1e7, "S/m"), quantity(1e-6, "m"), quantity(math.pi / 2, "rad")] == ["71 MS/m", "1 µm", "90°"]
    assert [plain(0.36), plain(1.234e-12), plain(-0.0), plain(347, 2), plain(None)] == [
        "0.36",
        "1.23 × 10⁻¹²",
        "0",
        "350",
        "–",
    ]
    assert [duration(0.034), duration(42), duration(342), duration(7300)] == [
        "0.034 s",
        "42 s",
        "5 min 42 s",
        "2 h 1 min",
    ]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (4.2e-3, "ohm", "4.2 mΩ"),
        (1e-15, "ohm m^2", "1 fΩ m²"),
        (98e-4, "m^2/s", "0.0098 m²/s"),
        (3e22, "1/m^3", "3e+22 1/m³"),
        (7.1e7, "S/m", "71 MS/m"),
        (0.0, "V", "0 V"),
        (-5e-7, "m", "-500 nm"),
        (9.99999e-7, "m", "1 µm"),
        (math.pi / 2, "rad", "90°"),
        (0.35, "", "0.35"),
        (1e-30, "A", "1e-12 aA"),
    ],
)
def test_humanize(value, unit, text):
    assert humanize(value, unit) == text


@pytest.mark.parametrize(
    ("value", "text"), [(4.8e-4, "480 µΩ"), (4.83e-4, "480 µΩ"), (1.26e-7, "130 nΩ"), (0.0, "0 Ω")]
)
def test_errors_have_two_digits_without_powers_of_ten(value, text):
    assert humanize(value, "ohm", digits=2) == text


@pytest.mark.parametrize(
    ("largest", "unit", "expected"),
    [
        (3.2e-5, "V", (1e6, "µV")),
        (1.0, "V", (1.0, "V")),
        (0.0, "V", (1.0, "V")),
        (2.5e11, "A/m²", (1e-9, "$10^{9}$ A/m²")),
        (999e-9, "V", (1e9, "nV")),
    ],
)
def test_prefix(largest, unit, expected):
    factor, text = prefixed(largest, unit)
    assert (pytest.approx(factor), text) == expected


@pytest.mark.parametrize(("length", "nice"), [(730, 500), (199, 100), (20, 20), (0.06, 0.05)])
def test_nice_length(length, nice):
    assert nice_length(length) == pytest.approx(nice)


@pytest.mark.parametrize(
    ("direction", "exactly", "nearly"),
    [
        ((0.0, -1.0, 0.0), "-y", "−y"),
        ((0.0, 1e-10, 1.0), "[0, 1e-10, 1]", "+z"),
        ((0.6, -0.8, -0.0), "[0.6, -0.8, -0]", "(0.6, −0.8, 0)"),
    ],
)
def test_directions(direction, exactly, nearly):
    assert (axis_or_vector(direction), axis_name(direction)) == (exactly, nearly)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1.36e10, "1/m", "13.6 1/nm"),
        (4.3e5, "1/m", "0.43 1/µm"),
        (-2e6, "1/m", "-2 1/µm"),
        (3.0, "1/m", "3 1/m"),
        (0.0, "1/m", "0 1/m"),
        (3.204353268e-19, "J", "2 eV"),
        (2e-15, "J", "2 fJ"),
        (0.0, "J", "0 J"),
    ],
)
def test_wave_numbers_and_energies_of_electrons_are_told_as_people_count_them(value, unit, expected):
    assert humanize(value, unit) == expected
    assert quantity(value, unit) == expected.replace("-", "−")
