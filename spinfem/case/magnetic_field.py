"""The magnetic field that spins turn in: a vector, or a magnitude with a direction."""

from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter, ValidationInfo, WithJsonSchema

from spinfem.case.magnetization import Magnetization, Uniform
from spinfem.case.quantity import FluxDensity, tesla
from spinfem.case.validation import Checked

_ALLOWED = "[0 T, 0 T, 50 mT], or {magnitude: 50 mT, direction: +z} with a direction like that of a magnetization"
_DIRECTION: TypeAdapter = TypeAdapter(Magnetization)


class _Along(Checked):
    """A signed magnitude along a direction."""

    magnitude: FluxDensity
    direction: Magnetization


def _read(given, info: ValidationInfo):
    """The three components, as they stand in a case file."""
    if isinstance(given, dict):
        along = _Along.model_validate(given, context=info.context)
        if not isinstance(along.direction, Uniform):
            raise ValueError(f"has a direction that is not fixed; give {_ALLOWED}")
        return [tesla.written(along.magnitude * component + 0.0) for component in along.direction.direction]
    if not isinstance(given, list | tuple) or len(given) != 3:
        raise ValueError(f"must be {_ALLOWED}")
    return given


_QUANTITY = {"type": "string", "description": tesla.allowed}
_SCHEMA = {
    "description": _ALLOWED,
    "oneOf": [
        {"type": "array", "items": _QUANTITY, "minItems": 3, "maxItems": 3},
        {
            "type": "object",
            "properties": {"magnitude": _QUANTITY, "direction": {}},
            "required": ["magnitude", "direction"],
            "additionalProperties": False,
        },
    ],
}

MagneticField = Annotated[
    tuple[FluxDensity, FluxDensity, FluxDensity],
    BeforeValidator(_read),
    WithJsonSchema(_SCHEMA, mode="validation"),
]
