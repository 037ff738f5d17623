"""Between Python's values and those of a case file: numbers in SI units, text with units, pint quantities."""

import os

import numpy as np
import pint

from spinfem.case.overrides import path_text
from spinfem.case.sweep import override


def plain(value):
    """A value as a case file would hold it: pint quantities as text with their unit, arrays as lists. Raises TypeError."""
    match value:
        case pint.Quantity():
            return _with_unit(value)
        case None | bool() | int() | float() | str():
            return value
        case np.ndarray() | np.generic():
            return plain(value.tolist())
        case os.PathLike():
            return os.fspath(value)
        case dict():
            return {str(key): plain(entry) for key, entry in value.items()}
        case list() | tuple():
            return [plain(entry) for entry in value]
    raise TypeError(f"a case holds text, numbers, pint quantities, lists and dicts of these, not {value!r}")


def _with_unit(quantity):
    magnitude = quantity.magnitude
    if np.ndim(magnitude):
        return [_with_unit(entry) for entry in quantity]
    number = float(magnitude)
    return number if quantity.unitless else f"{number!r} {quantity.units:~}"


def setting(path, value):
    """PATH=VALUE, as --set takes it. path: text with dots, or a tuple of keys and numbers."""
    if not isinstance(path, str):
        path = path_text(path)
    return override(path, plain(value))


def quantity(value, unit):
    """The pint Quantity (of the application's registry) of a number, or of several: an array."""
    return pint.Quantity(np.asarray(value, dtype=float) if np.ndim(value) else float(value), unit)
