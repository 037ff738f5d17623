"""Terminals: where the device is contacted."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError, ValidationInfo, model_serializer, model_validator

from spinfem.case.conditions import (
    SCALARS,
    ChargeCondition,
    ScalarCondition,
    SpinCondition,
    read_below,
    read_charge,
    read_spin,
)
from spinfem.case.magnetization.following import Following
from spinfem.case.validation import Checked, said


def _default_spin(data):
    charge = data.get("charge")  # none, if it is wrong
    return SpinCondition.kinds[charge.default_spin if charge else ChargeCondition.default_spin]()


class Terminal(Checked):
    """A face of the device, all of it at one potential unless it is insulated. In a case file the keys of its charge condition stand beside `spin`,
    and `heat`."""

    charge: ChargeCondition
    spin: SpinCondition = Field(default_factory=_default_spin)
    scalars: dict[str, ScalarCondition] = {}  # key -> condition, those that are given

    if TYPE_CHECKING:  # the keys, which are those of the conditions that spinfem has

        def __init__(
            self,
            *,
            voltage: Any = None,
            current: Any = None,
            floating: bool = False,
            insulated: bool = False,
            resistance: Any = None,
            spin: Any = None,
            heat: Any = None,
        ) -> None: ...

    @model_validator(mode="before")
    @classmethod
    def _from_keys(cls, given, info: ValidationInfo):
        if isinstance(given, cls) or (isinstance(given, dict) and isinstance(given.get("charge"), ChargeCondition)):
            return given
        if not isinstance(given, dict):
            raise ValueError("must be a mapping, e.g. {voltage: 0 V}, {current: 1 mA} or {floating: true}")
        found, faults = {}, []
        scalars = {key: given[key] for key in SCALARS if given.get(key) is not None}
        charge = {key: value for key, value in given.items() if key not in ("spin", *SCALARS)}
        parts: list[tuple[str, Callable, Any, tuple]] = [
            ("charge", read_charge, charge, ()),
            ("spin", read_spin, given.get("spin"), ("spin",)),
            *((key, partial(read_below, SCALARS[key]), part, (key,)) for key, part in scalars.items()),
        ]
        for name, read, part, path in parts:
            try:
                found |= {} if part is None else {name: read(part, info)}
            except ValidationError as error:
                faults += [((*path, *e["loc"]), e["input"], e["msg"]) for e in error.errors()]
            except ValueError as error:
                faults.append((path, part, str(error)))
        if faults:
            raise said(faults, cls.__name__)
        return found if not scalars else {"scalars": {key: found.pop(key) for key in scalars}} | found

    @model_serializer
    def _as_in_the_case_file(self, info):
        how = {
            "mode": info.mode,
            "by_alias": info.by_alias,
            "context": info.context,
            "exclude_unset": info.exclude_unset,
        }
        said = self.charge.model_dump(**how)
        if not info.exclude_unset or "spin" in self.model_fields_set:
            said["spin"] = self.spin.model_dump(**how)
        return said | {key: condition.model_dump(**how) for key, condition in self.scalars.items()}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        """The keys of all conditions for charge, and one of the conditions for spins, and for each scalar field."""
        keys = {}
        for model in ChargeCondition.kinds.values():
            keys |= handler.resolve_ref_schema(handler(model.__pydantic_core_schema__))["properties"]
        below: dict[str, type[SpinCondition | ScalarCondition]] = {"spin": SpinCondition, **SCALARS}
        for key, base in below.items():
            words = {"enum": [kind for kind, model in base.kinds.items() if not model.model_fields]}
            mappings = [handler(model.__pydantic_core_schema__) for model in base.kinds.values() if model.model_fields]
            keys[key] = {"oneOf": [words, *mappings], "title": key.capitalize()}
        text = cls.__doc__
        return {"type": "object", "description": text, "properties": keys, "additionalProperties": False}

    def held(self):
        """The terminal with its potential and its spin potential both given."""
        held = type(self).model_validate({"voltage": "0 V", "spin": {"potential": ["0 V"] * 3}})
        return held.filled(scalars={key: self.of_scalar(key) for key in SCALARS})

    def of_scalar(self, key) -> ScalarCondition:
        """The condition for a scalar field, by its key here, given or not."""
        return self.scalars.get(key) or SCALARS[key].default(self.charge)

    @property
    def conditions(self):
        """Path below the terminal -> condition, those for scalar fields only if they are given."""
        return {(): self.charge, ("spin",): self.spin} | {(key,): given for key, given in self.scalars.items()}

    def _entries(self):
        return list(self.conditions.items())

    @property
    def driven(self):
        """Part of a Drive -> what is given of it here, SI."""
        found = self.charge.driven | self.spin.driven
        return found | {part: amount for given in self.scalars.values() for part, amount in given.driven.items()}

    @property
    def floating(self):
        """Does no current enter, whatever drives the device, so that there is a potential to be read?"""
        return self.charge.equipotential and not self.charge.grounds and "currents" not in self.driven

    def with_magnet(self, magnetization):
        """The same with another magnetization of the magnet that covers it."""
        return self.filled(spin=self.spin.with_magnet(magnetization))

    def in_field(self, field):
        """The terminal in the field of a case, which the magnet that covers it may follow. Raises ValueError where its magnetization is not known there."""
        magnet = self.spin.magnet
        return self.with_magnet(magnet.in_field(field)) if isinstance(magnet, Following) else self

    def time_reversed(self, field):
        """Its magnet reversed; field: the reversed one of the case."""
        magnet = self.spin.magnet
        return self if magnet is None else self.with_magnet(magnet.flipped()).in_field(field)

    @property
    def sink_by_default(self):
        """Is it a spin sink that nobody asked for?"""
        return "spin" not in self.model_fields_set and self.spin.holds
