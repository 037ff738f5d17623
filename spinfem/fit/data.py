"""Measured data: a CSV file whose headers say what a column is and in which unit, `separation [nm]`.

Columns are values of the case (by their path), measured numbers (by their name), and their standard uncertainties, `NAME error`. The
table of a sweep has this form. Lines that begin with # are comments.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from spinfem.case.faults import CaseError, Fault
from spinfem.case.quantity import unit_of, units

_HEADER = re.compile(r"(?P<name>.*?)\s*(?:\[(?P<unit>[^\]]*)\])?\s*")
_OF_SWEEPS = ("point", "run", "state")
_SECTIONS = ("geometry", "regions", "interfaces", "terminals")


@dataclass(frozen=True)
class Data:
    """n measured values of one number. Everything in SI units, but `settings` as they stand in a case file."""

    name: str  # of the measurement
    unit: str  # in which the file counts it
    settings: tuple  # of each row: path -> value
    values: np.ndarray  # (n,)
    errors: np.ndarray | None  # (n,) standard uncertainties; None: not known

    def axis(self, path):
        """The numbers of one setting, (n,), in the unit of the file, and that unit."""
        words = [str(setting[path]).split(" ", 1) for setting in self.settings]
        return np.array([float(word[0]) for word in words]), words[0][1] if len(words[0]) > 1 else ""


def read_data(path, case):
    """The Data of a file for a Case's fit. Raises CaseError."""
    try:
        frame = pd.read_csv(path, comment="#", skipinitialspace=True)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise _fault(path, f"cannot be read as a table: {error}") from None
    if "state" in frame:
        frame = frame[frame["state"] == "done"]
    columns = [_Column.of(header, case.fit.columns) for header in frame.columns]
    names = [observable.name for observable in case.observables]
    for column in columns:
        if not (column.is_setting or column.is_measured(names) or column.name in _OF_SWEEPS):
            message = (
                "is neither a value of the case, such as geometry.parameters.separation, nor measured by it "
                f"({', '.join(names)}); say what it is in fit.columns"
            )
            raise _fault(column.header, message)
    wanted = _wanted(path, case, [c for c in columns if not c.of_error and c.is_measured(names)])
    frame = frame[pd.to_numeric(frame[wanted.header], errors="coerce").notna()]
    if len(frame) == 0:
        raise _fault(wanted.header, "has no numbers")
    errors = [c for c in columns if c.of_error and c.name == wanted.name]
    axes = [c for c in columns if c.is_setting]
    return Data(
        name=wanted.name,
        unit=wanted.unit,
        settings=tuple({axis.name: axis.text(row[axis.header]) for axis in axes} for _, row in frame.iterrows()),
        values=wanted.numbers(frame),
        errors=_positive(errors[0], frame) if errors else None,
    )


@dataclass(frozen=True)
class _Column:
    header: str
    name: str
    unit: str
    of_error: bool

    @classmethod
    def of(cls, header, meanings):
        parts = _HEADER.fullmatch(str(header))
        name, unit = parts["name"], parts["unit"] or ""
        of_error = name.endswith(" error")
        name = name.removesuffix(" error")
        return cls(str(header), meanings.get(name, name), unit, of_error)

    @property
    def is_setting(self):
        return self.name.split(".")[0] in _SECTIONS

    def is_measured(self, names):
        """By one of the observables of these names?"""
        return any(f"{self.name}.".startswith(f"{name}.") for name in names)

    def text(self, value):
        """As it stands in a case file."""
        value = value.item() if isinstance(value, np.generic) else value
        return f"{value!r} {self.unit}" if self.unit else value

    def numbers(self, frame):
        """In SI units."""
        try:
            factor = float(units().Quantity(1, unit_of(self.unit)).to_base_units().magnitude) if self.unit else 1.0
        except ValueError as error:
            raise _fault(self.header, str(error)) from None
        return pd.to_numeric(frame[self.header], errors="coerce").to_numpy(dtype=float) * factor


def _wanted(path, case, measured):
    names = [column.name for column in measured]
    if case.fit.to is None and len(names) == 1:
        return measured[0]
    if case.fit.to in names:
        return measured[names.index(case.fit.to)]
    what = "fit.to must name the measured number" if case.fit.to is None else f"has no column {case.fit.to}"
    raise _fault(path, f"{what}; measured numbers in the file: {', '.join(names) or 'none'}")


def _positive(column, frame):
    errors = column.numbers(frame)
    if not np.all(errors > 0):
        raise _fault(column.header, "must hold positive numbers: standard uncertainties")
    return errors


def _fault(value, message):
    return CaseError([Fault("data file", str(value), message)])
