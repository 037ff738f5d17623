"""What was computed: materials with their sources, contacts, terminals and what was measured at them, the text of the case."""

import re

from markupsafe import Markup, escape

from spinfem.case import describe
from spinfem.formatting import plain, quantity, value_and_error
from spinfem.output.report.parts import Cell, Grid

_READINGS = ("potential", "current", "spin_current", "temperature_rise", "heat_current")
_TOKENS = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\])*"|'[^']*')|(?P<comment>(?:^|(?<=\s))\#.*)|(?P<key>[\w./ -]*[\w./-]+(?=:(?:\s|$)))""",
)


def device_grids(case):
    """Grids of materials, of contacts, of magnets that move and of what else is not steady; case: that of results.json."""
    return [grid for grid in (_materials(case), _interfaces(case), _moving(case), _changing(case)) if grid.rows]


def _materials(case):
    rows = [
        [
            name,
            region.material or "given in the case",
            region.conductivity.written(_number),
            region.spin_diffusion_length.written(_number),
            region.polarization.written(_number),
            region.magnetization,
            _in_words(region.further),
            Cell(region.source or "no source given", more=region.note),
        ]
        for name, region in describe.regions(case).items()
    ]
    headers = (
        "region",
        "material",
        "conductivity σ",
        "spin diffusion length λ",
        "P",
        "magnetization",
        "further",
        "source",
    )
    return _without_empty_columns(headers, rows, "Materials")


def _interfaces(case):
    found = describe.interfaces(case).items()
    rows = [[name, kind.replace("_", " "), _in_words(said)] for name, (kind, said) in found]
    return Grid(("contact", "type", "parameters"), rows, "Contacts that are not transparent")


def _moving(case):
    rows = [[name, _in_words(said)] for name, said in describe.moving(case).items()]
    return Grid(("magnet", "moves with"), rows, "Magnets that move")


def _changing(case):
    moving = {"dynamics": said} if (said := describe.driving(case)) else {}
    rows = [[name, _in_words(said)] for name, said in (moving | describe.changing(case)).items()]
    return Grid(("in", "what happens"), rows, "What is not steady")


def _in_words(said):
    return ", ".join(f"{s.label} {s.written(_number)}" for s in said)


def terminals_grid(case, observables):
    """What each terminal is connected to and what its instruments showed; observables: as in results.json."""
    measured = [name for name, kind, _ in describe.observables(case) if kind == "terminals"]
    rows = []
    for name, conditions in describe.terminals(case).items():
        shown = {}
        for observable in measured:
            for what in _READINGS:
                entry = observables.get(f"{observable}.{name}.{what}")
                if entry is not None:
                    shown[what] = Cell(*_measured(entry))
        readings = [shown.get(what, "") for what in _READINGS]
        charge, spin, *heat = map(_condition, conditions)
        rows.append([name, charge, spin, *(heat or [""]), *readings])
    headers = (
        "terminal",
        "charge",
        "spin",
        "heat",
        "measured potential",
        "measured current",
        "measured spin current (x, y, z)",
        "measured rise of the temperature",
        "measured heat current",
    )
    return _without_empty_columns(headers, rows, "")


def _measured(entry):
    text, error = value_and_error(entry["value"], entry["error"], entry["unit"])
    return text, entry["value"], error


def _condition(parts):
    return ", ".join(said.stated(_number) for said in parts)


def _number(value, unit):
    return quantity(value, unit) if unit else plain(value)


def _without_empty_columns(headers, rows, caption):
    kept = [k for k in range(len(headers)) if any(row[k] != "" for row in rows)]
    return Grid(tuple(headers[k] for k in kept), [[row[k] for k in kept] for row in rows], caption)


def highlighted(text):
    """The text of a case file as HTML, with its keys, texts and comments marked."""
    return Markup("\n").join(Markup("").join(_marked(line)) for line in text.splitlines())


def _marked(line):
    end = 0
    for token in _TOKENS.finditer(line):
        yield escape(line[end : token.start()])
        yield Markup('<span class="{}">{}</span>').format(token.lastgroup, token[0])
        end = token.end()
    yield escape(line[end:])
