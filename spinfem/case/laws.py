"""Values of a material that depend on temperature and thickness: a table, a formula, or a value that is proportional to another one.

They stand in place of the number: `conductivity: {table: rho.csv}`, `resistivity: {formula: "1.7 + 0.0068*T", unit: uohm cm}`,
`spin_diffusion_length: {proportional_to: conductivity, value: 350 nm, at: 300 K}`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np
from pydantic import Field, PrivateAttr, ValidationInfo, field_validator

from spinfem.case import expression
from spinfem.case.faults import not_among
from spinfem.case.files import File, existing_file
from spinfem.case.quantity import (
    SYMBOLS,
    Physical,
    Temperature,
    Thickness,
    converted,
    film_thickness,
    kelvin,
    si_symbol,
    unit_of,
)
from spinfem.case.tables import Columns, read_columns
from spinfem.case.validation import Checked
from spinfem.formatting import humanize

INVERSE = {"conductivity": "resistivity", "resistivity": "conductivity"}
COUNTED = {"conductivity": "S/m", "resistivity": "ohm m"}
NAMES = {"temperature": ("temperature", "T"), "thickness": ("thickness", "d", "t")}
_ROUNDING = 1e-9  # relative: 120 * 1e-9 is more than 120 nm
_VARIABLES = {"T": "temperature", "thickness": "thickness"}  # of a formula
_ASKED = {
    "temperature": "a temperature; give the case one, e.g. temperature: 77 K, or the material",
    "thickness": "a thickness; give the region one, e.g. thickness: 60 nm, or the name of a parameter of the drawing",
}


@dataclass(frozen=True)
class Conditions:
    """Where a law is taken; None: nobody said."""

    temperature: float | None = None
    thickness: float | None = None


class Unknown(ValueError):
    """A value is not known there: `given` is the condition that is to blame, in words."""

    def __init__(self, message, given=None):
        super().__init__(message)
        self.given = given


@dataclass(frozen=True)
class Key:
    """A key of a material and what it counts."""

    name: str
    physical: Physical

    def counter(self, unit):
        """The function that makes of a number in `unit` (text; "": none) the value in SI units; that of a resistivity where one stands for a
        conductivity, or the other way round. Raises ValueError."""
        wanted, counted = self.physical.unit or "dimensionless", unit_of(unit or "dimensionless")
        if not counted.is_compatible_with(wanted):
            wanted = COUNTED.get(INVERSE.get(self.name, ""), "")
            if not wanted or not counted.is_compatible_with(wanted):
                raise ValueError(f'is counted in "{unit}", which is not {self.physical.allowed}')
        return lambda number: converted(Decimal(str(number)), counted, wanted)

    def of_counted(self, number, unit) -> float:
        """The value that a number of `counter(unit)` stands for. Raises Unknown."""
        if unit_of(unit or "dimensionless").is_compatible_with(self.physical.unit or "dimensionless"):
            return number
        if number == 0:
            raise Unknown(f"has a {INVERSE[self.name]} of 0 there")
        return 1 / number


class Law(Checked):
    """What all of them have."""

    @property
    def needs(self) -> frozenset:
        """What of temperature and thickness it depends on."""
        return frozenset()

    def check(self, key) -> None:
        """Raises ValueError unless it can give the values of this Key."""

    def with_units(self, key) -> "Law":
        """The same with units at bare numbers of Python."""
        return self

    def under(self, key, conditions) -> float:
        """That of a Key under these Conditions, SI. Raises Unknown."""
        for name in sorted(self.needs):
            if getattr(conditions, name) is None:
                raise Unknown(f"{self.words} needs {_ASKED[name]}")
        return self._under(key, conditions)

    def _under(self, key, conditions):
        raise NotImplementedError

    def _inside(self, known, value, unit):
        """The value, which lies from the first to the last of what is known, up to rounding. Raises Unknown."""
        low, high = float(known[0]), float(known[-1])
        if not low * (1 - _ROUNDING) <= value <= high * (1 + _ROUNDING):
            message = f"{self.words} goes from {humanize(low, unit)} to {humanize(high, unit)}"
            raise Unknown(message, humanize(value, unit))
        return min(max(value, low), high)

    @property
    def words(self) -> str:
        """What it is, for tables."""
        raise NotImplementedError


class Table(Law):
    """A CSV file beside the case: columns `temperature [K]`, `thickness [nm]`, or one of them, and the value, each with its unit in the head.

    A resistivity may stand for a conductivity. In between, what the column counts is interpolated linearly in the temperature, and in 1/thickness: the
    resistivity of a film is linear in it down to about the mean free path (K. Fuchs, Proc. Camb. Phil. Soc. 34, 100 (1938); E. H. Sondheimer, Adv. Phys. 1, 1 (1952)). Nothing is
    known outside.
    """

    table: File
    """The file."""
    column: str | None = None
    """Head of the column with the value, without its unit. Default: the key's own name, or the only column that is left."""
    temperature: str | None = None
    """Head of the column with the temperatures. Default: `temperature` or `T`."""
    thickness: str | None = None
    """Head of the column with the thicknesses. Default: `thickness`, `d` or `t`."""
    interpolation: Literal["linear", "smooth"] = "linear"
    """In the temperature; smooth: cubic and as monotonic as the values (F. N. Fritsch, J. Butland, SIAM J. Sci. Stat. Comput. 5, 300 (1984))."""
    version: str = ""
    """Stands in a case as it ran: which contents the file had then. Others are used all the same."""

    _columns: Columns = PrivateAttr()

    @field_validator("table", mode="before")
    @classmethod
    def _find_file(cls, name, info: ValidationInfo):
        return existing_file(name, info).resolve() if isinstance(name, str) else name

    def model_post_init(self, context, /) -> None:
        self._columns = read_columns(self.table)

    @property
    def needs(self):
        return frozenset(name for name in NAMES if self._head(name) is not None)

    def check(self, key):
        if not self.needs:
            raise ValueError(
                f"has neither temperatures nor thicknesses; its columns are {', '.join(self._columns.names)}"
            )
        self._curves(key)

    def idle(self, case, dimension):
        if "temperature" not in self.needs:
            yield ("interpolation",), "it is that between temperatures, and the table has no column of these"

    def _head(self, name):
        """Of the column with the temperatures or thicknesses; None: there is none."""
        given = getattr(self, name)
        if given is not None and given not in self._columns.names:
            raise ValueError(not_among(given, self._columns.names, f"column in {self.table.name}"))
        return given or next((head for head in NAMES[name] if head in self._columns.names), None)

    def _value_head(self, key):
        taken = {self._head(name) for name in NAMES}
        left = [name for name in self._columns.names if name not in taken]
        if self.column is not None:
            if self.column not in left:
                raise ValueError(not_among(self.column, left, f"column of values in {self.table.name}"))
            return self.column
        own = [name for name in (key.name, INVERSE.get(key.name)) if name in left]
        if not own and len(left) != 1:
            raise ValueError(
                f"has several columns of values; give the one that counts as `column`: {', '.join(left) or 'there is none'}"
            )
        return own[0] if own else left[0]

    def _curves(self, key):
        """Thickness (None: whatever) -> (temperatures increasing, values), SI; without temperatures those are nan."""
        value = self._columns.si(self._value_head(key), key.counter)
        axes = {
            name: self._columns.si(head, Key(name, _CONDITION[name]).counter) if (head := self._head(name)) else None
            for name in NAMES
        }
        kelvins, metres = axes["temperature"], axes["thickness"]
        if metres is not None and not (metres > 0).all():
            raise ValueError("has a thickness that is not greater than 0")
        kelvins = np.full(len(value), np.nan) if kelvins is None else kelvins
        found = {}
        for d in [None] if metres is None else sorted(set(metres.tolist())):
            rows = np.flatnonzero(metres == d) if d is not None else np.arange(len(value))
            rows = rows[np.argsort(kelvins[rows], kind="stable")]
            if len(rows) > 1 and not (np.diff(kelvins[rows]) > 0).all():
                others = f"its columns are {', '.join(self._columns.names)}"
                raise ValueError(f"has a row twice for the same {' and '.join(sorted(self.needs))}; {others}")
            found[d] = kelvins[rows], value[rows]
        return found

    def _under(self, key, conditions):
        return key.of_counted(self._between(self._curves(key), conditions), self._columns.unit(self._value_head(key)))

    def _between(self, curves, conditions):
        """The value, in what its column counts."""
        if None in curves:
            return self._on(curves[None], conditions)
        known = list(curves)
        d = self._inside(known, conditions.thickness, "m")
        above = next(k for k, other in enumerate(known) if other >= d)
        if known[above] == d:
            return self._on(curves[d], conditions)
        thin, thick = known[above - 1], known[above]
        weight = (1 / d - 1 / thick) / (1 / thin - 1 / thick)
        return weight * self._on(curves[thin], conditions) + (1 - weight) * self._on(curves[thick], conditions)

    def _on(self, curve, conditions):
        kelvins, values = curve
        if "temperature" not in self.needs:
            return float(values[0])
        t = self._inside(kelvins, conditions.temperature, "K")
        if self.interpolation == "smooth" and len(kelvins) > 2:
            from scipy.interpolate import PchipInterpolator

            return float(PchipInterpolator(kelvins, values)(t))
        return float(np.interp(t, kelvins, values))

    @property
    def words(self):
        return self.table.name


