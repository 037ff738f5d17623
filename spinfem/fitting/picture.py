"""A fit as a picture: the data, both models, and what is left over."""

from textwrap import wrap

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from spinfem.fitting.diagnostics import verdict
from spinfem.formatting import prefixed, symbol, with_interval

_WIDTH = 95  # characters above the picture
_MODELS = (("full", "full model", "-", "#0072B2"), ("formula", "one-dimensional formula", "--", "#D55E00"))


def draw_fit(path, result) -> None:
    """Write the PNG of a FitResult."""
    data = result.data
    x, label, curves = _curves(data)
    factor, unit = prefixed(np.abs(data.values).max(), result.unit)
    with rc_context({"font.size": 14, "axes.labelsize": 15, "mathtext.default": "regular"}):
        figure = Figure(figsize=(9.5, 8), dpi=110, layout="constrained")
        main, rest = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        for k, (words, rows) in enumerate(curves.items()):
            _draw_curve(main, rest, result, x, rows, factor, words, f"C{k % 10}" if len(curves) > 1 else None)
        if np.all(data.values > 0) and data.values.max() > 5 * data.values.min():
            main.set_yscale("log")
            main.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
            main.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
            main.yaxis.set_minor_formatter(NullFormatter())
        rest.axhline(0, color="black", lw=0.8)
        if data.errors is not None:
            rest.axhspan(-1, 1, color="black", alpha=0.07, lw=0)
        unit = symbol(unit)
        main.set(ylabel=f"{_common(data.measured).replace('_', ' ')} ({unit})")
        rest.set(xlabel=label, ylabel=f"data − model ({unit})" if data.errors is None else "(data − model) / error")
        main.set_title(_found(result), loc="left", fontsize=12)
        main.legend(frameon=False, fontsize=14 if len(curves) == 1 else 10)
        for axes in (main, rest):
            axes.grid(alpha=0.25)
        figure.align_ylabels()
        figure.savefig(path)


def _draw_curve(main, rest, result, x, rows, factor, words, colour):
    """One curve of the data with both models. colour: None where there is no other, and the colours tell the models apart."""
    data, rows = result.data, np.array(rows)
    rows = rows[np.argsort(x[rows], kind="stable")]
    for name, model, style, own in _MODELS:
        if (estimate := getattr(result, name)) is None:
            continue
        if colour and rows[0] == 0:
            main.plot([], [], style, color="black", lw=2, label=model)
        label = None if colour else model
        main.plot(x[rows], estimate.predicted[rows] * factor, style, color=colour or own, lw=2, label=label)
        size = 1 / factor if data.errors is None else data.errors[rows]
        marks = {"color": own} if colour is None else {"color": colour, "mfc": colour if name == "full" else "none"}
        rest.plot(
            x[rows], (data.values - estimate.predicted)[rows] / size, "o" if name == "full" else "s", ms=6, **marks
        )
    errors = None if data.errors is None else data.errors[rows] * factor
    label = "data" if colour is None else words
    main.errorbar(
        x[rows],
        data.values[rows] * factor,
        errors,
        fmt="o",
        color=colour or "black",
        ms=6,
        capsize=4,
        label=label,
        zorder=3,
    )


def _curves(data):
    """(x (n,), its label, {what a curve is: its rows}): against the setting with most values, one curve for each set of the others."""
    axes = {}
    for path in data.varied:
        try:
            axes[path] = data.axis(path)
        except ValueError:  # not numbers
            continue
    if not axes:
        return np.arange(1, len(data.values) + 1), "row of the data", {"data": range(len(data.values))}
    path = max(axes, key=lambda path: len(set(axes[path][0])))
    values, unit = axes[path]
    if unit in ("m", "T"):
        factor, unit = prefixed(np.abs(values).max(), unit)
        values = values * factor
    curves: dict = {}
    for row, (setting, name) in enumerate(zip(data.settings, data.names, strict=True)):
        others = [f"{_short(p)} = {setting.get(p, 'as in the case')}" for p in data.varied if p != path]
        number = [name.split(".")[-1]] if len(data.measured) > 1 else []
        curves.setdefault(", ".join(number + others), []).append(row)
    return values, f"{_short(path)} ({unit})" if unit else _short(path), curves


def _short(path):
    """The words of a path that say what it is."""
    *before, last = path.split(".")
    return (before[-1] if last == "magnitude" else last).replace("_", " ")


def _common(names):
    """What names have in common."""
    parts = [name.split(".") for name in names]
    same = [steps[0] for steps in zip(*parts, strict=False) if len(set(steps)) == 1]
    return ".".join(same) or ", ".join(names)


def _found(result):
    """What each model found."""
    lines = []
    for name, words, _, _ in _MODELS:
        if (estimate := getattr(result, name)) is None:
            continue
        found = zip(result.unknowns, estimate.values, estimate.half_widths, strict=True)
        said = verdict(result.data, estimate)
        words += "" if said.startswith("agrees") or not said else f" ({said})"
        lines += wrap(
            f"{words}: " + ", ".join(f"{u.name} = {with_interval(v, h, u.unit)}" for u, v, h in found), _WIDTH
        )
    return "\n".join(lines)
