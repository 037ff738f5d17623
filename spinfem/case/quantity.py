"""Physical quantities of a case file: "500 nm" becomes 5e-7.

Each type below is a float in SI units once it is checked. A wrong unit, nan and inf are refused, and a bare number in a case file; in Python
it counts in SI units.
"""

import math
import os
import re
import shutil
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Annotated, get_args

from pydantic_core import core_schema

from spinfem.case.given import from_file

_NAME = re.compile(r"[^\W\d]\w*")
_QUANTITY = re.compile(r"\s*(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?P<unit>\S.*?)?\s*")


@cache
def units():
    """Pint's registry of units. It takes a moment to load, so only when the first quantity is met; what pint has made of its
    definitions is kept in the user's cache, where that can be.

    It counts in decimal numbers, so a quantity is rounded only once: 500 nm is 5e-07, where 500 * 1e-9 is
    5.000000000000001e-07.
    """
    from pint import UnitRegistry

    try:
        kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "spinfem/units")
        try:
            return _with_gauss(UnitRegistry(non_int_type=Decimal, cache_folder=kept, on_redefinition="ignore"))
        except Exception:  # whatever it is that half a file makes pint stumble over
            shutil.rmtree(kept, ignore_errors=True)
            raise
    except Exception:  # no place to write; half a file, of a process that was killed or is not ready yet
        return _with_gauss(UnitRegistry(non_int_type=Decimal, on_redefinition="ignore"))


def _with_gauss(registry):
    """With what magnets are sold by: 1 G, and 1 Oe as its mu_0 H, is 1e-4 T; 1 emu is 1e-3 A m^2. For pint the first two are of Gaussian dimensions."""
    for definition in ("gauss = 1e-4 * tesla = G", "oersted = 1e-4 * tesla = Oe", "emu = 1e-3 * ampere * meter ** 2"):
        registry.define(definition)
    return registry


