"""The temperature as an unknown: what the case says of it as a whole, and what has to be known for it (docs/heat.md)."""

from math import isclose

from pydantic import Field, model_validator

from spinfem.case.conditions import HeatCondition
from spinfem.case.outline import bounds
from spinfem.case.parts import conducts_heat, parts_of
from spinfem.case.quantity import Dimensionless, Temperature
from spinfem.case.validation import Checked, or_text
from spinfem.formatting import at

_NOT_COMPUTED = "the temperature is not computed: say so, e.g. `heat: 300 K` at the top of the case, or leave this out"


class Heat(Checked):
    """The temperature is an unknown beside the potentials. `heat: 300 K` is its reference temperature."""

    reference: Temperature = Field(gt=0)
    """T_0: that of the baths, at which all materials have the values given here. Temperatures are counted from it."""
    tolerance: Dimensionless = Field(default=1e-9, gt=0, le=1e-3)
    """How little the temperature has to change, relative to its largest difference from T_0, from one solution with Joule heat to the next, which
    then is the last."""
    max_iterations: int = Field(default=30, gt=0)
    """More such solutions than this and the computation has failed."""

    @model_validator(mode="before")
    @classmethod
    def _of_reference(cls, given):
        return {"reference": given} if isinstance(given, str | float | int) else given

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return or_text(handler(schema), handler, {"examples": ["300 K"]})


def faults(case, outline):
    """(path, value, message) for what a Case on the drawing with this Outline lacks for its temperature to be determined."""
    if case.heat is None:
        yield from _without_heat(case)
        return
    yield from _two_temperatures(case)
    yield from _below_absolute_zero(case)
    for name, interface in case.interfaces.items():
        if interface.thermal_conductance is None and not interface.charge_conductance:
            message = "has to be given where no charge crosses, e.g. 1e8 W/m^2/K: there is no Wiedemann-Franz law to make it of"
            yield ("interfaces", name, "thermal_conductance"), None, message
    yield from _no_bath(case, outline)
    for key in ("time", "frequency"):
        if getattr(case, key) is not None:
            yield from _no_capacity(case, key)


def _two_temperatures(case):
    if case.temperature is not None and not isclose(case.temperature, case.heat.reference):
        message = f"the device is at its heat.reference, {case.heat.reference:g} K: give one of the two, or both the same value"
        yield ("temperature",), f"{case.temperature:g} K", message


def _below_absolute_zero(case):
    for name, terminal in case.terminals.items():
        rise = getattr(terminal.of_scalar(HeatCondition.key), "rise", 0.0)
        if case.heat.reference + rise <= 0:
            message = f"is below absolute zero, with the heat.reference {case.heat.reference:g} K: must be more than {-case.heat.reference:g} K"
            yield ("terminals", name, HeatCondition.key, "rise"), f"{rise:g} K", message


def _without_heat(case):
    for name, region in case.regions.items():
        if _on_substrate(region):
            yield ("regions", name, "terms", "substrate"), None, _NOT_COMPUTED
    for name, terminal in case.terminals.items():
        if HeatCondition.key in terminal.scalars:
            given = terminal.scalars[HeatCondition.key].model_dump(mode="json")
            yield ("terminals", name, HeatCondition.key), given, _NOT_COMPUTED


def _no_bath(case, outline):
    for part in parts_of(case, outline, conducts_heat):
        there = {name for piece in part for name in piece.terminals if name in case.terminals}
        if any(case.terminals[name].of_scalar(HeatCondition.key).anchors for name in there):
            continue
        if any(_on_substrate(case.regions[piece.region]) for piece in part if piece.region in case.regions):
            continue
        regions = ", ".join(sorted({piece.region for piece in part}))
        low, high = bounds(part)
        middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
        message = (
            f"the temperature of {regions}, around {at(middle, case.geometry.unit)}, is not determined: no terminal there is a bath; "
            "give one `heat: bath`, or a conductance to it"
        )
        yield ("terminals",), sorted(there), message


def _on_substrate(region):
    return "substrate" in region.terms


def _no_capacity(case, key):
    for name, region in case.regions.items():
        if region.material.heat_capacity is None:
            message = f"has to be given, e.g. 3.4e6 J/m^3/K: `{key}` needs to know how fast it warms up"
            yield ("regions", name, "material", "heat_capacity"), None, message
