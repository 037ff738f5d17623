"""Curves drawn by matplotlib, in units with prefixes."""

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from spinfem.output.curves import (
    MANY,
    MARKED,
    colours,
    curves_of_chart,
    marked,
    measured_by,
    range_of_dots,
    scale,
    sphere_lines,
    widths,
)

_STYLE = {"font.size": 14, "axes.labelsize": 16, "lines.linewidth": 2.2, "mathtext.default": "regular"}
_CURVE = "#0072B2"
_FAR = "#9CC5E3"  # what of a curve is behind the sphere
_VIEW = 22.0, 35.0  # elevation and azimuth of who looks at the sphere, degrees


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
        along_x, along_y = measured_by(curves)
        (x_factor, x_text), (y_factor, y_text) = _axis(curves.x, along_x), _axis(curves.y, along_y)
        for s, colour, width in zip(series, colours(len(series)), widths(series), strict=True):
            marks = "o:" if curves.words else "o" if s.dots else "o-" if len(s.x) <= MARKED else "-"
            axes.plot(s.x * x_factor, s.y * y_factor, marks, ms=2.3 * width, lw=width, color=colour, label=s.label)
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
    values = np.array([curve.x, curve.y, z])
    factor, unit = scale(curves.x, values)
    values *= factor
    reach = 1.0 if curves.sphere else np.max(np.abs(values)) or 1.0
    with rc_context(_STYLE):
        figure = Figure(figsize=(9, 8.5), dpi=150)
        axes = figure.add_subplot(projection="3d")
        if curves.sphere:
            _plot_on_sphere(axes, values)
        else:
            axes.plot(*values, color=_CURVE)
            axes.scatter(0, 0, 0, color="black", marker="+", s=80, label="zero")
        for label, (k, colour) in marked(curves).items():
            axes.scatter(*values[:, [k]], color=colour, s=50, label=label, depthshade=False)
        names = curves.x[0], curves.y[0], z_axis[0]
        for label, name in zip((axes.set_xlabel, axes.set_ylabel, axes.set_zlabel), names, strict=True):
            label(f"{name} ({unit})" if unit else name, labelpad=12)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), zlim=(-reach, reach))
        axes.tick_params(labelsize=11)
        axes.set_box_aspect((1, 1, 1), zoom=0.88)
        axes.legend(loc="upper left", frameon=False)
        figure.savefig(path)
    return path


def _plot_on_sphere(axes, values):
    """The unit sphere and a curve on it, (3, n), paler where it is behind."""
    elevation, azimuth = _VIEW
    axes.view_init(elevation, azimuth)
    across, up = np.cos(np.radians(elevation)), np.sin(np.radians(elevation))
    towards = np.array([across * np.cos(np.radians(azimuth)), across * np.sin(np.radians(azimuth)), up])
    axes.plot(*sphere_lines(), color="#C8C8C8", linewidth=0.6)
    axes.plot(*values, color=_FAR, linewidth=1.2)
    axes.plot(*np.where(towards @ values > 0, values, np.nan), color=_CURVE, linewidth=1.5)
    axes.grid(False)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_ticks([-1, 0, 1])
        axis.pane.fill = False


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
