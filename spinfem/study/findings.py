"""What observables report: numbers with a unit and an error, and tables."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Measurement:
    """A number, or a short vector, in SI units.

    `error` is an estimate of its uncertainty in the same unit (None: not known); `note` says in a few words what the number is.
    """

    name: str
    value: float | tuple
    unit: str
    error: float | None = None
    note: str = ""

    def against(self, twin):
        """The same measurement, with the difference to its twin on another discretisation added to its error."""
        difference = np.max(np.abs(np.asarray(self.value) - np.asarray(twin.value)))
        return replace(self, error=float(np.hypot(difference, self.error or 0.0)))


@dataclass(frozen=True)
class Chart:
    """A picture of a table: columns `y` against `x`; with `z`, one curve in space, of three columns that count the same."""

    name: str
    x: str
    y: tuple
    z: str | None = None
    x_label: str | None = None  # default: the column
    y_label: str | None = None
    log: str = ""  # "x", "y" or "xy"
    equal: bool = False  # both axes at one scale
    points: tuple = ()  # columns of y that are drawn as points, not as lines


@dataclass(frozen=True)
class Table:
    """Columns of equal length, each with its unit: header -> (unit, values); and the pictures of them."""

    name: str
    columns: dict
    charts: tuple = ()


@dataclass(frozen=True)
class Findings:
    """Everything that the observables of a case found."""

    measurements: tuple = ()
    tables: tuple = ()

    @classmethod
    def gather(cls, items):
        """Sort what observables yield into measurements and tables."""
        items = tuple(items)
        return cls(
            tuple(item for item in items if isinstance(item, Measurement)),
            tuple(item for item in items if isinstance(item, Table)),
        )

    def against(self, twin):
        """These findings with errors from the same observables on another discretisation, as far as it found the same ones."""
        others = {measurement.name: measurement for measurement in twin.measurements}
        return replace(
            self, measurements=tuple(m.against(others[m.name]) if m.name in others else m for m in self.measurements)
        )
