"""Curves: columns of a table drawn by matplotlib, in units with prefixes."""

from dataclasses import dataclass

import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402

from spinfem.output.prefix import prefixed  # noqa: E402

# Okabe and Ito's colours, the dark ones first: lines are thinner than surfaces.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MANY = 7  # curves beyond this number are a family: shades of one map, in their order
_STYLE = {"font.size": 14, "axes.labelsize": 16, "lines.linewidth": 2.2, "mathtext.default": "regular"}


@dataclass(frozen=True)
class Series:
    """One curve of a chart: values in SI units."""

    label: str
    x: np.ndarray
    y: np.ndarray
    dots: bool = False


def draw_table(folder, table):
    """Draw the charts of a Table; returns the paths."""
    return [_draw(folder / f"{chart.name}.png", chart, table) for chart in table.charts]


def draw_curves(path, series, x, y, log="", equal=False):
    """Write a PNG of Series. x, y: (label, unit) of the axes; all series count alike."""
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=(10, 6.5), dpi=150, layout="constrained")
        x_factor, x_text = _axis(x, [s.x for s in series])
        y_factor, y_text = _axis(y, [s.y for s in series])
        for s, colour in zip(series, _colours(len(series)), strict=True):
            axes.plot(s.x * x_factor, s.y * y_factor, "o" if s.dots else "-", ms=4, color=colour, label=s.label)
        axes.set(xlabel=x_text, ylabel=y_text)
        axes.set_xscale("log" if "x" in log else "linear")
        axes.set_yscale("log" if "y" in log else "linear")
        _show_what_was_measured(axes, series, y_factor)
        if equal:
            axes.set_aspect("equal", adjustable="datalim")
        axes.grid(alpha=0.25)
        _legend(figure, axes, series)
        figure.savefig(path)
        plt.close(figure)
    return path


def _show_what_was_measured(axes, series, factor):
    """On a logarithmic axis, curves that fall far below all dots do not set the range."""
    dots = [s.y * factor for s in series if s.dots]
    if dots and axes.get_yscale() == "log":
        low, high = min(map(np.min, dots)), max(map(np.max, dots))
        if 0 < low < high:
            margin = (high / low) ** 0.05
            axes.set_ylim(low / margin, high * margin)


def _draw(path, chart, table):
    if chart.z is not None:
        return _draw_in_space(path, chart, table)
    unit = table.columns[chart.y[0]][0]
    # A component that is rounding next to the others would only be a line at zero.
    largest = max(np.max(np.abs(table.columns[name][1])) for name in chart.y)
    shown = [n for n in chart.y if np.max(np.abs(table.columns[n][1])) > 1e-9 * largest] or chart.y[:1]
    x = table.columns[chart.x][1]
    several = len(shown) > 1
    series = [Series(n if several else "", x, table.columns[n][1], n in chart.points) for n in shown]
    x_axis = (chart.x_label or chart.x, table.columns[chart.x][0])
    label = chart.y_label or shown[0]
    if len(chart.y) > 1 and not several:  # of several components one is worth a curve: say which
        label = f"{label} {shown[0]}"
    return draw_curves(path, series, x_axis, (label, unit), chart.log, chart.equal)


def _draw_in_space(path, chart, table):
    names = (chart.x, *chart.y, chart.z)
    values = [table.columns[name][1] for name in names]
    reach = max(np.max(np.abs(v)) for v in values) or 1.0
    factor, unit = prefixed(reach, table.columns[chart.x][0].replace("^2", "²"))
    reach *= factor
    with plt.rc_context(_STYLE):
        figure = plt.figure(figsize=(9, 8.5), dpi=150)
        axes = figure.add_subplot(projection="3d")
        axes.plot(*(v * factor for v in values), color=_COLOURS[0])
        axes.scatter(*([v[0] * factor] for v in values), color=_COLOURS[1], s=40, label="start")
        axes.scatter(0, 0, 0, color="black", marker="+", s=80, label="zero")
        for label, name in zip((axes.set_xlabel, axes.set_ylabel, axes.set_zlabel), names, strict=True):
            label(f"{name} ({unit})", labelpad=12)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), zlim=(-reach, reach))
        axes.tick_params(labelsize=11)
        axes.set_box_aspect((1, 1, 1), zoom=0.88)
        axes.legend(loc="upper left", frameon=False)
        figure.savefig(path)
        plt.close(figure)
    return path


def _axis(axis, arrays):
    """(factor, label with unit) for an axis. Angles are shown in degrees."""
    label, unit = axis
    if unit == "rad":
        return 180 / np.pi, f"{label} (°)"
    if not unit:
        return 1.0, label
    finite = np.concatenate([np.asarray(a, dtype=float)[np.isfinite(a)] for a in arrays] or [np.zeros(1)])
    factor, text = prefixed(np.max(np.abs(finite), initial=0.0), unit)
    return factor, f"{label} ({text.replace('ohm', 'Ω').replace('^2', '²')})"


def _colours(count):
    if count <= _MANY:
        return _COLOURS[:count]
    return [plt.get_cmap("viridis")(0.92 * k / (count - 1)) for k in range(count)]


def _legend(figure, axes, series):
    if not any(s.label for s in series):
        return
    if len(series) > _MANY:
        figure.legend(loc="outside right upper", fontsize=12, frameon=False)
    else:
        axes.legend(frameon=False)
