"""What was computed: materials with their sources, contacts, terminals and what was measured at them, the text of the case."""

import re

from markupsafe import Markup, escape

from spinfem.case.conditions import ChargeCondition, SpinCondition, kind_of
from spinfem.case.describe import unit_of
from spinfem.case.materials import Material
from spinfem.case.plugins import Interface
from spinfem.case.region import Region
from spinfem.output.report.numbers import plain, quantity, value_and_error
from spinfem.output.report.parts import Cell, Grid

_DIRECTIONS = {
    f"{sign}{axis}": [s * (k == i) for i in range(3)]
    for k, axis in enumerate("xyz")
    for sign, s in (("+", 1), ("-", -1))
}
_IN_COLUMNS = ("conductivity", "spin_diffusion_length", "polarization", "material", "magnetization")
_TOLD_ELSEWHERE = ("name", "base", "source", "note", "temperature", *_IN_COLUMNS)
_READINGS = ("potential", "current", "spin_current")
_TOKENS = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\])*"|'[^']*')|(?P<comment>(?:^|(?<=\s))\#.*)|(?P<key>[\w./ -]*[\w./-]+(?=:(?:\s|$)))""",
)


def device_grids(case):
    """Grids of materials and of contacts; case: that of results.json."""
    return [grid for grid in (_materials(case), _interfaces(case)) if grid.rows]


def _materials(case):
    rows = []
    for name, region in case["regions"].items():
        material = region["material"]
        values = [_value(Material, key, material.get(key)) for key in ("conductivity", "spin_diffusion_length")]
        others = [
            f"{key.replace('_', ' ')} {_value(model, key, entry)}"
            for model, entries in ((Material, material), (Region, region))
            for key, entry in entries.items()
            if key not in _TOLD_ELSEWHERE and entry not in (None, 0, 0.0)
        ]
        polarization = material.get("polarization", 0.0)
        rows.append(
            [
                name,
                material.get("name") or "given in the case",
                *values,
                plain(polarization) if polarization else "0",
                magnetization(region.get("magnetization")),
                ", ".join(others),
                Cell(material.get("source") or "no source given", more=material.get("note") or ""),
            ]
        )
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
    kinds = Interface.kinds
    rows = []
    for name, interface in case.get("interfaces", {}).items():
        kind = interface.get("type", "resistive")
        fields = [
            f"{key.replace('_', ' ')} {_value(kinds.get(kind), key, value)}"
            for key, value in interface.items()
            if key != "type" and value not in (None, {}, [])
        ]
        rows.append([name, kind.replace("_", " "), ", ".join(fields)])
    return Grid(("contact", "type", "parameters"), rows, "Contacts that are not transparent")


def magnetization(given):
    """A magnetization as results.json has it, in words."""
    if given is None:
        return ""
    if "direction" in given:
        direction = given["direction"]
        named = next((name for name, axis in _DIRECTIONS.items() if list(direction) == axis), None)
        return named or f"[{', '.join(f'{c:.4g}' for c in direction)}]"
    if "expression" in given:
        return ("−" if given.get("reversed") else "") + f"[{'; '.join(given['expression'])}]"
    return ", ".join(f"{key} {value}" for key, value in given.items() if value not in (None, False))


def terminals_grid(case, observables):
    """What each terminal is connected to and what its instruments showed; observables: as in results.json."""
    kinds = [item for given in case.get("observables", ()) for item in given.items()]
    measured = [entry["name"] for kind, entry in kinds if kind == "terminals"]
    rows = []
    for name, terminal in case["terminals"].items():
        shown = {}
        for observable in measured:
            for what in _READINGS:
                entry = observables.get(f"{observable}.{name}.{what}")
                if entry is not None:
                    shown[what] = Cell(*_measured(entry))
        readings = [shown.get(what, "") for what in _READINGS]
        charge = {key: value for key, value in terminal.items() if key != "spin"}
        conditions = _condition(ChargeCondition, charge), _condition(SpinCondition, terminal.get("spin"))
        rows.append([name, *conditions, *readings])
    headers = "terminal", "charge", "spin", "measured potential", "measured current", "measured spin current (x, y, z)"
    return _without_empty_columns(headers, rows, "")


def _measured(entry):
    text, error = value_and_error(entry["value"], entry["error"], entry["unit"])
    return text, entry["value"], error


def _condition(base, given):
    """A condition at a terminal, as results.json has it, in words."""
    if not isinstance(given, dict):
        return given or "reflecting"
    given = {key: value for key, value in given.items() if value is not None and value is not False}
    model = kind_of(base, given)
    return ", ".join(key if value is True else f"{key} {_value(model, key, value)}" for key, value in given.items())


def _value(model, key, value):
    """A value of the case in the unit that its field counts in."""
    field = model.model_fields.get(key) if model else None
    unit = unit_of(field) if field is not None else None
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(model, key, v) for v in value) + "]"
    if isinstance(value, dict):  # a material
        return value.get("name") or "given in the case"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
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
