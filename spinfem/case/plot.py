"""Plots: pictures of one column of a table against another, in one line of the case file."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema, field_validator

from spinfem.case.quantity import split
from spinfem.case.validation import Checked

_ONE_OR_SEVERAL = WithJsonSchema(
    {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}, mode="validation"
)


class Plot(Checked):
    """A picture of numbers against numbers. In a sweep the columns are its axes and the measured observables; of a single run, `table`
    names one that an observable wrote."""

    name: str = Field(default="", pattern=r"[A-Za-z0-9_.-]*")
    """What the PNG is called (default: Y_against_X)."""
    table: str | None = None
    """Not of the sweep but of each run: the table of an observable."""
    x: str
    """Column to the right; the last words of a path are enough."""
    y: Annotated[tuple[str, ...], Field(min_length=1), _ONE_OR_SEVERAL]
    """Columns upwards: one or several."""
    curves: str | None = None
    """Sweeps: one curve for each value of this axis."""
    x_in: str | None = None
    """Count x in this, e.g. `350 nm`."""
    x_label: str | None = None
    y_label: str | None = None
    x_scale: Literal["linear", "log"] = "linear"
    y_scale: Literal["linear", "log"] = "linear"
    normalize: Literal["first", "last", "largest"] | None = None
    """Divide each curve by its first or last value, or by its largest."""
    equal: bool = False
    """Both axes at one scale."""

    @field_validator("y", mode="before")
    @classmethod
    def _one_or_several(cls, given):
        return [given] if isinstance(given, str) else given

    @field_validator("x_in")
    @classmethod
    def _a_quantity(cls, given):
        if given is not None:
            split(given)
        return given

    def idle(self, case, dimension):
        if self.table is not None:
            yield ("curves",), "it is for the axes of a sweep, and this is the picture of a `table`"

    @property
    def file_name(self):
        """Without its ending."""
        return self.name or f"{'_'.join(y.replace('.', '_') for y in self.y)}_against_{self.x.replace('.', '_')}"
