"""Values in a CSV file."""

from typing import Literal

import numpy as np
from pydantic import PrivateAttr, ValidationInfo, field_validator

from spinfem.case.faults import not_among
from spinfem.case.files import File, existing_file
from spinfem.case.laws.law import INVERSE, Key, Law
from spinfem.case.quantity import film_thickness, kelvin
from spinfem.case.tables import Columns, read_columns

_HEADS = {"temperature": ("temperature", "T"), "thickness": ("thickness", "d", "t")}
_CONDITION = {"temperature": kelvin, "thickness": film_thickness}


class Table(Law):
    """A CSV file beside the case: columns `temperature [K]`, `thickness [nm]`, or one of them, and the value, each with its unit in the head.

    A resistivity may stand for a conductivity. In between, what the column counts is interpolated linearly in the temperature, and in 1/thickness: the
    resistivity of a film is linear in it down to about the mean free path (K. Fuchs, Proc. Camb. Phil. Soc. 34, 100 (1938); E. H. Sondheimer,
    Adv. Phys. 1, 1 (1952)). Nothing is known outside.
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
        return frozenset(name for name in _HEADS if self._head(name) is not None)

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
        return given or next((head for head in _HEADS[name] if head in self._columns.names), None)

    def _value_head(self, key):
        taken = {self._head(name) for name in _HEADS}
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
            for name in _HEADS
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
