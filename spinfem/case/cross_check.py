"""Does a case fit its drawing?"""

from spinfem.case.faults import not_among
from spinfem.case.names import references, sides
from spinfem.case.quantity import converted, unit_of
from spinfem.case.terminal import SpinCurrent


def cross_check(case, outline):
    """Every Fault of a Case on the drawing with this Outline."""
    checks = (
        _names,
        _materials,
        _interfaces,
        _observables,
        _parameters,
        _drawing_unit,
        _depth,
        _potentials,
        _spin_currents,
    )
    return [case.fault(*found) for check in checks for found in check(case, outline)]


def _names(case, outline):
    """Everything that is called by a name is in the drawing."""
    for path, kind, name in references(case):
        if kind == "interface":
            if message := _no_contact(name, outline):
                yield path, name, message
            continue
        known = {"region": outline.regions, "terminal": outline.terminals}[kind]
        if name not in known:
            yield path, name, not_among(name, known, f"{kind} in the drawing")
        elif kind == "terminal" and name not in case.terminals:
            yield path, name, f"is insulated: to measure there, add {name}: {{floating: true}} to the terminals"


def _no_contact(interface, outline):
    """What is wrong with the name of an interface, or None."""
    for side in sides(interface):
        if side not in outline.regions:
            return not_among(side, outline.regions, "region in the drawing") + f" ({side})"
    if frozenset(sides(interface)) in outline.contacts:
        return None
    touching = ", ".join(sorted("/".join(sorted(pair)) for pair in outline.contacts)) or "nothing"
    return f"these regions do not touch. Touching: {touching}"


def _materials(case, outline):
    for region in outline.regions:
        if region not in case.regions:
            yield ("regions", region), None, f"this region of the drawing needs a material, e.g. {region}: Cu @ 300 K"


def _interfaces(case, outline):
    """What each type of interface has to say about its two sides."""
    for name, interface in case.interfaces.items():
        regions = [case.regions.get(side) for side in sides(name)]
        if None not in regions and frozenset(sides(name)) in outline.contacts:
            for key, value, message in interface.faults(*regions):
                yield ("interfaces", name, key), value, message


def _observables(case, outline):
    """What each observable has to say; it may rely on names, so those come first."""
    if any(True for check in (_names, _materials) for _ in check(case, outline)):
        return
    for i, observable in enumerate(case.observables):
        for key, value, message in observable.faults(case, outline):
            yield ("observables", i, observable.kind, key), value, message


def _parameters(case, outline):
    for name, given in case.geometry.parameters.items():
        path = ("geometry", "parameters", name)
        if name not in outline.parameters:
            yield path, given.text, not_among(name, outline.parameters, f"parameter of {case.geometry.script.name}")
            continue
        parameter = outline.parameters[name]
        try:
            value = given.counted_in(parameter.unit)
        except ValueError as error:
            yield path, given.text, str(error)
            continue
        low, high = parameter.minimum, parameter.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            yield path, given.text, f"must be {_range(low, high)} {parameter.unit or ''}".rstrip()


def _range(low, high):
    if low is None:
        return f"at most {high:g}"
    return f"at least {low:g}" if high is None else f"from {low:g} to {high:g}"


def _drawing_unit(case, outline):
    """A script whose lengths all count in one unit draws in that unit: another one is a mistake by powers of ten."""
    lengths = {p.unit for p in outline.parameters.values() if p.unit and unit_of(p.unit).is_compatible_with("m")}
    if len(lengths) == 1:
        (unit,) = lengths
        metres = converted(1, unit_of(unit), "m")
        if abs(case.geometry.unit / metres - 1) > 1e-9:
            message = f"this script draws in {unit}: set unit to 1 {unit}"
            yield ("geometry", "unit"), f"{case.geometry.unit:g} m", message


def _depth(case, outline):
    if outline.dimension == 3 and "depth" in case.geometry.model_fields_set:
        yield ("geometry", "depth"), f"{case.geometry.depth:g} m", "only a 2D drawing has a depth; this one is 3D"


def _potentials(case, outline):
    """Each part of the device that hangs together needs a terminal with a given potential."""
    voltages = [name for name, terminal in case.terminals.items() if terminal.voltage is not None]
    held = {region for name in voltages for region in outline.terminals.get(name, ())}
    for part in _parts(case, outline):
        if not part & held:
            there = sorted(name for name, regions in outline.terminals.items() if part & set(regions))
            yield (
                ("terminals",),
                there,
                f"the potential of {', '.join(sorted(part))} is not determined: no terminal there has a `voltage`",
            )


def _spin_currents(case, outline):
    """A spin current that enters a strong ferromagnet enters along its magnetization, so there has to be one direction."""
    for name, terminal in case.terminals.items():
        regions = [case.regions[region] for region in outline.terminals.get(name, ()) if region in case.regions]
        textured = any(region.strong and not region.magnetization.uniform for region in regions)
        if textured and isinstance(terminal.spin, SpinCurrent):
            message = "enters a ferromagnet whose magnetization depends on position; give a spin potential, or sink"
            yield ("terminals", name, "spin"), {"current": list(terminal.spin.current)}, message


def _parts(case, outline):
    """The sets of regions that are connected through contacts that charge can cross."""
    insulating = {frozenset(sides(name)) for name, interface in case.interfaces.items() if not interface.conducts}
    parts = [{region} for region in outline.regions]
    for pair in outline.contacts - insulating:
        joined = [part for part in parts if part & pair]
        parts = [part for part in parts if not part & pair] + [set().union(*joined)]
    return parts
