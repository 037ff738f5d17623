"""Numbers, places and directions in words: everything a person reads is written here, be it in the terminal, in a picture or on a page.

Values are in SI units. Terminals and messages take `humanize`, pictures one scale for many numbers (`prefixed`), pages a number with as many digits
as its error justifies (`value_and_error`).
"""

import math
import re
from pathlib import PurePath

import numpy as np

_PREFIXES = {-18: "a", -15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"}
_WITHOUT_ERROR = 6  # digits of a number whose error nobody knows
_AT_MOST = 7  # digits, however small the error
_SMALL = 1e-3  # an error below this many units of its value has a prefix of its own
_EV = 1.602176634e-19  # J, exactly
_ATOMIC = 1e-17  # J; what is smaller is told in eV
_NOTHING = 1e-9  # of the largest component: what is smaller is rounding
_POWER_FIRST = re.compile(r"1/|[A-Za-z]+\^")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def symbol(unit):
    """A unit as it is printed: `ohm m^2` -> `Ω m²`."""
    return unit.replace("ohm", "Ω").replace("^2", "²").replace("^3", "³").replace("^-1", "⁻¹")


def humanize(value, unit, digits=4) -> str:
    """4.2e-3, "ohm" -> "4.2 mΩ"; 1e-15, "ohm m^2" -> "1 fΩ m²". The prefix goes to the first unit."""
    if unit == "rad":
        return f"{_rounded(math.degrees(value), digits)}°"
    value = float(f"{value:.{digits}g}")
    if own := _own_scale(value, unit):
        factor, unit = own
        return f"{_rounded(value * factor, digits)} {unit}"
    if _POWER_FIRST.match(unit):  # a prefix would be raised too, and none fits before a 1
        return f"{value:.{digits}g} {symbol(unit)}"
    power = min(max(_thousands(value), -18), 12) if value and unit else 0
    return f"{_rounded(value / 10.0**power, digits)} {_PREFIXES[power]}{symbol(unit)}".rstrip()


def value_words(value, unit):
    """A number, or a vector, as `humanize` writes it: (4.2 mV, 0, 0)."""
    if np.ndim(value) == 0:
        return humanize(value, unit)
    largest = max(map(abs, value))
    # Components that are rounding next to the largest one would only distract.
    return "(" + ", ".join(humanize(c, unit) if abs(c) > _NOTHING * largest else "0" for c in value) + ")"


def error_words(error, unit) -> str:
    """± 0.2 mΩ; "" if it is not known."""
    return "" if error is None else f"± {humanize(error, unit, digits=2)}"


def with_interval(value, half_width, unit):
    """412 ± 13 nm, the value with as many digits as the interval justifies."""
    if not np.isfinite(half_width) or half_width == 0:
        return f"{humanize(value, unit)} ± ?" if half_width else humanize(value, unit)
    digits = int(np.clip(np.floor(np.log10(abs(value or half_width))) - np.floor(np.log10(half_width)) + 2, 2, 9))
    return f"{humanize(value, unit, digits)} ± {humanize(half_width, unit, 2)}"


def nm(length) -> str:
    """A length, m: "12.5 nm"."""
    return f"{length * 1e9:.6g} nm"


def at(point, unit) -> str:
    """A point, drawing units of `unit` metres: "(100, 25) nm"."""
    return f"({', '.join(_in_nm(x, unit) for x in point)}) nm"


def extent(low, high, unit) -> str:
    """How large a box is: "200 x 50 nm"."""
    return f"{' x '.join(_in_nm(b - a, unit) for a, b in zip(low, high, strict=True))} nm"


def nice_length(length):
    """The round number (1, 2 or 5 times a power of ten) just below `length`."""
    power = 10.0 ** np.floor(np.log10(length))
    return max(step for step in (1, 2, 5) if step * power <= length) * power


def axis_or_vector(direction):
    """ "+y" for exactly a coordinate axis, else "[0.6, 0.8, 0]"."""
    for k, name in enumerate("xyz"):
        if abs(direction[k]) == 1 and not any(direction[:k]) and not any(direction[k + 1 :]):
            return ("+" if direction[k] > 0 else "-") + name
    return f"[{', '.join(f'{component:.4g}' for component in direction)}]"


def magnetization_words(given):
    """A magnetization as results.json keeps it: "+y", "-(cos(x), sin(x), 0)", "m of wall.vtu"."""
    if given.get("direction"):
        return axis_or_vector(given["direction"])
    if given.get("precessing"):
        return f"{math.degrees(given['cone_angle']):.4g}° about {axis_or_vector(given['precessing'])}"
    field = f"{given['field']} of " if given.get("field") else ""
    what = f"({', '.join(given['expression'])})" if "expression" in given else f"{field}{PurePath(given['file']).name}"
    return "-" * bool(given.get("reversed")) + what


def axis_name(direction, form=".2g", tolerance=1e-9):
    """The same in a picture, for what is nearly an axis: "−y", "(0.6, 0.8, 0)"."""
    for k, name in enumerate("xyz"):
        if abs(abs(direction[k]) - 1) < tolerance:
            return ("+" if direction[k] > 0 else "−") + name
    return "(" + ", ".join(f"{component + 0.0:{form}}".replace("-", "−") for component in direction) + ")"


def prefixed(largest, unit):
    """(factor, unit with prefix) that bring `largest` between 1 and 1000. A unit in /m² gets a power of ten instead (mathtext)."""
    if not largest:
        return 1.0, unit
    power = min(max(_thousands(largest), -15), 15)
    if "/" in unit:
        return 10.0**-power, f"$10^{{{power}}}$ {unit}" if power else unit
    return 10.0**-power, f"{_PREFIXES[power]}{unit}"


def scale(largest, unit):
    """(factor, unit with prefix or power of ten) that bring `largest` between 1 and 1000. Angles are in degrees."""
    if unit == "rad":
        return 180 / math.pi, "°"
    largest = abs(largest)
    if not largest or not math.isfinite(largest):
        return 1.0, symbol(unit)
    if own := _own_scale(largest, unit):
        return own
    power = _thousands(float(f"{largest:.6g}"))
    if not unit:
        power = 0 if -3 <= power <= 3 else power
    elif power in _PREFIXES and not unit.startswith(("1", "/")):
        return 10.0**-power, _PREFIXES[power] + symbol(unit)
    return 10.0**-power, f"× 10{str(power).translate(_RAISED)} {symbol(unit)}".strip() if power else symbol(unit)


def _own_scale(value, unit):
    """(factor, unit) of what people count in another way than by a prefix: wave numbers (13.6 1/nm), energies of electrons (2 eV); else None."""
    if unit == "1/m":
        power = min(max(_thousands(10 * abs(value)), 0), 9) if value else 0
        return 10.0**-power, f"1/{_PREFIXES[-power]}m"
    if unit == "J" and 0 < abs(value) < _ATOMIC:
        return 1 / _EV, "eV"
    return None


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
    return _with_unit(_rounded(value * factor, digits).replace("-", "−"), text)


def grouped(value):
    """12 345 for a whole number; other values as they are."""
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else value


def duration(seconds) -> str:
    """ "0.35 s", "2 min 5 s", "3 h 12 min"."""
    if seconds < 100:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def _with_unit(number, unit):
    return f"{number}{unit}" if unit == "°" else f"{number} {unit}".strip()


def _power(value):
    return math.floor(math.log10(abs(value)))


def _thousands(value):
    """The power of a thousand below `value`, as one of ten."""
    return 3 * math.floor(math.log10(abs(value)) / 3)


def _rounded(value, digits):
    """`digits` significant digits, written out: 480, not 4.8e+02."""
    return f"{float(f'{value:.{digits}g}'):.{max(digits, 3)}g}"


def _in_nm(length, unit):
    return f"{round(length * unit * 1e9, 9) + 0.0:.6g}"
