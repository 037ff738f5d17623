"""Formulas in a case file, such as "tanh(x/(20*nm))" of the position or "1.7 + 0.007*T" of the temperature."""

import ast
from functools import cache

import numpy as np

CONSTANTS = {"nm": 1e-9, "um": 1e-6, "pi": np.pi}
POSITION = ("x", "y", "z")  # metres
FUNCTIONS = (
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "arcsinh", "arccosh",
    "arctanh", "exp", "expm1", "log", "log10", "log1p", "sqrt", "abs", "where",
)  # fmt: skip
_GRAMMAR = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Name, ast.Load, ast.Constant,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
)  # fmt: skip


@cache
def check(formula, variables=POSITION, example="tanh(x/(20*nm))") -> frozenset:
    """The names of the variables in a formula. Raises ValueError, in words, unless it is one of these variables and can be computed."""
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError):
        raise ValueError(f'"{formula}" is not a formula; give e.g. "{example}"') from None
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.BitXor):
            raise ValueError(f'"{formula}": a power is written **, not ^')
        if isinstance(node, ast.Name):
            _check_name(
                node.id, formula, FUNCTIONS if id(node) in called else (*variables, *CONSTANTS), id(node) in called
            )
        elif not isinstance(node, _GRAMMAR) or type(getattr(node, "value", 0)) not in (int, float):
            raise ValueError(f'"{formula}" may hold only numbers, + - * / **, comparisons, names and functions')
        elif isinstance(node, ast.Call) and (node.keywords or not isinstance(node.func, ast.Name)):
            raise ValueError(f'"{formula}": a function is called like sin(x)')
    try:
        evaluate(formula, {name: np.array([k * 1e-9]) for k, name in enumerate(variables, start=1)})
    except (TypeError, ValueError, KeyError, NotImplementedError, ZeroDivisionError, OverflowError) as error:
        raise ValueError(f'"{formula}" cannot be computed: {error}') from None
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)) & set(variables)


def _check_name(name, formula, known, is_called):
    if name not in known:
        what = "function" if is_called else "name"
        raise ValueError(f'"{formula}": there is no {what} {name}; there are {", ".join(known)}')


def evaluate(formula, values):
    """The values of a checked formula, floats of the shape that those of its variables have together; values: name -> array, SI."""
    import numexpr

    shape = np.broadcast_shapes(*(np.shape(value) for value in values.values()))
    # True division: numexpr would otherwise read 1/2 as C does. Sanitizing is done in `check`, more strictly.
    found = numexpr.evaluate(
        formula.strip(), local_dict=values | CONSTANTS, global_dict={}, truediv=True, sanitize=False
    )
    return np.broadcast_to(found, shape).astype(float)
