"""What is said of a fit follows from chi-square: the full model is the measure of the formula only while the data bear it out."""

from io import StringIO
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import chi2

from spinfem.fitting.console import fit_parts
from spinfem.fitting.diagnostics import warnings
from spinfem.fitting.estimate import Estimate
from spinfem.fitting.write import summary

DEGREES = 4


def estimate(chi_square, value):
    return Estimate(
        values=np.array([value]),
        covariance=np.array([[1e-18]]),
        half_widths=np.array([2e-9]),
        predicted=np.ones(DEGREES + 1),
        chi_square=chi_square,
        degrees_of_freedom=DEGREES,
        at_a_limit=np.array([False]),
        evaluations=3,
        converged=True,
    )


def result(full, formula=5.0, errors=True):
    """Of one unknown, with these chi-squares (formula: None where it does not apply)."""
    data = SimpleNamespace(name="R", values=np.ones(DEGREES + 1), errors=np.full(DEGREES + 1, 0.1) if errors else None)
    return SimpleNamespace(
        title="fit",
        unknowns=[SimpleNamespace(name="L", unit="m", low=1e-8, high=1e-6, start=4e-7, paths=())],
        data=data,
        full=estimate(full, 4e-7),
        formula=None if formula is None else estimate(formula, 3.8e-7),
        why="it is no valve",
        unit="ohm",
        solves=3,
    )


def told(of):
    console = Console(width=200, record=True, file=StringIO())
    for part in fit_parts(of, "out"):
        console.print(part)
    return console.export_text()


def test_a_full_model_that_agrees_is_the_measure_of_the_formula():
    said = told(result(full=3.0))
    assert "formula is off by" in said and "-5.0 %" in said and "warning" not in said
    assert f"the full model reaches chi² = 3, p = {chi2.sf(3.0, DEGREES):.2g}: it agrees with the data" in said


@pytest.mark.parametrize(
    ("chi_square", "verdict"), [(12.0, "hardly agrees with the data"), (100.0, "does not describe the data")]
)
def test_a_full_model_that_the_data_contradict_is_no_truth(chi_square, verdict):
    said = told(result(chi_square, formula=chi_square))
    assert "is off by" not in said and "formula differs by" in said and f"it {verdict}" in said
    assert ("the full model misses the data" in said) == (chi_square == 100.0)


def test_nor_is_one_that_the_formula_beats():
    given = result(full=8.0, formula=1.0)
    assert "formula differs by" in told(given)
    assert any("the formula describes the data better than the full model" in words for words in warnings(given))


def test_without_errors_there_is_no_test_and_no_truth():
    given = result(full=3.0, errors=False)
    said = told(given)
    assert "formula differs by" in said and "agrees" not in said and "p =" not in said
    assert summary(given)["full_model"]["chance"] is None


def test_a_fit_without_the_formula_is_judged_too():
    said = told(result(full=100.0, formula=None))
    assert "does not apply: it is no valve" in said and "does not describe the data" in said


def test_the_chance_is_written():
    found = summary(result(full=3.0, formula=100.0))
    assert found["full_model"]["chance"] == pytest.approx(chi2.sf(3.0, DEGREES))
    assert found["formula"]["chance"] == pytest.approx(chi2.sf(100.0, DEGREES))
