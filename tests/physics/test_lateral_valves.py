"""The script behind the table of Al, Cu and Au valves in docs/fitting.md, and what its case promises."""

import importlib.util

import numpy as np
import pytest

from tests.commands import TREE

spec = importlib.util.spec_from_file_location("lateral_valves", TREE / "docs" / "lateral_valves.py")
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)


def test_one_dimension_finds_the_length_of_three_and_a_smaller_polarization():
    """Aluminium at 300 K, as the case and the page say; as many valves as unknowns, so the fit is exact."""
    lengths, signals, settings = script.valves("Al", "300 K", ["300 nm", "900 nm"])
    formula, bias, misfit = script.compared(signals, settings)
    assert signals[0] == pytest.approx(2.61e-3, rel=0.01)
    assert formula / signals == pytest.approx([1.31, 1.30], abs=0.02)
    assert bias["l_sf"] == pytest.approx(0, abs=0.03) and bias["P_eff"] == pytest.approx(-0.11, abs=0.02)
    assert misfit < 1e-6
    for factors, expected in (((1, 1), formula), ((1 + bias["l_sf"], 1 + bias["P_eff"]), signals)):
        assert script.line("Al", "300 K", *factors, lengths * 1e-9) == pytest.approx(expected, rel=1e-5)


def test_the_page_has_a_row_for_each_valve():
    table = script.PAGE.read_text(encoding="utf-8").split(script.BEGIN)[1].split(script.END)[0]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[2:]]
    assert rows == [f"Py/{metal}, {t}" for t in script.TEMPERATURES for metal in script.sweep()]


def test_the_sweep_has_what_a_fit_needs():
    assert all(len(np.unique(separations)) >= 4 for separations in script.sweep().values())
