"""The base of everything that a case is made of, and what pydantic finds in it in words for people who have never heard of pydantic."""

import re
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from spinfem.case.docstrings import description
from spinfem.case.faults import CaseError, Fault, dotted, nearest
from spinfem.case.given import from_file, plain

IN_WORDS = "in_words"  # the type of an error whose message is finished

# How pydantic calls one of the kinds that a value may have, in the place of an error.
_A_KIND = re.compile(
    r"(function-\w+|tuple|list|set|dict|nullable|constrained-\w+|literal|is-instance)\[|(float|int|str|bool)$"
)

_SAID = {
    "string_type": "must be text; put it in quotes",
    "string_too_short": "must not be empty",
    "path_type": "must be the name of a file",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "list_type": "must be a list, e.g. [a, b]",
    "tuple_type": "must be a list, e.g. [a, b, c]",
    "invalid_key": "a key must be text; put it in quotes",
    "dict_type": "must be a mapping: lines of the form `name: value`",
}


class Checked(BaseModel):
    """A frozen value whose keys are all known and whose faults are told in plain words.

    In Python: `Layer(name="spacer", thickness=5e-9)`, with values as `spinfem.case.given` says. Raises CaseError.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def __init__(self, /, **given):
        try:  # `from` is no name in Python: there it is `start`
            super().__init__(**{_key(type(self), name): value for name, value in given.items()})
        except ValidationError as error:
            raise CaseError(faults_of(error, type(self), key=self._key_of)) from None

    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # what is nested is made without it, as in any BaseModel

    def _key_of(self, path):
        """What a fault calls the entry at a path of a part that is made in Python, which knows nothing of its place in a case."""
        return dotted((type(self).__name__, *path))

    @model_validator(mode="wrap")
    @classmethod
    def _in_plain_words(cls, data, handler):
        try:
            return handler(data)
        except ValidationError as error:
            raise in_words(error, cls) from None

    @field_validator("*", mode="before")
    @classmethod
    def _as_a_file_has_it(cls, value, info):
        """Only that pydantic would take `true` for 1 is looked at in a file, too."""
        field = cls.model_fields[info.field_name]
        if isinstance(value, bool) and not _may_be_bool(field.annotation):
            raise ValueError(f"must not be true or false{allowed(cls, field)}")
        return value if from_file(info) else plain(value)

    def idle(self, case, dimension) -> Iterator:
        """(path below this part, why) for what was given here and has no effect in the Case, whose drawing has this dimension; () is the part itself. What
        nobody gave is left out by whoever asks (`spinfem.case.idle`)."""
        return iter(())

    def _entries(self):
        """(path below this part, value) of what it is made of, as a case file has it."""
        return [((_key(type(self), name),), getattr(self, name)) for name in type(self).model_fields]

    def _has(self, key):
        """Was this key given, and not filled in?"""
        return key in {_key(type(self), name) for name in self.model_fields_set}

    def filled(self, **values):
        """A copy with values that nobody gave: `as_file` leaves them out. Nothing is checked."""
        copy = self.model_copy(update=values)
        copy.model_fields_set.intersection_update(self.model_fields_set)
        return copy

    def as_file(self):
        """What stands in a case file that says the same: all that was given, quantities with their units."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True, context={"file": True})


def _may_be_bool(annotation):
    if get_origin(annotation) in (Union, UnionType):
        return any(_may_be_bool(arm) for arm in get_args(annotation) if arm is not NoneType)
    if get_origin(annotation) is Literal:
        return any(isinstance(choice, bool) for choice in get_args(annotation))
    return annotation is bool


def or_text(reference, handler, text):
    """The JSON schema of a model that may also be given in short, as text. For `__get_pydantic_json_schema__`."""
    contents = handler.resolve_ref_schema(reference)
    mapping = dict(contents)
    contents.clear()
    contents["oneOf"] = [{"type": "string"} | text, mapping]
    return reference


def said(faults, title):
    """The ValidationError with these finished (path, value, message); a fourth entry is the unit that a bare number lacks."""
    return ValidationError.from_exception_data(
        title,
        [
            InitErrorDetails(type=PydanticCustomError(IN_WORDS, message), loc=path, input=value)
            for path, value, message in faults
        ],
    )


def in_words(error, model):
    """The ValidationError that says what `error` says about `model`, every message finished."""
    errors = error.errors(include_url=False)
    return said([(_place(e["loc"]), e["input"], wording(e, model)) for e in errors], model.__name__)


def _place(path):
    """A path without what pydantic calls the kinds that a value may have."""
    return tuple(step for step in path if step == "[key]" or not (isinstance(step, str) and _A_KIND.match(step)))


