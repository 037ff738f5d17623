"""The materials of a case at its temperature: values that tables and formulas give become numbers, once the whole case is read."""

from spinfem.case.devices import Script
from spinfem.case.faults import CaseError, not_among
from spinfem.case.materials import Material
from spinfem.case.script_parameters import Given


def at_temperature(case):
    """Put the numbers into the regions and leads of a Case; returns (path, value, message) for what is not known."""
    faults: list[tuple] = []
    for name, region in case.regions.items():
        try:
            thickness = thickness_of(region, case.geometry)
        except ValueError as error:
            faults.append((("regions", name, "thickness"), region.thickness, str(error)))
            continue
        if region.material.varies:
            place = ("regions", name)
            material = _at(region.material, case.temperature, thickness, (*place, "material"), faults)
            case.regions[name] = region.filled(material=material)
            faults += [(place, None, message) for message in case.regions[name].contradictions()]
            faults += _not_for_the_mesh(case, name)
    for name, terminal in case.terminals.items():
        for key, lead in terminal.spin:
            if isinstance(lead, Material) and lead.varies:
                lead = _at(lead, case.temperature, None, ("terminals", name, "spin", key), faults)
                case.terminals[name] = terminal.filled(spin=terminal.spin.filled(**{key: lead}))
    return faults


def material_of_mesh(case, name):
    """The Material of a region at the temperature for which the mesh is made. Raises CaseError."""
    region = case.regions[name]
    if case.mesh.temperature is None or not region.material.varies:
        return region.material
    return region.material.at(case.mesh.temperature, thickness_of(region, case.geometry))


def thickness_of(region, geometry):
    """For which the materials of a Region are taken, m; None: nobody said. Raises ValueError for a name that stands for none."""
    given = region.thickness
    if not isinstance(given, str):
        if given is not None and not given > 0:
            raise ValueError("must be greater than 0")
        return given
    if geometry.layers is not None:
        layers = {layer.name: layer.thickness for layer in geometry.stack}
        if given not in layers:
            raise ValueError(not_among(given, layers, "layer"))
        if len({layer.thickness for layer in geometry.stack if layer.name == given}) > 1:
            raise ValueError("is a layer in pieces of several thicknesses; give a length")
        return layers[given]
    if given in geometry.parameters:
        return _length(geometry.parameters[given])
    parameters = {p.name: p for p in Script(geometry.script).parameters} if geometry.script else {}
    if given not in parameters:
        raise ValueError(not_among(given, parameters, "parameter of the drawing") + "; or give a length, e.g. 60 nm")
    try:
        return _length(Given.read(f"{parameters[given].default} {parameters[given].unit}".strip()))
    except ValueError:
        raise ValueError("is worked out by the drawing; give it under geometry.parameters, or give a length") from None


def _length(given):
    """Of a parameter, m. (Whether it counts in a unit of length is told where parameters are checked.)"""
    return given.si


def _at(material, temperature, thickness, path, faults):
    try:
        return material.at(temperature, thickness)
    except CaseError as error:
        faults += [((*path, *filter(None, f.key.split("."))), f.value, f.message) for f in error.faults]
        return material


def _not_for_the_mesh(case, name):
    try:
        material_of_mesh(case, name)
    except CaseError as error:
        for fault in error.faults:
            yield ("mesh", "temperature"), fault.value, f"{fault.key} of {name}: {fault.message}"
