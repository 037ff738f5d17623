"""What can be added to spinfem by writing one file: observables, types of interface, physical terms in the bulk.

A subclass registers itself by its `kind`, the word by which case files call it:

    class LoopCurrent(Observable, kind="loop_current"):
        '''One line for `spinfem observables`.'''

        cut: Literal["x", "y", "z"] = "x"

Its fields, all of them pydantic's, are the keys of the case file. The modules of spinfem, and the packages that are installed for it, are imported
when somebody first looks for a kind; files that a case names under `plugins`, when it is read (`spinfem.case.plugin_files`).
"""

import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, ValidationError, model_serializer, model_validator
from pydantic_core import core_schema

from spinfem.case.faults import CaseError, Fault, not_among
from spinfem.case.quantity import ThermalInterfaceConductance
from spinfem.case.scalar_field import ScalarField
from spinfem.case.validation import Checked, in_words, said

GROUP = "spinfem.plugins"  # of entry points of installed packages


class Registry(MutableMapping):
    """Kind -> class of what registered itself; the modules of a package do so when somebody first looks.

    of_case: what the plugin files of the case that was read last define, and nobody but this case knows.
    """

    all: ClassVar[list] = []

    def __init__(self, package):
        self._package, self._classes, self._loaded = package, {}, False
        self.of_case = {}
        self.all.append(self)

    def has_made(self, cls) -> bool:
        """Is it a class of spinfem's own?"""
        return cls.__module__.startswith(f"{self._package}.")

    def _all(self):
        if not self._loaded:
            self._loaded = True  # first, because these modules may look here themselves
            try:
                for module in iter_modules(import_module(self._package).__path__):
                    import_module(f"{self._package}.{module.name}")
                load_installed()
            except CaseError:
                self._loaded = False
                raise
        return self._classes | self.of_case

    def __getitem__(self, kind):
        return self._all()[kind]

    def __setitem__(self, kind, cls):
        """A class that is defined again, in a notebook, replaces its earlier self. Raises TypeError where it is another one."""
        if not self.has_made(cls):
            self._all()  # those of spinfem come first
        other = self._classes.get(kind, cls)
        if (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"{cls.__qualname__} and {other.__qualname__} are both of kind {kind}")
        self._classes[kind] = cls

    def __delitem__(self, kind):
        del self._classes[kind]

    def __iter__(self):
        return iter(sorted(self._all()))

    def __len__(self):
        return len(self._all())


@cache
def _points():
    """The entry points of all installed packages; to look for them takes a while."""
    return tuple(entry_points(group=GROUP))


_installed: set = set()  # entry points that are loaded, or just being loaded


def load_installed() -> None:
    """Import what installed packages bring, once. Raises CaseError."""
    for point in _points():
        if point not in _installed:
            _installed.add(point)
            try:
                point.load()
            except Exception as error:
                _installed.discard(point)
                where = f"the package {point.dist.name}" if point.dist else "an installed package"
                message = (
                    f"{where} cannot be loaded ({GROUP}): {type(error).__name__}: {error}; mend it or uninstall it"
                )
                raise CaseError([Fault("plugins", f"{point.name} = {point.value}", message)]) from error


OF_FILES: dict[
    str, list
] = {}  # module made of a plugin file -> the classes that it defines, which become known with a case


class Plugin(Checked):
    """Base of what registers itself by kind: `class Mine(Observable, kind="mine")`. A class without a kind is a base of others, and no case can name it."""

    kind: ClassVar[str]
    kinds: ClassVar[Registry]  # each base class has its own

    def __init_subclass__(cls, kind=None, **options):
        super().__init_subclass__(**options)
        if kind is not None:  # else a base class of its own
            if not isinstance(kind, str) or not re.fullmatch(r"\w+", kind):
                raise TypeError(f"the kind of {cls.__qualname__} must be a word of letters, digits and _, not {kind!r}")
            cls.kind = kind
            if cls.__module__ in OF_FILES:
                OF_FILES[cls.__module__].append(cls)
            else:
                cls.kinds[kind] = cls


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
        """(AR, ohm m^2; P) between a magnet and a metal, (inf, 1) where nothing passes: what closed formulas know of a contact. None where these do not say it."""
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

    def integrand(self, u, w, facet):
        """The variational form, for trial and test states `u` and `w` on the two sides of a facet."""
        raise NotImplementedError

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

    @classmethod
    def of(cls, region):
        """What the region says under `terms` for this kind; None if nothing."""
        return region.terms.get(cls.kind)

    def faults(self, region) -> Iterator:
        """(key, value, message) for whatever does not go together with the Region that asks for it; "" is the term itself."""
        return iter(())

    @classmethod
    def numbers(cls, region, scale) -> dict:
        """Name -> coefficient of a Region, in the scaled units of the operator (`spinfem.model.coefficients.Scale`)."""
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


def terms_of(regions) -> list[type[Term]]:
    """The Terms that a device of `regions` (name -> Region) may have, in an order that is always the same: spinfem's own, and those that a
    region asks for, which the regions themselves carry, whatever was registered since."""
    own = {kind: term for kind, term in Term.kinds.items() if Term.kinds.has_made(term)}
    asked_for = {kind: type(term) for region in regions.values() for kind, term in region.terms.items()}
    return [term for _, term in sorted((own | asked_for).items())]


