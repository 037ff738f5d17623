"""Spins turn as they move: Rashba's and Dresselhaus' spin-orbit fields."""

from typing import Literal

import numpy as np
import ufl
from pydantic import Field, model_validator

from spinfem.case.plugins import Term
from spinfem.case.quantity import Angle, Dimensionless, SpinOrbitParameter, WaveNumber
from spinfem.case.validation import said
from spinfem.constants import HBAR
from spinfem.model.potentials import in_space
from spinfem.theory import spin_orbit as theory

Axis = Literal["+x", "-x", "+y", "-y", "+z", "-z"]
_Turn = tuple[WaveNumber, WaveNumber, WaveNumber]
_NAMES = tuple(tuple(f"turn_{i}_{a}" for a in "xyz") for i in "xyz")
_NOTHING = 1e-12  # of the largest wave number


class SpinOrbit(Term, kind="spin_orbit"):
    """D_i v = d_i v + A_i x v in the place of d_i v, in normal metals and two-dimensional gases: J_i = - sigma D_i v, D_i J_i = - c v/tau.

    A is the sum of all that is given: A_i = q n x e_i (Rashba), of the linear Dresselhaus field in a layer across z, and by itself (`along_x` ...).
    Relaxation of D'yakonov and Perel' follows from it, so the spin diffusion length is that of all other mechanisms. In the form, sigma D v : D w, A
    is symmetric. I. V. Tokatly, PRL 101, 106601 (2008); docs/spin_orbit_fields.md.
    """

    rashba: WaveNumber = 0.0
    """q = 2 m* alpha/hbar^2: spins turn by 2 pi on 2 pi/q. H = alpha (sigma x k).n."""
    dresselhaus: WaveNumber = 0.0
    """2 m* beta/hbar^2, linear. H = beta (k_1 sigma_1 - k_2 sigma_2), 1 = [100], 2 = [010], in a layer across z."""
    rashba_parameter: SpinOrbitParameter | None = None
    """alpha, in the place of `rashba`; with `effective_mass`."""
    dresselhaus_parameter: SpinOrbitParameter | None = None
    """beta, in the place of `dresselhaus`; with `effective_mass`."""
    effective_mass: Dimensionless | None = Field(None, gt=0)
    """m*, in units of the electron's mass."""
    normal: Axis = "+z"
    """n: across the layer, towards where the electric field of Rashba's term points."""
    crystal_angle: Angle = 0.0
    """From x to the crystal's [100] in the plane of the layer."""
    along_x: _Turn | None = None
    """A_x besides, in spin space: spins turn by - A_x for each length on the way along x."""
    along_y: _Turn | None = None
    """A_y besides."""
    along_z: _Turn | None = None
    """A_z besides."""
    wire: Literal["x", "y", "z"] | None = None
    """The region is a wire along this axis, narrow compared with 1/q: only turns on the way along it count."""
    dissipates = "transport"

    @model_validator(mode="after")
    def _told_once(self):
        found = []
        for number, energy in (("rashba", "rashba_parameter"), ("dresselhaus", "dresselhaus_parameter")):
            value = getattr(self, energy)
            if value is None:
                continue
            if number in self.model_fields_set:
                found.append(((energy,), value, f"says the same as {number}; give one of them"))
            if self.effective_mass is None:
                message = "needs the effective_mass, in units of the electron's, e.g. effective_mass: 0.05"
                found.append((("effective_mass",), None, message))
        if self.normal[1] != "z" and self._numbers()[1]:
            message = f"must be +z or -z with {'dresselhaus' if self.dresselhaus else 'dresselhaus_parameter'}, which is known for a layer across z"
            found.append((("normal",), self.normal, message))
        if found:
            raise said(found, "spin_orbit")
        return self

    def _numbers(self):
        """The wave numbers of Rashba's and Dresselhaus' fields, 1/m."""
        pairs = ((self.rashba, self.rashba_parameter), (self.dresselhaus, self.dresselhaus_parameter))
        mass = (self.effective_mass or 0.0) * theory.ELECTRON_MASS
        return [q if energy is None else 2 * mass * energy / HBAR**2 for q, energy in pairs]

    def field(self):
        """A, 1/m, (3, 3): row i is A_i."""
        rashba, dresselhaus = self._numbers()
        normal = (1.0 if self.normal[0] == "+" else -1.0) * np.eye(3)["xyz".index(self.normal[1])]
        given = [turn or (0.0, 0.0, 0.0) for turn in (self.along_x, self.along_y, self.along_z)]
        found = theory.rashba(rashba, normal) + theory.dresselhaus(dresselhaus, self.crystal_angle) + np.array(given)
        if self.wire is None:
            return found
        return np.eye(3)["xyz".index(self.wire)][:, None] * found

    def idle(self, case, dimension):
        rashba, dresselhaus = self._numbers()
        if not self.field().any():
            yield (
                (),
                "it has no field: give `rashba`, `dresselhaus`, or `along_x` ..."
                if self.wire is None or not rashba + dresselhaus
                else (f"nothing of its field is left along the `wire: {self.wire}`"),
            )
            return
        if not rashba and not dresselhaus:
            yield ("normal",), "it is that of `rashba` and `dresselhaus`, and neither is given"
        if not dresselhaus:
            yield ("crystal_angle",), "it is for `dresselhaus`, which is not given"
        if self.rashba_parameter is None and self.dresselhaus_parameter is None and not _asks_for_mass(case):
            yield (
                ("effective_mass",),
                "it belongs to `rashba_parameter`, `dresselhaus_parameter` and the observable `equilibrium_spin_current`",
            )
        for axis in "xyz":
            if self.wire not in (None, axis):
                yield (f"along_{axis}",), f"the region is a wire along {self.wire}"

    def faults(self, region):
        if region.magnetization is not None:
            message = "belongs to normal metals and two-dimensional gases; this region is a ferromagnet"
            yield "", type(self).kind, f"{message}, where spins keep to the magnetization"
        if region.material.spin_hall_angle:
            message = f"and spin_hall_angle: {region.material.spin_hall_angle:g} in one region are not modelled"
            yield "", type(self).kind, f"{message}: the spin Hall currents would turn as well; leave one of them out"

    @classmethod
    def numbers(cls, region, scale):
        own = cls.of(region)
        found = np.zeros((3, 3)) if own is None else own.field() * scale.length_unit
        return {name: float(found[at]) for at, name in np.ndenumerate(np.array(_NAMES))}

    @classmethod
    def lengths(cls, region):
        own = cls.of(region)
        turns = 0.0 if own is None else float(np.linalg.norm(own.field()))
        return (1 / turns,) if turns else ()

    @classmethod
    def piles_up(cls, region) -> bool:
        """Spins that come along a face turn, and towards the face they may not."""
        return bool(cls.lengths(region))

    @classmethod
    def mixes(cls, regions):
        fields = [cls.of(region).field() for region in regions.values() if cls.of(region) is not None]
        rows = [row for field in fields for row in field if np.abs(row).max() > _NOTHING * np.abs(field).max()]
        return [theory.cross_matrix(row / np.linalg.norm(row)) for row in rows]

    @classmethod
    def integrand(cls, u, w, c):
        slope_u, slope_w, turned_u, turned_w = _slope(u.v), _slope(w.v), _turned(u.v, c), _turned(w.v, c)
        mixed = ufl.inner(turned_u, slope_w) + ufl.inner(slope_u, turned_w)
        return c.conductivity * (mixed + ufl.inner(turned_u, turned_w))

    @classmethod
    def spin_current(cls, u, c):
        turned, (n, d) = _turned(u.v, c), ufl.grad(u.v).ufl_shape
        return -c.conductivity * ufl.as_matrix([[turned[a, i] for i in range(d)] for a in range(n)])

    @classmethod
    def given_to_lattice(cls, u, c):
        """A_i x J_i: the torque of the field on the spins that flow."""
        flow = -c.conductivity * (_slope(u.v) + _turned(u.v, c))
        columns = [ufl.as_vector([flow[a, i] for a in range(flow.ufl_shape[0])]) for i in range(3)]
        parts = [_about(field, columns[i], c) for i, field in enumerate(_field(c))]
        return sum(parts[1:], parts[0])


def _asks_for_mass(case):
    return any(observable.kind == "equilibrium_spin_current" for observable in case.observables)


def _field(c):
    """A_x, A_y, A_z in spin space."""
    return [ufl.as_vector([getattr(c, name) for name in names]) for names in _NAMES]


def _about(field, v, c):
    """A_i x v in the spin basis, (n,)."""
    return ufl.dot(c.axes, ufl.cross(field, in_space(v, c)))


def _turned(v, c):
    """A_i x v, (n, 3): column i, as of a gradient."""
    columns = [_about(field, v, c) for field in _field(c)]
    return ufl.as_matrix([[column[a] for column in columns] for a in range(v.ufl_shape[0])])


def _slope(v):
    """d_i v, (n, 3): a device of fewer dimensions is the same all along the others."""
    slope = ufl.grad(v)
    n, d = slope.ufl_shape
    return ufl.as_matrix([[slope[a, i] if i < d else ufl.as_ufl(0.0) for i in range(3)] for a in range(n)])
