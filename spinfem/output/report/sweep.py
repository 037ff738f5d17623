"""The page of a sweep."""

import csv
import re
from collections import Counter

import numpy as np
import pandas as pd
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from spinfem.case.plot import Plot
from spinfem.formatting import decimals, duration, grouped, plain, scale, value_and_error, written
from spinfem.output.folders import FAILED, RESULTS
from spinfem.output.plots import NoSuchColumn, curves_of_plot, error_column, short_names
from spinfem.output.report import case as case_part
from spinfem.output.report import folder as files
from spinfem.output.report.checks import worst_checks
from spinfem.output.report.figures import figure_of
from spinfem.output.report.parts import POOR, Cell, Check, Fact, Grid, Page
from spinfem.output.report.run import essential, unknown_warnings, versions_grid

TABLE = "table.csv"
_LISTED = 8  # values of an axis that are told one by one
_CURVES = 6  # that a page draws when the case asks for none
_REASON = re.compile(r"failed: ?(.*)", re.DOTALL)


def page_of_sweep(folder, about):
    """The Page of a folder with these contents of sweep.json."""
    points = _points(folder)
    results = {n: r for n, place in points.items() if (r := files.read_json(place / RESULTS)) is not None}
    failures = {n: files.read_json(place / FAILED) for n, place in points.items() if n not in results}
    failed = {number: failure["error"] for number, failure in failures.items() if failure is not None}
    frame = _frame(folder)
    text = files.read_text(folder / "case.yaml")
    figures, warnings = _figures(frame, _plots(text), about, results)
    first = next(iter(results.values()), None)
    total = about.get("points", len(points))
    return Page(
        title=about.get("title") or "Untitled sweep",
        subtitle=_subtitle(results, total),
        failure=_failure(total, len(results), failed),
        alarm="Incomplete.",
        facts=[
            Fact("points", str(total)),
            Fact("done", str(len(results)), value=len(results)),
            Fact("failed", str(len(failed)), value=len(failed)),
            *([Fact("missing", str(total - len(results) - len(failed)))] if total > len(results) + len(failed) else []),
        ],
        swept=_swept(about, frame),
        failed_points=_failed_grid(failed, frame, about),
        geometry=_geometry(points),
        figures=figures,
        table_of_points=_table(frame, about, points),
        checks=_checks(results, failed),
        warnings=[*warnings, *_warnings(results)],
        device=case_part.device_grids(first["case"]) if first else [],
        terminals=case_part.terminals_grid(first["case"], {}) if first else None,
        effort=_effort(results),
        case=case_part.highlighted(text),
        files=files.files(folder),
    )


def _points(folder):
    """number -> folder of each point."""
    places = (folder / "points").glob("*") if (folder / "points").is_dir() else ()
    return {int(place.name): place for place in sorted(places) if place.is_dir() and place.name.isdigit()}


def _frame(folder):
    """The sweep's table, None as long as there is none."""
    if not (folder / TABLE).is_file():
        return None
    try:
        frame = pd.read_csv(folder / TABLE)
    except (ValueError, csv.Error) as error:
        raise files.Unreadable(f"{TABLE} cannot be read: {error}") from None
    if not {"point", "status"} <= set(frame.columns):
        raise files.Unreadable(f"{TABLE} has no columns point and status")
    return frame


def _subtitle(results, total):
    spent = sum(result.get("seconds", {}).get("total", 0.0) for result in results.values())
    versions = sorted({result.get("spinfem", "") for result in results.values()})
    computed = f"{duration(spent)} of computing" if results else "nothing computed"
    return " · ".join(filter(None, (f"Sweep of {total} points", ", ".join(f"spinfem {v}" for v in versions), computed)))


def _failure(total, done, failed):
    if failed:
        return f"{len(failed)} of {total} points failed; their reasons are below, and they are missing in the curves."
    return f"{total - done} of {total} points are missing: the sweep was stopped or still runs." if done < total else ""


