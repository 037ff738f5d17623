"""Names that refer to parts of the device: their types, and the walk that finds every one of them in a case.

A field of type RegionName, TerminalName or InterfaceName, or a mapping with such keys, is checked against the drawing
wherever it stands, in an observable that was added later too.
"""

from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, WithJsonSchema


@dataclass(frozen=True)
class Refers:
    """Marks a text as the name of a region, a terminal or an interface, or of a magnet: a region, or a terminal that one covers."""

    to: str

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        return f"the name of {'an' if self.to[0] in 'aeiou' else 'a'} {self.to}"


def sides(interface):
    """("wire/injector") -> ("wire", "injector"): side 1 and side 2."""
    return tuple(interface.split("/"))


def _two_names(name):
    names = [side.strip() for side in name.split("/")]
    if len(names) != 2 or not all(names) or names[0] == names[1]:
        raise ValueError('an interface is named by the two regions it joins, e.g. "wire/injector"')
    return "/".join(names)


def _text(description, **more):
    return WithJsonSchema({"type": "string", "description": description} | more)


RegionName = Annotated[str, Refers("region"), _text("name of a region")]
TerminalName = Annotated[str, Refers("terminal"), _text("name of a terminal")]
MagnetName = Annotated[str, Refers("magnet"), _text("name of a magnet: a region, or a terminal with one")]
InterfaceName = Annotated[
    str,
    Refers("interface"),
    AfterValidator(_two_names),
    _text("two regions that touch: side 1/side 2", examples=["wire/injector"]),
]


def references(model, path=()):
    """(path, "region" | "terminal" | "interface" | "magnet", name) for everything in a model that refers to the device."""
    path += getattr(model, "path_prefix", ())
    for name, field in type(model).model_fields.items():
        yield from _found(
            getattr(model, name), field.annotation, field.metadata, (*path, field.validation_alias or name)
        )


def _found(value, annotation, metadata, path):
    if get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        metadata = (*metadata, *more)
    for mark in metadata:
        if isinstance(mark, Refers) and isinstance(value, str):
            yield path, mark.to, value
    arguments = get_args(annotation)
    if isinstance(value, BaseModel):
        yield from references(value, path)
    elif get_origin(annotation) in (Union, UnionType):
        # Arms that do not fit the value find nothing in it.
        for arm in arguments:
            yield from _found(value, arm, (), path)
    elif isinstance(value, dict) and len(arguments) == 2:
        for key, entry in value.items():
            yield from _found(key, arguments[0], (), (*path, key))
            yield from _found(entry, arguments[1], (), (*path, key))
    elif isinstance(value, list | tuple) and arguments:
        each = get_origin(annotation) is tuple and arguments[-1] is not Ellipsis  # a type for each entry, not for all
        for i, (entry, kind) in enumerate(zip(value, arguments if each else arguments[:1] * len(value), strict=True)):
            yield from _found(entry, kind, (), (*path, i))
