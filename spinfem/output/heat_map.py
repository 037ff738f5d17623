"""A matrix as a picture: signed colours on a logarithmic scale, its blocks marked."""

import numpy as np
from matplotlib import rc_context
from matplotlib.colors import SymLogNorm
from matplotlib.figure import Figure

from spinfem.formatting import prefixed

_ROUNDING = 1e-9  # of the largest entry: what is below is drawn as zero
_DECADES = 6  # at most, from the largest entry to where colours turn linear
_WRITTEN = 16  # rows up to which the numbers stand in the cells


def draw_matrix(folder, matrix):
    """Write NAME.png of a Matrix; returns the path."""
    path = folder / f"{matrix.name}.png"
    largest = float(np.abs(matrix.values).max(initial=0.0)) or 1.0
    shown = np.where(np.abs(matrix.values) > _ROUNDING * largest, matrix.values, 0.0)
    factor, unit = prefixed(largest, matrix.unit)
    rows, columns = shown.shape
    with rc_context({"font.size": 12, "mathtext.default": "regular"}):
        names = [max(map(len, labels), default=0) for labels in (matrix.rows, matrix.columns)]
        size = (2.0 + 0.115 * names[0] + 0.75 * columns, 0.8 + 0.1 * names[1] + 0.55 * rows)
        figure = Figure(figsize=size, dpi=130, layout="constrained")
        axes = figure.subplots()
        image = axes.imshow(shown * factor, cmap="RdBu_r", norm=_norm(shown * factor), aspect="auto")
        axes.set_xticks(range(columns), matrix.columns, rotation=60, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(rows), matrix.rows)
        axes.tick_params(length=0)
        if max(rows, columns) <= _WRITTEN:
            _write(axes, image, shown * factor)
        _mark(axes, matrix.groups)
        figure.colorbar(image, ax=axes, label=f"{matrix.name.replace('_', ' ')} ({unit})" if unit else matrix.note)
        figure.savefig(path)
    return path


def _norm(values):
    sizes = np.abs(values[values != 0])
    largest = sizes.max(initial=0.0) or 1.0
    threshold = min(max(sizes.min(initial=largest), largest * 10.0**-_DECADES), largest / 10)
    return SymLogNorm(threshold, linscale=0.4, vmin=-largest, vmax=largest, base=10)


def _write(axes, image, values):
    for (i, j), value in np.ndenumerate(values):
        red, green, blue, _ = image.cmap(image.norm(value))
        dark = 0.3 * red + 0.6 * green + 0.1 * blue < 0.5
        text = f"{value:.3g}" if value else "0"
        axes.text(j, i, text, ha="center", va="center", fontsize=8, color="white" if dark else "black")


def _mark(axes, groups):
    """Lines between the blocks, and what each of them is: rows then columns."""
    row, column = -0.5, -0.5
    edges = []
    for label, n_rows, n_columns in groups:
        edges.append((label, column, column + n_columns))
        row, column = row + n_rows, column + n_columns
        if (label, n_rows, n_columns) != groups[-1]:
            axes.axhline(row, color="black", linewidth=1.8)
            axes.axvline(column, color="black", linewidth=1.8)
    row = -0.5
    for label, n_rows, _ in groups:
        for other, start, end in edges:
            if end > start and n_rows:
                axes.annotate(
                    f"{label}–{other}",
                    (start, row),
                    xytext=(3, -3),
                    textcoords="offset points",
                    va="top",
                    fontsize=7,
                    fontstyle="italic",
                    bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 0.8},
                )
        row += n_rows
