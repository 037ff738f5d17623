"""Vectors of numbers, or of variables that know their derivatives."""

import numpy as np


def magnitude(vector):
    """|v|; variables have no derivative where it is zero. Of amplitudes of what oscillates it is the length of both parts, no amplitude itself."""
    if np.iscomplexobj(vector):
        return float(np.linalg.norm(vector))
    square = vector @ vector
    return square**0.5 if square else 0.0 * square
