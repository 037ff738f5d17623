"""Groups of what Gmsh reads: its own .msh, and .unv, .bdf, .nas, .cgns, which meshio does not read or reads only in part.

The tags are those of the physical groups; where a file has none of a dimension, those of Gmsh's elementary entities.
What has no name becomes region_3, terminal_7; where some terminals are named by hand, the others are insulated.
"""

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.extract import elements, points_of_model
from spinfem.geometry.gmsh_session import gmsh_errors
from spinfem.geometry.groups import Group, Groups, check_given, name_of
from spinfem.geometry.model_names import ModelNames, check_names, named_groups

SUFFIXES = (".msh", ".unv", ".bdf", ".nas", ".cgns")


def gmsh_groups(path, regions, terminals):
    """The Groups of a file, with the names that `regions` and `terminals` (name -> tags) give to its tags.

    Needs an open Gmsh session."""
    with gmsh_errors("geometry.mesh", path):
        gmsh.open(str(path))
    dimension = gmsh.model.getDimension()
    if dimension < 2:
        raise GeometryError("geometry.mesh", path, "there is nothing of two or three dimensions in this file")
    found = {
        "region": _named(path, "region", dimension, regions),
        "terminal": _named(path, "terminal", dimension - 1, terminals),
    }
    names = {kind: {name: entities for name, (_, entities) in named.items()} for kind, named in found.items()}
    check_names(ModelNames(dimension, names["region"], names["terminal"]), path)
    nodes = {
        "region": elements(dimension, names["region"], path),
        "terminal": elements(dimension - 1, names["terminal"], path),
    }
    if empty := [name for name, cells in nodes["region"].items() if not len(cells)]:
        message = f"region {', '.join(empty)} has no cells: is the file without its mesh?"
        raise GeometryError("geometry.mesh", path, message)

    def groups(kind):
        return tuple(Group(name, tag, nodes[kind][name]) for name, (tag, _) in found[kind].items())

    return Groups(points_of_model(), dimension, groups("region"), groups("terminal"))


def _named(path, kind, dimension, given):
    """Name -> (tag, entities) of all there is of a dimension."""
    tagged = named_groups(dimension, kind, path) or _entities(dimension, kind, given)
    check_given(path, kind, given, {tag for tag, _ in tagged.values()})
    names = {tag: name for name, tags in given.items() for tag in tags}
    found = {}
    for own, (tag, entities) in tagged.items():
        if kind == "terminal" and given and tag not in names:
            continue  # insulated
        name = names.get(tag, own)
        _, before = found.get(name, (tag, ()))
        found[name] = tag, (*before, *entities)
    return found


def _entities(dimension, kind, given):
    """The elementary entities that have elements. Faces inside the device are listed only where terminals are given."""
    return {
        name_of(kind, tag): (tag, (tag,))
        for _, tag in gmsh.model.getEntities(dimension)
        if len(gmsh.model.mesh.getElements(dimension, tag)[0])
        and (kind == "region" or given or len(gmsh.model.getAdjacencies(dimension, tag)[0]) < 2)
    }