def faults_of(error, model, given=lambda path: None, where=lambda path: "", key=dotted):
    """The Faults that a ValidationError tells about an instance of `model`.

    given, where: what was given at a path, and on which line, as far as that is known. An error tells the value at the stage where it was
    found; the author's own words say more. key: what to call a path.
    """
    for e in error.errors(include_url=False):
        path = tuple(step for step in _place(e["loc"]) if step != "[key]")
        value = given(path)
        if value is None and not isinstance(e["input"], str):
            value = _in_short(given, path)
        if value is None and not isinstance(e["input"], dict):  # a mapping: the one in which a key is missing
            value = e["input"]
        yield Fault(key(path), value, wording(e, model), where(path))


def _in_short(given, path):
    """The short form that was given for a mapping in which there is an entry at a path: `heat: 300 K` for heat.reference."""
    above = (given(path[:n]) for n in range(len(path) - 1, 0, -1))
    value = next((value for value in above if value is not None), None)
    return None if isinstance(value, dict | list) else value


def wording(error, model):
    """What one error of pydantic's says about an instance of `model`."""
    kind, path, context = error["type"], error["loc"], error.get("ctx", {})
    field = _field(model, path)
    if kind == IN_WORDS:
        return error["msg"]
    if kind in ("value_error", "assertion_error"):
        return str(context["error"])
    if kind == "missing":
        return "is missing" + allowed(model, field) if len(path) == 1 else "is missing: the list is too short"
    if kind == "extra_forbidden":
        return unknown_key(path[-1], keys_of(model))
    if kind in ("model_type", "model_attributes_type"):
        return f"must be a mapping with the keys {', '.join(keys_of(model))}"
    if kind == "literal_error":
        return f"must be {context['expected']}".replace("'", '"')
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        return f"must be {bounds(field) or _bound(kind, context)}{_asked_for(field)}"
    if kind in ("too_long", "too_short"):
        actual = context["actual_length"]
        return f"has {actual} {'entry' if actual == 1 else 'entries'}; allowed {_counts(field, context)}"
    return _SAID.get(kind) or error["msg"].replace("Input should be", "must be")


def keys_of(model):
    """The keys that the mapping of a model has in a case file."""
    return [_key(model, name) for name in model.model_fields]


def _key(model, name):
    """The key of a field in a case file. (A name that is no field is left to be refused.)"""
    field = model.model_fields.get(name)
    return field.validation_alias if field and field.validation_alias else name


def _field(model, path):
    if not path:
        return None
    return next((field for name, field in model.model_fields.items() if path[0] == _key(model, name)), None)


def allowed(model, field) -> str:
    """What may stand in a field of a model, after a colon: its kind of quantity or name, else its description; "" if unknown."""
    kinds = [mark.allowed for mark in field.metadata if hasattr(mark, "allowed")] if field else []
    text = next(iter(kinds), None) or description(model, field)
    return f": {text}" if text else ""


def unknown_key(key, known) -> str:
    guess = nearest(key, known)
    hint = f'; did you mean "{guess}"?' if guess else "."
    return f"unknown key{hint} Allowed: {', '.join(known) or 'none'}"


def bounds(field) -> str:
    """All limits of a field at once: pydantic tells only the one that was broken."""
    words = []
    for limit in field.metadata if field else ():
        match limit:
            case Gt():
                words.append(f"greater than {limit.gt:g}")
            case Ge():
                words.append(f"at least {limit.ge:g}")
            case Lt():
                words.append(f"less than {limit.lt:g}")
            case Le():
                words.append(f"at most {limit.le:g}")
    return " and ".join(words)


def _bound(kind, context):
    words = {
        "greater_than": ("gt", "greater than"),
        "greater_than_equal": ("ge", "at least"),
        "less_than": ("lt", "less than"),
        "less_than_equal": ("le", "at most"),
    }
    name, text = words[kind]
    return f"{text} {context[name]:g}"


def _asked_for(field):
    """What the limits of a field are limits of, if that has a unit."""
    kinds = [mark.allowed for mark in marks_of(field) if getattr(mark, "unit", "")] if field else []
    return f"; give {kinds[0]}" if kinds else ""


def marks_of(field):
    """What is noted about a field, or about the types that its own is made of."""

    def inside(kind):
        own = [
            m
            for mark in getattr(kind, "__metadata__", ())
            for m in (mark.metadata if isinstance(mark, FieldInfo) else [mark])
        ]
        return [*own, *(mark for arm in get_args(kind) for mark in inside(arm))]

    return [*field.metadata, *inside(field.annotation)]


def _counts(field, context):
    """How many entries there may be, both limits at once."""
    marks = [mark for mark in (marks_of(field) if field else ()) if isinstance(mark, MinLen | MaxLen)]
    low = next((mark.min_length for mark in marks if isinstance(mark, MinLen)), context.get("min_length"))
    high = next((mark.max_length for mark in marks if isinstance(mark, MaxLen)), context.get("max_length"))
    if low == high or not marks:  # without a mark it is a list with a kind for each entry
        low = low or high
        return f"{'is' if low == 1 else 'are'} {low}"
    return f"is at most {high}" if not low else f"is at least {low}" if high is None else f"are {low} to {high}"
