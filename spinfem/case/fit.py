"""A fit: which numbers of the case are found from measured data, and what the columns of the data are."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, field_validator

from spinfem.case.faults import not_among
from spinfem.case.overrides import path_text
from spinfem.case.parameters import parameters
from spinfem.case.quantity import converted, split
from spinfem.case.validation import Checked

_ONE_OR_SEVERAL = WithJsonSchema(
    {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}, mode="validation"
)


class FitParameter(Checked):
    """One number to be found. Several places of the case may share it."""

    vary: Annotated[tuple[str, ...], Field(min_length=1), _ONE_OR_SEVERAL]
    """Path of the value, e.g. `regions.wire.material.spin_diffusion_length`, or several paths that have the same value."""
    between: tuple[Any, Any]
    """The range to look in, e.g. `[50 nm, 2 um]`."""
    start: Any = None
    """Where to start (default: what the case says)."""

    @field_validator("vary", mode="before")
    @classmethod
    def _one_or_several(cls, given):
        return [given] if isinstance(given, str) else given


class Fit(Checked):
    """What `spinfem fit CASE.yaml DATA.csv` finds."""

    parameters: dict[str, FitParameter] = {}
    """Name -> which number it is, and where to look for it."""
    to: str | None = None
    """The measured number, e.g. `nonlocal_resistance.difference` (default: the only one in the data)."""
    columns: dict[str, str | None] = {}
    """Headers of the data file, without unit -> path of a value of the case, or name of a measured number; nothing: leave this column out."""


@dataclass(frozen=True)
class Unknown:
    """A FitParameter in SI units. `paths`: of each number that it stands for."""

    name: str
    paths: tuple
    unit: str
    start: float
    low: float
    high: float


def unknowns(case):
    """The Unknowns of a Case's fit. Raises ValueError with a list of (path, value, message)."""
    known = {path_text(parameter.path): parameter for parameter in parameters(case)}
    found, faults = [], list(_taken_twice(case.fit.parameters))
    for name, parameter in case.fit.parameters.items():
        place = ("parameters", name)
        lacking = [(i, path) for i, path in enumerate(parameter.vary) if path not in known]
        faults += [((*place, "vary", i), path, not_among(path, known, "number of this case")) for i, path in lacking]
        if lacking:
            continue
        shared = [known[path] for path in parameter.vary]
        if len({number.unit for number in shared}) > 1:
            faults.append(((*place, "vary"), list(parameter.vary), "count different things, so they cannot be equal"))
            continue
        try:
            unknown = _unknown(name, parameter, shared)
        except ValueError as error:
            faults.append(((*place, "between"), list(parameter.between), str(error)))
            continue
        if not unknown.low < unknown.start < unknown.high:
            message = f"must go from low to high, with the start inside; it starts at {unknown.start:g} {unknown.unit}"
            faults.append(((*place, "between"), list(parameter.between), message.rstrip()))
        found.append(unknown)
    if faults:
        raise ValueError(faults)
    return found


def _taken_twice(parameters):
    """(path, value, message) for each number that stands for the second time."""
    owners = {}
    for name, parameter in parameters.items():
        for i, path in enumerate(parameter.vary):
            if path in owners:
                yield (
                    ("parameters", name, "vary", i),
                    path,
                    f"is found by {owners[path]} already; name each number once",
                )
            owners[path] = name


def _unknown(name, parameter, shared):
    unit = shared[0].unit
    start = shared[0].value if parameter.start is None else _si(parameter.start, unit)
    low, high = (_si(end, unit) for end in parameter.between)
    return Unknown(name, tuple(number.path for number in shared), unit, start, low, high)


def _si(given, unit):
    number, counted_in = split(str(given))
    if counted_in is None:
        if unit:
            raise ValueError(f"{given} has no unit; give it in {unit}, or in what can be converted to it")
        return float(number)
    if not counted_in.is_compatible_with(unit or "dimensionless"):
        raise ValueError(f"{given} cannot be counted in {unit or 'plain numbers'}")
    return converted(number, counted_in, unit)
