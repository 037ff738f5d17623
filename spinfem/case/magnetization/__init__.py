"""The direction of the magnetization in a ferromagnet: uniform, as given, as the field turns it or on its way round a cone, or a texture given by
expressions or by a file."""

from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from spinfem.case import expression
from spinfem.case.faults import CaseError, Fault
from spinfem.case.magnetization.following import Following, SingleDomain, Table
from spinfem.case.magnetization.precessing import Precessing
from spinfem.case.magnetization.stored import Stored, Varying
from spinfem.case.quantity import Angle
from spinfem.case.validation import Checked
from spinfem.formatting import magnetization_words

_AXES = {
    f"{sign}{axis}": tuple(float(f"{sign}1") if i == j else 0.0 for j in range(3))
    for i, axis in enumerate("xyz")
    for sign in "+-"
}
_UNIT = 1e-6  # how far from 1 the length of a texture may be
_ALLOWED = (
    '"+x" ... "-z", a vector such as [1, 1, 0], {polar: 90 deg, azimuth: 30 deg}, '
    '{from: +x, towards: +y, angle: 30 deg}, {expression: ["0", "0", "1"]} in x, y, z (metres), {file: wall.ovf} (.ovf, .omf, .vtu), '
    "{precessing: +z, frequency: 10 GHz, cone_angle: 1 deg}, "
    "or what follows a magnetic field, {easy_axis: +y, anisotropy_field: 1 T} or {table: m.csv, along: +z}"
)


class Uniform(Checked):
    """The same unit vector everywhere."""

    direction: tuple[float, float, float]

    @field_validator("direction")
    @classmethod
    def _normalised(cls, vector):
        largest = max(map(abs, vector))
        if largest == 0:
            raise ValueError("must not be zero: it is the direction of the magnetization")
        scaled = np.array(vector) / largest  # squares of very large or small numbers would not be numbers
        return tuple((scaled / np.linalg.norm(scaled)).tolist())

    @property
    def uniform(self) -> bool:
        return True

    @property
    def directions(self):
        """All directions of spin that it brings in."""
        return (self.direction,)

    def at(self, points):
        """Unit vectors, (3, n), at points (3, n) in metres."""
        return np.repeat(np.array(self.direction)[:, None], np.shape(points)[1], axis=1)

    def flipped(self):
        """The reversed magnetization."""
        return self.model_copy(update={"direction": tuple(0.0 - component for component in self.direction)})

    def __str__(self):
        return magnetization_words(self.model_dump(mode="json"))


class Texture(Varying):
    """Three expressions of position."""

    expression: tuple[str, str, str]
    """m_x, m_y, m_z as functions of x, y, z in metres; nm, um and pi are known."""
    reversed: bool = False

    @field_validator("expression", mode="before")
    @classmethod
    def _numbers_too(cls, given):
        return [str(f) if type(f) in (int, float) else f for f in given] if isinstance(given, list) else given

    @field_validator("expression")
    @classmethod
    def _compiles(cls, formulas):
        for formula in formulas:
            expression.check(formula)
        return formulas

    def at(self, points):
        """Unit vectors, (3, n), at points (3, n) in metres. Raises CaseError where the length is not 1."""
        points = np.asarray(points, dtype=float)
        place = dict(zip(expression.POSITION, points, strict=True))
        m = np.stack([expression.evaluate(formula, place) for formula in self.expression])
        length = np.linalg.norm(m, axis=0)
        wrong = ~(np.abs(length - 1) <= _UNIT)  # nan is wrong
        if wrong.any():
            x, y, z = points[:, wrong.argmax()] * 1e9
            found = f"{length[wrong.argmax()]:.6g} at ({x:.4g}, {y:.4g}, {z:.4g}) nm"
            message = f"has the length {found}; it must be 1 everywhere"
            raise CaseError([Fault("magnetization.expression", list(self.expression), message)])
        return (-m if self.reversed else m) / length


