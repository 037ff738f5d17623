"""The potentials of a device at a point, as expressions for forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import ufl


@dataclass(frozen=True)
class Potentials:
    """Charge potential, spin potential vector, and further scalars by name, u["T"], as UFL expressions."""

    phi: Any
    v: Any
    scalars: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name):
        return self.scalars[name]

    def each(self, change):
        """The Potentials that a function makes of each part."""
        scalars = {name: change(scalar) for name, scalar in self.scalars.items()}
        return Potentials(change(self.phi), change(self.v), scalars)

    def __sub__(self, other):
        scalars = {name: scalar - other[name] for name, scalar in self.scalars.items()}
        return Potentials(self.phi - other.phi, self.v - other.v, scalars)


class Tensor(NamedTuple):
    """The coefficients of a bilinear form of potentials u and w, or of their gradients: charge u.phi w.phi + drag.(u.v w.phi + u.phi w.v) + w.v.spins u.v,
    and for each pair in `between`, of the names of a scalar field and of any field ("phi", "v", "T"), that number (with "v": (n,)) times u of the one and w of
    the other, and the other way about."""

    charge: float = 0.0
    drag: Any = 0.0  # (n,), or 0
    spins: Any = 0.0  # (n, n), or a number for all components
    between: Mapping[tuple[str, str], Any] = {}


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
