"""Equally spaced points of a straight line, for whatever is read off along it."""

import numpy as np
from pydantic import Field

from spinfem.case.names import RegionName
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Length
from spinfem.observables.places import outside


class Line(Observable):
    """What lies on the line `from` - `to`, anywhere in space."""

    start: tuple[Length, Length, Length] = Field(validation_alias="from", serialization_alias="from")
    end: tuple[Length, Length, Length] = Field(validation_alias="to", serialization_alias="to")
    points: int = Field(201, ge=2, le=100_000)
    region: RegionName | None = None
    """Where the line lies in an interface, the side; elsewhere the line must stay inside it."""

    def faults(self, case, outline):
        if self.start == self.end:
            yield "to", self.end, "must differ from `from`: together they are a line"

    def misplaced(self, device):
        yield from outside(device, self.places, self.region, "from")

    @property
    def places(self):
        """The points, (k, 3) in metres."""
        return np.linspace(self.start, self.end, self.points)
