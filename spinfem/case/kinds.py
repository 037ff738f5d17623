"""How a case file names observables, interface types and terms: what reads them, and the JSON schemas of all there are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import ValidationError
from pydantic_core import core_schema

from spinfem.case.faults import not_among
from spinfem.case.plugins import Interface, Observable, Term
from spinfem.case.registry import Plugin
from spinfem.case.validation import in_words, keys_of, said


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
    fields = {key: value for key, value in given.items() if key != "type"}
    if "type" not in given and (message := _of_another_type(fields)):
        raise said([(("type",), None, message)], "interface")
    return checked(Interface.kinds[kind], fields, (), info)


def _of_another_type(fields):
    """What to say of keys that only types other than `resistive` have, where no type is given; "" if there are none."""
    strange = fields.keys() - keys_of(Interface.kinds["resistive"])
    shared = {kind: strange & set(keys_of(model)) for kind, model in Interface.kinds.items()}
    most = max(map(len, shared.values()))
    if not most:
        return ""
    types = [kind for kind, found in shared.items() if len(found) == most]
    keys = ", ".join(key for key in fields if key in shared[types[0]])
    return f"is missing: {keys} {'belongs' if most == 1 else 'belong'} to `type: {'`, `type: '.join(types)}`; without it a contact is `resistive`"


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
    if lacking := model.lacking():
        raise said([(path, fields or None, lacking)], model.__name__)
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
