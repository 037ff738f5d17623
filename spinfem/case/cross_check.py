"""Does a case fit its drawing?"""

from spinfem.case import frequency, heat, insulators, transient
from spinfem.case.faults import not_among
from spinfem.case.magnetization.precessing import turning
from spinfem.case.names import references, sides
from spinfem.case.outline import bounds
from spinfem.case.parts import joined_terminals, parts_of, spurious_joints, transparent_pairs
from spinfem.case.pumping import obstacles
from spinfem.case.quantity import converted, unit_of
from spinfem.case.terms import terms_of
from spinfem.case.tied import NO_LIFETIME
from spinfem.formatting import at, extent


def cross_check(case, outline):
    """Every Fault of a Case on the drawing with this Outline."""
    checks = (
        _names,
        _materials,
        _lifetimes,
        _terms,
        _interfaces,
        _observables,
        _precession,
        _dynamics,
        _parameters,
        _drawing_unit,
        _depth,
        _potentials,
        _corners,
        _terminals_apart,
        _conditions,
        _in_time,
        _linear,
        heat.faults,
        insulators.faults,
    )
    return [case.fault(*found) for check in checks for found in check(case, outline)]


def _names(case, outline):
    """Everything that is called by a name is in the drawing."""
    for path, kind, name in references(case):
        if kind == "interface":
            if message := _no_contact(name, outline):
                yield path, name, message
            continue
        if kind == "magnet":
            yield from _magnet(case, outline, path, name)
            continue
        known = {"region": outline.regions, "terminal": outline.terminals}[kind]
        if kind == "terminal" and name in outline.unusable:
            yield path, name, f"this group of facets {outline.unusable[name]}"
        elif name not in known:
            yield path, name, not_among(name, known, f"{kind} in the drawing") + _what_it_holds(case)
        elif kind == "terminal" and name not in case.terminals:
            yield path, name, f"is insulated: to measure there, add {name}: {{floating: true}} to the terminals"
        elif kind == "terminal" and path[0] == "observables" and not case.terminals[name].charge.equipotential:
            yield path, name, "is insulated: its potential is not one, and no current enters"


def _magnet(case, outline, path, name):
    """What is wrong with the name of a magnet."""
    magnets = case.magnets
    if name in magnets:
        return
    if name in outline.regions:
        yield path, name, "is not a ferromagnet; give it a magnetization"
    else:
        yield path, name, not_among(name, magnets, "magnet of the case") + _what_it_holds(case)


def _what_it_holds(case):
    """Where to see the parts of a file that somebody else made, whose names are not in a script beside the case."""
    geometry = case.geometry
    file = geometry.mesh or geometry.cad
    if file is None:
        return ""
    pair = ""
    if geometry.mesh is not None and file.suffix == ".xdmf" and geometry.facets is None:
        pair = ", and if its facets are in a file of their own, name that as `geometry: facets`"
    return f"; `spinfem entities {file.name}` lists what it holds{pair}"


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
            message = f"this region of the drawing needs a material, e.g. {region}: Cu @ 300 K"
            yield ("regions", region), None, message + _what_it_holds(case)


def _lifetimes(case, outline):
    """Where something turns or changes in time, the time that spins live has to be known."""
    terms = terms_of(case.regions)
    for name, region in case.regions.items():
        why = next(filter(None, (term.needs_lifetime(region) for term in terms)), "")
        if why and region.material.spin_lifetime is None:
            yield ("regions", name, "material"), region.material.name or None, f"{NO_LIFETIME}: {why}"


def _terms(case, outline):
    """What each term that a region asks for has to say about the region."""
    for name, region in case.regions.items():
        for kind, term in region.terms.items():
            for key, value, message in term.faults(region):
                yield ("regions", name, "terms", kind, *filter(None, [key])), value, message


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


def _precession(case, outline):
    """Ferromagnets of the drawing that precess have to be able to pump."""
    for name, region in case.regions.items():
        if turning(region.magnetization) is not None and name in outline.regions:
            for message in obstacles(case, outline, name):
                yield ("regions", name, "magnetization"), str(region.magnetization), message


def _dynamics(case, outline):
    if case.dynamics is None or any(True for check in (_names, _materials) for _ in check(case, outline)):
        return
    for path, value, message in case.dynamics.faults(case, outline):
        yield ("dynamics", *path), value, message


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
    if outline.dimension == 3 and case.geometry.layers is None and "depth" in case.geometry.model_fields_set:
        yield ("geometry", "depth"), f"{case.geometry.depth:g} m", "only a 2D drawing has a depth; this one is 3D"