def _swept(about, frame):
    """Each axis with its values."""
    rows = []
    for axis in about["axes"]:
        column = _axis_column(axis, frame)
        if column is None:
            rows.append([axis, ""])
            continue
        values, unit = list(dict.fromkeys(frame[column])), files.name_and_unit(column)[1]
        texts = [_axis_value(v, unit) for v in values]
        if len(values) <= _LISTED:
            rows.append([axis, ", ".join(texts)])
        else:
            rows.append([axis, f"{texts[0]} … {texts[-1]}, {len(values)} values"])
    return Grid(("value of the case", "goes through"), rows)


def _axis_column(axis, frame):
    if frame is None:
        return None
    return next((c for c in frame.columns if files.name_and_unit(c)[0] == axis), None)


def _axis_value(value, unit):
    if isinstance(value, str) or value is None or not np.isfinite(value):
        return str(value)
    factor, text = scale(value, unit) if unit else (1.0, "")
    return f"{plain(float(value) * factor)}{'' if text == '°' else ' '}{text}".strip()


def _figures(frame, plots, about, results):
    """(figures, warnings): what the case's plots ask for, or else what is most worth looking at."""
    figures, warnings = [], []
    if frame is None or not (frame["status"] == "done").any():
        return figures, warnings
    for plot in plots or _proposed(frame, about, results):
        try:
            figures.append(figure_of(curves_of_plot(plot, frame)))
        except NoSuchColumn as error:
            warnings.append(f"no plot {plot.file_name}: {error}")
    return figures, warnings


def _plots(text):
    """The Plots of a sweep that its case asks for."""
    try:
        given = YAML(typ="safe", pure=True).load(text) or {}
        return [p for p in (Plot.model_validate(entry) for entry in given.get("plots") or ()) if p.table is None]
    except (YAMLError, ValidationError, AttributeError, TypeError):
        return []  # someone has written into that file


def _proposed(frame, about, results):
    """Plots of the essential numbers against the axis with most values; each further axis would need a picture of its own."""
    columns = {axis: _axis_column(axis, frame) for axis in about["axes"]}
    counts = {axis: count for axis, c in columns.items() if c and (count := frame[c].nunique()) > 1}
    numeric = {a: count for a, count in counts.items() if pd.api.types.is_numeric_dtype(frame[columns[a]])}
    varied = numeric or counts
    if not varied or not results or len(about["axes"]) > 2:
        return []
    x = max(varied, key=varied.__getitem__)
    curves = next((axis for axis in about["axes"] if axis != x), None)
    numbers = essential(next(iter(results.values())), scalars=True)
    return [Plot(x=x, y=(name,), curves=curves) for name in list(numbers)[:_CURVES]]


def _geometry(points):
    for number, place in points.items():
        if found := files.picture(place / "geometry.png", f"The device at point {number}"):
            return found
    return None


def _table(frame, about, points):
    """The table with value and error in one cell, a prefix for each column, a link to each point."""
    if frame is None:
        rows = [[_link(n, place), "done" if (place / RESULTS).is_file() else "failed"] for n, place in points.items()]
        return Grid(("point", "status"), rows, notes=(f"There is no {TABLE} yet.",))
    errors = {column: error_column(column, frame) for column in frame.columns}
    aside = {"status", "run", *filter(None, errors.values())}
    columns = [c for c in frame.columns if c not in aside and c != "point"]
    scales = {c: _column_scale(frame[c], frame.get(errors[c]), files.name_and_unit(c)[1]) for c in columns}
    short = short_names(columns)
    headers = ["point", *(_header(c, scales[c][1], about, short) for c in columns), "status"]
    rows = []
    for _, row in frame.iterrows():
        number = int(row["point"])
        cells = [_cell(row[c], row.get(errors[c]), scales[c][0], files.name_and_unit(c)[1]) for c in columns]
        rows.append([_link(number, points.get(number)), *cells, _status(row["status"])])
    return Grid(tuple(headers), rows, file=TABLE, sortable=True)


