"""SI prefixes for a scale common to many numbers, round lengths for scale bars, names of directions."""

import numpy as np

PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"}


def prefixed(largest, unit):
    """(factor, unit with prefix) that bring `largest` between 1 and 1000. A unit in /m² gets a power of ten instead (mathtext)."""
    if not largest:
        return 1.0, unit
    power = int(np.clip(3 * np.floor(np.log10(abs(largest)) / 3), -15, 15))
    if "/" in unit:
        return 10.0**-power, f"$10^{{{power}}}$ {unit}" if power else unit
    return 10.0**-power, f"{PREFIXES[power]}{unit}"


def nice_length(length):
    """The round number (1, 2 or 5 times a power of ten) just below `length`."""
    power = 10.0 ** np.floor(np.log10(length))
    return max(step for step in (1, 2, 5) if step * power <= length) * power


def axis_name(axis):
    """'+y' for a coordinate axis, components otherwise."""
    for k, name in enumerate("xyz"):
        if abs(abs(axis[k]) - 1) < 1e-9:
            return ("+" if axis[k] > 0 else "−") + name
    return "(" + ", ".join(f"{component:.2g}" for component in axis) + ")"
