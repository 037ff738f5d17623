"""A sine."""

import math

from pydantic import Field

from spinfem.case.quantity import Angle, Dimensionless, Frequency
from spinfem.case.signal import Signal


class SineSignal(Signal, kind="sine"):
    """mean + sin(2 pi f t + phase), from t = 0 on; `mean` before."""

    frequency: Frequency = Field(gt=0)
    """f."""
    phase: Angle = 0.0
    """The phase at t = 0."""
    mean: Dimensionless = 0.0
    """What it swings about."""

    @property
    def before(self):
        return self.mean

    def value(self, time):
        return self.mean + math.sin(self._phase(time))

    def slope(self, time):
        return 2 * math.pi * self.frequency * math.cos(self._phase(time))

    def _phase(self, time):
        return 2 * math.pi * self.frequency * time + self.phase
