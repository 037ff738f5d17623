"""Terminals: where the device is contacted."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, model_validator

from spinfem.case.quantity import Current, Voltage
from spinfem.case.validation import Checked


class SpinPotential(Checked):
    """The spin potential is held at these components (in spin space)."""

    potential: tuple[Voltage, Voltage, Voltage]

    @property
    def vector(self):
        return self.potential


class SpinCurrent(Checked):
    """This spin current enters, at a uniform spin potential."""

    current: tuple[Current, Current, Current]

    @property
    def vector(self):
        return self.current


def _spin(given, info: ValidationInfo):
    match given:
        case None:
            return "reflecting" if info.data.get("floating") else "sink"
        case "reflecting" | "sink" | SpinPotential() | SpinCurrent():
            return given
        case {"potential": _, **_others}:
            return SpinPotential.model_validate(given, context=info.context)
        case {"current": _, **_others}:
            return SpinCurrent.model_validate(given, context=info.context)
    raise ValueError("must be reflecting, sink, {potential: [0 V, 1 mV, 0 V]} or {current: [0 A, 1 uA, 0 A]}")


def _without_default(schema: dict) -> None:
    del schema["default"]


_SPIN_SCHEMA = {
    "oneOf": [
        {"enum": ["reflecting", "sink"]},
        *(
            {
                "type": "object",
                "properties": {key: {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 3}},
                "required": [key],
                "additionalProperties": False,
            }
            for key in ("potential", "current")
        ),
    ]
}


class Terminal(Checked):
    """A face of the device, all of it at one potential. Exactly one of voltage, current and floating is given."""

    voltage: Voltage | None = None
    """The potential is held at this."""
    current: Current | None = None
    """This current enters the device (negative: leaves it)."""
    floating: bool = False
    """No net current: what an ideal voltmeter sees."""
    spin: Annotated[
        Literal["reflecting", "sink"] | SpinPotential | SpinCurrent,
        BeforeValidator(_spin),
        WithJsonSchema(_SPIN_SCHEMA, mode="validation"),
    ] = Field(None, validate_default=True, json_schema_extra=_without_default)  # type: ignore[arg-type]
    """What happens to spins: sink (v = 0, a large reservoir that takes all of them), the default where a voltage or a current is
    given, 0 V and 0 A included; reflecting, the default of what floats; or a given potential or current."""

    @classmethod
    def held(cls):
        """A terminal whose potential and spin potential are both given."""
        return cls.model_validate({"voltage": "0 V", "spin": {"potential": ["0 V"] * 3}})

    @property
    def sink_by_default(self):
        """Is it a spin sink that nobody asked for?"""
        return self.spin == "sink" and "spin" not in self.model_fields_set

    @model_validator(mode="after")
    def _one_condition(self):
        given = [name for name in ("voltage", "current") if getattr(self, name) is not None]
        given += ["floating"] * self.floating
        if len(given) != 1:
            has = " and ".join(given) or "none of them"
            raise ValueError(f"needs exactly one of voltage, current and `floating: true`; it has {has}")
        return self
