"""The potentials of a device at a point, as expressions for forms."""

from typing import Any, NamedTuple

import ufl


class Potentials(NamedTuple):
    """Charge potential and spin potential vector, as UFL expressions."""

    phi: Any
    v: Any


class Tensor(NamedTuple):
    """The coefficients of a bilinear form of potentials u and w, or of their gradients: charge u.phi w.phi + drag.(u.v w.phi + u.phi w.v) + w.v.spins u.v."""

    charge: float
    drag: Any  # (n,), or 0
    spins: Any  # (n, n), or a number for all components


def in_space(v, c):
    """A spin vector along x, y, z, shape (3,), of its components in the basis; c: the Coefficients."""
    return ufl.dot(v, c.axes)


def cross(a, b):
    """a x b in the spin basis. Along one axis, or within one plane where nobody asks for the third direction, it is zero."""
    return ufl.cross(a, b) if a.ufl_shape == (3,) else ufl.zero(a.ufl_shape)


def in_plane(vector, d):
    """The first d components of a vector along x, y, z."""
    return ufl.as_vector([vector[i] for i in range(d)])


def out_of_plane(slope):
    """A gradient, shape (d,), along x, y, z: nothing varies along what is left out."""
    (d,) = slope.ufl_shape
    return ufl.as_vector([slope[i] if i < d else ufl.as_ufl(0) for i in range(3)])
