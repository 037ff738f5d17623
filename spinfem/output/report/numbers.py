"""Numbers as a page shows them: an SI prefix, and as many digits as their error justifies."""

import math

import numpy as np

from spinfem.output.prefix import PREFIXES

_ALL_PREFIXES = {-18: "a"} | PREFIXES
_WITHOUT_ERROR = 6  # digits of a number whose error nobody knows
_AT_MOST = 7  # digits, however small the error
_SMALL = 1e-3  # an error below this many units of its value has a prefix of its own
_NOTHING = 1e-9  # of the largest component: what is smaller is rounding
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def symbol(unit):
    """A unit as it is printed: `ohm m^2` -> `Ω m²`."""
    return unit.replace("ohm", "Ω").replace("^2", "²").replace("^3", "³").replace("^-1", "⁻¹")


def scale(largest, unit):
    """(factor, unit with prefix or power of ten) that bring `largest` between 1 and 1000. Angles are in degrees."""
    if unit == "rad":
        return 180 / math.pi, "°"
    largest = abs(largest)
    if not largest or not math.isfinite(largest):
        return 1.0, symbol(unit)
    power = 3 * math.floor(math.log10(float(f"{largest:.6g}")) / 3)
    if not unit:
        power = 0 if -3 <= power <= 3 else power
    elif power in _ALL_PREFIXES and not unit.startswith(("1", "/")):
        return 10.0**-power, _ALL_PREFIXES[power] + symbol(unit)
    return 10.0**-power, f"× 10{str(power).translate(_RAISED)} {symbol(unit)}".strip() if power else symbol(unit)


def decimals(value, error):
    """How many decimals of `value` its error (None: unknown) justifies: 2.27 ± 0.13. Negative before the point: 2300 ± 1300."""
    digits = _WITHOUT_ERROR if error is None else _AT_MOST
    largest = digits - 1 - _power(value) if value else digits
    if not error or not math.isfinite(error):
        return largest
    justified = 1 - _power(float(f"{error:.1e}"))
    return min(justified, largest) if value else justified


def written(value, places):
    """`value` with this many decimals; what is not known is a dash."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{round(value, places):.{max(places, 0)}f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def value_and_error(value, error, unit):
    """("2.270 mV", "± 0.012 mV") of a number or a vector; ("2.27", "") where the error is unknown."""
    values = np.array([math.nan if v is None else v for v in np.atleast_1d(value)], dtype=float)
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    if not np.isfinite(values).all():
        return "–", ""
    if error is not None and not math.isfinite(error):
        error = None
    factor, text = scale(max(largest, error or 0.0), unit)
    places = decimals(largest * factor, None if error is None else error * factor)
    if not unit and not error and not text:
        shown = [plain(v) for v in values]
    else:
        shown = [written(v * factor, places) if abs(v) > _NOTHING * largest else "0" for v in map(float, values)]
    body = shown[0] if np.ndim(value) == 0 else f"({', '.join(shown)})"
    return _with_unit(body, text), _error(error, unit, factor, text)


def _error(error, unit, factor, text):
    """± in the scale of the value, or in its own where it would be all zeros."""
    if not error:
        return "" if error is None else "± 0"
    if not _SMALL <= error * factor < 1e3:
        factor, text = scale(error, unit)
    size = error * factor
    return f"± {_with_unit(written(size, 1 - _power(float(f'{size:.1e}'))), text)}"


def plain(value, digits=5):
    """A number without unit: 0.36, 1.2 × 10⁻¹²."""
    if value is None or not math.isfinite(value):
        return "–"
    if value and not 1e-4 <= abs(value) < 1e6:
        mantissa, power = f"{value:.{min(digits, 3) - 1}e}".split("e")
        return f"{mantissa} × 10{str(int(power)).translate(_RAISED)}".replace("-", "−")
    return f"{float(f'{value:.{digits}g}') + 0.0:.12g}".replace("-", "−")  # + 0.0: no minus zero


def quantity(value, unit, digits=4):
    """A number of the case with its unit, as many digits as it has, at most `digits`."""
    factor, text = scale(value, unit)
    return _with_unit(f"{float(f'{value * factor:.{digits}g}'):.{max(digits, 3)}g}".replace("-", "−"), text)


def duration(seconds):
    """ "0.35 s", "2 min 5 s", "3 h 12 min"."""
    if seconds < 100:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def _with_unit(number, unit):
    return f"{number}{unit}" if unit == "°" else f"{number} {unit}".strip()


def _power(value):
    return math.floor(math.log10(abs(value)))
