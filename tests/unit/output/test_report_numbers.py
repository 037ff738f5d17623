"""Numbers with the digits that their errors justify."""

import math

import pytest

from spinfem.output.report.numbers import duration, plain, quantity, value_and_error


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
