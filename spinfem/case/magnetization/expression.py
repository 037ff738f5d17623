"""Formulas of position in a case file, such as "tanh(x/(20*nm))"."""

import ast
from functools import cache

import numpy as np

CONSTANTS = {"nm": 1e-9, "um": 1e-6, "pi": np.pi}
VARIABLES = ("x", "y", "z")  # metres
FUNCTIONS = (
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "arcsinh", "arccosh",
    "arctanh", "exp", "expm1", "log", "log10", "log1p", "sqrt", "abs", "where",
)  # fmt: skip
_GRAMMAR = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Name, ast.Load, ast.Constant,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
)  # fmt: skip


@cache
def check(formula) -> None:
    """Raises ValueError, in words, unless `formula` is one of x, y, z that can be computed."""
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError):
        raise ValueError(f'"{formula}" is not a formula; give e.g. "tanh(x/(20*nm))"') from None
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.BitXor):
            raise ValueError(f'"{formula}": a power is written **, not ^')
        if isinstance(node, ast.Name):
            _check_name(node.id, formula, id(node) in called)
        elif not isinstance(node, _GRAMMAR) or type(getattr(node, "value", 0)) not in (int, float):
            raise ValueError(f'"{formula}" may hold only numbers, + - * / **, comparisons, names and functions')
        elif isinstance(node, ast.Call) and (node.keywords or not isinstance(node.func, ast.Name)):
            raise ValueError(f'"{formula}": a function is called like sin(x)')
    try:
        evaluate(formula, np.array([[1e-9], [2e-9], [3e-9]]))
    except (TypeError, ValueError, KeyError, NotImplementedError, ZeroDivisionError, OverflowError) as error:
        raise ValueError(f'"{formula}" cannot be computed: {error}') from None


def _check_name(name, formula, is_called):
    known = FUNCTIONS if is_called else (*VARIABLES, *CONSTANTS)
    if name not in known:
        what = "function" if is_called else "name"
        raise ValueError(f'"{formula}": there is no {what} {name}; there are {", ".join(known)}')


def evaluate(formula, points):
    """The values, (n,), of a checked formula at points (3, n) in metres."""
    import numexpr

    names = dict(zip(VARIABLES, points, strict=True)) | CONSTANTS
    # True division: numexpr would otherwise read 1/2 as C does. Sanitizing is done in `check`, more strictly.
    values = numexpr.evaluate(formula.strip(), local_dict=names, global_dict={}, truediv=True, sanitize=False)
    return np.broadcast_to(values, points.shape[1:]).astype(float)
