"""What the views of a ParaView script show: expressions for its calculator, with units and ranges that suit the fields."""

from dataclasses import dataclass

import numpy as np

from spinfem.formatting import prefixed
from spinfem.output.colour_scales import colour_scale, one_in_each_box, scale_of

_ROUNDING = 1e-9
_COLOURS = {"PuOr_r": "PuOr", "viridis": "Viridis (matplotlib)", "cividis": "Cividis"}


@dataclass(frozen=True)
class Quantity:
    """What a view shows: an expression of ParaView's calculator, counted in the unit that its name tells."""

    name: str
    function: str
    colours: str
    low: float
    high: float
    size: float  # the largest value, in SI units
    file: str = ""


def potential(what, function, samples, signed, unit="V"):
    seen = [values[one_in_each_box(np.asarray(grid.points), grid.length / 150)] for grid, values in samples]
    low, high = min(s.min() for s in seen), max(s.max() for s in seen)
    size = max(abs(low), abs(high))
    factor, unit = prefixed(size, unit)
    scale = colour_scale(low * factor, high * factor, signed)
    return _quantity(f"{what} ({unit})", function, factor, scale, size)


def _quantity(name, function, factor, scale, size, file=""):
    colours, norm = scale
    low, high = float(norm.vmin), float(norm.vmax)
    if colours == "viridis_r":
        colours = "viridis"
    return Quantity(name, f"{factor:g}*{function}", _COLOURS[colours], short(low), short(high), size, file)


def not_rounding(*quantities):
    """Those that are more than rounding next to the others."""
    largest = max(quantity.size for quantity in quantities)
    return [quantity for quantity in quantities if quantity.size > _ROUNDING * largest]


def current(what, function, samples):
    sizes = [np.linalg.norm(vectors, axis=1) for vectors in samples]
    largest = max(float(np.quantile(s, 0.999)) for s in sizes)
    factor, unit = prefixed(largest, "A")
    name, high = f"{what} ({unit}/m²)", short(largest * factor)
    return Quantity(name, f"{factor:g}*{function}", _COLOURS["viridis"], 0.0, high, largest)


def surface(what, function, samples, unit, per, file):
    bounds = np.array([_most(grid, values) for grid, values in samples])
    low, high = bounds[:, 0].min(), bounds[:, 1].max()
    size = max(abs(low), abs(high))
    factor, prefixed_unit = prefixed(size, unit)
    signed = low < 0
    scale = colour_scale(low * factor if signed else 0.0, high * factor, signed)
    return _quantity(f"{what} ({prefixed_unit}{per})", function, factor, scale, size, file)


def _most(grid, values):
    """(low, high) between which most of a density lies that is given at the points of a grid: at the rim of a contact there is no bound."""
    kinds = grid.compute_cell_sizes()
    sizes = np.asarray(kinds["Volume"] + kinds["Area"] + kinds["Length"])  # a cell has one of them
    middles = np.concatenate([values[nodes].mean(axis=1) for nodes in grid.cells_dict.values()])
    scale = scale_of(np.abs(sizes), np.abs(middles))
    return [float(np.clip(end, -scale, scale)) for end in (middles.min(), middles.max())]


def combination(axis, names):
    """A sum in the calculator's words: components times names."""
    parts = [name if a == 1 else f"{a:.6g}*{name}" for a, name in zip(axis, names, strict=True) if abs(a) > 1e-9]
    return "(" + " + ".join(parts) + ")" if len(parts) > 1 or not parts[0].startswith('"') else parts[0]


def short(value) -> float:
    return float(f"{value:.4g}")
