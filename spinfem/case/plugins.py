"""What can be added to spinfem by writing one file: observables, types of interface, physical terms in the bulk.

A subclass registers itself by its `kind`, the word by which case files call it:

    class LoopCurrent(Observable, kind="loop_current"):
        '''One line for `spinfem observables`.'''

        cut: Literal["x", "y", "z"] = "x"

Its fields, all of them pydantic's, are the keys of the case file.
"""

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, model_serializer, model_validator

from spinfem.case.quantity import ThermalInterfaceConductance
from spinfem.case.registry import Plugin, Registry
from spinfem.case.scalar_field import ScalarField

WITH_HEAT = "where the temperature is computed, with `heat: 300 K` at the top of the case"


def _fit_for_files(name):
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
        raise ValueError("a name consists of letters, digits and _ . - because files are called after it")
    return name


class Observable(Plugin):
    """A quantity that is read off the solution."""

    kinds: ClassVar = Registry("spinfem.observables")

    needs_linear: ClassVar[str] = ""
    """Why it has a meaning only where all that flows is linear in what drives it, in words; "" where it has one anyway."""

    name: Annotated[str, AfterValidator(_fit_for_files)] = ""
    """What the result is called (default: the kind)."""

    @property
    def path_prefix(self) -> tuple[str, ...]:
        """The key between the place in the list and the fields."""
        return (self.kind,)

    @model_validator(mode="before")
    @classmethod
    def _named_by_kind(cls, data):
        return {"name": cls.kind} | data if isinstance(data, dict) else data

    @model_serializer(mode="wrap")
    def _as_in_the_case_file(self, handler):
        return {self.kind: handler(self)}

    def faults(self, case, outline) -> Iterator:
        """(key, value, message) for whatever cannot be measured on this Case and Outline, whose names all fit."""
        return iter(())

    def misplaced(self, device) -> Iterator:
        """(key, value, message) for whatever lies outside the meshed Device. Collective; asked before anything is solved."""
        return iter(())

    def unit_of(self, name) -> str | None:
        """The SI unit of the number `name`, where it is known before anything is solved; else None."""
        return None

    @abstractmethod
    def measure(self, simulation) -> Iterator:
        """Yields Measurements, Tables and the other kinds in `study.results`; a Caveat is told as a warning. Raises Undefined (`study.ratio`)."""
        raise NotImplementedError


class Interface(Plugin):
    """What happens where two regions touch; side 1 and side 2 as in the interface's name."""

    kinds: ClassVar = Registry("spinfem.model.interfaces")
    breaks: ClassVar[bool] = True
    """Do the potentials jump?"""
    linear: ClassVar[bool] = True
    """Are the currents through it linear in the potentials? Otherwise u of its `integrand` is a state and not a trial function."""

    thermal_conductance: ThermalInterfaceConductance | None = Field(default=None, ge=0)
    """Where the case has `heat`: what heat crosses by. Default: what the law of Wiedemann and Franz makes of the conductance for charge."""

    @property
    def conducts(self) -> bool:
        """Can charge cross it? Where it cannot, each side needs a potential of its own."""
        return True

    @property
    def turns_spins(self) -> bool:
        """Does it turn spins about a magnetization? Its form is then not symmetric."""
        return False

    @property
    def barrier(self) -> tuple[float, float] | None:
        """(AR, ohm m^2; P) between a magnet and a metal, (inf, 1) where nothing passes: what closed formulas know of a contact. None where these do
        not say it."""
        return None

    @property
    def charge_conductance(self) -> float | None:
        """G for charge, S/m^2; None where nobody knows."""
        return None if self.barrier is None else 1 / self.barrier[0]

    @property
    def mixes(self) -> Sequence:
        """As of a Term: matrices, (3, 3), for what it does to spins."""
        return ()

    @model_serializer(mode="wrap")
    def _as_in_the_case_file(self, handler):
        said = {"type": self.kind} | handler(self)
        return (
            said
            if self.thermal_conductance is not None
            else {k: v for k, v in said.items() if k != "thermal_conductance"}
        )

    def faults(self, first, second) -> Iterator:
        """(key, value, message) for whatever cannot be between the Regions on side 1 and side 2."""
        return iter(())

    @abstractmethod
    def integrand(self, u, w, facet):
        """The variational form, for trial and test states `u` and `w` on the two sides of a facet."""
        raise NotImplementedError

    def doubt(self, voltage) -> str:
        """Why its law is not to be believed at this voltage across it (V, side 1 less side 2, the mean of its area), in words; "" where it is."""
        return ""

    def idle(self, case, dimension):
        if case.heat is None:
            yield ("thermal_conductance",), f"it counts {WITH_HEAT}"

    def heat_integrand(self, u, w, facet):
        """The form of the heat that crosses by itself, Q.n = K (T_1 - T_2), where the temperature is an unknown."""
        scalar = facet.layout.scalar("T")
        given = self.thermal_conductance
        conductance = (
            self.charge_conductance if given is None else scalar.conductance(given)
        )  # T counts so that K = L_0 T_0 G is G
        return facet.number(conductance / facet.conductance_unit) * u.jump["T"] * w.jump["T"]