def split(text):
    """ "500 nm" -> (Decimal(500), pint unit of nm), "3" -> (Decimal(3), None). Raises ValueError if it is neither."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError("is not a number with a unit")
    if math.isinf(float(match["number"])):
        raise ValueError("is larger than any number here")
    return Decimal(match["number"]), unit_of(match["unit"]) if match["unit"] else None


def converted(number, unit, target) -> float:
    """A Decimal counted in `unit`, as a float counted in `target`."""
    return float(units().Quantity(number, unit).to(target).magnitude)


SYMBOLS = (
    "m",
    "m^2",
    "s",
    "A",
    "V",
    "ohm",
    "S",
    "ohm m",
    "ohm m^2",
    "S/m",
    "S/m^2",
    "K",
    "T",
    "m^2/s",
    "m^2/V/s",
    "1/m^3",
    "W",
    "W/K",
    "W/m/K",
    "W/m^2/K",
    "V/K",
    "J/m^3/K",
    "1/m",
    "A/m",
    "J/m^2",
    "J/m^3",
    "J",
    "J m",
)


def si_symbol(unit) -> str:
    """The SI unit of what a pint unit counts, as this program writes it."""
    if not unit.dimensionless:
        for symbol in SYMBOLS:
            if unit.is_compatible_with(symbol):
                return symbol
    name = str((1 * unit).to_root_units().units)
    return {"radian": "rad"}.get(name, name)


def unit_of(text):
    """The pint unit that `text` names. Raises ValueError."""
    try:
        return units().parse_units(f"1{text}" if text.startswith("/") else text)
    except Exception:  # pint passes on whatever Python's own tokenizer makes of strange text
        raise ValueError(f'has a unit that does not exist, "{text}"') from None


@dataclass(frozen=True)
class Physical:
    """What a field counts. As an annotation of float it makes pydantic read text such as the example."""

    what: str
    unit: str  # SI
    example: str

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        return f'{self.what}, e.g. "{self.example}"'

    def parse(self, given, si=False):
        """The value in SI units; si: that is what a bare number counts in. Raises ValueError."""
        if isinstance(given, int | float):
            if not si or isinstance(given, bool):
                raise ValueError(f"has no unit; give {self.allowed}")
            return self._finite(float(given))
        if not isinstance(given, str):
            raise ValueError(f"is not a number with a unit; give {self.allowed}")
        try:
            number, unit = split(given)
        except ValueError as error:
            raise ValueError(f"{error}; give {self.allowed}") from None
        if unit is None:
            raise ValueError(f"has no unit; give {self.allowed}")
        if not self._counted_in(unit):
            raise ValueError(f"is not {self.what}; give {self.allowed}")
        return self._finite(converted(number, unit, self.unit))

    def _finite(self, value):
        if not math.isfinite(value):
            raise ValueError(f"must be finite; give {self.allowed}")
        return value

    def _counted_in(self, unit):
        return unit.is_compatible_with(self.unit)

    def __get_pydantic_core_schema__(self, source, handler):
        # The handler's schema holds the limits of the field, which pydantic may have applied first.
        return core_schema.with_info_before_validator_function(
            lambda given, info: self.parse(given, si=not from_file(info)),
            handler(source),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value, info: self.written(value) if from_file(info) else value, info_arg=True, when_used="json"
            ),
        )

    def written(self, value) -> str:
        """A value as it stands in a case file, without loss."""
        return f"{value!r} {self.unit}"

    def __get_pydantic_json_schema__(self, schema, handler):
        return {"type": "string", "description": self.allowed, "examples": [self.example]}


class _OrName(Physical):
    """A name may stand for it, which is looked up later."""

    @property
    def allowed(self) -> str:
        return f"{super().allowed}, or the name of one"

    def parse(self, given, si=False):
        return given if isinstance(given, str) and _NAME.fullmatch(given) else super().parse(given, si)

    def written(self, value):
        return value if isinstance(value, str) else super().written(value)


class _PlaneAngle(Physical):
    """Angles have no dimension, so compatibility alone would take "50 %" for one."""

    def _counted_in(self, unit):
        return unit.dimensionless and str(unit) in ("degree", "radian", "milliradian", "turn")


class _Ratio(Physical):
    """A plain number; per cent are welcome too."""

    @property
    def allowed(self) -> str:
        return f"{self.what}, e.g. {self.example}"

    def parse(self, given, si=False) -> float:
        if isinstance(given, int | float) and not isinstance(given, bool):
            return float(given)
        try:
            number, unit = split(given)
        except (ValueError, TypeError):
            raise ValueError(f"is not a number; give {self.allowed}") from None
        if unit is not None and str(unit) != "percent":
            raise ValueError(f"has a unit; give {self.allowed}")
        return float(number if unit is None else number / 100)

    def written(self, value):
        return value

    def __get_pydantic_json_schema__(self, schema, handler):
        return {"type": ["number", "string"], "description": self.allowed, "examples": [float(self.example), "40 %"]}


class _Difference(Physical):
    """Of temperatures: degrees that do not count from absolute zero would be shifted."""

    def _counted_in(self, unit):
        return unit.is_compatible_with(self.unit) and str(unit) not in ("degree_Celsius", "degree_Fahrenheit")


kelvin = Physical("a temperature", "K", "4.2 K")
film_thickness = Physical("a thickness", "m", "60 nm")
_named_thickness = _OrName("a thickness", "m", "60 nm")
CONDITIONS = (kelvin, film_thickness, _named_thickness)  # under which values are known: no values themselves
ampere = Physical("an electric current", "A", "1 mA")
tesla = Physical("a magnetic field", "T", "50 mT")
volt = Physical("a voltage", "V", "1 mV")

Length = Annotated[float, Physical("a length", "m", "500 nm")]
Area = Annotated[float, Physical("an area", "m^2", "100 nm^2")]
Conductivity = Annotated[float, Physical("an electric conductivity", "S/m", "7.1e7 S/m")]
Resistivity = Annotated[float, Physical("a resistivity", "ohm m", "2.7 uohm cm")]
DiffusionConstant = Annotated[float, Physical("a diffusion constant", "m^2/s", "43 cm^2/s")]
Mobility = Annotated[float, Physical("a mobility", "m^2/V/s", "5000 cm^2/V/s")]
CarrierDensity = Annotated[float, Physical("a density of carriers", "1/m^3", "1e16 1/cm^3")]
Current = Annotated[float, ampere]
FluxDensity = Annotated[float, tesla]
Voltage = Annotated[float, volt]
Resistance = Annotated[float, Physical("a resistance", "ohm", "10 ohm")]
ResistanceArea = Annotated[float, Physical("a resistance times an area", "ohm m^2", "1 fohm m^2")]
InterfaceConductance = Annotated[float, Physical("a conductance per area", "S/m^2", "1e15 S/m^2")]
WaveNumber = Annotated[float, Physical("a wave number", "1/m", "5 /um")]
SpinOrbitParameter = Annotated[float, Physical("an energy times a length", "J m", "5 meV nm")]
Temperature = Annotated[float, kelvin]
Thickness = Annotated[float, film_thickness]
NamedThickness = Annotated[float | str, _named_thickness]
TemperatureDifference = Annotated[float, _Difference("a difference of temperatures", "K", "10 K")]
HeatCurrent = Annotated[float, Physical("a power", "W", "1 mW")]
ThermalConductivity = Annotated[float, Physical("a thermal conductivity", "W/m/K", "300 W/m/K")]
ThermalConductance = Annotated[float, Physical("a thermal conductance", "W/K", "1 uW/K")]
ThermalInterfaceConductance = Annotated[float, Physical("a thermal conductance per area", "W/m^2/K", "1e8 W/m^2/K")]
SeebeckCoefficient = Annotated[float, Physical("a thermopower", "V/K", "-20 uV/K")]
HeatCapacity = Annotated[float, Physical("a heat capacity per volume", "J/m^3/K", "3.4e6 J/m^3/K")]
MomentDensity = Annotated[float, Physical("a magnetic moment per volume", "A/m", "8e5 A/m")]
Energy = Annotated[float, Physical("an energy", "J", "2 eV")]
EnergyPerArea = Annotated[float, Physical("an energy per area", "J/m^2", "0.1 mJ/m^2")]
EnergyDensity = Annotated[float, Physical("an energy per volume", "J/m^3", "5 kJ/m^3")]
Angle = Annotated[float, _PlaneAngle("an angle", "rad", "90 deg")]
Time = Annotated[float, Physical("a time", "s", "10 ps")]
Frequency = Annotated[float, Physical("a frequency", "Hz", "1 GHz")]
FACTOR = _Ratio("a number without unit", "", "0.4")
Dimensionless = Annotated[float, FACTOR]


def physical_of(metadata, annotation):
    """What a field counts, wherever in its type that stands."""
    for item in metadata:
        if isinstance(item, Physical):
            return item
    parts = [part for part in get_args(annotation) if part is not NoneType]
    found = (physical_of(getattr(part, "__metadata__", ()), part) for part in parts)
    return next((physical for physical in found if physical), None)
