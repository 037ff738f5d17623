"""A checked case in people's units, for `spinfem check`."""

from typing import get_args

import numpy as np
from rich.table import Table
from rich.text import Text

from spinfem.case.names import sides
from spinfem.case.outline import bounds
from spinfem.case.parts import parts_of
from spinfem.case.places import at, extent
from spinfem.case.plugins import Term, spin_directions
from spinfem.case.quantity import Physical, humanize


def description(case, outline):
    """Printable parts that explain what a case says about the drawing with this Outline."""
    yield Text(case.title or "untitled", style="bold")
    yield from _drawing(case, outline)
    yield from separate_parts(case, outline)
    yield _regions(case, outline)
    yield _terminals(case, outline)
    yield _contacts(case, outline)
    yield _observables(case)
    if case.sweep.axes:
        yield _line("sweep", f"{' and '.join(case.sweep.axes)}: {len(case.sweep.points)} points")
    yield _line("spin components", spin_components(case, outline.dimension))
    yield _line("mesh", _mesh(case, outline))
    yield _line("solver", f"degree {case.solver.degree}, {case.solver.method}, tolerance {case.solver.tolerance:g}")


def spin_components(case, dimension):
    """How many components of the spin potential this case needs in a drawing of `dimension`, in words: the span of directions."""
    magnetizations = [region.magnetization for region in case.regions.values() if region.magnetization is not None]
    directions = [magnetization.direction for magnetization in magnetizations if magnetization.uniform]
    for terminal in case.terminals.values():
        directions += terminal.spin.directions()
    directions += spin_directions(case.regions, dimension)
    if not all(magnetization.uniform for magnetization in magnetizations):
        return "up to 3 (a magnetization depends on position)"
    count = max(1, int(np.linalg.matrix_rank(np.array(directions), tol=1e-5)) if directions else 1)
    return {1: "1 (collinear)", 2: "2 (coplanar)", 3: "3"}[count]


def _drawing(case, outline):
    geometry = case.geometry
    file = geometry.script or geometry.mesh or geometry.cad
    source = f"{len(geometry.layers)} layers" if file is None else file.name
    depth = f", {humanize(geometry.depth, 'm')} deep" if outline.dimension == 2 else ""
    yield _line("drawing", f"{source}, {outline.dimension}D{depth}, unit {humanize(geometry.unit, 'm')}")
    if outline.low:
        yield _line("size", extent(outline.low, outline.high, geometry.unit))
    if outline.parameters:
        rows = table("parameter", "value", "")
        for name, parameter in outline.parameters.items():
            given = geometry.parameters.get(name)
            value = f"{parameter.default:g} {parameter.unit or ''}" if given is None else str(given)
            rows.add_row(name, value.strip(), "default" if given is None else "")
        yield rows


def separate_parts(case, outline):
    """A table of the parts that no current can pass between, if there are more than one."""
    parts, unit = parts_of(case, outline), case.geometry.unit
    if len(parts) < 2:
        return
    rows = table("separate part", "terminals", "size", "around")
    for part in parts:
        low, high = bounds(part)
        middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
        regions = dict.fromkeys(piece.region for piece in part)
        terminals = dict.fromkeys(name for piece in part for name in piece.terminals)
        rows.add_row(", ".join(regions), ", ".join(terminals), extent(low, high, unit), at(middle, unit))
    yield rows


def _regions(case, outline):
    rows = table("region", "material", "conductivity", "spin diffusion length", "P", "magnetization")
    for name in outline.regions:
        region, material = case.regions[name], case.regions[name].material
        of_terms = [words for _, term in Term.kinds.items() if (words := term.words(region))]
        rows.add_row(
            name,
            ", ".join([material.name or "given here", *of_terms]),
            humanize(material.conductivity, "S/m"),
            humanize(material.spin_diffusion_length, "m"),
            f"{material.polarization:g}",
            "" if region.magnetization is None else str(region.magnetization),
        )
    return rows


def _terminals(case, outline):
    rows = table("terminal", "on", "charge", "spin")
    for name, on in outline.terminals.items():
        terminal = case.terminals.get(name)
        charge, spin = "insulated", "reflecting"
        if terminal is not None:
            charge, spin = _condition(terminal.charge), _condition(terminal.spin, terminal.sink_by_default)
        rows.add_row(name, ", ".join(on), charge, spin)
    return rows


def _condition(condition, by_default=False):
    """`voltage 0 V`, `sink`; what is there because the case says nothing is marked."""
    words = condition.words() or _fields(condition, " ") or condition.kind
    return f"{words} (by default)" if by_default else words


def _contacts(case, outline):
    rows = table("contact", "type", "")
    given = {frozenset(sides(name)): name for name in case.interfaces}
    for pair in sorted(outline.contacts, key=sorted):
        name = given.get(pair)
        interface = case.interfaces.get(name)
        kind, fields = ("transparent", "") if interface is None else (interface.kind, _fields(interface))
        rows.add_row(name or "/".join(sorted(pair)), kind, fields)
    return rows


def _observables(case):
    rows = table("observable", "kind", "")
    for observable in case.observables:
        rows.add_row(observable.name, observable.kind, _fields(observable))
    return rows


def _fields(plugin, equals=" = "):
    """Keys and values, each in the unit that its type counts in."""
    words = []
    for name, field in type(plugin).model_fields.items():
        value = getattr(plugin, name)
        if name == "name" or value is None or value == {}:
            continue
        unit = unit_of(field)
        words.append(f"{field.alias or name}{equals}{value if unit is None else _counted(value, unit)}")
    return ", ".join(words)


def _counted(value, unit):
    """Numbers in their unit; those that have names, or stand in a list, as the case file has them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_counted(entry, unit)}" for name, entry in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(_counted(entry, unit) for entry in value) + "]"
    return humanize(value, unit)


def unit_of(field):
    """The SI unit that a field of a model counts in; None if it is no quantity."""
    return next((mark.unit for mark in _marks(field) if isinstance(mark, Physical)), None)


def _marks(field):
    """What is noted about a field, or about the types that its own is made of."""

    def inside(kind):
        return [*getattr(kind, "__metadata__", ()), *(mark for arm in get_args(kind) for mark in inside(arm))]

    return [*field.metadata, *inside(field.annotation)]


def _mesh(case, outline):
    mesh = case.mesh
    if case.geometry.mesh is not None:
        return f"that of the file{_resolution(case, outline)}, refined {mesh.refinements} times"
    size = f", at most {humanize(mesh.size, 'm')}" if mesh.size else ""
    cells = f"cells of {mesh.resolution:g} spin diffusion lengths at contacts, growing by {mesh.growth:g} per distance"
    return f"{cells}{size}, refined {mesh.refinements} times"


def _resolution(case, outline):
    """How fine the cells of a file are at contacts, once they are refined."""
    finest = {
        pair: min(case.regions[name].material.spin_diffusion_length for name in pair) / (edge * case.geometry.unit)
        for pair, edge in outline.edges_at.items()
    }
    if not finest:
        return ""
    pair = min(finest, key=lambda pair: (finest[pair], sorted(pair)))
    cells = finest[pair] * 2**case.mesh.refinements
    return f", {cells:.2g} cells for each spin diffusion length at the contact {'/'.join(sorted(pair))}"


def _line(what, text):
    return Text.assemble((f"{what}: ", "bold"), text)


def table(*headers):
    """A table without lines."""
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for header in headers:
        rows.add_column(header, overflow="fold")
    return rows
