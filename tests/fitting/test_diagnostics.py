"""What is said of a fit follows from chi-square: the full model is the measure of the formula only while the data bear it out."""

from io import StringIO

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import chi2

from spinfem.case.fit import Unknown
from spinfem.fitting.console import fit_parts
from spinfem.fitting.data import Data
from spinfem.fitting.diagnostics import warnings
from spinfem.fitting.estimate import Estimate
from spinfem.fitting.fit import FitResult
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


def result(full, formula=5.0, errors=True, prior=None, **more):
    """Of one unknown, with these chi-squares (formula: None where it does not apply)."""
    n = DEGREES + 1
    return FitResult(
        title="fit",
        unknowns=[Unknown("L", (), "m", 4e-7, 1e-8, 1e-6, prior)],
        data=Data(("R",) * n, "ohm", ({},) * n, np.ones(n), np.full(n, 0.1) if errors else None),
        full=estimate(full, 4e-7),
        formula=None if formula is None else estimate(formula, 3.8e-7),
        why="it is no valve",
        unit="ohm",
        solves=3,
        **more,
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


def test_a_prior_is_told_and_one_that_is_far_off_is_a_warning():
    near, far = (result(full=3.0, prior=prior) for prior in ((3.9e-7, 1e-8), (3e-7, 1e-8)))
    assert "L is 1.0 sigma above its prior, 390 nm ± 10 nm" in told(near) and "warning" not in told(near)
    assert any(
        "L is 10.0 sigma above its prior, 300 nm ± 10 nm; one of the two is wrong" in line for line in warnings(far)
    )
    assert summary(far)["parameters"]["L"]["prior"]["sigmas_off"] == pytest.approx(10)


@pytest.mark.parametrize("moved", [0.01, 0.2])
def test_what_new_meshes_change_is_told_and_much_is_a_warning(moved):
    given = result(full=3.0, remeshed=np.array([0, -moved, 0, 0, 0]))
    assert f"the model changes by at most {1e3 * moved:g} mΩ, {10 * moved:g} of the error of a value" in " ".join(
        told(given).split()
    )
    assert any("fit again with the start near these values" in line for line in warnings(given)) == (moved > 0.05)


def test_without_errors_the_mesh_is_compared_with_the_residuals():
    given = result(full=4.0 * 0.01**2, errors=False, remeshed=np.array([0, 0.001, 0, 0, 0]))
    assert given.moved == pytest.approx(0.1)