def spin_directions(regions, dimension) -> list:
    """Directions of spin, unit vectors, that physical terms bring into a device of `regions` (name -> Region)."""
    return [direction for term in terms_of(regions) for direction in term.directions(regions, dimension)]


def scalar_fields(regions) -> tuple[ScalarField, ...]:
    """The scalar unknowns beside charge and spin of a device of `regions` (name -> Region), by name. Where several terms bring in one, it lives where any of
    them says. Raises TypeError where they disagree about anything else."""
    found: dict[str, ScalarField] = {}
    for brought in (scalar for term in terms_of(regions) for scalar in term.scalar_fields(regions)):
        other = found.get(brought.name, brought)
        if replace(other, regions=brought.regions) != brought:
            raise TypeError(f"two terms bring in fields of the name {brought.name} that differ")
        everywhere = dict.fromkeys((*other.regions, *brought.regions))
        found[brought.name] = replace(brought, regions=tuple(everywhere))
    return tuple(found[name] for name in sorted(found))


def spin_mixtures(regions) -> list:
    """What physical terms do to spins in a device of `regions`: matrices, (3, 3)."""
    return [mixture for term in terms_of(regions) for mixture in term.mixes(regions)]


def read_observable(given, info=None) -> Observable:
    """The Observable that an entry of the case's list describes. Raises ValueError."""
    if isinstance(given, Observable):
        return given
    if isinstance(given, str):
        given = {given: {}}
    if not isinstance(given, dict) or len(given) != 1:
        raise ValueError("must be a kind of observable, bare or with keys, e.g. `- decay_length: {along: wire, ...}`")
    ((kind, fields),) = given.items()
    if kind not in Observable.kinds:
        raise said([((), kind, not_among(kind, Observable.kinds, "observable"))], "observable")
    return checked(Observable.kinds[kind], {} if fields is None else fields, (kind,), info)


def read_interface(given, info=None) -> Interface:
    """The Interface that the value of a case's entry describes. Raises ValueError."""
    if isinstance(given, Interface):
        return given
    if not isinstance(given, dict):
        raise ValueError("must be a mapping, e.g. {type: resistive, resistance_area: 1 fohm m^2}")
    kind = given.get("type", "resistive")
    if not isinstance(kind, str) or kind not in Interface.kinds:
        raise said([(("type",), kind, not_among(kind, Interface.kinds, "type of interface"))], "interface")
    return checked(Interface.kinds[kind], {key: value for key, value in given.items() if key != "type"}, (), info)


def read_terms(given, info=None) -> dict[str, Term]:
    """Kind -> Term of the mapping `terms` of a region. Raises ValueError."""
    if not isinstance(given, dict):
        raise ValueError("must be a mapping: lines of the form `kind: {keys of this term}`")
    found = {}
    for kind, fields in given.items():
        if isinstance(fields, Term):
            found[kind] = fields
            continue
        optional = _optional_terms()
        if kind not in optional:
            raise said([((kind,), fields, not_among(kind, optional, "term that a region may ask for"))], "terms")
        found[kind] = checked(optional[kind], fields or {}, (kind,), info)
    return found


def _optional_terms():
    """Kind -> Term of those that act only where a region asks for them."""
    return {kind: term for kind, term in Term.kinds.items() if term.model_fields or not Term.kinds.has_made(term)}


def checked(model, fields, path, info=None):
    """The instance of `model`; its faults are told with `path` in front."""
    try:
        return model.model_validate(fields, context=info and info.context)
    except ValidationError as error:
        faults = [((*path, *e["loc"]), e["input"], e["msg"]) for e in in_words(error, model).errors()]
        raise said(faults, model.__name__) from None


def _observable_schema(kind, model, handler):
    fields = handler(model.__pydantic_core_schema__)
    entry = {"type": "object", "properties": {kind: fields}, "required": [kind], "additionalProperties": False}
    needs = any(field.is_required() for field in model.model_fields.values())
    return [entry] if needs else [{"const": kind}, entry]


def _interface_schema(kind, model, handler):
    """The fields of the type and the key that names it, required but for the default type."""
    reference = handler(model.__pydantic_core_schema__)
    fields = handler.resolve_ref_schema(reference)
    fields["properties"] = {"type": {"const": kind}} | fields["properties"]
    if kind != "resistive":
        fields["required"] = ["type", *fields.get("required", ())]
    return [reference]


@dataclass(frozen=True)
class Registered:
    """Reads with a function that looks into a registry; the JSON schema lists what is there when it is asked for."""

    read: Callable
    base: type[Plugin]
    schema: Callable

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.with_info_before_validator_function(self.read, core_schema.any_schema())

    def __get_pydantic_json_schema__(self, schema, handler):
        return self.schema(self.base, handler)


def _terms_schema(base, handler):
    properties = {kind: handler(model.__pydantic_core_schema__) for kind, model in _optional_terms().items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _one_of(entries):
    """The JSON schema of what has one of the kinds of a base class, each with its `entries`."""
    return lambda base, handler: {
        "oneOf": [e for kind, model in base.kinds.items() for e in entries(kind, model, handler)]
    }


AnyTerms = Annotated[dict, Registered(read_terms, Term, _terms_schema)]
AnyObservable = Annotated[Observable, Registered(read_observable, Observable, _one_of(_observable_schema))]
AnyInterface = Annotated[Interface, Registered(read_interface, Interface, _one_of(_interface_schema))]
