"""What may stand for a value. In a case file: text, numbers, lists and mappings, a quantity always with its unit. In Python also pint quantities,
arrays and paths, and a bare number for a quantity counts in SI units."""

import os

import numpy as np


def from_file(info) -> bool:
    """Is it a case file that is being checked? Its reader says so in the context of the validation; without a word we are in Python."""
    return bool((info.context or {}).get("file"))


def plain(value):
    """A value of Python as a case file holds it: pint quantities (of any registry) as text with their unit, arrays as lists. Others stay."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if hasattr(value, "magnitude") and hasattr(value, "units"):
        return _with_unit(value)
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _with_unit(quantity):
    if np.ndim(quantity.magnitude):
        return [_with_unit(entry) for entry in quantity]
    if hasattr(quantity.magnitude, "nominal_value"):
        raise ValueError("has an error, and a case holds numbers without; take its `value`")
    if np.iscomplexobj(quantity.magnitude):
        raise ValueError("is complex, and a case holds real numbers")
    number = float(
        quantity.magnitude
    )  # as text it has no unit either, where a bare number of Python counts in SI units
    return repr(number) if str(quantity.units) == "dimensionless" else f"{number!r} {quantity.units:~}"
