"""The page of one run."""

from dataclasses import replace
from datetime import datetime

import numpy as np

from spinfem.case.describe import name_in_words
from spinfem.formatting import duration, grouped, plain, scale, value_and_error
from spinfem.output.curves import Curves, Series, curves_of_chart
from spinfem.output.folders import FAILED
from spinfem.output.report import case as case_part
from spinfem.output.report import folder as files
from spinfem.output.report.checks import checks_of, is_check
from spinfem.output.report.figures import figure_of
from spinfem.output.report.parts import UNKNOWN, Cell, Check, Fact, Grid, Page

_FACTS = 4  # numbers at the top of the page
_ROWS = 400  # of a table; the CSV has them all
_LEAST_SHADE = 1e-6  # of the largest entry of a matrix


def page_of_run(folder, result):
    """The Page of a folder with these contents of results.json."""
    case, failure = result["case"], files.read_json(folder / FAILED)
    tables = _tables(folder, result)
    return Page(
        title=case.get("title") or "Untitled case",
        subtitle=subtitle(result),
        failure=f"The last attempt failed: {failure['error']}. What follows is an earlier result." if failure else "",
        facts=facts(result),
        geometry=files.picture(folder / "geometry.png", "The device"),
        results=list(results_grids(result)),
        figures=[
            figure_of(curves_of_chart(chart, table), picture=_stand_in(folder, chart))
            for table in tables
            for chart in table.charts
        ],
        matrices=[matrix_grid(name, matrix, result["case"]) for name, matrix in result.get("matrices", {}).items()],
        pictures=files.pictures(folder, _drawn_anew(result)),
        checks=[*checks_of(result), *unknown_warnings(result)],
        warnings=result.get("warnings", []),
        device=case_part.device_grids(case),
        terminals=case_part.terminals_grid(case, result["observables"]),
        tables=[table_grid(table, result["case"]) for table in tables],
        effort=effort_grids(result),
        case=case_part.highlighted(files.read_text(folder / "case.yaml")),
        files=files.files(folder),
    )


def page_of_failure(folder, failure, title):
    """The Page of a run that came to nothing; failure: contents of failed.json."""
    residuals = [r for r in failure.get("residuals") or [] if r is not None]
    steps = Series("", np.arange(len(residuals)), np.array(residuals, dtype=float))
    curves = Curves("residual_of_the_linear_solver", [steps], ("iteration", ""), ("relative residual", ""), log="y")
    return Page(
        title=title,
        subtitle="This run failed; there are no results.",
        failure=failure["error"],
        figures=[figure_of(curves)] if residuals else [],
        effort=[grid for grid in [versions_grid(failure)] if grid.rows],
        case=case_part.highlighted(files.read_text(folder / "case.yaml")),
        files=files.files(folder),
    )


def subtitle(result) -> str:
    """When, with what, how large."""
    mesh, ranks = result.get("mesh", {}), result.get("ranks", 1)
    parts = [f"spinfem {result.get('spinfem', '')}".strip()]
    if finished := result.get("finished"):
        parts.append(datetime.fromisoformat(finished).strftime("%-d %B %Y, %H:%M UTC"))
    if "unknowns" in mesh:
        parts.append(f"{grouped(mesh['unknowns'])} unknowns")
    parts.append(f"{duration(_spent(result).get('total', 0.0))} on {ranks} rank{'s' * (ranks > 1)}")
    return " · ".join(parts)


def unknown_warnings(result):
    """A Check where nobody noted whether there were warnings."""
    if "warnings" not in result:
        yield Check("Warnings", "This result is from a version that did not keep them.", UNKNOWN)


def observable_of(name, case):
    """(name, kind) of the observable of the case that a measurement belongs to."""
    given = [(entry["name"], kind) for mapping in case.get("observables", ()) for kind, entry in mapping.items()]
    given += [("dynamics", "macrospin")] if case.get("dynamics") else []
    fitting = [(o, kind) for o, kind in given if name == o or name.startswith(f"{o}.")]
    return max(fitting, key=lambda found: len(found[0]), default=("", ""))


def essential(result, scalars=False):
    """name -> entry: the number of each observable that it is asked for, terminals and checks apart. scalars: no vectors."""
    found = {}
    for name, entry in result["observables"].items():
        observable, kind = observable_of(name, result["case"])
        if kind == "terminals" or is_check(name) or (scalars and np.ndim(entry["value"])):
            continue
        rank = 0 if name == observable else 1 if name.endswith((".difference", ".ratio")) else 2
        if observable not in found or rank < found[observable][0]:
            found[observable] = rank, name, entry
    chosen = {name: entry for _, name, entry in found.values()}
    return chosen or {
        n: e for n, e in result["observables"].items() if not is_check(n) and not (scalars and np.ndim(e["value"]))
    }


def facts(result):
    """The numbers at the top."""
    made = []
    for name, entry in list(essential(result).items())[:_FACTS]:
        text, error = value_and_error(entry["value"], entry["error"], entry["unit"])
        made.append(Fact(name, text, error, entry.get("note", ""), entry["value"]))
    return made


def results_grids(result):
    """A Grid of the measurements of each observable; terminals and checks have places of their own."""
    groups = {}
    for name, entry in result["observables"].items():
        observable, kind = observable_of(name, result["case"])
        if kind != "terminals" and not is_check(name):
            groups.setdefault((observable, kind), []).append(measurement_row(name, entry, observable, result["case"]))
    for (observable, kind), rows in groups.items():
        words = name_in_words(observable, result["case"])
        caption = words if observable in ("", kind) else f"{words} ({kind.replace('_', ' ')})"
        yield Grid(("", "value", "error", "relative", ""), rows, caption)


