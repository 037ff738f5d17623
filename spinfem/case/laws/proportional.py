"""Values in proportion to the conductivity or the resistivity."""

from typing import Any, Literal

from pydantic import Field

from spinfem.case.laws.law import COUNTED, INVERSE, Conditions, Law
from spinfem.case.quantity import SYMBOLS, Physical, Temperature, Thickness, si_symbol, unit_of


class Proportional(Law):
    """As the conductivity or the resistivity changes, so does this value: by its `value` `at` one temperature (and thickness), or by a `factor`.

    Where spins relax as momentum does (R. J. Elliott, Phys. Rev. 96, 266 (1954); Y. Yafet, Solid State Phys. 14, 1 (1963)), the spin diffusion length
    is proportional to the conductivity, with the factor lambda rho, e.g. 0.91 fohm m^2; an intrinsic spin Hall angle is to the resistivity, with the spin Hall
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
