"""Measured data: a CSV file whose headers say what a column is and in which unit, `separation [nm]`.

Columns are values of the case (by their path), measured numbers (by their name), and their standard uncertainties, `NAME error`. The
table of a sweep has this form. Lines that begin with # are comments. Rows without a measured value are left out.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from spinfem.case.faults import CaseError, Fault
from spinfem.case.quantity import unit_of, units

_HEADER = re.compile(r"(?P<name>.*?)\s*(?:\[(?P<unit>[^\]]*)\])?\s*")
_STATE = "state"  # the column in which the table of a sweep says which rows are done
_SECTIONS = ("geometry", "mesh", "regions", "interfaces", "terminals", "solver")
_ERROR = " error"


@dataclass(frozen=True)
class Data:
    """n measured values of one number. Everything in SI units, but `settings` as they stand in a case file."""

    name: str  # of the measurement
    unit: str  # in which the file counts it
    settings: tuple  # of each row: path -> value
    values: np.ndarray  # (n,)
    errors: np.ndarray | None  # (n,) standard uncertainties; None: not known

    def axis(self, path):
        """The numbers of one setting, (n,), in the unit of the file, and that unit. Raises ValueError where it has none."""
        words = [str(setting[path]).split(" ", 1) for setting in self.settings]
        return np.array([float(word[0]) for word in words]), words[0][1] if len(words[0]) > 1 else ""


def read_data(source, case):
    """The Data for a Case's fit, from the path of a CSV file or a pandas.DataFrame with such headers. Raises CaseError."""
    frame = source if isinstance(source, pd.DataFrame) else _read(source)
    frame = frame.dropna(axis=0, how="all")
    if len(frame) == 0:
        raise _fault(_named(source), "has no rows")
    frame = frame.dropna(axis=1, how="all")
    of_sweep = _STATE in frame
    if of_sweep:
        frame = frame[frame[_STATE] == "done"]
    columns = [column for header in frame.columns if (column := _Column.of(header, case.fit.columns)).name is not None]
    measurable = [column for column in columns if observable_of(case, column.name)]
    settings = [column for column in columns if column.is_setting]
    if not of_sweep:
        _explained(case, [c for c in columns if c not in measurable and c not in settings])
    _once(columns)
    wanted = _wanted(source, case, [column for column in measurable if not column.of_error])
    frame = frame[frame[wanted.header].notna()]
    values = wanted.numbers(frame)
    if len(values) == 0:
        raise _fault(wanted.header, "has no numbers")
    errors = [column for column in measurable if column.of_error and column.name == wanted.name]
    return Data(
        name=wanted.name,
        unit=wanted.unit,
        settings=tuple(
            {column.name: text for column, text in zip(settings, row, strict=True)}
            for row in zip(*(column.texts(frame) for column in settings), strict=True)
        )
        if settings
        else ({},) * len(values),
        values=values,
        errors=_positive(errors[0], frame, wanted) if errors else None,
    )


def observable_of(case, name):
    """The observable of a Case that measures the number `name`, None if there is none."""
    able = [o for o in case.observables if f"{name}.".startswith(f"{o.name}.")]
    return max(able, key=lambda o: len(o.name), default=None)


def _read(path):
    try:
        frame = pd.read_csv(path, comment="#", skipinitialspace=True, encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        reason = getattr(error, "strerror", None) or str(error).strip()
        raise _fault(path, f"cannot be read as a table: {reason}") from None
    separators = "columns are separated by commas, decimals by points"
    if not isinstance(frame.index, pd.RangeIndex):
        raise _fault(path, f"has rows with more entries than headers; {separators}")
    if len(frame.columns) == 1 and ";" in str(frame.columns[0]):
        raise _fault(path, f"has semicolons; {separators}")
    return frame


@dataclass(frozen=True)
class _Column:
    header: str
    name: str | None  # None: to be left out
    unit: str
    of_error: bool

    @classmethod
    def of(cls, header, meanings):
        parts = _HEADER.fullmatch(str(header).strip())
        name, unit = parts["name"], parts["unit"] or ""
        if name in meanings:
            name = meanings[name]
        elif name.endswith(_ERROR) and meanings.get(name.removesuffix(_ERROR)):
            name = meanings[name.removesuffix(_ERROR)] + _ERROR
        if name is None:
            return cls(header, None, unit, False)
        return cls(header, name.removesuffix(_ERROR), unit, name.endswith(_ERROR))

    @property
    def is_setting(self):
        return self.name.split(".")[0] in _SECTIONS and not self.of_error

    @property
    def quantity(self):
        """One of its unit, as a pint Quantity."""
        try:
            return units().Quantity(1, unit_of(self.unit or "dimensionless"))
        except ValueError as error:
            raise _fault(self.header, str(error)) from None

    def texts(self, frame):
        """Its entries as they stand in a case file."""
        self._all_there(frame)
        if not self.unit:
            return frame[self.header].tolist()
        self._plain_numbers(frame)
        return [f"{value!r} {self.unit}" for value in pd.to_numeric(frame[self.header]).tolist()]

    def numbers(self, frame):
        """Its entries in SI units, (n,)."""
        self._all_there(frame)
        return self._plain_numbers(frame) * float(self.quantity.to_base_units().magnitude)

    def _all_there(self, frame):
        if (missing := frame[self.header].isna()).any():
            raise _fault(self.header, f"row {missing.idxmax() + 1} has no value")

    def _plain_numbers(self, frame):
        found = pd.to_numeric(frame[self.header], errors="coerce").to_numpy(dtype=float)
        if (bad := ~np.isfinite(found)).any():
            row = int(bad.argmax())
            raise _fault(self.header, f"row {frame.index[row] + 1} holds {frame[self.header].iloc[row]}, not a number")
        return found


def _explained(case, unknown):
    names = ", ".join(observable.name for observable in case.observables) or "nothing"
    faults = []
    for column in unknown:
        message = (
            f"is neither a value of the case, such as geometry.parameters.separation, nor measured by it ({names}); "
            "say what it is in fit.columns, or leave it out: `columns: {HEADER: null}`"
        )
        if column.of_error:
            message = "is the error of nothing that the case measures; errors of settings are not taken into account"
        faults.append(Fault("data file", column.header, message))
    if faults:
        raise CaseError(faults)


def _once(columns):
    seen = {}
    for column in columns:
        first = seen.setdefault((column.name, column.of_error), column)
        if first is not column:
            raise _fault(column.header, f"says the same as the column {first.header}; name it once")


def _wanted(source, case, measured):
    names = [column.name for column in measured]
    if case.fit.to is None and len(names) == 1:
        return measured[0]
    if case.fit.to in names:
        return measured[names.index(case.fit.to)]
    what = "fit.to must name the measured number" if case.fit.to is None else f"has no column {case.fit.to}"
    raise _fault(_named(source), f"{what}; measured numbers in the file: {', '.join(names) or 'none'}")


def _named(source):
    return "the table" if isinstance(source, pd.DataFrame) else source


def _positive(column, frame, wanted):
    if not column.quantity.is_compatible_with(wanted.quantity):
        given, other = (f'in "{c.unit}"' if c.unit else "without unit" for c in (column, wanted))
        raise _fault(column.header, f"is counted {given}, but {wanted.header} {other}")
    errors = column.numbers(frame)
    if not np.all(errors > 0):
        raise _fault(column.header, "must hold positive numbers: standard uncertainties")
    return errors


def _fault(value, message):
    return CaseError([Fault("data file", str(value), message)])