class _Angles(Checked):
    """Spherical angles: polar from +z, azimuth in the x-y plane from +x."""

    polar: Angle
    azimuth: Angle = 0.0

    @property
    def direction(self):
        polar, azimuth = self.polar, self.azimuth
        vector = np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)
        return tuple(np.round(vector, 15).tolist())  # a right angle is one: 6e-17 is rounding


class _Turned(Checked):
    """Turned out of one direction towards another: the angle of a scan, whatever its plane."""

    start: Any = Field(alias="from")
    towards: Any
    angle: Angle

    def direction(self, info):
        one, other = (np.array(_vector(end, info)) for end in (self.start, self.towards))
        across = other - (other @ one) * one
        size = np.linalg.norm(across)
        if size < _UNIT:
            raise ValueError("turns from one direction towards another along the same line; the two span the plane")
        m = np.cos(self.angle) * one + np.sin(self.angle) * across / size
        return tuple(np.round(m, 15).tolist())


def _read(given, info: ValidationInfo):
    match given:
        case Uniform() | Texture() | Stored() | Following() | Precessing():
            return given
        case str() if given in _AXES:
            return Uniform.model_validate({"direction": _AXES[given]})
        case list() if _is_nothing(given):
            raise ValueError("must not be zero: it is a direction")
        case list():
            return Uniform.model_validate({"direction": given})
        case {"polar": _, **_others} | {"azimuth": _, **_others}:
            return Uniform.model_validate({"direction": _Angles.model_validate(given, context=info.context).direction})
        case {"towards": _, **_others}:
            turned = _Turned.model_validate(given, context=info.context)
            return Uniform.model_validate({"direction": turned.direction(info)})
        case {"precessing": axis, **others}:
            return Precessing.model_validate(others | {"precessing": _vector(axis, info)}, context=info.context)
        case {"expression": _, **_others}:
            return Texture.model_validate(given)
        case {"file": _, **_others}:
            return Stored.model_validate(given, context=info.context)
        case {"easy_axis": axis, **others}:
            return SingleDomain.model_validate(others | {"easy_axis": _vector(axis, info)}, context=info.context)
        case {"table": _, "along": along, **others}:
            return Table.model_validate(given | {"along": _vector(along, info)}, context=info.context)
        case {"table": _, **others}:
            raise ValueError("needs `along`: the direction in which the field of the table counts, e.g. along: +z")
        case {"direction": _, **_others}:
            return Uniform.model_validate(given)
    raise ValueError(f"is no magnetization; give {_ALLOWED}")


def _is_nothing(given):
    return bool(given) and all(type(component) in (int, float) and component == 0 for component in given)


def _vector(given, info):
    """The components of a direction."""
    direction = _read(given, info)
    if not isinstance(direction, Uniform):
        raise ValueError('must have a direction such as "+y" or [0, 1, 0] for its axis')
    return direction.direction


_SCHEMA = {
    "description": _ALLOWED,
    "oneOf": [
        {"enum": sorted(_AXES)},
        {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3},
        {
            "type": "object",
            "properties": {"polar": {"type": "string"}, "azimuth": {"type": "string"}},
            "required": ["polar"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"from": {}, "towards": {}, "angle": {"type": "string"}},
            "required": ["from", "towards", "angle"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {
                "precessing": {},
                "frequency": {"type": "string"},
                "cone_angle": {"type": "string"},
                "phase": {"type": "string"},
            },
            "required": ["precessing", "frequency", "cone_angle"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"expression": {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 3}},
            "required": ["expression"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {
                "file": {"type": "string"},
                "field": {"type": "string"},
                "unit": {"type": "string"},
                "origin": {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 3},
                "reversed": {"type": "boolean"},
            },
            "required": ["file"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {
                "easy_axis": {},
                "anisotropy_field": {"type": "string"},
                "after": {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 3},
            },
            "required": ["easy_axis", "anisotropy_field"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"table": {"type": "string"}, "along": {}, "reversed": {"type": "boolean"}},
            "required": ["table", "along"],
            "additionalProperties": False,
        },
    ],
}

Magnetization = Annotated[
    Uniform | Texture | Stored | SingleDomain | Table | Precessing,
    BeforeValidator(_read),
    WithJsonSchema(_SCHEMA, mode="validation"),
]
