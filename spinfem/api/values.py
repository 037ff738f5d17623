"""Numbers with units for Python."""

import numpy as np
import pint


def quantity(value, unit) -> pint.Quantity:
    """The pint Quantity (of the application's registry) of a number, or of several: an array."""
    return pint.Quantity(np.asarray(value, dtype=float) if np.ndim(value) else float(value), unit)