def _potentials(case, outline):
    """Each part of the device that hangs together needs a terminal with a given potential."""
    for part in parts_of(case, outline):
        there = {name for piece in part for name in piece.terminals}
        if all(piece.region in case.regions and case.regions[piece.region].insulating for piece in part):
            continue
        if any(terminal.charge.grounds for name, terminal in case.terminals.items() if name in there):
            continue
        regions = ", ".join(sorted({piece.region for piece in part}))
        yield (
            ("terminals",),
            sorted(there),
            f"the potential of {regions} is not determined: no terminal there has a `voltage`{_place(part, outline, case)}",
        )


def _place(part, outline, case):
    """Where a part of the device is, if it is not all of it."""
    if len(part) == len(outline.pieces):
        return ""
    low, high = bounds(part)
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    unit = case.geometry.unit
    return (
        f", and no current can get there from other parts; it is {extent(low, high, unit)} large, around {at(middle, unit)}: "
        "connect it, give it a terminal with a voltage, or leave it out"
    )


def _corners(case, outline):
    """Where a potential is continuous at a point, current has to be able to pass beside it."""
    continuous = transparent_pairs(case, outline.contacts)
    for meeting in outline.meetings:
        if joints := spurious_joints(meeting, continuous):
            first, second = joints[0]
            parts = f"two parts of {first}" if first == second else f"{first} and {second}"
            yield (
                ("interfaces",),
                None,
                f"{parts} meet in a corner at {at(meeting.place, case.geometry.unit)}, where the contacts around it are not "
                "transparent, and the current through that corner would depend on the mesh: let them share a face, or move them apart",
            )


def _terminals_apart(case, outline):
    """Between two terminals that share a node any current can flow, unless they are as one."""
    drive = {} if case.time is None else case.time.drive
    for shared in joined_terminals(case, outline):
        first, second = (case.terminals[name] for name in shared.terminals)
        together = len({repr(drive.get(name)) for name in shared.terminals}) == 1
        if not (first.charge.holds and first == second and together):
            yield (
                ("terminals", shared.terminals[1]),
                None,
                f"meets the terminal {shared.terminals[0]} at {at(shared.place, case.geometry.unit)}: where terminals share "
                "an edge, any current flows between them; leave a gap, make them one terminal, or give both the same voltage and `spin`",
            )


def _conditions(case, outline):
    """What each condition at a terminal has to say about the regions that it is on."""
    for name, terminal in case.terminals.items():
        if terminal.spin.magnet is not None and name in outline.regions:
            yield ("terminals", name), name, "is the name of a region, too: a magnet has a name of its own"
        regions = {region: case.regions[region] for region in outline.terminals.get(name, ()) if region in case.regions}
        for place, condition in terminal.conditions.items() if regions else ():
            for path, value, message in condition.faults(regions):
                yield ("terminals", name, *place, *path), value, message


def _in_time(case, outline):
    """A run in time or at frequencies."""
    told = {path[:3] for path, _, _ in _lifetimes(case, outline)}
    for check in (transient, frequency):
        yield from (found for found in check.faults(case) if found[0][:3] not in told)


def _linear(case, outline):
    """What is there only where everything is linear in the drive."""
    where = next(_not_linear(case, outline), None)
    if where is None:
        return
    for key in ("time", "frequency", "dynamics", "heat"):
        if getattr(case, key) is not None:
            yield (key,), None, f"is for devices that are linear in their drive; {where}"
    for name, magnet in case.magnets.items():
        if turning(magnet) is not None:
            path = ("regions", name) if name in case.regions else ("terminals", name, "spin")
            yield (
                (*path, "magnetization"),
                str(magnet),
                f"cannot precess here: what it pumps adds up with a drive, but {where}",
            )
    for i, observable in enumerate(case.observables):
        if observable.needs_linear:
            path = ("observables", i, *observable.path_prefix)
            yield path, None, f"has no meaning here: {observable.needs_linear}, and {where}"


def _not_linear(case, outline):
    """What in the device is not linear, in words."""
    for name, interface in case.interfaces.items():
        if not interface.linear:
            yield f"the contact {name} ({interface.kind}) is not linear. A `resistive` contact is"
    for term in terms_of(case.regions):
        for name, region in case.regions.items() if not term.linear else ():
            acts = term.acts({name: region}, outline.dimension)
            if term.of(region) is not None if acts is None else acts:
                yield f"the {term.kind} in {name} is not linear{term.linear_without}"
