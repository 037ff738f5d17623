"""Magnetizations that follow the magnetic field: by a table, or as a single domain with an easy axis."""

import csv
from functools import lru_cache

import numpy as np
from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from spinfem.case.files import File, existing_file
from spinfem.case.quantity import FluxDensity, tesla
from spinfem.case.validation import Checked, said
from spinfem.formatting import magnetization_words

_OUTSIDE = 1 + 1e-12  # of the astroid
_STEPS = 2000  # on the way from one field to another


class Following(Checked):
    """Base of them. A region without a field is one at 0 T. `direction` and `field` are known once the region is in its field."""

    direction: tuple[float, float, float] | None = None
    """Worked out from the field."""
    field: tuple[FluxDensity, FluxDensity, FluxDensity] | None = None
    """That of the region."""

    @property
    def uniform(self) -> bool:
        return True

    @property
    def directions(self):
        """All directions of spin that it brings in."""
        return (self.direction,)

    def at(self, points):
        """Unit vectors, (3, n), at points (3, n) in metres."""
        return np.repeat(np.array(self.direction)[:, None], np.shape(points)[1], axis=1)

    def in_field(self, field):
        """The same in a field, T. Raises ValueError where it is not known there."""
        field = tuple(field or (0.0, 0.0, 0.0))
        m = np.asarray(self.towards(np.array(field)))
        return self.filled(direction=tuple(np.round(m / np.linalg.norm(m), 15).tolist()), field=field)

    def towards(self, field):
        """Where it points in a field, (3,), T."""
        raise NotImplementedError

    def __str__(self):
        return magnetization_words(self.model_dump(mode="json"))


class SingleDomain(Following):
    """A single domain with an easy axis: it turns where anisotropy and field hold it, and jumps where that ends (E. C. Stoner, E. P. Wohlfarth,
    Phil. Trans. R. Soc. A 240, 599 (1948)).

    The energy is - M [B_K (m.e)²/2 + B.m], so a field B across the easy axis e turns it by sin = B/B_K. For a long thin electrode that is the shape:
    B_K = mu_0 M_s out of the plane. Without a field it points along e; the field goes straight from `after` (0 T) to what it is.
    """

    easy_axis: tuple[float, float, float]
    """The way it points at 0 T, e.g. `+y`, as that of a magnetization."""
    anisotropy_field: FluxDensity = Field(gt=0)
    """B_K: across the easy axis, this field turns it all the way."""
    after: tuple[FluxDensity, FluxDensity, FluxDensity] = (0.0, 0.0, 0.0)
    """From which field it comes: far along the easy axis, one branch of the hysteresis loop."""

    def flipped(self):
        """The other state in the same field: reversed by itself, coming from the opposite field."""
        other = {key: tuple(0.0 - x for x in getattr(self, key)) for key in ("easy_axis", "after")}
        start = self.filled(**other)
        return start.in_field(self.field)

    def towards(self, field):
        easy = np.array(self.easy_axis)
        way = np.linspace(0.0, 1.0, _STEPS + 1)[:, None] * (field - np.array(self.after)) + np.array(self.after)
        along, across = way @ easy, np.linalg.norm(way - np.outer(way @ easy, easy), axis=1)
        outside = (
            np.cbrt((along / self.anisotropy_field) ** 2) + np.cbrt((across / self.anisotropy_field) ** 2) > _OUTSIDE
        )
        free = np.flatnonzero(outside & (along != 0))
        side = np.sign(along[free[-1]]) if len(free) else 1.0
        hard = field - (field @ easy) * easy
        size = np.linalg.norm(hard)
        cosine, sine = _minimum(side * along[-1] / self.anisotropy_field, size / self.anisotropy_field)
        return side * cosine * easy + (sine * hard / size if size else 0.0)


def _minimum(along, across):
    """(cos, sin) of the angle t to the easy axis where - cos² t/2 - along cos t - across sin t has its minimum with cos t > 0, across >= 0.

    With x = sin t it is x sqrt(1-x²) + along x - across sqrt(1-x²) = 0, found from below, where the angle is that of the smaller field."""
    t = np.linspace(0.0, np.pi / 2, 2001)
    slope = np.sin(t) * np.cos(t) + along * np.sin(t) - across * np.cos(t)
    above = np.flatnonzero(slope >= 0)
    low, high = (t[max(above[0] - 1, 0)], t[above[0]]) if len(above) else (t[-1], t[-1])
    for _ in range(60):
        middle = (low + high) / 2
        if np.sin(middle) * np.cos(middle) + along * np.sin(middle) - across * np.cos(middle) < 0:
            low = middle
        else:
            high = middle
    return np.cos(high), np.sin(high)


class Table(Following):
    """Measured or computed: a table (CSV) whose columns are the field along `along` and the components of **M**, in any unit; linear in between.

    field (mT),  x, y, z
    -100,        0, 0.8, -0.6
    """

    table: File
    """The file, looked for beside the case file. The unit of the field stands in the head of its column."""
    along: tuple[float, float, float]
    """The direction, as that of a magnetization, along which the field of the table counts."""
    reversed: bool = False
    """The state that comes of reversing all fields and magnetizations: - M(- B)."""

    _stamp: tuple = PrivateAttr(default=())

    @field_validator("table", mode="before")
    @classmethod
    def _find_file(cls, name, info: ValidationInfo):
        return existing_file(name, info).resolve() if isinstance(name, str) else name

    @model_validator(mode="after")
    def _readable(self):
        try:
            status = self.table.stat()
            self._stamp = (status.st_mtime_ns, status.st_size)
            _load(self.table, self._stamp)
        except (OSError, ValueError) as error:
            raise said([(("table",), str(self.table), str(error))], "magnetization") from None
        return self

    def flipped(self):
        """The other state in the same field."""
        return self.filled(reversed=not self.reversed).in_field(self.field)

    def towards(self, field):
        fields, m = _load(self.table, self._stamp)
        sign = -1.0 if self.reversed else 1.0
        size = sign * float(field @ np.array(self.along))
        if not fields[0] <= size <= fields[-1]:
            raise ValueError(
                f"goes from {fields[0]:g} T to {fields[-1]:g} T; the field along {list(self.along)} is {size:g} T"
            )
        found = sign * np.array([np.interp(size, fields, component) for component in m.T])
        if not np.linalg.norm(found) > 0:
            raise ValueError(f"has no direction at {size:g} T: the vectors around it cancel")
        return found


@lru_cache(maxsize=8)
def _load(path, stamp):
    """(fields (n,) increasing, M (n, 3)). Raises ValueError or OSError."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file) if any(cell.strip() for cell in row)]
    if len(rows) < 3 or any(len(row) != 4 for row in rows):
        raise ValueError("must be a table of a head and two rows or more, four columns each: field (mT), x, y, z")
    head, _, unit = rows[0][0].partition("(")
    try:
        factor = tesla.parse(f"1 {unit.rstrip(')').strip()}")
    except ValueError:
        raise ValueError(
            f'the first column must be a field with its unit, e.g. "field (mT)", not "{rows[0][0]}"'
        ) from None
    try:
        numbers = np.array(rows[1:], dtype=float)
    except ValueError as error:
        raise ValueError(f"has an entry that is no number: {error}") from None
    numbers = numbers[np.argsort(numbers[:, 0])]
    if not (np.isfinite(numbers).all() and (np.diff(numbers[:, 0]) > 0).all()):
        raise ValueError("must have finite numbers, and each field once")
    return numbers[:, 0] * factor, numbers[:, 1:]
