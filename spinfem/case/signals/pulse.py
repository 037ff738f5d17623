"""On for a while, once or again and again."""

from pydantic import Field, model_validator

from spinfem.case.quantity import Dimensionless, Time
from spinfem.case.signal import Signal
from spinfem.case.validation import said


class PulseSignal(Signal, kind="pulse"):
    """0 but for a time in which it is `height`; with a `period`, again and again."""

    at: Time = Field(0.0, ge=0)
    """When it begins."""
    length: Time = Field(gt=0)
    """How long it is, at half of its height."""
    edge: Time = Field(0.0, ge=0)
    """How long it rises and falls, in straight lines, the rise from `at` on."""
    height: Dimensionless = 1.0
    """The factor meanwhile."""
    period: Time | None = Field(None, gt=0)
    """After this time it comes again."""

    @model_validator(mode="after")
    def _whole(self):
        if self.edge > self.length:
            raise said(
                [(("edge",), self.edge, "is longer than the pulse, which then never reaches its height")], "pulse"
            )
        if self.period is not None and self.period < self.length + self.edge:
            raise said(
                [(("period",), self.period, "must be at least length + edge: one pulse ends before the next")], "pulse"
            )
        return self

    def value(self, time):
        since, rise = self._since(time), self.edge
        if since <= 0 or since >= self.length + rise:
            return 0.0
        return self.height * min(1.0, since / rise, (self.length + rise - since) / rise) if rise else self.height

    def slope(self, time):
        since = self._since(time)
        rising, falling = 0 < since < self.edge, 0 < since - self.length < self.edge
        return self.height / self.edge * (int(rising) - int(falling)) if rising or falling else 0.0

    def breaks(self, until):
        corners = dict.fromkeys((0.0, self.edge, self.length, self.length + self.edge))
        start = self.at
        while start < until:
            yield from (start + corner for corner in corners)
            if self.period is None:
                return
            start += self.period

    def _since(self, time):
        """The time since the last pulse began; negative before the first one."""
        since = time - self.at
        return since % self.period if self.period and since > 0 else since
