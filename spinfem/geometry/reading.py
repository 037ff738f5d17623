"""From a drawing to arrays, or only to its outline. Everything here runs on rank 0."""

from spinfem.case.faults import not_among
from spinfem.geometry.cad import open_cad
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.geometry.layers import mesh_layers, outline_of_layers
from spinfem.geometry.mesh_file import read_mesh
from spinfem.geometry.mesher import mesh_model
from spinfem.geometry.model_names import physical_names
from spinfem.geometry.outline import outline_of_data, outline_of_model
from spinfem.geometry.pillar import open_pillar
from spinfem.geometry.script import choose, open_script


def read(drawing, sizing, refinements=0):
    """The MeshData of a Drawing; `sizing` decides the size of cells, except in mesh files, which have their own.

    Drawings with curves are refined here, `refinements` times: what is done is in `MeshData.refined`."""
    if drawing.kind == "layers" and not drawing.sections:
        return mesh_layers(drawing.layers, sizing)
    with gmsh_session():
        if drawing.kind == "mesh":
            return read_mesh(drawing.path, drawing.regions, drawing.terminals, drawing.facets)
        if drawing.kind == "cad":
            names = open_cad(drawing.path, drawing.regions, drawing.terminals)
        elif drawing.kind == "layers":
            names = open_pillar(drawing.layers, drawing.sections, sizing.growth)
        else:
            known = open_script(drawing.path)
            choose(drawing.path, known, {k: _number(k, v, known) for k, v in drawing.parameters.items()})
            names = physical_names(drawing.path)
        return mesh_model(names, sizing, drawing.path, refinements)


def outline(drawing):
    """The Outline of a Drawing. Parameters that its script does not have or allow are passed over: they are reported
    when the case is compared with the outline."""
    if drawing.kind == "layers":
        return outline_of_layers(drawing.layers)
    with gmsh_session():
        if drawing.kind == "mesh":
            return outline_of_data(read_mesh(drawing.path, drawing.regions, drawing.terminals, drawing.facets))
        if drawing.kind == "cad":
            return outline_of_model(open_cad(drawing.path, drawing.regions, drawing.terminals), {})
        known = open_script(drawing.path)
        choose(drawing.path, known, _admitted(drawing.parameters, known))
        return outline_of_model(physical_names(drawing.path), known)


def _number(name, value, known):
    """What a person gave for a parameter, as a number in the unit that the script counts it in."""
    if name not in known:
        raise GeometryError(f"geometry.parameters.{name}", value, not_among(name, known, "parameter"))
    try:
        return value if isinstance(value, int | float) else value.counted_in(known[name].unit)
    except ValueError as problem:
        raise GeometryError(f"geometry.parameters.{name}", value, str(problem)) from None


def _admitted(parameters, known):
    numbers = {}
    for name, value in parameters.items():
        try:
            number = _number(name, value, known)
        except GeometryError:
            continue
        if known[name].admits(number):
            numbers[name] = number
    return numbers
