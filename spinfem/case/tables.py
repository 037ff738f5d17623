"""Small tables of numbers in CSV files: a head with names and units, lines of numbers, comments after #."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np

from spinfem.case.headers import name_and_unit


@dataclass(frozen=True)
class Columns:
    """Name -> (unit, numbers) of the columns of a file."""

    file: str
    columns: dict[str, tuple[str, tuple[Decimal, ...]]]

    @property
    def names(self):
        """Of the columns, without units."""
        return list(self.columns)

    def unit(self, name) -> str:
        """That of a column; "" where its head has none."""
        return self.columns[name][0]

    def si(self, name, counter) -> np.ndarray:
        """A column in SI units; counter(unit) -> the function that converts a number. Raises ValueError."""
        unit, numbers = self.columns[name]
        try:
            convert = counter(unit)
            return np.array([convert(number) for number in numbers])
        except (ValueError, ArithmeticError) as error:
            raise ValueError(f'{self.file}: its column "{name}" {error}') from None


def read_columns(path) -> Columns:
    """The Columns of a CSV file, read anew only where the file has changed. Raises ValueError."""
    try:
        status = path.stat()
        return _read(path, (status.st_mtime_ns, status.st_size))
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not text") from None


@lru_cache(maxsize=32)
def _read(path, stamp):
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    lines = [line for line in (line.split("#")[0].strip() for line in lines) if line]
    if len(lines) < 2:
        raise ValueError(
            f"{path.name} needs a line of heads, e.g. temperature [K], resistivity [uohm cm], and lines of numbers"
        )
    separator = next((mark for mark in ";\t" if mark in lines[0]), ",")
    head, *rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    heads = [name_and_unit(cell) for cell in head]
    names = [name for name, _ in heads]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"{path.name} has two columns {twice[0]}")
    numbers = [_numbers(path, names, line, row) for line, row in enumerate(rows, start=1)]
    return Columns(
        path.name,
        dict(zip(names, zip((unit for _, unit in heads), zip(*numbers, strict=True), strict=True), strict=True)),
    )


def _numbers(path, names, line, row):
    if len(row) != len(names):
        raise ValueError(f"{path.name}: line {line} of its numbers has {len(row)} entries, its head has {len(names)}")
    found = []
    for name, cell in zip(names, row, strict=True):
        try:
            number = Decimal(cell)
        except ArithmeticError:
            number = Decimal("nan")
        if not number.is_finite():
            raise ValueError(f'{path.name}: line {line} of its numbers has "{cell}" as {name}, which is no number')
        found.append(number)
    return found
