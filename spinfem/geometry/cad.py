"""CAD files (.step, .brep, .iges): the parts get their names, and parts that touch are made to share their faces.

Regions are the solids (in a flat drawing: the faces), by the labels that the file gives its parts or by `regions`:
name -> tags, as Gmsh shows them when it opens the file. Terminals are faces (curves), by `terminals`: name -> tags, or
sheets that the file has beside the solids and gives a label. Lengths are as Gmsh reads them: of a STEP file, in
millimetres.
"""

from itertools import combinations
from pathlib import Path

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.gmsh_session import gmsh_errors
from spinfem.geometry.groups import check_file_exists
from spinfem.geometry.model_names import ModelNames, check_names


def open_cad(path, regions, terminals):
    """Makes the file's shapes, touching parts joined, the open model; returns its ModelNames."""
    dimension = open_shapes(path)
    regions = dict(regions) or _labels(dimension)
    terminals = dict(terminals) or _labels(dimension - 1)
    if not regions:
        message = (
            "its parts have no labels: say which are which by `entities: {regions: {name: [1]}}` "
            f"(`spinfem entities {Path(path).name}` lists them); {_inventory(dimension)}"
        )
        raise GeometryError("geometry.cad", path, message)
    _check_tags(path, dimension, regions)
    _check_tags(path, dimension - 1, terminals)
    with gmsh_errors("geometry.cad", path):
        names = _join(dimension, regions, terminals)
    for first, second in combinations(names.regions, 2):
        if not set(names.regions[first]).isdisjoint(names.regions[second]):
            raise GeometryError("geometry.cad", path, f"the parts {first} and {second} overlap")
    check_names(names, path)
    return names


def open_shapes(path):
    """Makes the file's shapes, as they are, the open model; returns their dimension."""
    check_file_exists("geometry.cad", Path(path))
    with gmsh_errors("geometry.cad", path):
        gmsh.model.add("cad")
        gmsh.model.occ.importShapes(str(path))
        gmsh.model.occ.synchronize()
    dimension = gmsh.model.getDimension()
    if dimension < 2:
        raise GeometryError("geometry.cad", path, "there are no solids and no faces in this file")
    return dimension


def label_of(dimension, tag):
    """The label of an entity, of a path "assembly/part" the part; "" if it has none but what the STEP translator makes up."""
    label = gmsh.model.getEntityName(dimension, tag).rsplit("/", 1)[-1]
    return "" if label.startswith("Open CASCADE STEP translator") else label


def _labels(dimension):
    """Label -> tags of the entities that have one."""
    found = {}
    for _, tag in gmsh.model.getEntities(dimension):
        if label := label_of(dimension, tag):
            found.setdefault(label, []).append(tag)
    return found


def _check_tags(path, dimension, entities):
    existing = {tag for _, tag in gmsh.model.getEntities(dimension)}
    for name, tags in entities.items():
        if missing := sorted(set(tags) - existing):
            message = f"{name} lists {missing}, which do not exist; {_inventory(dimension)}"
            raise GeometryError("geometry.cad", path, message)


def _inventory(dimension):
    kind = {1: "curves", 2: "faces", 3: "solids"}[dimension]
    return f"the file has the {kind} {', '.join(str(tag) for _, tag in gmsh.model.getEntities(dimension))}"


def _join(dimension, regions, terminals):
    """Cuts all parts along their common faces and follows every name to what became of its entities."""
    parts = gmsh.model.getEntities(dimension)
    listed = [(dimension - 1, tag) for tags in terminals.values() for tag in tags]
    # Terminals take part as copies: Gmsh loses track of a face that is cut together with the solid it belongs to.
    copies = gmsh.model.occ.copy(listed) if listed else []
    _, became = gmsh.model.occ.fragment(parts, copies)
    gmsh.model.occ.synchronize()
    heirs = dict(zip([*parts, *listed], became, strict=False))  # of a single part Gmsh tells nothing

    def follow(dimension, entities):
        return {
            name: tuple(sorted({heir for tag in tags for _, heir in heirs[dimension, tag]}))
            for name, tags in entities.items()
        }

    return ModelNames(dimension, follow(dimension, regions), follow(dimension - 1, terminals))