class Formula(Law):
    """A formula of the temperature T, K, and the thickness, m; nm, um and pi are known: {formula: "1.7 + 0.0068*T + 20*nm/thickness", unit: uohm cm}."""

    formula: str
    """With +, -, *, /, ** and the functions of numexpr."""
    unit: str = ""
    """What its values count in."""
    between: tuple[Temperature, Temperature] | None = None
    """From which temperature to which it holds. Default: everywhere."""

    @field_validator("formula", mode="before")
    @classmethod
    def _a_number_too(cls, given):
        return str(given) if type(given) in (int, float) else given

    @field_validator("formula")
    @classmethod
    def _can_be_computed(cls, formula):
        expression.check(formula, tuple(_VARIABLES), "1.7 + 0.0068*T")
        return formula

    @property
    def needs(self):
        found = expression.check(self.formula, tuple(_VARIABLES), "1.7 + 0.0068*T")
        return frozenset(_VARIABLES[name] for name in found) | ({"temperature"} if self.between else frozenset())

    @field_validator("between")
    @classmethod
    def _upwards(cls, between):
        if between is not None and not between[0] < between[1]:
            low, high = sorted(between)
            raise ValueError(
                f"goes from high to low; give [{low:g} K, {high:g} K]"
                if low < high
                else "goes from a temperature to the same one"
            )
        return between

    def check(self, key):
        key.counter(self.unit)

    def _under(self, key, conditions):
        if self.between:
            self._inside(self.between, conditions.temperature, "K")
        given = {symbol: getattr(conditions, name) for symbol, name in _VARIABLES.items()}
        with np.errstate(all="ignore"):
            found = expression.evaluate(
                self.formula, {name: np.array(0.0 if value is None else value) for name, value in given.items()}
            )
        if not np.isfinite(found):
            raise Unknown(f"{self.words} has no value there", _at(conditions))
        return key.of_counted(key.counter(self.unit)(float(found)), self.unit)

    @property
    def words(self):
        return f'"{self.formula}"'


