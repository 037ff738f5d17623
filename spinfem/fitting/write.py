"""What a fit leaves behind: fit.json, fit.csv, a picture, and the case with the values that were found."""

import json

import pandas as pd

import spinfem
from spinfem.case.overrides import path_text
from spinfem.case.source import CaseSource
from spinfem.fitting.diagnostics import chance, warnings
from spinfem.fitting.estimate import CONFIDENCE
from spinfem.fitting.picture import draw_fit
from spinfem.fitting.rows import settings_for
from spinfem.output.folders import complete_folder

MARK = "fit.json"
_WITHOUT = ("sweep", "plots", "fit")


def write_fit(folder, result, source, comm) -> None:
    """Write everything into `folder`. Collective."""
    with complete_folder(folder, comm, MARK) as unfinished:
        if comm.rank != 0:
            return
        text = json.dumps(summary(result), indent=2, ensure_ascii=False)
        (unfinished / MARK).write_text(text + "\n", encoding="utf-8")
        table_of(result).to_csv(unfinished / "fit.csv", index=False)
        (unfinished / "case.yaml").write_text(found(result, source).text, encoding="utf-8")
        draw_fit(unfinished / "fit.png", result)


def found(result, source):
    """The CaseSource with the values that were found, and nothing left to find."""
    settings = settings_for(result.unknowns, result.full.values)
    return CaseSource(source.with_settings(settings).as_it_ran(_WITHOUT), source.folder)


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
                "numbers": [path_text(path) for path in unknown.paths],
                "between": [unknown.low, unknown.high],
                "start": unknown.start,
            }
            for unknown in result.unknowns
        },
        "full_model": _estimate(result, result.full) | {"solved": result.solves},
        "formula": _estimate(result, result.formula) if result.formula else {"does_not_apply": result.why},
        "errors_of_data": "given" if result.data.errors is not None else "estimated from the residuals",
        "warnings": list(warnings(result)),
    }


def _estimate(result, estimate):
    unknowns = result.unknowns
    return {
        "values": {u.name: float(value) for u, value in zip(unknowns, estimate.values, strict=True)},
        "half_widths": {u.name: _finite(half) for u, half in zip(unknowns, estimate.half_widths, strict=True)},
        "correlation": [[_finite(entry) for entry in row] for row in estimate.correlation],
        "chi_square": estimate.chi_square,
        "degrees_of_freedom": estimate.degrees_of_freedom,
        "chance": chance(result.data, estimate),
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
