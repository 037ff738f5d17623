"""The script behind the table of docs/fitting.md: what the one-dimensional formula finds behind tunnel contacts is known exactly."""

import importlib.util

import numpy as np
import pytest

from tests.commands import TREE

spec = importlib.util.spec_from_file_location("formula_bias", TREE / "docs" / "formula_bias.py")
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)


def test_wide_tunnel_contacts_enhance_the_polarization(monkeypatch):
    monkeypatch.setattr(script, "GAPS", (150, 500))
    monkeypatch.delitem(script.CONTACTS, "transparent")
    off = script.bias(300, resolution=4)["tunnel"]
    half = 300 / (2 * script.LAMBDA)
    assert off["lambda_N"] == pytest.approx(0, abs=2e-3)
    assert off["P_F"] == pytest.approx(np.sinh(half) / half - 1, abs=3e-3)


def test_the_page_has_a_row_for_each_width():
    table = script.PAGE.read_text(encoding="utf-8").split(script.BEGIN)[1].split(script.END)[0]
    assert [line.split(" nm")[0] for line in table.splitlines()[2:]] == [f"| {width}" for width in script.WIDTHS]
