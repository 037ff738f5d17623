"""A fit: which numbers of the case are found from measured data, and what the columns of the data are."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, field_validator, model_validator

from spinfem.case.faults import not_among
from spinfem.case.overrides import path_text
from spinfem.case.parameters import parameters
from spinfem.case.quantity import converted, split
from spinfem.case.validation import Checked, or_text
from spinfem.formatting import humanize

_ONE_OR_SEVERAL = WithJsonSchema(
    {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}, mode="validation"
)


class Prior(Checked):
    """What is known of a number beforehand, from other measurements: its value and standard uncertainty."""

    value: Any = None
    """Its value (default: what the case says)."""
    sigma: Any
    """Its standard uncertainty, in its unit or in % of the value, e.g. `10 nm`, `5 %`."""


class FitParameter(Checked):
    """One number to be found. Several places of the case may share it."""

    vary: Annotated[tuple[str, ...], Field(min_length=1), _ONE_OR_SEVERAL]
    """Path of the value, e.g. `regions.wire.material.spin_diffusion_length`, or several paths that have the same value."""
    between: tuple[Any, Any]
    """The range to look in, e.g. `[50 nm, 2 um]`."""
    start: Any = None
    """Where to start (default: what the case says)."""
    prior: Prior | None = None
    """What is known of it beforehand: it counts as one more measured value."""

    @field_validator("vary", mode="before")
    @classmethod
    def _one_or_several(cls, given):
        return _listed(given)


class DataFile(Checked):
    """A file of measured data. `curve.csv` is short for `{file: curve.csv}`."""

    file: str
    """Its path, seen from the case file."""
    set: dict[str, Any] = {}
    """Path of a value of the case -> what it was when these data were measured, e.g. `{geometry.parameters.separation: 500 nm}`."""
    to: Annotated[tuple[str, ...], _ONE_OR_SEVERAL] = ()
    """The measured numbers in it, where they are not those of `fit.to`."""
    columns: dict[str, str | None] = {}
    """Headers of this file, beside those of `fit.columns`."""

    @field_validator("to", mode="before")
    @classmethod
    def _one_or_several(cls, given):
        return _listed(given)

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, given):
        return {"file": given} if isinstance(given, str) else given

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return or_text(handler(schema), handler, {"examples": ["curve.csv"]})


class Fit(Checked):
    """What `spinfem fit CASE.yaml DATA.csv` finds."""

    parameters: dict[str, FitParameter] = {}
    """Name -> which number it is, and where to look for it."""
    data: tuple[DataFile, ...] = ()
    """Files of measured data, each with what was set for it, where none is named in the command."""
    to: Annotated[tuple[str, ...], _ONE_OR_SEVERAL] = ()
    """The measured number, e.g. `nonlocal_resistance.difference`, or several (default: the only one in the data)."""
    columns: dict[str, str | None] = {}
    """Headers of the data, without unit -> path of a value of the case, or name of a measured number; nothing: leave this column out."""
    formula: Literal["contacts", "tunnel"] = "contacts"
    """The one-dimensional formula beside the full model: contacts that take spins out, by their resistances, or tunnel contacts, that take out none."""

    @field_validator("to", mode="before")
    @classmethod
    def _one_or_several(cls, given):
        return _listed(given)


def _listed(given):
    """One name may stand for a list of it, nothing for an empty one."""
    return [] if given is None else [given] if isinstance(given, str) else given


@dataclass(frozen=True)
class Unknown:
    """A FitParameter in SI units. `paths`: of each number that it stands for."""

    name: str
    paths: tuple
    unit: str
    start: float
    low: float
    high: float
    prior: tuple[float, float] | None = None  # value, standard uncertainty

    def from_prior(self, value):
        """How far a value lies from the prior, in units of its uncertainty; 0 without one."""
        known, sigma = self.prior or (value, 1.0)
        return (value - known) / sigma


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
            prior = _prior(parameter.prior, shared[0])
        except _BadPrior as error:
            faults.append(((*place, "prior"), parameter.prior.model_dump(), str(error)))
            continue
        except ValueError as error:
            faults.append(((*place, "between"), list(parameter.between), str(error)))
            continue
        if message := _outside(unknown, parameter):
            faults.append(((*place, "between"), list(parameter.between), message))
        found.append(replace(unknown, prior=prior))
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


def _outside(unknown, parameter):
    """What is wrong with the range of an Unknown, in words; "" where it holds the start."""
    low, high = parameter.between
    if unknown.low == unknown.high:
        return "goes from a value to the same one; give two that differ"
    if unknown.low > unknown.high:
        return f"goes from high to low; give [{high}, {low}]"
    if unknown.low < unknown.start < unknown.high:
        return ""
    begins = "what the case says" if parameter.start is None else "its `start`"
    return f"does not hold {begins}, {humanize(unknown.start, unknown.unit)}, inside it; give a wider range, or another `start`"


class _BadPrior(ValueError):
    """Its message is about the prior."""


def _prior(prior, number):
    """(value, sigma) in SI units, None where there is no prior. Raises _BadPrior."""
    if prior is None:
        return None
    try:
        value = number.value if prior.value is None else _si(prior.value, number.unit)
        sigma = _sigma(prior.sigma, value, number.unit)
    except ValueError as error:
        raise _BadPrior(str(error)) from None
    if not sigma > 0:
        raise _BadPrior("needs a sigma above 0, its standard uncertainty; what is known exactly is no unknown")
    return value, sigma


def _sigma(given, value, unit):
    words = str(given)
    if not words.endswith("%"):
        return _si(given, unit)
    if not unit:
        raise ValueError(f"{given} can be % of the value or percentage points; give a plain number")
    return abs(value) * _si(words, "")


def _si(given, unit):
    number, counted_in = split(str(given))
    if counted_in is None:
        if unit:
            raise ValueError(f"{given} has no unit; give it in {unit}, or in what can be converted to it")
        return float(number)
    if not counted_in.is_compatible_with(unit or "dimensionless"):
        raise ValueError(f"{given} cannot be counted in {unit or 'plain numbers'}")
    return converted(number, counted_in, unit)