def measurement_row(name, entry, observable, case):
    """Cells: name, value, error, relative error, note."""
    text, error = value_and_error(entry["value"], entry["error"], entry["unit"])
    size = float(np.max(np.abs(np.array(entry["value"], dtype=float)), initial=0.0))
    relative = f"{plain(100 * entry['error'] / size, 2)} %" if entry["error"] and size > entry["error"] else ""
    exact = f"{entry['value']} {entry['unit']}".strip()
    short = name_in_words(name.removeprefix(f"{observable}."), case)
    return [
        Cell(short, hover=name),
        Cell(text, entry["value"], hover=exact),
        error or "unknown",
        relative,
        entry.get("note", ""),
    ]


def matrix_grid(name, matrix, case):
    """A matrix with its entries coloured by sign and size, on a logarithmic scale."""
    values = np.array(matrix["values"], dtype=float)
    errors = None if matrix.get("errors") is None else np.array(matrix["errors"], dtype=float)
    largest = float(np.abs(values).max(initial=0.0))
    factor, unit = scale(largest, matrix["unit"])
    rows = []
    for i, row in enumerate(matrix["rows"]):
        cells = [_entry(v, factor, largest) for v in values[i]]
        if errors is not None:
            cells = [
                replace(cell, hover=" ".join(value_and_error(cell.value, float(error), matrix["unit"])))
                for cell, error in zip(cells, errors[i], strict=True)
            ]
        rows.append([row, *cells])
    blocks = [f"{label}: {n} × {m}" for label, n, m in matrix.get("groups") or () if n and m]
    notes = (f"in {unit}".replace("in × ", "in "), *blocks, *([matrix["note"]] if matrix.get("note") else []))
    return Grid(
        ("", *matrix["columns"]), rows, name_in_words(name, case).replace(".", ", "), f"{name}.csv", notes=notes
    )


def _entry(value, factor, largest):
    size = abs(value) / largest if largest else 0.0
    if size < _LEAST_SHADE * 1e-3:
        return Cell("0", value)
    shade = 0.12 + 0.88 * max(0.0, 1 + np.log10(size) / -np.log10(_LEAST_SHADE))
    return Cell(plain(value * factor, 4), value, shade=float(np.copysign(shade, value)))


def table_grid(table, case):
    """A Table with a prefix for each column."""
    columns = []
    for unit, values in table.columns.values():
        finite = np.abs(values[np.isfinite(values)])
        columns.append((*scale(finite.max(initial=0.0), unit), values))
    headers = [
        name + (f" ({unit.removeprefix('× ')})" if unit else "")
        for name, (_, unit, _) in zip(table.columns, columns, strict=True)
    ]
    count = len(columns[0][2]) if columns else 0
    rows = [[Cell(plain(float(v[k]) * f), float(v[k])) for f, _, v in columns] for k in range(min(count, _ROWS))]
    notes = (f"{_ROWS} of {count} rows",) if count > _ROWS else ()
    return Grid(
        tuple(headers),
        rows,
        name_in_words(table.name, case),
        f"{table.name}.csv",
        sortable=True,
        notes=(*notes, *table.notes),
    )


def _spent(result):
    """Phase -> seconds up to this page, which cannot know how long it takes itself."""
    seconds = dict(result.get("seconds", {}))
    if page := seconds.pop("report", 0.0):
        seconds["total"] = round(seconds["total"] - page, 3)
    return seconds


def effort_grids(result):
    """Mesh and solver, time, versions."""
    mesh, solver = result.get("mesh", {}), result.get("solver", {})
    numbers = {
        "cells": mesh.get("cells"),
        "unknowns": mesh.get("unknowns"),
        "spin components": mesh.get("spin_components"),
        "degree of elements": result["case"].get("solver", {}).get("degree"),
        "method": solver.get("method"),
        "solves": solver.get("solves"),
        "iterations, at most": solver.get("iterations"),
        "residual, at most": None if solver.get("residual") is None else plain(solver["residual"], 2),
        "ranks": result.get("ranks"),
    }
    rows = [[name, grouped(value)] for name, value in numbers.items() if value is not None]
    seconds = [[phase.replace("_", " "), duration(s)] for phase, s in _spent(result).items()]
    grids = [Grid((), rows, "Mesh and solver"), Grid((), seconds, "Time spent"), versions_grid(result)]
    return [grid for grid in grids if grid.rows]


def versions_grid(result):
    """What it was computed with."""
    return Grid((), [[name, version] for name, version in result.get("versions", {}).items()], "Versions")


def _tables(folder, result):
    """The Tables of a run, matrices apart, with their charts."""
    names = [name.removesuffix(".csv") for name in result.get("tables", ())]
    charts, notes = result.get("charts", {}), result.get("table_notes", {})
    names = [name for name in names if name not in result.get("matrices", {})]
    found = [files.read_table(folder / f"{name}.csv", charts.get(name, ()), notes.get(name, ())) for name in names]
    return [table for table in found if table is not None]


def _drawn_anew(result):
    """Names of pictures that the page draws itself."""
    charts = [chart["name"] for charts in result.get("charts", {}).values() for chart in charts]
    return {*charts, *result.get("matrices", {})}


def _stand_in(folder, chart):
    return files.picture(folder / f"{chart.name}.png") if chart.z is not None else None
