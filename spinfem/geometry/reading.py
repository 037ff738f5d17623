"""From a drawing to arrays, or only to its outline. Everything here runs on rank 0."""

from contextlib import contextmanager
from dataclasses import replace

from spinfem.case.faults import not_among
from spinfem.geometry.cad import open_cad
from spinfem.geometry.conformity import check_conformity
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.facets import facets_of
from spinfem.geometry.fans import meetings
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.geometry.layers import mesh_layers, outline_of_layers
from spinfem.geometry.mesher import DELAUNAY, HXT, mesh_coarsely, mesh_model
from spinfem.geometry.model_names import all_flat, physical_names
from spinfem.geometry.outline import edges_at_contacts, outline_of_mesh, without_unusable
from spinfem.geometry.pillar import open_pillar
from spinfem.geometry.script import choose, open_script
from spinfem.geometry.sizing import Sizing, knows

COARSE = (1, 12, 24)  # cells around a full turn of a curve, tried one after the other


def read(drawing, sizing, refinements=0):
    """The MeshData of a Drawing, sound and with terminals on its surface only; `sizing` decides the size of cells, except
    in mesh files, which have their own. Drawings with curves are refined here, `refinements` times: what is done is in `MeshData.refined`."""
    if drawing.kind == "layers" and not drawing.sections:
        return mesh_layers(drawing.layers, sizing)
    with gmsh_session():
        if drawing.kind == "mesh":
            data = _read_file(drawing)
        else:
            data = mesh_model(_model(drawing, sizing), sizing, drawing.path, refinements)
    facets, _ = _sound(drawing, data)
    return without_unusable(data, facets)[0]


@contextmanager
def opened_again(drawing, sizing):
    """A Gmsh session in which the shapes of a Drawing are the open model."""
    with gmsh_session():
        yield _model(drawing, sizing)


def outline(drawing, sizing=Sizing({})):
    """The Outline of a Drawing, of a script or a CAD file by way of its coarsest mesh, so that all is found here that
    would be wrong with the mesh to compute on. Parameters that its script does not have or allow are passed over: they
    are reported when the case is compared with the outline."""
    if drawing.kind == "layers":
        return outline_of_layers(drawing.layers, drawing.sections)
    if drawing.kind == "mesh":
        with gmsh_session():
            data = _read_file(drawing)
        facets, found = _sound(drawing, data)
        return replace(outline_of_mesh(data, facets, found, {}), edges_at=edges_at_contacts(data))
    return outline_of_mesh(*_coarsest(drawing, sizing))


def count(drawing, sizing):
    """How many cells the mesh of a Drawing has that Gmsh is to make: quick for a coarse one, which nobody looks at."""
    with gmsh_session():
        return len(mesh_model(_model(drawing, sizing), sizing, drawing.path, algorithms=(DELAUNAY, HXT)).cells)


def _model(drawing, sizing):
    """The ModelNames of a Drawing, made the open model."""
    if drawing.sections:
        return open_pillar(drawing.layers, drawing.sections, sizing.growth)
    return _open(drawing)[0]


def _read_file(drawing):
    from spinfem.geometry.mesh_file import read_mesh  # with meshio, which takes its time to load

    return read_mesh(drawing.path, drawing.regions, drawing.terminals, drawing.facets)


def _sound(drawing, data):
    """The Facets of MeshData and the Meetings of its fans. Raises GeometryError if it is no mesh of metal."""
    facets = facets_of(data)
    found = meetings(data, facets)
    source = (f"geometry.{drawing.kind}", drawing.path)
    check_conformity(data, facets, found, source, drawing.unit)
    return facets, found


def _coarsest(drawing, sizing):
    """(MeshData, Facets, Meetings, parameters) of the coarsest mesh of a script or CAD file that is sound.

    Flat faces allow cells as large as they are; curved parts that are thin need finer ones, at worst those of `sizing`.
    """
    problem = GeometryError(f"geometry.{drawing.kind}", drawing.path, "cannot be meshed")
    for divisions in (*COARSE, None):
        with gmsh_session():  # a new one each time: what Gmsh cannot mesh leaves traces
            names, parameters = _open(drawing, _admitted)
            if divisions is None and not knows(sizing, names):
                break
            try:
                data = (
                    mesh_coarsely(names, divisions, drawing.path)
                    if divisions
                    else mesh_model(names, sizing, drawing.path)
                )
            except GeometryError as caught:
                problem = caught
                continue
            flat = all_flat()
        try:
            return data, *_sound(drawing, data), parameters
        except GeometryError as caught:
            problem = caught
            if flat:
                break
    raise problem


def _open(drawing, choice=None):
    """The ModelNames of a script or CAD file, made the open model, and the parameters that it has. `choice`: which of
    the given parameters count, by name."""
    if drawing.kind == "cad":
        return open_cad(drawing.path, drawing.regions, drawing.terminals), {}
    known = open_script(drawing.path)
    choose(drawing.path, known, (choice or _all)(drawing.parameters, known))
    return physical_names(drawing.path), known


def _all(parameters, known):
    return {name: _number(name, value, known) for name, value in parameters.items()}


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
