"""A table as spreadsheets, instruments and programs write it, whatever its encoding, separator and decimal mark.

Nothing is guessed where two readings are possible: that is told, with file and line.
"""

import codecs
import csv
import re
from dataclasses import dataclass
from pathlib import Path

from spinfem.case.faults import CaseError, Fault
from spinfem.case.headers import are_units, with_unit, words_of
from spinfem.fitting.decimal_marks import is_number, plain_numbers

_HOLES = {"", "-", "--", "–", "—", "n/a", "na", "#n/a", "nan", "null"}
_COMMENT = re.compile(r"\s*(#+|%+|//)\s*")
_SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", " ": "blanks"}  # in the order in which they are tried
_NOT_TEXT = {b"PK": "an Excel workbook; save it as CSV", b"\x89PNG": "a picture", b"%PDF": "a PDF"}


@dataclass(frozen=True)
class Sheet:
    """Columns of a table by their headers, `name [unit]`: entries are text, numbers, or None where there is nothing."""

    name: str  # of the file
    columns: dict
    places: tuple  # of each row: "line 3"

    def __len__(self):
        return len(self.places)

    def rows(self, wanted):
        """The Sheet of those rows for which `wanted` (a list of bool) is true."""
        chosen = [k for k, yes in enumerate(wanted) if yes]
        columns = {header: [entries[k] for k in chosen] for header, entries in self.columns.items()}
        return Sheet(self.name, columns, tuple(self.places[k] for k in chosen))

    def without_empty(self):
        """Without rows and columns in which there is nothing."""
        there = self.rows([any(c[k] is not None for c in self.columns.values()) for k in range(len(self))])
        filled = {header: c for header, c in there.columns.items() if any(entry is not None for entry in c)}
        return Sheet(self.name, filled, there.places)


def sheet_of(source):
    """The Sheet of the path of a file, or of a pandas.DataFrame. Raises CaseError."""
    if isinstance(source, str | Path):
        return _read(Path(source)).without_empty()
    source = source.astype(object).where(source.notna(), None)
    columns = {str(header): [_entry(cell) for cell in source[header].tolist()] for header in source.columns}
    return Sheet("the table", columns, tuple(f"row {k + 1}" for k in range(len(source)))).without_empty()


def _entry(cell):
    return None if cell is None or str(cell).strip().lower() in _HOLES else cell


def bad_file(path, message, place=""):
    """The CaseError about a data file."""
    return CaseError([Fault("data file", str(path), message, place)])


def _read(path):
    lines = _text(path).splitlines()
    announced = re.fullmatch(r'"?sep=(.)"?', lines[0].strip(" \r\n")) if lines else None  # a word from Excel to Excel
    numbered = [(k, line) for k, line in enumerate(lines, start=1) if line.strip() and not (k == 1 and announced)]
    comments = [(k, _COMMENT.sub("", line, count=1)) for k, line in numbered if _COMMENT.match(line)]
    rest = [(k, line) for k, line in numbered if not _COMMENT.match(line)]
    if not rest:
        raise bad_file(path, "has no rows")
    separator = announced[1] if announced else _separator(rest, comments)
    rows = _split(rest, separator)
    head, *below = _from_the_header(path, rows, comments, separator)
    return _sheet(path, head, below, separator)


def _text(path):
    """The text of a file in UTF-8, UTF-16 or Windows' own encoding."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise bad_file(path, f"cannot be read as a table: {error.strerror}") from None
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return text
    kind = next((words for mark, words in _NOT_TEXT.items() if data.startswith(mark)), "not text")
    raise bad_file(path, f"cannot be read as a table: it is {kind}")


def _encodings(data):
    """What the bytes may be: by their mark, by the zeros between letters of UTF-16, else by trying."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    even, odd = (data[k:2000:2].count(0) > len(data[:2000]) / 4 for k in (0, 1))
    return ("utf-16-be",) if even else ("utf-16-le",) if odd else ("utf-8-sig", "cp1252")


