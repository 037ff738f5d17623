"""The table of a sweep: a row for each point, as CSV for people and as Parquet for programs."""

import json
import os

import numpy as np
import pandas as pd

from spinfem.batch.records import DONE, FAILURE
from spinfem.case.faults import shown
from spinfem.case.quantity import converted, si_symbol, split
from spinfem.output.folders import RESULTS
from spinfem.output.plots import unit_of

TABLE, PARQUET = "table.csv", "table.parquet"
_AXES = "xyz"


def table(records, points, statuses):
    """A row for each point: number, values of the axes, status, folder, then each measurement and its error, in SI units."""
    rows = [_row(records, point, status) for point, status in zip(points, statuses, strict=True)]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return pd.DataFrame(rows, columns=columns)


def write_table(folder, frame) -> None:
    """Write the table as CSV and as Parquet, where the metadata of each column has its unit, too."""
    import pyarrow as pa
    import pyarrow.parquet

    provisional = folder / f".{TABLE}.{os.getpid()}"
    frame.to_csv(provisional, index=False)
    os.replace(provisional, folder / TABLE)
    columns = pa.Table.from_pandas(_of_one_kind(frame), preserve_index=False)
    for k, field in enumerate(columns.schema):
        if unit := unit_of(field.name):
            columns = columns.cast(columns.schema.set(k, field.with_metadata({"unit": unit})))
    pa.parquet.write_table(columns, provisional)
    os.replace(provisional, folder / PARQUET)


def _of_one_kind(frame):
    """A column of Parquet holds either numbers or text."""
    mixed = [name for name in frame if frame[name].dtype == object]
    return frame.assign(**{name: frame[name].map(str, na_action="ignore") for name in mixed})


def _row(records, point, status):
    row = {"point": point.number}
    for path, value in point.values.items():
        number, unit = in_si(value)
        row[f"{path} [{unit}]" if unit else path] = number
    row["status"] = str(status) if status.name in (DONE, FAILURE) else "missing"
    row["run"] = records.name(point) if status.name in (DONE, FAILURE) else None
    if status.name == DONE:
        found = json.loads((records.place(point) / RESULTS).read_text(encoding="utf-8"))
        row |= dict(_numbers(found["observables"]))
    return row


def in_si(value):
    """(number, unit) of a value of the case file in SI units; text and lists that are no quantity stay as they are, without unit."""
    if isinstance(value, list | dict | bool):
        if isinstance(value, list) and not any(isinstance(entry, list | dict) for entry in value):
            return " ".join(map(str, value)), ""
        return shown(value), ""
    try:
        number, unit = split(str(value))
    except ValueError:
        return value, ""
    if unit is None:
        return float(number), ""
    symbol = si_symbol(unit)
    return converted(number, unit, symbol), symbol


def _numbers(observables):
    for name, entry in observables.items():
        unit = f" [{entry['unit']}]" if entry["unit"] else ""
        values, error = entry["value"], entry["error"]
        if np.ndim(values):
            yield from ((f"{name}_{axis}{unit}", value) for axis, value in zip(_AXES, values, strict=True))
        else:
            yield f"{name}{unit}", values
        yield f"{name} error{unit}", error
