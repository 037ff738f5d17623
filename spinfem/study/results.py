"""What observables report: numbers with a unit and an error, tables, matrices, texts for other programs, and caveats."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

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
    correction: float | tuple | None = None  # the part of the value that the mesh alone does not give

    @property
    def parts(self) -> dict:
        """Name -> number: the value, or the components of a vector, NAME.x, NAME.y, NAME.z."""
        if not isinstance(self.value, tuple):
            return {self.name: self.value}
        return {f"{self.name}.{axis}": component for axis, component in zip("xyz", self.value, strict=True)}

    def estimated(self, errors, corrected):
        """With its error, from name -> GoalError (of a vector: of its components); and, if it is to be `corrected`, with that. The same, if there is none."""
        if not errors.keys() >= self.parts.keys():
            return self
        found = [errors[name] for name in self.parts]
        size = max((e.error if corrected else e.error_uncorrected) for e in found)
        error = float(np.hypot(size, self.error or 0.0))
        if not corrected:
            return replace(self, error=error)
        value, correction = (tuple(getattr(e, key) for e in found) for key in ("corrected", "correction"))
        whole = isinstance(self.value, tuple)
        return replace(
            self, value=value if whole else value[0], error=error, correction=correction if whole else correction[0]
        )

    def against(self, twin, margin=1.0):
        """The same measurement, with `margin` times the difference to its twin on another discretisation added to its error."""
        if np.shape(self.value) != np.shape(twin.value):
            return self
        difference = margin * np.max(np.abs(np.asarray(self.value) - np.asarray(twin.value)))
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
    sphere: bool = False  # a curve in space lies on the unit sphere, which is drawn too


@dataclass(frozen=True)
class Table:
    """Columns of equal length, each with its unit: header -> (unit, values); and the pictures of them."""

    name: str
    columns: dict
    charts: tuple = ()
    notes: tuple = ()  # what there is to know of its columns, a sentence each


@dataclass(frozen=True)
class Matrix:
    """Numbers of one unit with a name for each row and each column; a heat map is drawn of it.

    groups: (label, number of rows, number of columns) of the blocks on the diagonal, from the first row on. errors: estimates for each
    entry (None: not known). details: what else belongs to it, for JSON.
    """

    name: str
    rows: tuple
    columns: tuple
    unit: str
    values: np.ndarray
    groups: tuple = ()
    errors: np.ndarray | None = None
    note: str = ""
    details: dict = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Of its entries, row by row: NAME.ROW/COLUMN."""
        return [f"{self.name}.{row}/{column}" for row in self.rows for column in self.columns]

    def estimated(self, errors):
        """With its errors, from name -> GoalError; the same, if one has none. Its values stay those of the mesh."""
        if not all(name in errors for name in self.names):
            return self
        found = [errors[name].error_uncorrected for name in self.names]
        return replace(self, errors=np.reshape(found, self.values.shape))

    def against(self, twin, margin=1.0):
        """The same matrix, with `margin` times the differences to its twin on another discretisation added to its errors."""
        if (self.rows, self.columns) != (twin.rows, twin.columns):
            return self
        difference = margin * np.abs(self.values - twin.values)
        return replace(self, errors=np.hypot(difference, 0.0 if self.errors is None else self.errors))


@dataclass(frozen=True)
class Document:
    """A text for other programs, as the file of this name."""

    file_name: str
    text: str


@dataclass(frozen=True)
class Caveat:
    """What whoever reads the numbers has to know, in a sentence: it is told as a warning."""

    text: str


def yielded(observable, simulation):
    """What an observable yields, as it comes; what it returns instead, where that is no iterable, alone in a list."""
    found = observable.measure(simulation)
    return found if isinstance(found, Iterable) else [found]


KINDS = (Measurement, Table, Matrix, Document, Caveat)  # what observables yield


@dataclass(frozen=True)
class Results:
    """Everything that the observables of a case found."""

    measurements: tuple = ()
    tables: tuple = ()
    matrices: tuple = ()
    documents: tuple = ()
    caveats: tuple = ()

    @classmethod
    def gather(cls, items) -> "Results":
        """Sort what observables yield by its kind."""
        items = tuple(items)
        return cls(*(tuple(item for item in items if isinstance(item, kind)) for kind in KINDS))

    def against(self, twin, margin=1.0):
        """These findings with errors from the same observables on another discretisation, as far as it found the same ones."""

        def compared(own, theirs):
            others = {item.name: item for item in theirs}
            return tuple(item.against(others[item.name], margin) if item.name in others else item for item in own)

        return replace(
            self,
            measurements=compared(self.measurements, twin.measurements),
            matrices=compared(self.matrices, twin.matrices),
        )

    def estimated(self, errors, corrected) -> "Results":
        """These findings with the GoalErrors of those numbers that have one; `corrected` by them too, if that is wanted."""
        known = {error.name: error for error in errors}
        return replace(
            self,
            measurements=tuple(m.estimated(known, corrected) for m in self.measurements),
            matrices=tuple(matrix.estimated(known) for matrix in self.matrices),
        )

    def with_errors_of(self, other) -> "Results":
        """These findings, with the errors that others of the same names have where there is none here."""
        known = {m.name: m.error for m in other.measurements} | {m.name: m.errors for m in other.matrices}
        measurements = tuple(replace(m, error=known.get(m.name)) if m.error is None else m for m in self.measurements)
        matrices = tuple(replace(m, errors=known.get(m.name)) if m.errors is None else m for m in self.matrices)
        return replace(self, measurements=measurements, matrices=matrices)
