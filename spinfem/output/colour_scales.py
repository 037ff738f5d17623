"""Scales of colours that neither a corner of a contact nor a large region without anything decides."""

import numpy as np
from matplotlib import colors

_TOLD_APART = 0.95  # share of the whole whose density the colours tell apart; at the rim of a contact there is no bound
_SAMPLES = 200  # along the longer side, for the largest |j| that can be seen
_ONE_SIGN = 0.02  # a sign that reaches less than this fraction of the other is not shown
_DECADES = 3  # of a current's magnitude that its colours cover
_ALL = 1.3  # a largest value that is not further above than this factor is the end of the scale itself


def scale_of(sizes, strengths):
    """The end of a scale for densities `strengths` >= 0 in cells of these `sizes`: below it acts most of their sum, or all of it."""
    order = np.argsort(strengths)
    below = np.cumsum((sizes * strengths)[order])
    most = float(strengths[order][np.searchsorted(below, _TOLD_APART * below[-1]).clip(max=len(order) - 1)])
    largest = float(strengths.max())
    return largest if largest <= _ALL * most else most


def largest_seen(grid, size, span) -> float:
    """The largest |j| but for the cells at a corner that nobody sees: one cell for each box of a lattice."""
    if not size.size:
        return 0.0
    boxes = np.floor(np.asarray(grid.cell_centers().points) / (span / _SAMPLES)).astype(np.int64)
    which, number = np.unique(boxes, axis=0, return_inverse=True)
    area = np.asarray(grid.compute_cell_sizes(length=False, volume=False)["Area"])
    number = number.ravel()
    return float((np.bincount(number, size * area) / np.bincount(number, area)).max())


def one_in_each_box(points, step):
    """Numbers of points, the first one in each box of a cubic lattice."""
    boxes = np.floor(points / step).astype(np.int64)
    boxes -= boxes.min(axis=0)
    return np.unique(boxes @ np.cumprod([1, *boxes.max(axis=0)[:2] + 1]), return_index=True)[1]


def colour_scale(low, high, signed):
    """Colour map and norm for values between low and high."""
    if signed and min(high, -low) > _ONE_SIGN * max(high, -low):
        limit = max(abs(low), abs(high))
        return "PuOr_r", colors.Normalize(-limit, limit)
    if signed:  # one sign: zero is an end of the scale
        low, high = min(low, 0.0), max(high, 0.0)
        low, high = (low, 0.0) if -low > high else (0.0, high)
    colormap = "cividis" if not signed else "viridis_r" if low < 0 else "viridis"
    return colormap, colors.Normalize(low, high if high > low else low + 1.0)


def decades_below(largest):
    """The logarithmic norm of magnitudes up to `largest`."""
    return colors.LogNorm(max(largest, 1e-30) * 10.0**-_DECADES, max(largest, 1e-30))


def beyond(values, norm, tolerance=0.01) -> str:
    """At which ends of a colour scale there are values that it does not reach: neither, min, max or both."""
    slack = tolerance * (norm.vmax - norm.vmin)
    low, high = values.min() < norm.vmin - slack, values.max() > norm.vmax + slack
    return "both" if low and high else "min" if low else "max" if high else "neither"
