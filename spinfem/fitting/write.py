"""What a fit leaves behind: fit.json, fit.csv, a picture, and the case with the values that were found."""

import json

import numpy as np
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
        "measured": list(result.data.measured) if len(result.data.measured) > 1 else result.data.name,
        "unit": result.unit,
        "confidence": CONFIDENCE,
        "parameters": {
            unknown.name: {
                "unit": unknown.unit,
                "numbers": [path_text(path) for path in unknown.paths],
                "between": [unknown.low, unknown.high],
                "start": unknown.start,
            }
            | _prior(unknown, result.full.values[k])
            for k, unknown in enumerate(result.unknowns)
        },
        "full_model": _estimate(result, result.full) | {"solved": result.solves},
        "formula": _estimate(result, result.formula) if result.formula else {"does_not_apply": result.why},
        "mesh": _mesh(result),
        "errors_of_data": "given" if result.data.errors is not None else "estimated from the residuals",
        "warnings": list(warnings(result)),
    }


def _prior(unknown, value):
    if unknown.prior is None:
        return {}
    return {
        "prior": dict(zip(("value", "sigma"), unknown.prior, strict=True))
        | {"sigmas_off": float(unknown.from_prior(value))}
    }


def _mesh(result):
    """How exact the meshes of the fit are (nothing where the case wants no estimate), and what others change, made for the values found."""
    errors = [
        {
            "number": mesh.error.name,
            "value": mesh.error.value,
            "unit": mesh.error.unit,
            "error": float(mesh.error.error_uncorrected),
            "of_data_error": _finite(result.of_mesh(mesh)),
        }
        for mesh in result.meshes
    ]
    if result.remeshed is None:
        return {"errors": errors}
    changes = {"largest_change": float(np.abs(result.remeshed).max()), "of_data_error": _finite(result.moved)}
    return {"errors": errors, "remeshed": changes}


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
    one = len(data.measured) == 1
    columns = {} if one else {"measured": data.names}
    name = data.name if one else "value"
    columns[f"{name}{unit}"] = data.values
    if data.errors is not None:
        columns[f"{name} error{unit}"] = data.errors
    columns[f"full model{unit}"] = result.full.predicted
    if result.formula:
        columns[f"one-dimensional formula{unit}"] = result.formula.predicted
    return pd.concat([pd.DataFrame(list(data.settings)), pd.DataFrame(columns)], axis=1)
