"""Values by a formula."""

import numpy as np
from pydantic import field_validator

from spinfem.case import expression
from spinfem.case.laws.law import Law, Unknown
from spinfem.case.quantity import Temperature
from spinfem.formatting import humanize

_VARIABLES = {"T": "temperature", "thickness": "thickness"}


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


def _at(conditions):
    said = (conditions.temperature, "K"), (conditions.thickness, "m")
    return " and ".join(humanize(value, unit) for value, unit in said if value is not None)
