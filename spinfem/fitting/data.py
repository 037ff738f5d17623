"""Measured data: a table whose headers say what a column is and in which unit, `separation [nm]`.

Columns are values of the case (by their path), measured numbers (by their name), and their standard uncertainties, `NAME error`, in
their unit or in % of the value. The table of a sweep has this form. Rows without a measured value are left out. How a file may be
written: `sheet.py`. Several files, each with what was set for all of its rows: `fit.data` of the case.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spinfem.case.faults import CaseError, Fault
from spinfem.case.fit import DataFile
from spinfem.case.headers import name_and_unit
from spinfem.case.quantity import unit_of, units
from spinfem.fitting.sheet import sheet_of

_STATUS = "status"  # the column in which the table of a sweep says which rows are done
_SECTIONS = (
    "materials",
    "temperature",
    "geometry",
    "mesh",
    "magnetic_field",
    "regions",
    "interfaces",
    "terminals",
    "solver",
)
_ERROR = " error"


@dataclass(frozen=True)
class Data:
    """n measured values of numbers of one unit. Everything in SI units, but `settings` as they stand in a case file."""

    names: tuple  # (n,) of the measured numbers
    unit: str  # in which the file counts them
    settings: tuple  # of each row: path -> value
    values: np.ndarray  # (n,)
    errors: np.ndarray | None  # (n,) standard uncertainties; None: not known

    @property
    def measured(self) -> tuple:
        """The names, each once."""
        return tuple(dict.fromkeys(self.names))

    @property
    def name(self) -> str:
        """Of all that was measured."""
        return ", ".join(self.measured)

    @property
    def paths(self) -> tuple:
        """Of the settings that some row has, each once."""
        return tuple(dict.fromkeys(path for setting in self.settings for path in setting))

    @property
    def varied(self) -> tuple:
        """The paths of which not all rows say the same."""
        return tuple(path for path in self.paths if len({str(setting.get(path)) for setting in self.settings}) > 1)

    def axis(self, path):
        """The numbers of one setting, (n,), in the unit of the first row, and that unit. Raises ValueError where it has none."""
        words = [str(setting.get(path, "")).split(" ", 1) for setting in self.settings]
        quantities = [units().Quantity(float(word[0]), unit_of(word[1] if len(word) > 1 else "")) for word in words]
        unit = words[0][1] if len(words[0]) > 1 else ""
        if not all(quantity.is_compatible_with(unit or "dimensionless") for quantity in quantities):
            raise ValueError(f"{path} is counted in different things")
        return np.array([float(quantity.to(unit or "dimensionless").magnitude) for quantity in quantities]), unit


def read_data(source, case):
    """The Data for a Case's fit. Raises CaseError, with the faults of all files.

    source: the path of a file, a pandas.DataFrame with such headers, or None: the files of `fit.data`.
    """
    if source is not None:
        return _joined([*_read(sheet_of(source), DataFile(file=""), case)], case)
    if not case.fit.data:
        message = "names no files; `spinfem fit CASE.yaml DATA.csv`, or `data: [DATA.csv]` in the case"
        raise CaseError([Fault("fit.data", None, message)])
    folder, parts, faults = case.source.folder if case.source else Path(), [], []
    for file in case.fit.data:
        try:
            parts += _read(sheet_of(folder / file.file), file, case)
        except CaseError as error:
            faults += error.faults
    if faults:
        raise CaseError(faults)
    return _joined(parts, case)


def _read(sheet, file, case):
    """Yields the Data of each measured column of a Sheet; file: what the case says of it."""
    try:
        yield from _data_of(sheet, file, case)
    except CaseError as error:
        raise CaseError(replace(fault, where=fault.where or sheet.name) for fault in error.faults) from None


def _joined(parts, case):
    """One Data of several."""
    names = tuple(name for part in parts for name in part.names)
    if lost := [name for name in case.fit.to if name not in names and not all(file.to for file in case.fit.data)]:
        raise CaseError([Fault("fit.to", name, "has no column in the data") for name in lost])
    first = parts[0]
    for part in parts:
        if not unit_of(part.unit or "dimensionless").is_compatible_with(first.unit or "dimensionless"):
            message = f"is counted in {part.unit or 'plain numbers'}, {first.name} in {first.unit or 'plain numbers'}"
            raise _fault(part.name, f"{message}; what is fitted at once has one unit")
        if (part.errors is None) != (first.errors is None):
            with_, without = (part, first) if first.errors is None else (first, part)
            message = "has no column of errors, though other data have; give them all, or none"
            raise _fault(without.name, f"{message} (there are some of {with_.name})")
    return Data(
        names=names,
        unit=first.unit,
        settings=tuple(setting for part in parts for setting in part.settings),
        values=np.concatenate([part.values for part in parts]),
        errors=None if first.errors is None else np.concatenate([part.errors for part in parts]),
    )


def _data_of(sheet, file, case):
    if len(sheet) == 0:
        raise _fault(sheet.name, "has no rows")
    of_sweep = _STATUS in sheet.columns
    if of_sweep:
        sheet = sheet.rows([status == "done" for status in sheet.columns[_STATUS]])
    meanings = case.fit.columns | file.columns
    columns = [column for header in sheet.columns if (column := _Column.of(header, meanings)).name is not None]
    measurable = [column for column in columns if observable_of(case, column.name)]
    settings = [column for column in columns if column.is_setting]
    if not of_sweep:
        _explained(case, [c for c in columns if c not in measurable and c not in settings])
    _once(columns)
    if twice := [column for column in settings if column.name in file.set]:
        raise CaseError(
            [Fault("data file", c.header, "is a column of a file for which `set` gives it, too") for c in twice]
        )
    errors = [column for column in measurable if column.of_error]
    for wanted in _wanted(sheet.name, file.to or case.fit.to, file.to, [c for c in measurable if not c.of_error]):
        _counted_alike(wanted, observable_of(case, wanted.name))
        error = next((column for column in errors if column.name == wanted.name), None)
        yield _of_column(sheet, wanted, error, settings, file.set, of_sweep)


def _of_column(sheet, wanted, error, settings, given, of_sweep):
    """The Data of one measured column. given: settings of all rows."""
    sheet = sheet.rows([entry is not None for entry in sheet.columns[wanted.header]])
    values = wanted.numbers(sheet)
    if len(values) == 0:
        raise _fault(wanted.header, "has no numbers")
    if error and of_sweep and error.header not in sheet.without_empty().columns:
        error = None
    texts = {column.name: column.texts(sheet) for column in settings}
    return Data(
        names=(wanted.name,) * len(values),
        unit=wanted.unit,
        settings=tuple(given | {name: entries[k] for name, entries in texts.items()} for k in range(len(values))),
        values=values,
        errors=_positive(error, sheet, wanted, values) if error else None,
    )


def observable_of(case, name):
    """The observable of a Case that measures the number `name`, None if there is none."""
    able = [o for o in case.observables if f"{name}.".startswith(f"{o.name}.")]
    return max(able, key=lambda o: len(o.name), default=None)


@dataclass(frozen=True)
class _Column:
    header: str
    name: str | None  # None: to be left out
    unit: str
    of_error: bool

    @classmethod
    def of(cls, header, meanings):
        name, unit = name_and_unit(header, meanings)
        if name in meanings:
            name = meanings[name]
        elif name.endswith(_ERROR) and meanings.get(name.removesuffix(_ERROR)):
            name = meanings[name.removesuffix(_ERROR)] + _ERROR
        if name is None:
            return cls(header, None, unit, False)
        return cls(header, name.removesuffix(_ERROR), unit, name.endswith(_ERROR))

    @property
    def is_setting(self):
        return self.name is not None and self.name.split(".")[0] in _SECTIONS and not self.of_error

    @property
    def quantity(self):
        """One of its unit, as a pint Quantity."""
        try:
            return units().Quantity(1, unit_of(self.unit or "dimensionless"))
        except ValueError as error:
            raise _fault(self.header, str(error)) from None

    def texts(self, sheet):
        """Its entries as they stand in a case file."""
        self._all_there(sheet)
        if not self.unit:
            return [_number_or_text(entry) for entry in sheet.columns[self.header]]
        self._plain_numbers(sheet)
        return [f"{_number_or_text(entry)!r} {self.unit}" for entry in sheet.columns[self.header]]

    def numbers(self, sheet):
        """Its entries in SI units, (n,)."""
        self._all_there(sheet)
        return self._plain_numbers(sheet) * float(self.quantity.to_base_units().magnitude)

    def _all_there(self, sheet):
        for entry, place in zip(sheet.columns[self.header], sheet.places, strict=True):
            if entry is None:
                message = "has no value; fill it in, or leave the whole row out (a row without a measured value is)"
                raise _fault(self.header, message, sheet, place)

    def _plain_numbers(self, sheet):
        found = np.array([_number(entry) for entry in sheet.columns[self.header]], dtype=float)
        for number, entry, place in zip(found, sheet.columns[self.header], sheet.places, strict=True):
            if not np.isfinite(number):
                message = f"holds {entry}, not a number; leave the entry empty where nothing was measured"
                raise _fault(self.header, message, sheet, place)
        return found


def _number(entry):
    try:
        return float(entry)
    except (TypeError, ValueError):
        return np.nan


def _number_or_text(entry):
    """An entry as YAML would read it: 300, 0.5, Cu @ 4.2 K."""
    for kind in (int, float):
        try:
            return kind(entry) if isinstance(entry, str) else entry
        except ValueError:
            continue
    return entry


def _counted_alike(wanted, observable):
    """Raises CaseError for a measured column whose unit cannot be that of the number."""
    unit = observable.unit_of(wanted.name)
    if unit is not None and not wanted.quantity.is_compatible_with(unit or "dimensionless"):
        given = f"in {wanted.unit}" if wanted.unit else "without unit"
        message = f"is given {given}, but {wanted.name} is counted in {unit or 'plain numbers'}"
        raise _fault(wanted.header, message + (f"; write the unit into the header: NAME [{unit}]" if unit else ""))


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


def _wanted(name, to, all_of, measured):
    """The measured columns that are fitted: those named in `to`, of which all in `all_of` must be there, or the only one there is."""
    names = [column.name for column in measured]
    found = [column for column in measured if column.name in to] if to else measured
    lost = [wanted for wanted in all_of if wanted not in names]
    if found and not lost and (to or len(found) == 1):
        return found
    what = f"has no column {' or '.join(lost or to)}" if to else "fit.to must name the measured number"
    raise _fault(name, f"{what}; measured numbers in the file: {', '.join(names) or 'none'}")


def _positive(column, sheet, wanted, values):
    """The standard uncertainties, (n,), in SI units."""
    relative = column.unit in ("%", "percent") and wanted.unit != column.unit
    if relative and wanted.quantity.dimensionless:
        message = f"can be % of the value or percentage points; give it in the unit of {wanted.header}"
        raise _fault(column.header, message)
    if not relative and not column.quantity.is_compatible_with(wanted.quantity):
        given, other = (f'in "{c.unit}"' if c.unit else "without unit" for c in (column, wanted))
        raise _fault(column.header, f"is counted {given}, but {wanted.header} {other}; errors may also be in %")
    numbers = column.numbers(sheet)
    for number, value, place in zip(numbers, values, sheet.places, strict=True):
        if not number > 0:
            raise _fault(column.header, "must hold positive numbers: standard uncertainties", sheet, place)
        if relative and value == 0:
            raise _fault(column.header, f"is in % of {wanted.header}, which is 0 here", sheet, place)
    return numbers * np.abs(values) if relative else numbers


def _fault(value, message, sheet=None, place=""):
    return CaseError([Fault("data file", str(value), message, f"{sheet.name}, {place}" if sheet else "")])
