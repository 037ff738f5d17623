"""Vectors of numbers, or of variables that know their derivatives."""


def magnitude(vector):
    """|v|; variables have no derivative where it is zero."""
    square = vector @ vector
    return square**0.5 if square else 0.0 * square
