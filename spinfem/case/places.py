"""Places and extents in words, in nm."""


def at(point, unit):
    """A point, drawing units of `unit` metres: "(100, 25) nm"."""
    return f"({', '.join(_nm(x, unit) for x in point)}) nm"


def extent(low, high, unit):
    """How large a box is: "200 x 50 nm"."""
    return f"{' x '.join(_nm(b - a, unit) for a, b in zip(low, high, strict=True))} nm"


def _nm(length, unit):
    return f"{round(length * unit * 1e9, 9) + 0.0:.6g}"
