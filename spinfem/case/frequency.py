"""The frequencies at which a device is driven."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from spinfem.case.quantity import Frequency
from spinfem.case.sweep import Range
from spinfem.case.transient import unknown_capacity


def _each(given):
    """A list, one frequency, or a range such as {from: 1 MHz, to: 100 GHz, points: 41, scale: log}."""
    if isinstance(given, dict):
        return Range.model_validate(given).values
    return [given] if isinstance(given, str | float | int) else given


def _in_order(given):
    if not given:
        raise ValueError("needs at least one frequency")
    if len(set(given)) < len(given):
        raise ValueError("has a frequency twice")
    return tuple(sorted(given))


Frequencies = Annotated[
    tuple[Annotated[Frequency, Field(gt=0)], ...],
    BeforeValidator(_each),
    AfterValidator(_in_order),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
                {"type": "object", "properties": {key: {} for key in ("from", "to", "points", "scale")}},
            ],
            "examples": ["1 GHz"],
        },
        mode="validation",
    ),
]


def faults(case):
    """(path, value, message) for what cannot be of `frequency` in a Case."""
    if case.frequency is None:
        return
    if case.time is None:
        yield from unknown_capacity(case, "frequency")
    else:
        message = "stands beside `time`: a run follows the device in time or at frequencies; leave one out"
        yield ("frequency",), f"{case.frequency[0]:g} Hz ...", message