def _header(column, unit, about, short):
    name = files.name_and_unit(column)[0]
    short = short[name] if name in about["axes"] else name
    return f"{short} ({unit.removeprefix('× ')})" if unit else short


def _column_scale(values, errors, unit):
    """(factor, unit) that suit the values; where they are rounding, their errors."""
    if not pd.api.types.is_numeric_dtype(values) or not unit:
        return 1.0, ""
    largest = [float(np.nanmax(np.abs(v), initial=0.0)) for v in (values, errors) if v is not None]
    return scale(max(largest), unit)


def _cell(value, error, factor, unit_in_si):
    if isinstance(value, str):
        return value
    if value is None or not np.isfinite(value):
        return Cell("–")
    value, known = float(value), error is not None and np.isfinite(error)
    if not known:
        return Cell(plain(value * factor), value)
    value_here, error_here = value * factor, float(error) * factor
    text = written(value_here, decimals(value_here, error_here)) if value and error else plain(value_here, 7)
    exact = " ".join(value_and_error(value, float(error), unit_in_si))
    return Cell(text, value, more=f"± {plain(error_here, 2)}", hover=exact)


def _link(number, place):
    if place is None:
        return Cell(f"{number:04d}", number)
    page = "report.html" if (place / "report.html").is_file() else ""
    return Cell(place.name, number, link=f"points/{place.name}/{page}")


def _status(status):
    reason = _REASON.fullmatch(status)
    return Cell("failed", hover=reason[1]) if reason else status


def _failed_grid(failed, frame, about):
    if not failed:
        return None
    axes = [(axis, c) for axis in about["axes"] if (c := _axis_column(axis, frame))]
    rows = []
    for number, reason in failed.items():
        found = pd.DataFrame() if frame is None else frame[frame["point"] == number]
        values = [_axis_value(found.iloc[0][c], files.name_and_unit(c)[1]) if len(found) else "" for _, c in axes]
        rows.append([Cell(f"{number:04d}", number, link=f"points/{number:04d}/"), *values, reason])
    short = short_names([axis for axis, _ in axes])
    return Grid(("point", *(short[axis] for axis, _ in axes), "why"), rows)


def _checks(results, failed):
    checks = list(worst_checks(results))
    if failed:
        checks.insert(0, Check("Points", f"{len(failed)} failed.", POOR))
    if results:
        checks += unknown_warnings(next(iter(results.values())))
    return checks


def _warnings(results):
    """Each warning once, with the points that gave it."""
    given = {}
    for number, result in results.items():
        for warning in result.get("warnings", ()):
            given.setdefault(warning, []).append(number)
    for warning, numbers in given.items():
        where = ", ".join(map(str, numbers[:5])) + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")
        yield f"{warning} (point {where})"


def _effort(results):
    """Sizes and times over all points; versions, all of them where there were several."""
    if not results:
        return []
    rows = []
    for name, part, key in (
        ("cells", "mesh", "cells"),
        ("unknowns", "mesh", "unknowns"),
        ("iterations, at most", "solver", "iterations"),
    ):
        values = [r[part][key] for r in results.values() if key in r.get(part, {})]
        if values:
            low, high = grouped(min(values)), grouped(max(values))
            rows.append([name, low if low == high else f"{low} … {high}"])
    methods = Counter(r.get("solver", {}).get("method") for r in results.values())
    rows.append(["method", ", ".join(str(m) for m in methods if m)])
    seconds = [r.get("seconds", {}).get("total", 0.0) for r in results.values()]
    times = [["all points", duration(sum(seconds))], ["longest point", duration(max(seconds))]]
    grids = [Grid((), rows, "Mesh and solver"), Grid((), times, "Time spent")]
    for versions in {tuple(r.get("versions", {}).items()): r for r in results.values()}.values():
        grids.append(versions_grid(versions))
    return [grid for grid in grids if grid.rows]
