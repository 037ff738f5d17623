"""On, or off."""

from pydantic import Field, model_validator

from spinfem.case.quantity import Dimensionless, Time
from spinfem.case.signal import Signal
from spinfem.case.validation import said


class StepSignal(Signal, kind="step"):
    """From one value to another: on, without any key; off with `{from: 1, to: 0}`."""

    at: Time = Field(0.0, ge=0)
    """When."""
    start: Dimensionless = Field(0.0, validation_alias="from", serialization_alias="from")
    """The factor before."""
    end: Dimensionless = Field(1.0, validation_alias="to", serialization_alias="to")
    """The factor after."""
    rise: Time = Field(0.0, ge=0)
    """How long it takes, in a straight line from `at` on."""

    @model_validator(mode="after")
    def _goes_elsewhere(self):
        if self.start == self.end:
            raise said([(("to",), self.end, f"changes nothing: `from` is {self.start:g} too")], "step")
        return self

    @property
    def before(self):
        return self.start

    def value(self, time):
        if time < self.at:
            return self.start
        share = 1.0 if time >= self.at + self.rise else (time - self.at) / self.rise
        return self.start + share * (self.end - self.start)

    def slope(self, time):
        return (self.end - self.start) / self.rise if self.at < time < self.at + self.rise else 0.0

    def breaks(self, until):
        yield from dict.fromkeys((self.at, self.at + self.rise))
