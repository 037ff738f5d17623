"""The plots that a case file asks for: columns of the sweep's table, or of a table of one run."""

import re

import numpy as np

from spinfem.case.quantity import converted, si_symbol, split
from spinfem.formatting import humanize
from spinfem.output.curves import Curves, Series, in_words
from spinfem.study.results import Chart


class NoSuchColumn(ValueError):
    """A plot names a column that the table does not have."""


def chart_of(plot, table):
    """The Chart that a Plot asks for of a Table. Raises NoSuchColumn."""
    for name in (plot.x, *plot.y):
        _only(name, [column for column in table.columns if column == name], table.columns)
    log = "x" * (plot.x_scale == "log") + "y" * (plot.y_scale == "log")
    return Chart(plot.file_name, plot.x, plot.y, None, plot.x_label, plot.y_label, log, plot.equal)


def draw_sweep(folder, plots, frame):
    """Draw the Plots of a sweep's table, a pandas DataFrame whose columns carry units: `name [unit]`; returns the paths.

    Raises NoSuchColumn.
    """
    from spinfem.output.charts import draw_curves

    return [draw_curves(folder, curves_of_plot(plot, frame)) for plot in plots if plot.table is None]


def curves_of_plot(plot, frame):
    """The Curves that a Plot asks for of a sweep's table, of the points that are done. Raises NoSuchColumn."""
    frame = frame[frame["status"] == "done"]
    x = _column(plot.x, frame)
    ys = [_column(y, frame) for y in plot.y]
    series, words = [], ()
    if not _numeric(frame[x]):
        words = tuple(dict.fromkeys(frame[x].map(str)))
        frame = frame.assign(**{x: frame[x].map(str).map(words.index)})
    for y in ys:
        if not _numeric(frame[y]):
            raise NoSuchColumn(f"{_name(y)} has no numbers")
    for label, part in _parts(plot, frame):
        part = part.sort_values(x)
        for y in ys:
            name = label if len(ys) == 1 else ", ".join(filter(None, (in_words(_name(y)), label)))
            values, size, errors = np.asarray(part[y], dtype=float), _size(plot.normalize, part[y]), None
            if column := error_column(y, frame):
                errors = np.asarray(part[column], dtype=float) / abs(size)
            series.append(Series(name, _in(None if words else plot.x_in, part[x]), values / size, error=errors))
    x_unit = "" if plot.x_in else unit_of(x)
    x_label = plot.x_label or in_words(_name(x)) + (f" / {plot.x_in}" if plot.x_in and not words else "")
    y_label = plot.y_label or ", ".join(in_words(_name(y)) for y in ys) + (
        f" / {plot.normalize}" if plot.normalize else ""
    )
    log = "x" * (plot.x_scale == "log" and not words) + "y" * (plot.y_scale == "log")
    y_axis = (y_label, "" if plot.normalize else unit_of(ys[0]))
    return Curves(plot.file_name, series, (x_label, x_unit), y_axis, log, plot.equal, words=words)


def error_column(column, frame):
    """The column with the errors of `column`, or of the vector that it is a component of; None if there is none."""
    name, unit = _name(column), f" [{unit_of(column)}]" if unit_of(column) else ""
    candidates = (f"{stem} error{unit}" for stem in (name, re.sub("_[xyz]$", "", name)))
    return next((candidate for candidate in candidates if candidate in frame.columns), None)


def _parts(plot, frame):
    """(label, rows) of each curve."""
    if plot.curves is None:
        return [("", frame)]
    axis = _column(plot.curves, frame)
    unit = unit_of(axis)
    return [(_label(value, unit), part) for value, part in frame.groupby(axis, sort=_numeric(frame[axis]))]


def _numeric(column):
    from pandas.api.types import (
        is_numeric_dtype,
    )  # pandas is there already: this module is also that of runs without it

    return is_numeric_dtype(column)


def _label(value, unit):
    if unit:
        return humanize(value, unit)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _in(quantity, values):
    values = np.asarray(values, dtype=float)
    if quantity is None:
        return values
    number, unit = split(quantity)
    return values / (float(number) if unit is None else converted(number, unit, si_symbol(unit)))


def _size(how, values):
    """What to divide a curve by."""
    if how is None:
        return 1.0
    values = np.asarray(values, dtype=float)
    return {"first": values[0], "last": values[-1], "largest": values[np.argmax(np.abs(values))]}[how]


def _column(name, frame):
    """The column called `name`, of which the last words are enough, its unit apart."""
    found = [c for c in frame.columns if _name(c) == name] or [
        c for c in frame.columns if _name(c).endswith(f".{name}")
    ]
    return _only(name, found, map(_name, frame.columns))


def _only(name, found, known):
    if len(found) == 1:
        return found[0]
    what = "is not a column" if not found else f"could be {' or '.join(map(_name, found))}"
    raise NoSuchColumn(f"{name} {what}; there are: {', '.join(known)}")


def _name(column):
    return re.sub(r" \[[^]]*\]$", "", column)


def unit_of(column):
    """The unit in the name of a column, `name [unit]`; "" if it has none."""
    match = re.search(r" \[([^]]*)\]$", column)
    return match[1] if match else ""


def short_names(columns):
    """{name of a column, without unit: its last two words, or as many as tell it from all others}."""
    names = {name: name.split(".") for name in map(_name, columns)}

    def is_own(name, count):
        return sum(words[-count:] == names[name][-count:] for words in names.values()) == 1

    return {
        name: ".".join(words[-next((n for n in range(2, len(words)) if is_own(name, n)), len(words)) :])
        for name, words in names.items()
    }
