"""A checked case in people's units, for `spinfem check`."""

import numpy as np
from rich.text import Text

from spinfem.case import describe
from spinfem.case.describe import Said
from spinfem.case.names import sides
from spinfem.case.outline import bounds
from spinfem.case.parts import parts_of
from spinfem.case.terms import scalar_fields, spin_directions, spin_mixtures, terms_of
from spinfem.formatting import at, extent, humanize
from spinfem.model.spin_space import basis_of
from spinfem.output.effort import effort_words
from spinfem.tty import table

_COMPONENTS = {0: "up to 3 (a magnetization depends on position)", 1: "1 (collinear)", 2: "2 (coplanar)", 3: "3"}
_INSULATED = [Said("insulated", None)], [Said("reflecting", None)]


def description(case, outline, cells=None):
    """Printable parts that explain what a case says about the drawing with this Outline; cells: how many of them to expect, if that is known."""
    yield Text(case.title or "untitled", style="bold")
    yield from _drawing(case, outline)
    yield from separate_parts(case, outline)
    yield _regions(case.kept, outline.regions)
    yield _terminals(case, outline)
    if outline.contacts:
        yield _contacts(case.kept, outline)
    yield _observables(case.kept)
    for first, rows in (("magnet that moves", describe.moving(case.kept)), ("changes", describe.changing(case.kept))):
        if rows:
            yield _said(first, rows)
    if case.dynamics is not None:
        yield _line("dynamics", _motion(case.dynamics))
    for plugin in case.plugins:
        changed = "; its contents are not those with which this case was written" if plugin.changed else ""
        yield _line("plugin", f"{plugin.file}: {', '.join(cls.kind for cls in plugin.classes)}{changed}")
    yield from _own_materials(case)
    if case.sweep.axes:
        yield _line("sweep", f"{' and '.join(case.sweep.axes)}: {_counted(len(case.sweep.points), 'point')}")
    if case.temperature is not None:
        yield _line("temperature", humanize(case.temperature, "K"))
    if case.magnetic_field is not None:
        yield _line("magnetic field", ", ".join(humanize(part, "T") for part in case.magnetic_field))
    if case.heat is not None:
        yield _line("heat", _heat(case))
    for sentence in describe.left_out(case):
        yield _line("left out", sentence)
    components = spin_components(case, outline.dimension)
    yield _line("spin components", _COMPONENTS[components])
    yield _line("mesh", _mesh(case, outline))
    yield _line("solver", f"degree {case.degree}, {case.solver.method}, tolerance {case.solver.tolerance:g}")
    if cells is not None:
        further = len(scalar_fields(case.regions))
        yield _line("effort", effort_words(cells, outline.dimension, case.degree, (components or 3) + further))


def _own_materials(case):
    for part in case.materials:
        if isinstance(part, dict):
            yield _line("materials", ", ".join(part))
        else:
            changed = "; its contents are not those with which this case was written" if part.changed else ""
            yield _line("materials", f"{part.file}: {', '.join(part.names)}{changed}")


def spin_components(case, dimension):
    """How many components of the spin potential this case needs in a drawing of `dimension`: the span of directions; 0: nobody knows beforehand."""
    magnetizations = case.magnets.values()
    directions = [direction for magnetization in magnetizations for direction in magnetization.directions]
    for terminal in case.terminals.values():
        directions += terminal.spin.directions()
    directions += spin_directions(case.regions, dimension)
    if not all(magnetization.uniform for magnetization in magnetizations):
        return 0
    laws = [
        *case.interfaces.values(),
        *(c for terminal in case.terminals.values() for c in terminal.conditions.values()),
    ]
    turning = any(what.turns_spins for what in laws) or any(t.turns_spins(case.regions) for t in terms_of(case.regions))
    mixtures = spin_mixtures(case.regions) + [mixture for law in case.interfaces.values() for mixture in law.mixes]
    found = len(basis_of(np.reshape(directions, (-1, 3)), mixtures))
    return 3 if found == 2 and turning else found


