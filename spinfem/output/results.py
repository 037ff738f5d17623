"""`results.json` and the CSV tables."""

import csv
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import spinfem
from spinfem.geometry.recipe import meshed_by_gmsh
from spinfem.output.folders import RESULTS
from spinfem.versions import versions


def summary(outcome, ranks, warnings=()):
    """The contents of results.json, all in SI units."""
    return {
        "spinfem": spinfem.__version__,
        "versions": versions(meshed_by_gmsh(outcome.case)),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "case": outcome.case.kept,
        "observables": {
            m.name: {"value": m.value, "unit": m.unit, "error": m.error}
            | ({} if m.correction is None else {"correction": m.correction})
            | ({"note": m.note} if m.note else {})
            for m in outcome.results.measurements
        },
        "tables": [f"{table.name}.csv" for table in (*outcome.results.tables, *outcome.results.matrices)],
        "table_notes": {table.name: list(table.notes) for table in outcome.results.tables if table.notes},
        "charts": {table.name: [asdict(chart) for chart in table.charts] for table in outcome.results.tables},
        "documents": [document.file_name for document in outcome.results.documents],
        "matrices": {matrix.name: _matrix(matrix) for matrix in outcome.results.matrices},
        "error_estimate": outcome.error_method,
        "checks": outcome.checks,
        "mesh": outcome.mesh,
        "levels": outcome.levels,
        "solver": outcome.solver,
        "seconds": {phase: round(seconds, 3) for phase, seconds in outcome.seconds.items()},
        "ranks": ranks,
        "warnings": list(warnings),
    }


def _matrix(matrix):
    """What results.json holds of a Matrix."""
    return {
        "unit": matrix.unit,
        "rows": matrix.rows,
        "columns": matrix.columns,
        "groups": matrix.groups,
        "values": matrix.values.tolist(),
        "errors": None if matrix.errors is None else matrix.errors.tolist(),
        **({"note": matrix.note} if matrix.note else {}),
        **matrix.details,
    }


def write_results(folder, outcome, ranks, warnings=()):
    """results.json, a CSV file for each table and matrix, and the documents (rank 0 only). Returns the contents of results.json."""
    for table in outcome.results.tables:
        write_table(Path(folder) / f"{table.name}.csv", table)
    for matrix in outcome.results.matrices:
        write_matrix(Path(folder) / f"{matrix.name}.csv", matrix)
    for document in outcome.results.documents:
        (Path(folder) / document.file_name).write_text(document.text, encoding="utf-8")
    contents = summary(outcome, ranks, warnings)
    _write_json(folder, contents)
    return contents


def add_time(folder, contents, phase, seconds) -> None:
    """Write `results.json` again, with what was done after it (a `phase` such as the report) among its times; all else stays as it is."""
    spent, more = dict(contents["seconds"]), round(seconds, 3)
    total = round(spent.pop("total") + more, 3)
    _write_json(folder, contents | {"seconds": spent | {phase: more, "total": total}})


def _write_json(folder, contents):
    text = json.dumps(contents, indent=2, ensure_ascii=False)
    (Path(folder) / RESULTS).write_text(text + "\n", encoding="utf-8")


def write_table(path, table) -> None:
    """Columns with their units in the header: `x [m]`."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(f"{header} [{unit}]" if unit else header for header, (unit, _) in table.columns.items())
        writer.writerows(zip(*(values.tolist() for _, values in table.columns.values()), strict=True))


def write_matrix(path, matrix) -> None:
    """One line for each row: its name, then its entries; the unit is in the corner."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"[{matrix.unit}]", *matrix.columns])
        writer.writerows([name, *row] for name, row in zip(matrix.rows, matrix.values.tolist(), strict=True))
