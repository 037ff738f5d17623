"""Facets on which a law of its own holds: the two sides of an interface, whichever way the mesh orients them, and the end of a lead."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from dolfinx import fem

from spinfem.model.layout import Layout
from spinfem.model.potentials import Potentials


class Sides(NamedTuple):
    """A state on side 1 and on side 2."""

    first: Potentials
    second: Potentials

    @property
    def jump(self):
        """Side 1 minus side 2: what drives a current from 1 to 2."""
        return self.first - self.second


class _Numbered:
    """The numbers of a law enter its form through this."""

    numbers: list
    named: dict
    magnetization: fem.Function

    def number(self, value):
        """A number of the law, or a matrix of them, for the form. A constant: all values share a compiled kernel, and what a
        change of it does to the form is known (`spinfem.model.gradient`)."""
        self.numbers.append(fem.Constant(self.magnetization.function_space.mesh, np.asarray(value, dtype=float)))
        return self.numbers[-1]


@dataclass(frozen=True)
class End(_Numbered):
    """What a condition at a terminal may know: the magnetization, the unit of G, the area of the terminal. Its u and w are Potentials."""

    magnetization: fem.Function
    conductance_unit: float  # S/m^2: divide a conductance per area by this
    area: float  # m^2
    layout: Layout
    numbers: list = field(default_factory=list)  # as in Facet
    named: dict = field(default_factory=dict)

    def states(self, u):
        """An unknown or a test function as the condition sees it."""
        return u

    def vector(self, name, vector):
        """A spin vector along x, y, z, (3,), of the law for forms, in the spin basis: a number like others, that is found by its name, too."""
        self.named[name] = self.number(self.layout.basis @ np.asarray(vector))
        return self.named[name]


@dataclass(frozen=True)
class Facet(_Numbered):
    """What an interface type may know: which side is which, the magnetisations, the unit of G."""

    first: fem.Function  # indicator of region 1
    second: fem.Function  # indicator of region 2
    magnetization: fem.Function
    magnetic: tuple  # (is side 1 a ferromagnet?, is side 2?)
    directions: tuple  # m of side 1 and of side 2 as numbers, (n,) in the spin basis; None unless it is uniform
    conductance_unit: float  # S/m^2: divide an interface conductance by this
    layout: Layout
    numbers: list = field(default_factory=list)  # the Constants that `number` gave, in the order of the form
    named: dict = field(default_factory=dict)  # those of them that others look for

    def on(self, side, expression):
        """The value of `expression` on the side whose indicator is `side`."""
        return side("+") * expression("+") + side("-") * expression("-")

    def states(self, u):
        """An unknown or a test function on both sides."""
        return Sides(*(u.each(lambda part, side=side: self.on(side, part)) for side in (self.first, self.second)))

    def magnetization_of(self, side):
        """m of side 0 or 1 (first, second), in the spin basis."""
        return self.on((self.first, self.second)[side], self.magnetization)
