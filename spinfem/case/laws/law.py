"""What all laws have: the key whose values they give, the conditions under which they are taken."""

from dataclasses import dataclass
from decimal import Decimal

from spinfem.case.quantity import Physical, converted, unit_of
from spinfem.case.validation import Checked
from spinfem.formatting import humanize

INVERSE = {"conductivity": "resistivity", "resistivity": "conductivity"}
COUNTED = {"conductivity": "S/m", "resistivity": "ohm m"}
_ROUNDING = 1e-9  # relative: 120 * 1e-9 is more than 120 nm
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
