import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinfem.case import expression

POINTS = {"x": np.array([0.0, 20e-9, 40e-9]), "y": np.array([1e-9, 2e-9, 3e-9]), "z": np.array([0.0, 0.0, 5e-9])}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("0", [0, 0, 0]),
        ("1/2", [0.5] * 3),
        ("tanh(x/(20*nm))", np.tanh([0, 1, 2])),
        ("y/nm", [1, 2, 3]),
        ("-x**2/um**2", [0, -4e-4, -1.6e-3]),
        ("where(x > 30*nm, 1, -1)", [-1, -1, 1]),
        ("cos(pi)", [-1] * 3),
    ],
)
def test_formulas_are_computed(formula, expected):
    expression.check(formula)
    values = expression.evaluate(formula, POINTS)
    assert values.dtype == float
    np.testing.assert_allclose(values, expected, rtol=1e-12)


def test_no_points():
    assert expression.evaluate("x", dict.fromkeys("xyz", np.zeros(0))).shape == (0,)


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("x^2", "a power is written"),
        ("r/nm", "there is no name r; there are x, y, z, nm, um, pi"),
        ("tan h(x)", "is not a formula"),
        ("foo(x)", "there is no function foo"),
        ("__import__('os')", "there is no function __import__|may hold only"),
        ("x.real", "may hold only"),
        ("x[0]", "may hold only"),
        ("[x]", "may hold only"),
        ("'x'", "may hold only"),
        ("lambda: x", "may hold only"),
        ("x if y else z", "may hold only"),
        ("sin(x, out=y)", "may hold only|called like"),
        ("sin", "there is no name sin"),
        ("sin(x, y)", "cannot be computed"),
        ("1/0", "cannot be computed"),
        ("", "is not a formula"),
    ],
)
def test_what_is_no_formula_of_position_is_refused(formula, reason):
    with pytest.raises(ValueError, match=reason):
        expression.check(formula)


@given(st.text(alphabet="xyz0123456789.+-*/()<>= nmupisqrttah", max_size=15))
def test_no_text_breaks_the_check(text):
    if "**" in text:  # towers of powers take for ever, in any calculator
        return
    try:
        expression.check(text)
    except ValueError:
        pass
