"""Parameters of a drawing. What each counts is known only from the script, so a value is kept as it was given."""

import math
from dataclasses import dataclass
from typing import Annotated

from pydantic_core import core_schema

from spinfem.case.given import from_file
from spinfem.case.quantity import converted, split, unit_of, units


@dataclass(frozen=True)
class Given:
    """A number, or text that is a number with a unit."""

    text: str | float

    @classmethod
    def read(cls, given):
        """Raises ValueError unless it is a finite number, with or without a unit."""
        if isinstance(given, cls):
            return given
        if isinstance(given, bool) or not isinstance(given, int | float | str):
            raise ValueError("must be a quantity, e.g. 500 nm, or a number")
        if isinstance(given, str):
            try:
                number, unit = split(given)
            except ValueError as error:
                raise ValueError(f"{error}; give a quantity, e.g. 500 nm, or a number") from None
            given = given.strip() if unit is not None else float(number)
        elif not math.isfinite(given):
            raise ValueError("must be finite")
        return cls(given)

    @property
    def si(self):
        """The value in SI units (a bare number: itself)."""
        if not isinstance(self.text, str):
            return float(self.text)
        number, unit = split(self.text)
        return converted(number, unit, units().get_base_units(unit)[1])

    def counted_in(self, unit):
        """The value in `unit` (None: a bare number). Raises ValueError."""
        bare = not isinstance(self.text, str)
        if unit is None:
            if not bare:
                raise ValueError("this parameter has no unit; give a bare number")
            return float(self.text)
        if bare:
            raise ValueError(f"has no unit; give a quantity such as {self.text:g} {unit}")
        number, given = split(self.text)
        wanted = unit_of(unit)
        if not given.is_compatible_with(wanted):
            raise ValueError(f"cannot be counted in {unit}; give a quantity such as {number:g} {unit}")
        return converted(number, given, wanted)

    def __str__(self):
        return str(self.text)

    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return core_schema.no_info_plain_validator_function(
            cls.read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda given, info: given.text if from_file(info) else given.si, info_arg=True, when_used="json"
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return {"type": ["string", "number"], "examples": ["500 nm", 3]}


ParameterValue = Annotated[Given, "a number or a quantity"]


def script_parameters(case, outline):
    """What the script is to be run with: name -> number in the unit that the script gives the parameter.

    For a case without faults (`cross_check`).
    """
    return {name: given.counted_in(outline.parameters[name].unit) for name, given in case.geometry.parameters.items()}
