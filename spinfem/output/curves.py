"""Curves before anybody draws them: what a Chart or a Plot asks for, as numbers in SI units with their axes.

matplotlib draws them into files (`charts.py`), plotly into a report (`report/figures.py`).
"""

import re
from dataclasses import dataclass, field

import numpy as np

from spinfem.formatting import prefixed, symbol

# Okabe and Ito's colours, the dark ones first: lines are thinner than surfaces.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_START, _END = "#D55E00", "#009E73"  # marks on a curve in space
MARKED = 40  # points of a curve up to which each has a mark: they were computed, what lies between them was not
_USUAL, _WIDE = 2.2, 5.0  # widths of lines
_NEAR = 0.01  # of their size: curves that are so near cover each other
MANY = 7  # curves beyond this number are a family: shades of one map, in their order
# Words of a path that tell a person nothing.
_SECTIONS = {"geometry", "parameters", "mesh", "regions", "material", "interfaces", "terminals", "observables"}


@dataclass(frozen=True)
class Series:
    """One curve: values in SI units; error: of each y, where it is known."""

    label: str
    x: np.ndarray
    y: np.ndarray
    dots: bool = False
    error: np.ndarray | None = None


@dataclass(frozen=True)
class Curves:
    """Series that share their axes, x and y: (label, unit). z: that of the third axis, and its values, of one curve in space."""

    name: str
    series: list = field(default_factory=list)
    x: tuple = ("", "")
    y: tuple = ("", "")
    log: str = ""
    equal: bool = False
    z: tuple | None = None  # ((label, unit), values)
    sphere: bool = False  # that the curve in space lies on, of radius 1
    words: tuple = ()  # along x, where its values are words: those of 0, 1, 2 ...


def curves_of_chart(chart, table):
    """The Curves of a Chart of a Table."""
    if chart.z is not None:
        return _in_space(chart, table)
    unit = table.columns[chart.y[0]][0]
    # A component that is rounding next to the others would only be a line at zero.
    largest = max(np.max(np.abs(table.columns[name][1])) for name in chart.y)
    shown = [n for n in chart.y if np.max(np.abs(table.columns[n][1])) > 1e-9 * largest] or chart.y[:1]
    x = table.columns[chart.x][1]
    several = len(shown) > 1
    words = dict(zip(chart.y, told_apart(chart.y), strict=True))
    series = [Series(words[n] if several else "", x, table.columns[n][1], n in chart.points) for n in shown]
    x_axis = (chart.x_label or in_words(chart.x), table.columns[chart.x][0])
    label = chart.y_label or in_words(shown[0])
    if len(chart.y) > 1 and not several:  # of several components one is worth a curve: say which
        which = words[shown[0]]
        label = f"{label} {which}" if chart.y_label and label not in which else which
    return Curves(chart.name, series, x_axis, (label, unit), chart.log, chart.equal)


def told_apart(names):
    """The names of columns in words, as few as leave no two alike: "left potential", "right potential"."""
    for more in range(max(name.count(".") for name in names) + 1):
        words = [in_words(name, more) for name in names]
        if len(set(words)) == len(set(names)):
            break
    return words


def in_words(name, more=0):
    """The name of a column as one would say it: "regions.wire.material.spin_diffusion_length" is "wire spin diffusion length". more: parts in front
    of these."""
    parts = [part for part in name.split(".") if part not in _SECTIONS] or [name]
    count = (3 if parts[-2:][0].isdigit() else 2) + more  # layers 1 thickness
    return re.sub(r"(?<=\w\w)_", " ", " ".join(parts[-count:]))  # v_x keeps its index


def _in_space(chart, table):
    names = (chart.x, *chart.y, chart.z)
    axes = [(in_words(name), table.columns[name][0]) for name in names]
    x, y, z = (table.columns[name][1] for name in names)
    return Curves(chart.name, [Series("", x, y)], axes[0], axes[1], z=(axes[2], z), sphere=chart.sphere)


def marked(curves):
    """Points of a curve in space with a mark: label -> (which, colour). What moves on a sphere comes to an end, too."""
    return {"start": (0, _START)} | ({"end": (-1, _END)} if curves.sphere else {})


def sphere_lines(lines=12, points=73):
    """Meridians and parallels of the unit sphere: one curve (3, n) with nan between them."""
    around = np.linspace(0, 2 * np.pi, points)
    meridians = [
        (np.sin(around) * np.cos(a), np.sin(around) * np.sin(a), np.cos(around))
        for a in np.pi * np.arange(lines // 2) / (lines // 2)
    ]
    heights = np.sin(np.pi * (np.arange(1, lines // 2) / (lines // 2) - 0.5))
    parallels = [
        (np.sqrt(1 - z**2) * np.cos(around), np.sqrt(1 - z**2) * np.sin(around), np.full(points, z)) for z in heights
    ]
    gap = np.full((3, 1), np.nan)
    return np.hstack([part for line in (*meridians, *parallels) for part in (np.array(line), gap)])


def scale(axis, arrays):
    """(factor, unit with prefix, perhaps in mathtext, "" where there is none) of an axis (label, unit). Angles are in degrees."""
    _, unit = axis
    if unit == "rad":
        return 180 / np.pi, "°"
    if not unit:
        return 1.0, ""
    finite = np.concatenate([np.asarray(a, dtype=float)[np.isfinite(a)] for a in arrays] or [np.zeros(1)])
    factor, text = prefixed(np.max(np.abs(finite), initial=0.0), unit)
    return factor, symbol(text)


def measured_by(curves):
    """(arrays along x, arrays along y) whose sizes decide on the prefixes of the axes' units: where one scale holds for both, all of them decide on one."""
    x, y = [s.x for s in curves.series], [s.y for s in curves.series]
    return (x + y, x + y) if curves.equal and curves.x[1] == curves.y[1] else (x, y)


def range_of_dots(curves, factor):
    """(low, high) of a logarithmic y axis where curves that fall far below all dots shall not set it, else None."""
    dots = [s.y * factor for s in curves.series if s.dots]
    if dots and "y" in curves.log:
        low, high = min(map(np.min, dots)), max(map(np.max, dots))
        if 0 < low < high:
            margin = (high / low) ** 0.05
            return low / margin, high * margin
    return None


def widths(series):
    """Of the line of each Series: one that lies under a later one, as the amplitude of P under that of AP, is wider and shows on both sides of it."""
    under = [any(_alike(s, other) for other in series[k + 1 :]) for k, s in enumerate(series)]
    return [_WIDE if hidden else _USUAL for hidden in under]


def _alike(one, other):
    """Does one curve hide most of the other?"""
    if one.dots or other.dots or not np.array_equal(one.x, other.x):
        return False
    near = np.abs(one.y - other.y) <= _NEAR * np.maximum(np.abs(one.y), np.abs(other.y))
    return bool(near.mean() > 0.5) if near.size else False


def colours(count):
    """A colour for each of `count` curves, as #rrggbb."""
    if count <= MANY:
        return list(_COLOURS[:count])
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return [to_hex(colormaps["viridis"](0.92 * k / (count - 1))) for k in range(count)]
