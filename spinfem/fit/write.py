"""What a fit leaves behind: fit.json, fit.csv, a picture, and the case with the values that were found."""

import json

import pandas as pd

import spinfem
from spinfem.case.reader import as_it_ran
from spinfem.case.sweep import override
from spinfem.fit.estimate import CONFIDENCE
from spinfem.fit.picture import draw_fit
from spinfem.output.results import complete_folder

MARK = "fit.json"
_WITHOUT = ("sweep", "plots", "fit")


def write_fit(folder, result, case_file, overrides, comm):
    """Write everything into `folder`. Collective."""
    with complete_folder(folder, comm, MARK) as unfinished:
        if comm.rank != 0:
            return
        (unfinished / MARK).write_text(json.dumps(summary(result), indent=2, ensure_ascii=False) + "\n")
        table_of(result).to_csv(unfinished / "fit.csv", index=False)
        settings = (*(overrides or ()), *_found(result))
        (unfinished / "case.yaml").write_text(as_it_ran(case_file, settings, without=_WITHOUT), encoding="utf-8")
        draw_fit(unfinished / "fit.png", result)


def summary(result):
    """The contents of fit.json, in SI units."""
    return {
        "spinfem": spinfem.__version__,
        "measured": result.data.name,
        "unit": result.unit,
        "confidence": CONFIDENCE,
        "parameters": {
            unknown.name: {
                "unit": unknown.unit,
                "numbers": [".".join(map(str, path)) for path in unknown.paths],
                "between": [unknown.low, unknown.high],
            }
            for unknown in result.unknowns
        },
        "full_model": _estimate(result.full, result.unknowns) | {"solved": result.solves},
        "formula": _estimate(result.formula, result.unknowns) if result.formula else {"does_not_apply": result.why},
        "errors_of_data": "given" if result.data.errors is not None else "estimated from the residuals",
    }


def _estimate(estimate, unknowns):
    return {
        "values": {u.name: float(value) for u, value in zip(unknowns, estimate.values, strict=True)},
        "half_widths": {u.name: _finite(half) for u, half in zip(unknowns, estimate.half_widths, strict=True)},
        "correlation": [[_finite(entry) for entry in row] for row in estimate.correlation],
        "chi_square": estimate.chi_square,
        "degrees_of_freedom": estimate.degrees_of_freedom,
        "at_a_limit": [u.name for u, at in zip(unknowns, estimate.at_a_limit, strict=True) if at],
        "converged": estimate.converged,
    }


def _finite(value):
    """JSON knows no infinity: null stands for what is not determined."""
    return float(value) if abs(value) < float("inf") else None


def table_of(result):
    """One row for each measured value: settings as in the data, measured, error, both predictions."""
    data, unit = result.data, f" [{result.unit}]" if result.unit else ""
    columns = {f"{data.name}{unit}": data.values}
    if data.errors is not None:
        columns[f"{data.name} error{unit}"] = data.errors
    columns[f"full model{unit}"] = result.full.predicted
    if result.formula:
        columns[f"one-dimensional formula{unit}"] = result.formula.predicted
    return pd.concat([pd.DataFrame(list(data.settings)), pd.DataFrame(columns)], axis=1)


def _found(result):
    for unknown, value in zip(result.unknowns, result.full.values, strict=True):
        for path in unknown.paths:
            yield override(
                ".".join(map(str, path)), f"{float(value)!r} {unknown.unit}" if unknown.unit else float(value)
            )
