"""A sweep: values of the case that run through lists or ranges.

    sweep:
      geometry.parameters.separation: [200 nm, 350 nm, 500 nm]
      regions.wire.material.spin_diffusion_length: {from: 100 nm, to: 1 um, points: 20, scale: log}

The points are the product of all axes. Axes inside a group `zip` go through their values together:

      zip:
        geometry.parameters.width: [50 nm, 100 nm]
        geometry.parameters.thickness: [30 nm, 60 nm]
"""

import json
from itertools import product
from typing import Any, Literal

import numpy as np
from pydantic import Field, RootModel, ValidationError, WithJsonSchema, model_validator

from spinfem.case.faults import shown
from spinfem.case.overrides import split_path
from spinfem.case.quantity import converted, split
from spinfem.case.validation import Checked, said

TOGETHER = "zip"
_NO_VALUES = ("sweep", "plots", "fit", "plugins")


class Range(Checked):
    """Equally spaced values, ends included; `scale: log` for equal ratios."""

    start: Any = Field(alias="from")
    end: Any = Field(alias="to")
    points: int = Field(ge=2, le=100_000)
    scale: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _spaced(self):
        _ = self.values
        return self

    @property
    def values(self):
        """What stands in the case file at each point: numbers, or text with the unit of `from`."""
        (low, high), unit = _counted_alike(self.start, self.end)
        if self.scale == "log" and low * high <= 0:
            raise ValueError("a logarithmic range needs two ends of one sign, not zero")
        spaced = np.geomspace if self.scale == "log" else np.linspace
        numbers = [float(f"{number:.12g}") for number in spaced(low, high, self.points)]
        return [f"{number!r} {unit}" for number in numbers] if unit else numbers


def _counted_alike(start, end):
    """The two ends as numbers in the unit of the first."""
    try:
        (first, unit), (last, other) = split(str(start)), split(str(end))
    except ValueError as error:
        raise ValueError(f"an end of the range {error}: [{start}, {end}]") from None
    if unit is None and other is None:
        return (float(first), float(last)), ""
    if unit is None or other is None or not other.is_compatible_with(unit):
        raise ValueError(f"the ends of a range count the same quantity; {start} and {end} do not")
    return (float(first), converted(last, other, unit)), str(start).strip().lstrip("+-.0123456789eE").strip()


class Sweep(RootModel[dict[str, Any]]):
    """Axes by the path of the value that they change, and groups `zip` of axes that go together."""

    root: dict[str, Any] = {}

    @model_validator(mode="after")
    def _checked(self):
        faults: list[tuple[tuple, Any, str]] = []
        for path, given in self.root.items():
            axes: dict[tuple[str, ...], Any] = {(path,): given}
            if path == TOGETHER:
                axes = {(path, inner): values for inner, values in given.items()} if isinstance(given, dict) else {}
                if not axes:
                    faults.append(((path,), given, "must hold axes that go together: `PATH: [VALUE, ...]`"))
            for where, values in axes.items():
                try:
                    found = _values(values)
                except ValidationError as error:  # of a range
                    faults += [((*where, *e["loc"]), e["input"], e["msg"]) for e in error.errors()]
                except ValueError as error:
                    faults.append((where, values, str(error)))
                else:
                    faults += [(where, values, twice) for twice in _twice(found) if path != TOGETHER]
        faults = faults or list(_in_each_others_way(self.root))
        if not faults and len(lengths := {len(_values(v)) for v in self.root.get(TOGETHER, {}).values()}) > 1:
            counts = " and ".join(map(str, sorted(lengths)))
            faults.append(((TOGETHER,), None, f"axes that go together have equally many values; these have {counts}"))
        if faults:
            raise said(faults, "sweep")
        return self

    def axis(self, path):
        """(place in `sweep`, values) of the axis with this path."""
        if path in self.root.get(TOGETHER, {}):
            return (TOGETHER, path), _values(self.root[TOGETHER][path])
        return (path,), _values(self.root[path])

    @property
    def axes(self):
        """The paths that change, in the order of the file."""
        return [p for path, given in self.root.items() for p in (given if path == TOGETHER else (path,))]

    @property
    def points(self):
        """For each point of the sweep: path -> value as it would stand in the file. The last axis runs fastest."""
        groups = []
        for path, given in self.root.items():
            axes = {p: _values(v) for p, v in (given if path == TOGETHER else {path: given}).items()}
            groups.append([dict(zip(axes, together, strict=True)) for together in zip(*axes.values(), strict=True)])
        return [{p: v for part in parts for p, v in part.items()} for parts in product(*groups)] if groups else []


def _values(given):
    if isinstance(given, Range):
        return given.values
    if isinstance(given, dict) and {"from", "to"} & given.keys():
        return Range.model_validate(given).values
    if isinstance(given, list | tuple) and given:
        return list(given)
    raise ValueError("must be a list of values, or a range such as {from: 10 nm, to: 1 um, points: 9, scale: log}")


def _twice(values):
    """Words for values that an axis has twice, however they are written: 200 nm and 0.2 um."""
    first = {}
    for entry, value in enumerate(values, start=1):
        if (before := first.setdefault(_meaning(value), entry)) != entry:
            yield f"has {shown(value)} twice, as entries {before} and {entry}; leave one out"


def _meaning(value):
    try:
        number, unit = split(str(value))
    except ValueError:
        return json.dumps(value, default=str)
    return converted(number, unit, (1 * unit).to_root_units().units) if unit is not None else float(number)


def _in_each_others_way(root):
    """(place, values, message) for axes that change the same value, or what is no value of a case."""
    axes: list[tuple[tuple[str, ...], str]] = [((path,), path) for path in root if path != TOGETHER]
    axes += [((TOGETHER, path), path) for path in root.get(TOGETHER, {})]
    before = []
    for where, path in axes:
        steps = tuple(map(str, split_path(path)))
        if not steps or steps[0] in _NO_VALUES:
            yield where, None, f"cannot be swept: an axis is the path of a value, not {', '.join(_NO_VALUES)}"
        for other, name in before:
            if steps[: len(other)] == other or other[: len(steps)] == steps:
                yield where, None, f"changes what the axis {name} changes, too; a value can be swept once"
        before.append((steps, path))


def override(path, value) -> str:
    """`PATH=VALUE` as --set takes it."""
    return f"{path}={json.dumps(value, ensure_ascii=False)}"


SWEEP_SCHEMA = WithJsonSchema(
    {
        "type": "object",
        "description": "path of a value: a list of values, or {from, to, points, scale}; zip: axes that go together",
        "additionalProperties": {
            "oneOf": [
                {"type": "array", "minItems": 1},
                {"type": "object"},
            ]
        },
    },
    mode="validation",
)
