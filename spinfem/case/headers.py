"""Headers of measured columns: names and units, in the ways in which people write them."""

import re

from spinfem.case.quantity import unit_of

_IN_BRACKETS = re.compile(r"(?P<name>.*?)\s*\[(?P<unit>[^\]]*)\]")
_OTHERWISE = (re.compile(r"(?P<name>.+?)\s*\((?P<unit>[^()]*)\)"), re.compile(r"(?P<name>.+?)\s*/\s*(?P<unit>[^/\s]+)"))
_WORD = re.compile(r"\S+(?:\s+error)?(?:\s*\[[^\]]*\]|\s*\([^)]*\)|\s+/\s+\S+)?")
_SPELLINGS = ((r"[ΩΩ]", "ohm"), (r"Ohms?\b", "ohm"), ("μ", "µ"), ("²", "^2"), ("³", "^3"))


def name_and_unit(header, known=()):
    """ "L [nm]", "L (nm)", "L / nm" -> ("L", "nm"); known: names after which a bracket can only hold a unit."""
    header = " ".join(str(header).split())
    if match := _IN_BRACKETS.fullmatch(header):
        return match["name"], spelled(match["unit"])
    for form in _OTHERWISE:
        match = form.fullmatch(header)
        if match and (match["name"] in known or is_unit(match["unit"])) and header not in known:
            return match["name"], spelled(match["unit"])
    return header, ""


def spelled(unit):
    """A unit as pint spells it: "mΩ" -> "mohm"."""
    for pattern, word in _SPELLINGS:
        unit = re.sub(pattern, word, unit)
    return unit.strip()


def is_unit(text):
    """Does pint know this unit?"""
    try:
        unit_of(spelled(text))
    except ValueError:
        return False
    return bool(text.strip()) and not re.fullmatch(r"[\d.\s]+", text)


def are_units(cells):
    """Is this a row of units? Columns without one are left empty."""
    written = [cell for cell in cells if cell.strip(" []()-1")]
    return bool(written) and all(is_unit(cell.strip(" []()")) for cell in written)


def with_unit(header, unit):
    """The header with the unit that stands below it. Raises ValueError where it has another one already."""
    unit, (name, own) = spelled(unit.strip(" []()-")), name_and_unit(header)
    if own and unit and own != unit:
        raise ValueError(f"gives the unit {unit} to {header}; say it once")
    return f"{name} [{own or unit}]" if own or unit else name


def words_of(line):
    """The headers in a line that separates them by blanks: a unit, and the word `error`, belong to the name before."""
    return [match.group().strip() for match in _WORD.finditer(line)]
