"""The script behind the table of Hanle fits in docs/fitting.md: what the formulas find on both devices is known from exact solutions in one dimension."""

import importlib.util
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import least_squares

from spinfem.theory import hanle
from spinfem.theory.lateral_valve import Contact, Wire
from tests.commands import TREE

spec = importlib.util.spec_from_file_location("hanle_bias", TREE / "docs" / "hanle_bias.py")
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)

LAMBDA, TAU, AREA = (
    500e-9,
    100e-12,
    50e-9 * 100e-9,
)  # the wire and the contacts are 50 nm wide or thick, and 100 nm deep
FIELDS = (0, 40, 80, 150, 300)
TURNS = hanle.turning(np.array(FIELDS) / 1e3, TAU)
CONTACT = Contact(5e6, 20e-9, 0.35, AREA)


def found(formula, exact):
    """(tau, D) over the truth by `formula(wire, contact, tau)` fitted to an exact curve."""

    def off(x):
        length, tau, size = x
        wire = Wire(5e7, length * LAMBDA, AREA)
        return (formula(wire, replace(CONTACT, polarization=0.35 * size), tau * TURNS) - exact) / exact[0]

    length, tau, _ = least_squares(off, (1, 1, 1), bounds=((0.1, 0.02, 0.03), (10, 50, 2.8))).x
    return tau, length**2 / tau


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(script, "FIELDS", FIELDS)


def test_a_wire_that_ends_is_that_of_the_exact_solution(few):
    """v'' = k² v between reflecting ends a beyond contacts at a distance L: cosh²(ka)/(k sinh(k(L + 2a))) stands for exp(-kL)/2k."""
    beyond = 0.5 + script.WIDTH / 2 / script.LAMBDA
    k = np.sqrt(1 + 1j * TURNS)
    exact = 0.5 * (np.cosh(k * beyond) ** 2 / (k * np.sinh(k * (1 + 2 * beyond)))).real
    expected = found(
        lambda wire, contact, turn: (
            contact.polarization
            * wire.spin_diffusion_length
            / LAMBDA
            * hanle.bracket(LAMBDA / wire.spin_diffusion_length, turn)
        ),
        exact,
    )
    off = script.bias(script.case_of("tunnel", 1, 0.5, 4))["tunnel"]
    assert (off["tau"], off["D"]) == pytest.approx(expected, rel=5e-3)
    assert off["tau"] > 1.2 and off["D"] < 0.8


def test_transparent_contacts_absorb_spins_across_the_magnets(few):
    wire, absorber = Wire(5e7, LAMBDA, AREA), hanle.Absorber(CONTACT, (0, 0, 1), 1e6)
    exact = np.array([hanle.absorbing_contacts(wire, absorber, absorber, LAMBDA, (turn, 0, 0)) for turn in TURNS])
    off = script.bias(script.case_of("transparent", 1, 8, 4))
    for kind, formula in (("tunnel", hanle.independent_contacts), ("contacts", hanle.finite_contacts)):
        expected = found(lambda w, c, turn, formula=formula: formula(w, c, c, LAMBDA, turn), exact)
        assert off[kind]["tau"] == pytest.approx(expected[0], rel=0.05)
        assert off[kind]["D"] == pytest.approx(expected[1], rel=0.15)
    assert off["tunnel"]["tau"] < 0.5


def test_the_page_has_a_row_for_each_device():
    table = script.PAGE.read_text(encoding="utf-8").split(script.BEGIN)[1].split(script.END)[0]
    rows = [line.split(" lambda")[0] for line in table.splitlines() if " lambda |" in line]
    assert rows == [f"| {size:g}" for size in (*script.ENDS, *script.DISTANCES)]
