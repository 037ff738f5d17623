"""A fit as a picture: the data, both models, and what is left over."""

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from spinfem.fitting.diagnostics import verdict
from spinfem.formatting import prefixed, symbol, with_interval

_MODELS = (("full", "full model", "-", "#0072B2"), ("formula", "one-dimensional formula", "--", "#D55E00"))


def draw_fit(path, result) -> None:
    """Write the PNG of a FitResult."""
    data = result.data
    x, label = _axis(data)
    order = np.argsort(x, kind="stable")
    factor, unit = prefixed(np.abs(data.values).max(), result.unit)
    with rc_context({"font.size": 14, "axes.labelsize": 15, "mathtext.default": "regular"}):
        figure = Figure(figsize=(9.5, 8), dpi=110, layout="constrained")
        main, rest = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        errors = None if data.errors is None else data.errors * factor
        for name, words, style, colour in _MODELS:
            estimate = getattr(result, name)
            if estimate is None:
                continue
            main.plot(x[order], estimate.predicted[order] * factor, style, color=colour, lw=2, label=words)
            left_over = (data.values - estimate.predicted) / (1 / factor if errors is None else data.errors)
            rest.plot(x, left_over, "o" if name == "full" else "s", ms=6, color=colour)
        main.errorbar(x, data.values * factor, errors, fmt="o", color="black", ms=6, capsize=4, label="data", zorder=3)
        if np.all(data.values > 0) and data.values.max() > 5 * data.values.min():
            main.set_yscale("log")
            main.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
            main.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
            main.yaxis.set_minor_formatter(NullFormatter())
        rest.axhline(0, color="black", lw=0.8)
        if errors is not None:
            rest.axhspan(-1, 1, color="black", alpha=0.07, lw=0)
        unit = symbol(unit)
        main.set(ylabel=f"{data.name.replace('_', ' ')} ({unit})")
        rest.set(xlabel=label, ylabel=f"data − model ({unit})" if errors is None else "(data − model) / error")
        main.set_title(_found(result), loc="left", fontsize=12)
        main.legend(frameon=False)
        for axes in (main, rest):
            axes.grid(alpha=0.25)
        figure.align_ylabels()
        figure.savefig(path)


def _axis(data):
    """The setting that was varied, or the number of the row."""
    paths = [path for path in data.settings[0] if len({str(setting[path]) for setting in data.settings}) > 1]
    if len(paths) == 1:
        try:
            values, unit = data.axis(paths[0])
        except ValueError:  # not numbers
            paths = []
        else:
            factor, unit = (1.0, unit) if unit != "m" else prefixed(np.abs(values).max(), "m")
            name = paths[0].split(".")[-1].replace("_", " ")
            return values * factor, f"{name} ({unit})" if unit else name
    return np.arange(1, len(data.values) + 1), "row of the data"


def _found(result):
    """One line for each model and unknown."""
    lines = []
    for name, words, _, _ in _MODELS:
        if (estimate := getattr(result, name)) is None:
            continue
        found = zip(result.unknowns, estimate.values, estimate.half_widths, strict=True)
        said = verdict(result.data, estimate)
        words += "" if said.startswith("agrees") or not said else f" ({said})"
        lines.append(f"{words}: " + ", ".join(f"{u.name} = {with_interval(v, h, u.unit)}" for u, v, h in found))
    return "\n".join(lines)
