"""What a person sees of a fit in the terminal."""

import numpy as np
from rich.text import Text

from spinfem.fitting.diagnostics import chance, from_prior, is_the_measure, verdict, warnings
from spinfem.formatting import humanize, with_interval
from spinfem.tty import table


def fit_parts(result, folder):
    """Tables and lines, top to bottom."""
    yield _values(result)
    if len(result.unknowns) > 1:
        yield _correlations(result)
    yield from _lines(result)
    yield Text(f"written to {folder}: fit.png, fit.csv, fit.json, case.yaml (with the values found)")


def _values(result):
    apart = "formula is off by" if is_the_measure(result) else "formula differs by"
    rows = table("unknown", "full model", "one-dimensional formula", apart)
    rows.title, rows.title_style, rows.title_justify = f"{result.title}\n", "bold", "left"
    for k, unknown in enumerate(result.unknowns):
        full = result.full.values[k], result.full.half_widths[k]
        if result.formula is None:
            rows.add_row(unknown.name, with_interval(*full, unknown.unit), f"does not apply: {result.why}", "")
            continue
        one = result.formula.values[k], result.formula.half_widths[k]
        off = f"{100 * (one[0] / full[0] - 1):+.1f} %" if full[0] else ""
        rows.add_row(unknown.name, with_interval(*full, unknown.unit), with_interval(*one, unknown.unit), off)
    return rows


def _correlations(result):
    rows = table("correlation", *(unknown.name for unknown in result.unknowns))
    for unknown, row in zip(result.unknowns, result.full.correlation, strict=True):
        rows.add_row(unknown.name, *(f"{entry:.3f}" if np.isfinite(entry) else "?" for entry in row))
    return rows


def _lines(result):
    full, data = result.full, result.data
    unit = "" if data.errors is not None else f" {result.unit}²"
    yield Text(f"95 % intervals; degrees of freedom: {full.degrees_of_freedom}")
    for name, estimate in (("full model", full), ("formula", result.formula)):
        if estimate is not None:
            yield Text(f"the {name} reaches chi² = {estimate.chi_square:.3g}{unit}{_judged(data, estimate)}")
    if data.errors is None:
        yield Text("the data have no column of errors: their size is taken from the residuals")
    for unknown, value in zip(result.unknowns, full.values, strict=True):
        if unknown.prior:
            yield Text(f"{unknown.name} {from_prior(unknown, value)}")
    yield from map(Text, _of_the_mesh(result))
    yield from (Text(f"warning: {words}") for words in warnings(result))


def _of_the_mesh(result):
    """How exact the meshes are, as far as that was looked at."""
    if result.meshes:
        mesh = max(result.meshes, key=result.of_mesh)
        worst = mesh.error
        known = with_interval(worst.value, worst.error_uncorrected, worst.unit)
        yield f"the mesh knows {worst.name} = {known}{_in_errors(result.of_mesh(mesh))}"
    if result.remeshed is not None and not result.remeshed.any():
        yield "meshes made for the values found are the same"
    elif result.remeshed is not None:
        moved = humanize(np.abs(result.remeshed).max(), result.unit)
        yield f"on meshes made for the values found the model changes by at most {moved}{_in_errors(result.moved)}"


def _in_errors(number):
    return f", {number:.2g} of the error of a value" if np.isfinite(number) else ""


def _judged(data, estimate):
    p = chance(data, estimate)
    return "" if p is None else f", p = {p:.2g}: it {verdict(data, estimate)}"
