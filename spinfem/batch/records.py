"""What a sweep keeps: a folder for each point, whole or not there, and the table of them all.

DIR/sweep.json      what is swept
DIR/points/0007/    results.json, case.yaml, tables, ...; or failed.json with the reason
DIR/table.csv       a row for each point that is done
DIR/NAME.png        the plots
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from spinfem.batch.points import Point
from spinfem.case.quantity import split, units
from spinfem.output.results import FAILED, RESULTS, complete_folder

MARK, TABLE = "sweep.json", "table.csv"
_AXES = "xyz"


@dataclass(frozen=True)
class Records:
    """The folder of a sweep."""

    folder: Path

    def begin(self, case, points):
        """Make the folder and say in it what is swept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        about = {"title": case.title, "axes": case.sweep.axes, "points": len(points)}
        (self.folder / MARK).write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def place(self, point: Point):
        """The folder of a point."""
        return self.folder / "points" / f"{point.number:04d}"

    def is_whole(self, point):
        """Is there a result of this very point?"""
        place = self.place(point)
        return (place / RESULTS).is_file() and (place / "case.yaml").read_text(encoding="utf-8") == point.text

    def fail(self, point, reason, comm):
        """Keep why a point has no result. Collective."""
        with complete_folder(self.place(point), comm) as unfinished:
            if comm.rank == 0:
                (unfinished / "case.yaml").write_text(point.text, encoding="utf-8")
                (unfinished / FAILED).write_text(json.dumps({"error": reason}, ensure_ascii=False) + "\n")

    def table(self, points):
        """One row for each point: number, values of the axes, state, then each measurement and its error, in SI units."""
        rows = [self._row(point) for point in points]
        columns = list(dict.fromkeys(column for row in rows for column in row))
        return pd.DataFrame(rows, columns=columns)

    def write_table(self, points):
        """Write the table and return it."""
        table = self.table(points)
        table.to_csv(self.folder / TABLE, index=False)
        return table

    def _row(self, point):
        row = {"point": point.number}
        for path, value in point.values.items():
            number, unit = in_si(value)
            row[f"{path} [{unit}]" if unit else path] = number
        place = self.place(point)
        if (place / RESULTS).is_file():
            found = json.loads((place / RESULTS).read_text(encoding="utf-8"))
            return row | {"state": "done"} | dict(_numbers(found["observables"]))
        if (place / FAILED).is_file():
            return row | {"state": "failed: " + json.loads((place / FAILED).read_text(encoding="utf-8"))["error"]}
        return row | {"state": "missing"}


def in_si(value):
    """(number, unit) of a value of the case file in SI units; text and lists that are no quantity stay as they are, without unit."""
    if isinstance(value, list):
        return " ".join(map(str, value)), ""
    try:
        number, unit = split(str(value))
    except ValueError:
        return value, ""
    if unit is None:
        return float(number), ""
    quantity = units().Quantity(number, unit).to_root_units()
    symbols = {"radian": "rad", "meter": "m", "kelvin": "K", "second": "s", "ampere": "A"}
    name = symbols.get(str(quantity.units), str(quantity.units))
    for symbol in ("V", "S/m", "ohm m^2", "S/m^2"):
        if units().parse_units(symbol).is_compatible_with(unit):
            quantity, name = units().Quantity(number, unit).to(symbol), symbol
    return float(quantity.magnitude), name


def _numbers(observables):
    for name, entry in observables.items():
        unit = f" [{entry['unit']}]" if entry["unit"] else ""
        values, error = entry["value"], entry["error"]
        if np.ndim(values):
            yield from ((f"{name}_{axis}{unit}", value) for axis, value in zip(_AXES, values, strict=True))
        else:
            yield f"{name}{unit}", values
        yield f"{name} error{unit}", error
