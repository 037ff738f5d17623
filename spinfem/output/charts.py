"""Curves drawn by matplotlib, in units with prefixes."""

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from spinfem.output.curves import END, MANY, MARKED, START, colours, curves_of_chart, range_of_dots, scale, sphere_lines

_STYLE = {"font.size": 14, "axes.labelsize": 16, "lines.linewidth": 2.2, "mathtext.default": "regular"}
_CURVE = "#0072B2"
_LONG, _THIN = 1000, 1.0  # a curve in space of many points is thin


def draw_table(folder, table):
    """Draw the charts of a Table; returns the paths."""
    return [draw_curves(folder, curves_of_chart(chart, table)) for chart in table.charts]


def draw_curves(folder, curves):
    """Write the PNG of Curves into a folder; returns its path."""
    if curves.z is not None:
        return _draw_in_space(folder / f"{curves.name}.png", curves)
    path, series = folder / f"{curves.name}.png", curves.series
    with rc_context(_STYLE):
        figure = Figure(figsize=(10, 6.5), dpi=150, layout="constrained")
        axes = figure.subplots()
        x_factor, x_text = _axis(curves.x, [s.x for s in series])
        y_factor, y_text = _axis(curves.y, [s.y for s in series])
        for s, colour in zip(series, colours(len(series)), strict=True):
            marks = "o:" if curves.words else "o" if s.dots else "o-" if len(s.x) <= MARKED else "-"
            axes.plot(s.x * x_factor, s.y * y_factor, marks, ms=5, color=colour, label=s.label)
        axes.set(xlabel=x_text, ylabel=y_text)
        axes.set_xscale("log" if "x" in curves.log else "linear")
        axes.set_yscale("log" if "y" in curves.log else "linear")
        if curves.words:
            axes.set_xticks(range(len(curves.words)), curves.words)
        if limits := range_of_dots(curves, y_factor):
            axes.set_ylim(*limits)
        if curves.equal:
            axes.set_aspect("equal", adjustable="datalim")
        axes.grid(alpha=0.25)
        _legend(figure, axes, series)
        figure.savefig(path)
    return path


def _draw_in_space(path, curves):
    (curve,), (z_axis, z) = curves.series, curves.z
    values = curve.x, curve.y, z
    factor, unit = scale(curves.x, values)
    reach = 1.0 if curves.sphere else (max(np.max(np.abs(v)) for v in values) or 1.0) * factor
    with rc_context(_STYLE):
        figure = Figure(figsize=(9, 8.5), dpi=150)
        axes = figure.add_subplot(projection="3d")
        if curves.sphere:
            axes.plot(*sphere_lines(), color="#B0B0B0", linewidth=0.5)
        axes.plot(*(v * factor for v in values), color=_CURVE, linewidth=_THIN if len(z) > _LONG else None)
        for label, (k, colour) in _marked(curves).items():
            axes.scatter(*([v[k] * factor] for v in values), color=colour, s=50, label=label, depthshade=False)
        if not curves.sphere:
            axes.scatter(0, 0, 0, color="black", marker="+", s=80, label="zero")
        names = curves.x[0], curves.y[0], z_axis[0]
        for label, name in zip((axes.set_xlabel, axes.set_ylabel, axes.set_zlabel), names, strict=True):
            label(f"{name} ({unit})" if unit else name, labelpad=12)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), zlim=(-reach, reach))
        axes.tick_params(labelsize=11)
        axes.set_box_aspect((1, 1, 1), zoom=0.88)
        axes.legend(loc="upper left", frameon=False)
        figure.savefig(path)
    return path


def _marked(curves):
    """Points of a curve in space with a mark: label -> (which, colour). What moves on a sphere comes to an end, too."""
    return {"start": (0, START)} | ({"end": (-1, END)} if curves.sphere else {})


def _axis(axis, arrays):
    """(factor, label with unit) for an axis."""
    factor, unit = scale(axis, arrays)
    return factor, f"{axis[0]} ({unit})" if unit else axis[0]


def _legend(figure, axes, series):
    if not any(s.label for s in series):
        return
    if len(series) > MANY:
        figure.legend(loc="outside right upper", fontsize=12, frameon=False)
    else:
        axes.legend(frameon=False)