class Term(Plugin):
    """A physical process in the bulk. Its fields, if it has any, are keys of `regions.NAME.terms.KIND`; those of spinfem read a material instead.

    A term that is not spinfem's own acts where a region asks for it under `terms`, and without keys too (`terms: {KIND: }`); so no
    device gets a process that its case does not name.
    With u = (phi, v) the unknowns, (psi, w) test functions and `c` the coefficients of all terms by their names. Everything is a class method,
    because a process is one for the whole device; what a region has of it stands in the Region, `cls.of(region)` being its own keys.
    """

    kinds: ClassVar = Registry("spinfem.model.terms")
    dissipates: ClassVar[str] = ""
    """The name of the power that goes into heat by it; none, if it does no work."""
    linear: ClassVar[bool] = True
    """Are its currents linear in the potentials? Otherwise u of its `integrand` is a state and not a trial function, and it has no `tensors`."""
    linear_without: ClassVar[str] = ""
    """How to be without it, if it is not linear: the end of a sentence."""
    counts: ClassVar[Mapping[str, str]] = {}
    """Keys of a material that count only under some circumstances -> under which ones, in words: who gives them elsewhere is told so."""

    @classmethod
    def of(cls, region):
        """What the region says under `terms` for this kind; None if nothing."""
        return region.terms.get(cls.kind)

    def faults(self, region) -> Iterator:
        """(key, value, message) for whatever does not go together with the Region that asks for it; "" is the term itself."""
        return iter(())

    @classmethod
    def numbers(cls, region, scale) -> dict:
        """Name -> coefficient of a Region, in the scaled units of the operator (`spinfem.case.operator_scale.Scale`)."""
        return {}

    @classmethod
    def acts(cls, regions, dimension) -> bool | None:
        """Is there any of it in a device of these Regions (by name)? None: where any of its numbers is not zero."""
        return None

    @classmethod
    def needs_lifetime(cls, region) -> str:
        """Why it has to know the spin lifetime of a Region, in words; "" where it has not."""
        return ""

    @classmethod
    def directions(cls, regions, dimension) -> Sequence:
        """Directions of spin, unit vectors, that it brings in."""
        return ()

    @classmethod
    def scalar_fields(cls, regions) -> Sequence[ScalarField]:
        """Scalar unknowns that it brings in, which forms then find by name: u["T"]; only in devices that have one, its coefficients are zero elsewhere."""
        return ()

    @classmethod
    def lengths(cls, region) -> Sequence[float]:
        """The lengths, m, over which by it potentials change beside where something enters a Region: cells are thin there before anything is solved.
        Only numbers that shape the mesh of a sweep anyway."""
        return ()

    @classmethod
    def piles_up(cls, region) -> bool:
        """Do spins pile up by it at the outer faces of a Region, which nothing enters or leaves?"""
        return False

    @classmethod
    def mixes(cls, regions) -> Sequence:
        """What it does to spins, if that is the same in all of a region: matrices, (3, 3), of size about 1. Directions that they lead to are solved for too."""
        return ()

    @classmethod
    def turns_spins(cls, regions) -> bool:
        """Does it turn spins out of the plane of two directions?"""
        return False

    @classmethod
    def symmetric(cls, n_spin) -> bool:
        """Is its form symmetric, with so many spin components?"""
        return True

    @classmethod
    def quadrature_degree(cls, degree, texture) -> int:
        """Degree of the integrand, for potentials of `degree` and magnetizations that are polynomials of degree `texture`."""
        return 2 * degree + 2 * texture

    @classmethod
    @abstractmethod
    def integrand(cls, u, w, c):
        """The form in the scaled unit, for trial and test states u, w; c: the Coefficients."""
        raise NotImplementedError

    @classmethod
    def work(cls, u, c):
        """The power that charge and spin spend in it, if it `dissipates`, for each volume in the scaled unit: by default `integrand(u, u, c)`."""
        return cls.integrand(u, u, c)

    @classmethod
    def tensors(cls, numbers, m, axes):
        """What its form is in a region with these `numbers` and the magnetization m in the spin basis, (n,), zero in normal metals, None for a texture;
        axes: the spin basis, (n, 3):
        {"stiffness": Tensor} of the gradients, {"mass": Tensor} of the potentials. Such a form is assembled without being compiled, and much faster.
        None: it is what `integrand` says, and no more is known."""
        return None

    @classmethod
    def capacity(cls, region, scale):
        """What a Region stores of the potentials for each volume, as a Tensor that multiplies du/dt, in s; None: nothing."""
        return None

    @classmethod
    def charge_current(cls, u, c):
        """Its part of j, shape (d,), or None."""
        return None

    @classmethod
    def spin_current(cls, u, c):
        """Its part of J, shape (n, d), but for `current_along`, or None."""
        return None

    @classmethod
    def current_along(cls, u, c):
        """What it has of the current of spins along m, shape (d,), or None: a part m_a f_i of J_ia whose form is f.grad(m.w) (`slope_along`)."""
        return None

    @classmethod
    def scalar_currents(cls, u, c) -> dict:
        """Name of a scalar field -> its part of what flows, shape (d,), for A/m^2 in the scaled unit."""
        return {}

    @classmethod
    def scalar_losses(cls, u, c) -> dict:
        """Name of a scalar field -> what of it is lost for each volume, for A/m^3 in the scaled unit."""
        return {}

    @classmethod
    def given_to_lattice(cls, u, c):
        """Spin that the lattice takes for each volume, shape (n,), or None."""
        return None

    @classmethod
    def given_to_magnet(cls, u, c):
        """Spin that the magnetization of a weak ferromagnet takes for each volume, its torque, shape (n,), or None."""
        return None
