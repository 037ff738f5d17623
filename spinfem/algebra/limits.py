"""How far from exact is good, fair, or no result at all: every threshold that a run, its warnings and its report judge by."""

from dataclasses import dataclass
from math import isfinite

GOOD, FAIR, POOR = "good", "fair", "poor"


@dataclass(frozen=True)
class Limits:
    """Up to `good` nothing is said, up to `fair` a warning; beyond, and where it is no number at all, it is poor."""

    good: float
    fair: float

    def verdict(self, size):
        """GOOD, FAIR or POOR."""
        if size is None or not isfinite(size):
            return POOR
        return GOOD if size <= self.good else FAIR if size <= self.fair else POOR


# Of a solve, relative to what drives it. A poor one has failed.
RESIDUAL = Limits(1e-8, 1e-5)
CHARGE = Limits(1e-7, 1e-4)  # rounding leaves a few 1e-8 behind a tunnel barrier of 100 ohm um^2
SPIN = Limits(1e-6, 1e-3)
# Of a number, relative to its value.
ERROR = Limits(0.02, 0.1)
DEFECT = Limits(1e-6, 1e-3)  # of what must vanish
ROUNDING = 1e-9  # of the largest number in the same unit: what is smaller is meant to be zero


def residual_limits(tolerance):
    """RESIDUAL for a solver that was asked for this tolerance: whoever asks for little is content with little, within reason."""
    good = max(RESIDUAL.good, 10 * tolerance)
    return Limits(good, max(RESIDUAL.fair, good))