class Proportional(Law):
    """As the conductivity or the resistivity changes, so does this value: by its `value` `at` one temperature (and thickness), or by a `factor`.

    Where spins relax as momentum does (R. J. Elliott, Phys. Rev. 96, 266 (1954); Y. Yafet, Solid State Phys. 14, 1 (1963)), the spin diffusion length is proportional
    to the conductivity, with the factor lambda rho, e.g. 0.91 fohm m^2; an intrinsic spin Hall angle is to the resistivity, with the spin Hall
    conductivity as the factor.
    """

    proportional_to: Literal["conductivity", "resistivity"]
    """What it follows."""
    factor: Any = None
    """This value over that one, e.g. `0.91 fohm m^2`."""
    value: Any = None
    """Instead of a factor: this value, under the conditions that follow."""
    at: Temperature | None = Field(None, gt=0)
    """The temperature at which it has that value."""
    thickness: Thickness | None = Field(None, gt=0)
    """The thickness at which it has that value."""

    def check(self, key):
        if (self.factor is None) == (self.value is None):
            raise ValueError("needs one of the two: a `factor`, or a `value` with the temperature `at` which it holds")
        if key.name in INVERSE:
            raise ValueError("a conductivity is not proportional to itself")
        self._number(key)

    def with_units(self, key):
        given = "value" if self.factor is None else "factor"
        return self.model_copy(update={given: self._counted(key).written(self._number(key))})

    def _number(self, key):
        """The factor or the value, SI. Raises ValueError."""
        name = "value" if self.factor is None else "factor"
        given = getattr(self, name)
        try:
            return self._counted(key).parse(given, si=True)
        except ValueError as error:
            raise ValueError(f"has the {name} {given}, which {error}") from None

    def _counted(self, key):
        if self.factor is None:
            return key.physical
        unit = _times(key.physical.unit, COUNTED[INVERSE[self.proportional_to]])
        return Physical(f"a factor that counts in {unit}", unit, f"1 {unit}")

    def of(self, key, now, reference):
        """The value of a Key where the other one is `now`; reference(conditions): the other one elsewhere. Raises Unknown."""
        number = self._number(key)
        return number * now if self.value is None else number * now / reference(Conditions(self.at, self.thickness))

    @property
    def words(self):
        return f"proportional to the {self.proportional_to}"


def _times(unit, other):
    """Two units one times the other, in one that people use where there is one."""
    both = f"{unit} {other}".strip()
    symbol = si_symbol(unit_of(both))
    return symbol if symbol in SYMBOLS else both


def _at(conditions):
    said = (conditions.temperature, "K"), (conditions.thickness, "m")
    return " and ".join(humanize(value, unit) for value, unit in said if value is not None)


_CONDITION = {"temperature": kelvin, "thickness": film_thickness}
_KINDS: dict[str, type[Law]] = {"table": Table, "formula": Formula, "proportional_to": Proportional}


def read_law(given, key, info) -> Law:
    """The Law that stands for a number, of a Key. Raises ValueError or ValidationError."""
    if isinstance(given, Law):
        law = given
    else:
        kind = next((kind for name, kind in _KINDS.items() if name in given), None)
        if kind is None:
            raise ValueError(f"is no number and no law; give {key.physical.allowed}, or {ALLOWED}")
        law = kind.model_validate(given, context=info.context)
    law.check(key)
    return law.with_units(key)


ALLOWED = "{table: rho.csv}, {formula: ..., unit: ...} or {proportional_to: conductivity, ...}"
SCHEMAS = [
    {
        "type": "object",
        "properties": {name: {} for name in kind.model_fields},
        "required": [required],
        "additionalProperties": False,
    }
    for required, kind in _KINDS.items()
]