def _separator(rest, comments):
    """What separates the columns: the first candidate that gives a header of several columns and no row with more."""
    for separator in _SEPARATORS:
        rows = _split(rest, separator)
        counts = [len(cells) for _, cells in rows]
        words = [line for line, (_, cells) in zip(rest, rows, strict=False) if not any(map(is_number, cells))]
        widths = {len(cells) for _, cells in _split([*words, *rest[:1], *comments[-1:]], separator, header=True)}
        usual = max(set(counts[1:] or counts), key=(counts[1:] or counts).count)
        trailing = separator in "\t " and re.search(r"[,;]\s", rest[0][1].strip())  # a comma, then a blank: commas
        if usual > 1 and usual in widths | {counts[0]} and not trailing:
            return separator
    for separator in "\t;,":  # the rows do not fit their headers, which will be told
        if len(_split(rest[:1], separator)[0][1]) > 1:
            return separator
    return ""


def _split(lines, separator, header=False):
    """[(number of the line, its cells)], empty cells at the end left out."""
    if separator == " ":
        cut = words_of if header else str.split
        return [(k, cut(line)) for k, line in lines]
    if not separator:
        return [(k, [line.strip().strip('"')]) for k, line in lines]
    reader, found = csv.reader((line for _, line in lines), delimiter=separator, skipinitialspace=True), []
    before = 0
    for cells in reader:
        cells = [" ".join(cell.split()) for cell in cells]
        while len(cells) > 1 and not cells[-1]:
            cells.pop()
        found.append((lines[before][0], cells))
        before = reader.line_num
    return found


def _from_the_header(path, rows, comments, separator):
    """The rows from the header on, which is the first one, or the last comment above the numbers (numpy.savetxt)."""
    width = max(len(cells) for _, cells in rows)
    if separator == " ":
        line, cells = rows[0]
        rows = [(line, words_of(" ".join(cells))), *rows[1:]]
        width = max(len(cells) for _, cells in rows[1:] or rows)
    first = next((k for k, (_, cells) in enumerate(rows) if any(map(is_number, cells))), len(rows))
    if first == 0:
        above = [row for row in _split(comments, separator, header=True) if row[0] < rows[0][0]]
        if above and len(above[-1][1]) == width:
            return [above[-1], *rows]
        message = "has no headers; the first line must say what the columns are, with units: `NAME [unit]`"
        raise bad_file(path, message, f"line {rows[0][0]}")
    # Above the headers an instrument may have written about itself.
    start = next((k for k, (_, cells) in enumerate(rows[:first]) if len(cells) == width), 0)
    return rows[start:]


def _sheet(path, head, below, separator):
    headers = head[1]
    first = next((k for k, (_, cells) in enumerate(below) if any(map(is_number, cells))), len(below))
    above, unit_row = below[:first], None
    if above and are_units(above[0][1]):
        unit_row, below = above[0][1], below[1:]
        if len(above) > 1:  # Origin writes comments below the units
            below = below[1:]
    for line, cells in below:
        if len(cells) > len(headers):
            raise bad_file(path, _too_many(len(cells), len(headers), separator), f"line {line}")
    if unit_row:
        try:
            headers = [with_unit(h, u) for h, u in zip(headers, _filled(unit_row, len(headers)), strict=True)]
        except ValueError as error:
            raise bad_file(path, str(error), f"line {above[0][0]}") from None
    headers = [header or f"column {k}" for k, header in enumerate(headers, start=1)]
    if twice := {header for header in headers if headers.count(header) > 1}:
        raise bad_file(path, f"has two columns {min(twice)}; name each once", f"line {head[0]}")
    lines, table = [line for line, _ in below], [_filled(cells, len(headers)) for _, cells in below]
    try:
        table = plain_numbers(table, lines, separator)
    except ValueError as error:
        raise bad_file(path, str(error)) from None
    columns = {header: [_entry(row[k]) for row in table] for k, header in enumerate(headers)}
    return Sheet(str(path), columns, tuple(f"line {line}" for line in lines))


def _filled(cells, length):
    return (cells + [""] * length)[:length]


def _too_many(entries, headers, separator):
    decimal = (
        "; are its decimals commas too? Then separate columns by semicolons or tabs" if separator in (",", "") else ""
    )
    named = f", separated by {_SEPARATORS[separator]}" if separator in _SEPARATORS else ""
    return f"has {entries} entries{named}, but there are {headers} headers{decimal}"
