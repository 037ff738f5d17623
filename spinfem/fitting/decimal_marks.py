"""Numbers with decimal points or commas, and with thousands set apart: which is which is decided for a whole file.

"1,234" alone can be either. Another number of the file that can be read in one way only ("0,5", "12.25") decides; else it is told.
"""

import re

_NUMBER = re.compile(r"(?P<sign>[+\-−]?)(?P<body>\d[\d.,'’\u00a0\u202f ]*|[.,]\d+)(?P<power>[eEdD][+\-−]?\d+)?")
_SPACED = re.compile(r"\d{1,3}(?:['’\u00a0\u202f ]\d{3})+(?:[.,]\d*)?")
_SPACES = re.compile(r"['’\u00a0\u202f ]")


def is_number(cell) -> bool:
    """Is this a number, in whatever way it is written?"""
    return _parts(cell) is not None


def plain_numbers(table, lines, separator):
    """The rows of cells with every number written as Python writes it. Raises ValueError about numbers that can be read in two ways."""
    decides: dict[str, tuple[str, int] | None] = {
        ",": None,
        ".": None,
    }  # decimal mark -> the first (cell, line) that can only be read with it
    for cells, line in zip(table, lines, strict=True):
        for cell in cells:
            if (mark := _sure(cell)) and decides[mark] is None:
                decides[mark] = cell, line
    comma, point = decides[","], decides["."]
    if comma and point:
        (one, here), (other, there) = comma, point
        raise ValueError(
            f"has a decimal comma in line {here} ({one}) and a decimal point in line {there} ({other}); use one"
        )
    mark = next((mark for mark, found in decides.items() if found), None)
    return [[_plain(cell, mark, line, separator) for cell in cells] for cells, line in zip(table, lines, strict=True)]


def _parts(cell):
    """(sign, digits with marks but without blanks, power) of a number, None of anything else."""
    match = _NUMBER.fullmatch(cell.strip())
    if match is None:
        return None
    body = match["body"].strip()
    if _SPACES.search(body):
        if not _SPACED.fullmatch(body):
            return None
        body = _SPACES.sub("", body)
    if not (_reads(body, ",") or _reads(body, ".")):
        return None
    return match["sign"].replace("−", "-"), body, (match["power"] or "").replace("−", "-").lower().replace("d", "e")


def _reads(body, decimal):
    """Can these digits be read with this decimal mark?"""
    other = {",": r"\.", ".": ","}[decimal]
    whole = rf"(?:\d*|[1-9]\d{{0,2}}(?:{other}\d{{3}})+)"
    return re.fullmatch(rf"{whole}(?:{re.escape(decimal)}\d*)?", body) is not None


def _sure(cell):
    """The decimal mark of a number that can be read with one only; None where both do, or without any mark."""
    parts = _parts(cell)
    if parts is None or not re.search("[.,]", parts[1]):
        return None
    ways = [mark for mark in ",." if _reads(parts[1], mark)]
    if parts[2] and len(ways) == 2:  # nobody sets thousands apart before a power of ten
        return "," if "," in parts[1] else "."
    return ways[0] if len(ways) == 1 else None


def _plain(cell, mark, line, separator):
    parts = _parts(cell)
    if parts is None:
        return cell
    sign, body, power = parts
    if _sure(cell) is None and (found := re.search("[.,]", body)):
        # Where commas separate columns, or nothing speaks for commas, a point is a point.
        point = found[0] == "." and mark != "," and (mark == "." or separator != ";")
        if not point and found[0] != mark:
            raise ValueError(
                f"has {cell} in line {line}, which can be {body.replace(found[0], '')} or {body.replace(',', '.')}; "
                "leave out what sets thousands apart, or give the number one more decimal"
            )
        mark = found[0]
    other = {",": ".", ".": ",", None: ""}[mark]
    body = body.replace(other, "") if other else body
    return sign + body.replace(",", ".") + power
