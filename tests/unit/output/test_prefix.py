"""Scales that a person can read."""

import pytest

from spinfem.output.prefix import nice_length, prefixed


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
