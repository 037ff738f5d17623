"""Ranges of colours that neither a corner of a contact nor a large region without anything decides."""

import numpy as np

_TOLD_APART = 0.95  # share of the whole whose density the colours tell apart; at the rim of a contact there is no bound
_ALL = 1.3  # a largest value that is not further above than this factor is the end of the scale itself


def scale_of(sizes, strengths):
    """The end of a scale for densities `strengths` >= 0 in cells of these `sizes`: below it acts most of their sum, or all of it."""
    order = np.argsort(strengths)
    below = np.cumsum((sizes * strengths)[order])
    most = float(strengths[order][np.searchsorted(below, _TOLD_APART * below[-1]).clip(max=len(order) - 1)])
    largest = float(strengths.max())
    return largest if largest <= _ALL * most else most
