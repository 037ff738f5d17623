"""What can be added to spinfem by writing one file: observables and types of interface.

A subclass registers itself by its `kind`, the word by which case files call it:

    class LoopCurrent(Observable, kind="loop_current"):
        '''One line for `spinfem observables`.'''

        cut: Literal["x", "y", "z"] = "x"

Its fields, all of them pydantic's, are the keys of the case file. Whoever reads a case imports the modules first.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, ValidationError, model_serializer, model_validator
from pydantic_core import core_schema

from spinfem.case.checked import Checked
from spinfem.case.faults import not_among
from spinfem.case.wording import lacking_unit, said


def import_all(package):
    """Imports every module of a package, so that what they define is registered."""
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")


class Plugin(Checked):
    """Base of what registers itself by kind."""

    kind: ClassVar[str]
    kinds: ClassVar[dict[str, Any]]  # kind -> class; each base class has its own

    def __init_subclass__(cls, kind=None, **options):
        super().__init_subclass__(**options)
        if kind is None:  # a base class of its own
            return
        if kind in cls.kinds:
            raise TypeError(f"{cls.__qualname__} and {cls.kinds[kind].__qualname__} are both of kind {kind}")
        cls.kind = kind
        cls.kinds[kind] = cls


def _fit_for_files(name):
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
        raise ValueError("a name consists of letters, digits and _ . - because files are called after it")
    return name


class Observable(Plugin):
    """A quantity that is read off the solution."""

    kinds: ClassVar[dict[str, Any]] = {}

    name: Annotated[str, AfterValidator(_fit_for_files)] = ""
    """What the result is called (default: the kind)."""

    @property
    def path_prefix(self):
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

    def measure(self, laboratory) -> Iterator:
        """Yields Measurements, Tables and the other kinds in `study.findings`; a Caveat is told as a warning. Raises Undefined (`study.ratio`)."""
        raise NotImplementedError


class Interface(Plugin):
    """What happens where two regions touch; side 1 and side 2 as in the interface's name."""

    kinds: ClassVar[dict[str, Any]] = {}
    breaks: ClassVar[bool] = True
    """Do the potentials jump?"""

    @property
    def conducts(self) -> bool:
        """Can charge cross it? Where it cannot, each side needs a potential of its own."""
        return True

    @property
    def turns_spins(self) -> bool:
        """Does it turn spins about a magnetization? Its form is then not symmetric."""
        return False

    @model_serializer(mode="wrap")
    def _as_in_the_case_file(self, handler):
        return {"type": self.kind} | handler(self)

    def faults(self, first, second) -> Iterator:
        """(key, value, message) for whatever cannot be between the Regions on side 1 and side 2."""
        return iter(())

    def integrand(self, u, w, facet):
        """The variational form, for trial and test states `u` and `w` on the two sides of a facet."""
        raise NotImplementedError


def read_observable(given):
    """The Observable that an entry of the case's list describes. Raises ValueError."""
    if isinstance(given, Observable):
        return given
    if isinstance(given, str):
        given = {given: {}}
    if not isinstance(given, dict) or len(given) != 1:
        raise ValueError("must be a kind of observable, bare or with keys, e.g. `- decay_length: {along: wire, ...}`")
    ((kind, fields),) = given.items()
    if kind not in Observable.kinds:
        raise said([((), kind, not_among(kind, sorted(Observable.kinds), "observable"))], "observable")
    return _checked(Observable.kinds[kind], {} if fields is None else fields, (kind,))


def read_interface(given):
    """The Interface that the value of a case's entry describes. Raises ValueError."""
    if isinstance(given, Interface):
        return given
    if not isinstance(given, dict):
        raise ValueError("must be a mapping, e.g. {type: resistive, resistance_area: 1 fohm m^2}")
    kind = given.get("type", "resistive")
    if not isinstance(kind, str) or kind not in Interface.kinds:
        raise said([(("type",), kind, not_among(kind, sorted(Interface.kinds), "type of interface"))], "interface")
    return _checked(Interface.kinds[kind], {key: value for key, value in given.items() if key != "type"}, ())


def _checked(model, fields, path):
    """The instance of `model`; its faults are told with `path` in front."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        faults = [((*path, *e["loc"]), e["input"], e["msg"], lacking_unit(e)) for e in error.errors()]
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
class _Registered:
    """Reads with a function that looks into a registry; the JSON schema lists what is there when it is asked for."""

    read: Callable
    base: type[Plugin]
    schema: Callable

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_before_validator_function(self.read, core_schema.any_schema())

    def __get_pydantic_json_schema__(self, schema, handler):
        kinds = sorted(self.base.kinds.items())
        return {"oneOf": [entry for kind, model in kinds for entry in self.schema(kind, model, handler)]}


AnyObservable = Annotated[Observable, _Registered(read_observable, Observable, _observable_schema)]
AnyInterface = Annotated[Interface, _Registered(read_interface, Interface, _interface_schema)]