def _drawing(case, outline):
    geometry = case.geometry
    file = geometry.script or geometry.mesh or geometry.cad
    source = _counted(len(geometry.stack), "layer") if file is None else file.name
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


def _said(first, found):
    rows = table(first, "")
    for name, said in found.items():
        rows.add_row(name, Text(", ".join(f"{s.label} {s.written(_number)}" for s in said)))
    return rows


def _heat(case):
    metals = [name for name, region in case.regions.items() if region.material.thermal_conductivity is None]
    by_law = f"; thermal conductivity of {', '.join(metals)} by Wiedemann and Franz" if metals else ""
    return f"temperatures counted from {humanize(case.heat.reference, 'K')}{by_law}"


def _motion(dynamics):
    drive = dynamics.drive
    if drive.current is not None:
        driven = f"with {humanize(drive.current, 'A')} into {drive.terminal} instead of what it says above"
    else:
        driven = f"with {1.0 if drive.factor is None else drive.factor:g} times what the terminals say above"
    return f"until {humanize(dynamics.until, 's')}, {driven}"


def _regions(case, names):
    rows = table("region", "material", "conductivity", "spin diffusion length", "P", "magnetization")
    said = describe.regions(case)
    for name in names:
        region = said[name]
        rows.add_row(
            name,
            Text(
                ", ".join(
                    [region.material or "given here", *(f"{s.label} {s.written(_number)}" for s in region.further)]
                )
            ),
            region.conductivity.written(humanize),
            region.spin_diffusion_length.written(humanize),
            region.polarization.written(humanize),
            region.magnetization,
        )
    return rows


def _terminals(case, outline):
    rows = table("terminal", "on", "charge", "spin", *(("heat",) if case.heat else ()))
    said = describe.terminals(case.kept)
    for name, on in outline.terminals.items():
        insulated = (*_INSULATED, *([_INSULATED[0]] if case.heat else ()))
        words = [", ".join(s.stated(humanize) for s in part) for part in said.get(name, insulated)]
        if name in said and case.terminals[name].sink_by_default:
            words[1] += " (by default)"
        rows.add_row(name, ", ".join(on), *words)
    return rows


def _contacts(case, outline):
    rows = table("contact", "type", "")
    said = describe.interfaces(case)
    given = {frozenset(sides(name)): name for name in said}
    for pair in sorted(outline.contacts, key=sorted):
        name = given.get(pair)
        kind, fields = said.get(name, ("transparent", ()))
        rows.add_row(name or "/".join(sorted(pair)), kind, _fields(fields))
    return rows


def _observables(case):
    rows = table("observable", "kind", "")
    for name, kind, fields in describe.observables(case):
        rows.add_row(name, kind, _fields(fields))
    return rows


def _fields(said):
    return Text(", ".join(f"{s.key} = {s.written(_number)}" for s in said))  # a list of names is no markup


def _number(value, unit):
    return str(value) if unit is None else humanize(value, unit)


def _mesh(case, outline):
    mesh = case.mesh
    if case.chooses_mesh:
        return f"chosen by the program and {_refined(case.goal)}"
    return _given_mesh(case, outline, mesh) + ("" if case.goal is None else f", then {_refined(case.goal)}")


def _refined(goal):
    numbers = f"each number of {', '.join(goal.of)}" if goal.of else "each number"
    return f"refined until the error of {numbers} is below {100 * goal.target:g} % (at most {goal.at_most:,} unknowns)"


def _given_mesh(case, outline, mesh):
    if case.geometry.mesh is not None:
        return f"that of the file{_resolution(case, outline)}, refined {mesh.refinements} times"
    size = f", at most {humanize(mesh.size, 'm')}" if mesh.size else ""
    length = f"spin diffusion length{'s' if mesh.resolution > 1 else ''}"
    cells = f"cells of {mesh.resolution:g} {length} at contacts, growing by {mesh.growth:g} per distance"
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


def _counted(number, what):
    return f"{number} {what}{'' if number == 1 else 's'}"


def _line(what, text):
    return Text.assemble((f"{what}: ", "bold"), text)
