"""What the entities of the open Gmsh model are called: regions, terminals, and where regions touch.

The rule: physical groups of the highest dimension are regions, those one dimension lower are terminals.
"""

from collections import defaultdict
from dataclasses import dataclass

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.groups import name_of


@dataclass(frozen=True)
class ModelNames:
    """Names of CAD entities (of a discrete model: of groups of elements)."""

    dimension: int
    regions: dict[str, tuple[int, ...]]  # name -> entities of the highest dimension
    terminals: dict[str, tuple[int, ...]]  # name -> entities one dimension lower


def physical_names(source):
    """The ModelNames that the physical groups of the open model give."""
    dimension = gmsh.model.getDimension()
    if dimension < 2:
        raise GeometryError("geometry", source, "there is nothing of two or three dimensions in this drawing")
    regions, terminals = named_groups(dimension, "region", source), named_groups(dimension - 1, "terminal", source)
    names = ModelNames(
        dimension,
        {name: entities for name, (_, entities) in regions.items()},
        {name: entities for name, (_, entities) in terminals.items()},
    )
    check_names(names, source)
    return names


def named_groups(dimension, kind, source):
    """Name -> (tag, entities) of the physical groups of a dimension; `kind` names those that have no name."""
    groups = {}
    for _, tag in gmsh.model.getPhysicalGroups(dimension):
        name = gmsh.model.getPhysicalName(dimension, tag) or name_of(kind, tag)
        if name in groups:
            raise GeometryError("geometry", source, f"two physical groups are called {name!r}")
        entities = gmsh.model.getEntitiesForPhysicalGroup(dimension, tag)
        groups[name] = int(tag), tuple(int(entity) for entity in entities)
    return groups


def check_names(names, source) -> None:
    """Every entity of the highest dimension is in exactly one region, and no name means two things."""
    kind = {2: "surface", 3: "volume"}[names.dimension]
    if not names.regions:
        raise GeometryError(
            "geometry", source, f'no physical {kind}s: write e.g. Physical {kind.title()}("wire") = {{1}};'
        )
    if twice := sorted(names.regions.keys() & names.terminals.keys()):
        raise GeometryError("geometry", source, f"{', '.join(twice)} names a region and a terminal")
    for what, entities in (("regions", names.regions), ("terminals", names.terminals)):
        for entity, holders in _inverse(entities).items():
            if len(holders) > 1:
                raise GeometryError("geometry", source, f"entity {entity} is in two {what}: {', '.join(holders)}")
    everything = {int(tag) for _, tag in gmsh.model.getEntities(names.dimension)}
    if nameless := sorted(everything - _inverse(names.regions).keys()):
        message = f"{kind} {', '.join(map(str, nameless))} is in no physical group; all metal is in a region"
        raise GeometryError("geometry", source, message)


def _inverse(entities):
    """Entity -> the names it is listed under."""
    holders = defaultdict(list)
    for name, members in entities.items():
        for member in members:
            holders[member].append(name)
    return holders


def all_flat() -> bool:
    """Are all curves and faces of the open model straight?"""
    flat = {"Line", "Plane", "Discrete line", "Discrete plane"}
    return all(gmsh.model.getType(*entity) in flat for dim in (1, 2) for entity in gmsh.model.getEntities(dim))


def terminals_touch(names):
    """Terminal -> sorted names of the regions beside its entities (from the CAD, before there is a mesh)."""
    return {
        name: tuple(sorted(set().union(*(_beside(names, entity) for entity in members))))
        for name, members in names.terminals.items()
    }


def contacts(names):
    """Frozenset of two region names -> entities one dimension lower that lie between the two."""
    found = defaultdict(list)
    for _, entity in gmsh.model.getEntities(names.dimension - 1):
        beside = _beside(names, entity)
        if len(beside) == 2:
            found[frozenset(beside)].append(int(entity))
    return dict(found)


def _beside(names, entity):
    """The names of the regions that an entity one dimension below them bounds."""
    region_of = {member: name for name, members in names.regions.items() for member in members}
    upward, _ = gmsh.model.getAdjacencies(names.dimension - 1, entity)
    return {region_of[int(cell)] for cell in upward}
