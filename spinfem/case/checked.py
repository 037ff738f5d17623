"""The base of everything that is read from a case file."""

from types import NoneType, UnionType
from typing import Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from spinfem.case.wording import allowed, in_words


class Checked(BaseModel):
    """A frozen value whose keys are all known and whose faults are told in plain words."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

    @model_validator(mode="wrap")
    @classmethod
    def _in_plain_words(cls, data, handler):
        try:
            return handler(data)
        except ValidationError as error:
            raise in_words(error, cls) from None

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value, info):
        """pydantic would take `true` for 1."""
        field = cls.model_fields[info.field_name]
        if isinstance(value, bool) and not _may_be_bool(field.annotation):
            raise ValueError(f"must not be true or false{allowed(field)}")
        return value


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
