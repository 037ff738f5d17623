"""The potentials of a device at a point, as expressions for forms."""

from typing import Any, NamedTuple

import ufl


class Potentials(NamedTuple):
    """Charge potential and spin potential vector, as UFL expressions."""

    phi: Any
    v: Any


def cross(a, b):
    """a x b in the spin basis. Along one axis, or within one plane where nobody asks for the third direction, it is zero."""
    return ufl.cross(a, b) if a.ufl_shape == (3,) else ufl.zero(a.ufl_shape)
