"""A device on a line as curves over x, set by matplotlib: its layers are coloured bands behind them."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from matplotlib.figure import Figure

from spinfem.formatting import prefixed
from spinfem.output.slide import PALETTE, columns, patches, region_label

_WIDTH = 13.0  # inches
_PANEL_HEIGHT = 3.1
_DPI = 150
_CURVES = ("#000000", "#D55E00", "#0072B2")  # dark enough to stand out from the pale bands
_PALE = 0.35  # opacity of bands
_LETTER = 0.0105  # width of a letter over that of a panel
_LINE = 0.015  # height of a line of text over it
_JUMP = 1e-6  # of the largest value: from here on two values at one place are two values


@dataclass(frozen=True)
class Panel:
    """Curves that share an axis: name -> values at the nodes of a grid, in `unit` (without prefix)."""

    label: str
    unit: str
    curves: dict[str, np.ndarray]
    logarithmic: bool = False


def draw_curves(path, grid, panels, regions, title):
    """Write a PNG of these Panels, one below the other, over x in nm; returns its path.

    grid: a pyvista grid of lines, nodes in nm. regions: name -> {tag, material, magnetization}, as in scene.json. Where
    two nodes at one place have different values, the curve is broken, and a thin line shows the jump.
    """
    x, nodes, region = in_order(grid)
    figure = Figure(figsize=(_WIDTH, 2.0 + _PANEL_HEIGHT * len(panels)), dpi=_DPI)
    axes = figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
    layers = bands(x, region)
    colours = {tag: PALETTE[i % len(PALETTE)] for i, tag in enumerate(r["tag"] for r in regions.values())}
    for panel, place in zip(panels, axes, strict=True):
        for tag, low, high in layers:
            place.axvspan(low, high, facecolor=colours[tag], alpha=_PALE, linewidth=0)
        _draw_panel(place, panel, x, {name: np.asarray(values)[nodes] for name, values in panel.curves.items()})
    _name_bands(axes[0], layers, {region["tag"]: name for name, region in regions.items()})
    axes[-1].set_xlim(x.min(), x.max())
    axes[-1].set_xlabel("x (nm)", fontsize=16)
    figure.suptitle(title, fontsize=20)
    below = _add_legend(figure, regions, colours)
    figure.tight_layout(rect=(0, below, 1, 1), h_pad=1.5)
    figure.savefig(path)
    return path


def _add_legend(figure, regions, colours):
    """What the bands are, below everything; returns how much of the figure's height it takes."""
    handles = [patches.Patch(facecolor=colours[r["tag"]], alpha=_PALE, edgecolor="black") for r in regions.values()]
    words = [region_label(name, region) for name, region in regions.items()]
    across = columns(words)
    figure.legend(handles, words, loc="lower center", ncols=across, fontsize=14, frameon=False)
    return (0.2 + 0.32 * -(-len(words) // across)) / figure.get_figheight()


def in_order(grid):
    """From left to right: x of the nodes of each cell, (cells, nodes), their numbers, and the region of each cell."""
    count = int(grid.cells[0])
    nodes = grid.cells.reshape(-1, count + 1)[:, 1:]
    x = np.asarray(grid.points)[:, 0][nodes]
    along = np.argsort(x, axis=1)
    x, nodes = np.take_along_axis(x, along, axis=1), np.take_along_axis(nodes, along, axis=1)
    order = np.argsort(x.mean(axis=1))
    return x[order], nodes[order], np.asarray(grid["region"])[order]


def bands(x, region):
    """[(region, from, to)] of neighbouring cells of one region."""
    found = []
    for tag, group in groupby(range(len(region)), key=lambda cell: region[cell]):
        cells = tuple(group)
        found.append((int(tag), x[cells[0], 0], x[cells[-1], -1]))
    return found


def _name_bands(panel, layers, names):
    """Names above the bands, upright where they are narrow; none where they are too narrow: the legend has them all."""
    whole = layers[-1][2] - layers[0][1]
    for tag, low, high in layers:
        part, name = (high - low) / whole, names[tag]
        if part < _LINE:
            continue
        rotation = 0 if part > _LETTER * len(name) else 90
        style = {"fontsize": 13, "rotation": rotation, "ha": "center", "va": "bottom"}
        panel.text((low + high) / 2, 1.03, name, transform=panel.get_xaxis_transform(), **style)


def _draw_panel(place, panel, x, curves):
    largest = max(np.abs(values).max() for values in curves.values())
    factor, unit = prefixed(largest, panel.unit)
    for (name, values), colour in zip(curves.items(), _CURVES, strict=False):
        place.plot(x.ravel(), values.ravel() * factor, color=colour, linewidth=1.2, linestyle=":")
        broken_x, broken_values = broken(x, values, _JUMP * largest)
        place.plot(broken_x, broken_values * factor, color=colour, linewidth=2.5, label=name)
    place.set_ylabel(f"{panel.label} ({unit})", fontsize=15)
    place.tick_params(labelsize=13)
    place.grid(axis="y", color="#888888", alpha=0.4)
    if panel.logarithmic:
        place.set_yscale("log")
    else:
        place.axhline(0, color="#444444", linewidth=0.8)
    if len(curves) > 1:
        place.legend(fontsize=14, loc="best")


def broken(x, values, least):
    """The curve through all cells, with a NaN wherever it jumps by more than `least`."""
    jumps = 1 + np.flatnonzero(np.abs(values[1:, 0] - values[:-1, -1]) > least)
    where = jumps * x.shape[1]
    return np.insert(x.ravel(), where, np.nan), np.insert(values.ravel(), where, np.nan)
