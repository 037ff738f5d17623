"""What a drawing or a mesh file is made of, by number: for people who have to say which part is which."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from spinfem.case.geometry import CAD_SUFFIXES
from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.cad import label_of, open_shapes
from spinfem.geometry.curved import coarsen_curves
from spinfem.geometry.gmsh_session import gmsh_errors, gmsh_session
from spinfem.geometry.groups import check_file_exists
from spinfem.geometry.mesh_file import read_groups
from spinfem.geometry.script import open_script


class Entity(NamedTuple):
    """A part, or a face of parts. Lengths in units of the file."""

    dimension: int
    tag: int | None
    name: str
    centre: np.ndarray  # (3,)
    size: float  # volume, area or length
    low: np.ndarray  # (3,) corners of the box around it
    high: np.ndarray
    corners: np.ndarray  # (simplices, dimension + 1, 3) of a mesh of it
    touches: tuple[str, ...]  # of a face: the parts it belongs to; of a part: the parts beside it


def entities_of(path):
    """The Entities of a file, parts first. Raises GeometryError."""
    path = Path(path)
    check_file_exists("FILE", path)
    with gmsh_session():
        if path.suffix.lower() in CAD_SUFFIXES:
            dimension = open_shapes(path)
            return _joined(_of_model(path), dimension)
        if path.suffix.lower() == ".geo":
            open_script(path)
            return _of_model(path)
        return _of_groups(read_groups(path, {}, {}))


def _of_model(path):
    """Of the open Gmsh model, which is meshed only to measure it."""
    with gmsh_errors("FILE", path):
        coarsen_curves(1.0)  # as many corners as a run's mesh has at least
        gmsh.model.mesh.generate(gmsh.model.getDimension())
    dimension = gmsh.model.getDimension()
    points = np.reshape(gmsh.model.mesh.getNodes()[1], (-1, 3))
    row = {tag: number for number, tag in enumerate(gmsh.model.mesh.getNodes()[0].tolist())}
    found = []
    for of in (dimension, dimension - 1):
        for _, tag in gmsh.model.getEntities(of):
            _, _, nodes = gmsh.model.mesh.getElements(of, tag)
            simplices = np.array([row[node] for part in nodes for node in part.tolist()], dtype=int).reshape(-1, of + 1)
            found.append(_entity(of, tag, _name(of, tag), points[simplices], _neighbours(dimension, of, tag)))
    return found


def _name(dimension, tag):
    groups = gmsh.model.getPhysicalGroupsForEntity(dimension, tag)
    names = [gmsh.model.getPhysicalName(dimension, group) for group in groups]
    return ", ".join(filter(None, names)) or label_of(dimension, tag)


def _neighbours(dimension, of, tag):
    upward, downward = gmsh.model.getAdjacencies(of, tag)
    if of == dimension:
        beside = {int(other) for face in downward for other in gmsh.model.getAdjacencies(of - 1, face)[0]}
        return tuple(str(other) for other in sorted(beside - {tag}))
    return tuple(map(str, sorted(upward.tolist())))


def _joined(found, dimension):
    """The Entities of the open CAD model with what they touch once touching parts are joined, as they are for a run; their tags stay those of the
    file. The model is not the same afterwards."""
    parts = [(dimension, entity.tag) for entity in found if entity.dimension == dimension]
    faces = [(dimension - 1, entity.tag) for entity in found if entity.dimension < dimension]
    try:
        _, became = gmsh.model.occ.fragment(parts, gmsh.model.occ.copy(faces))  # copies, as in `cad`
        gmsh.model.occ.synchronize()
    except Exception:  # Gmsh raises nothing else; parts that cannot be joined are still listed
        return found
    heirs = dict(zip(parts + faces, became, strict=True))
    part_of = {heir: tag for _, tag in parts for heir in heirs[dimension, tag]}

    def touches(entity):
        pieces = heirs[entity.dimension, entity.tag]
        sides = [face for piece in pieces for face in _sides(*piece)] if entity.dimension == dimension else pieces
        beside = {(dimension, int(other)) for side in sides for other in gmsh.model.getAdjacencies(*side)[0]}
        own = {entity.tag} if entity.dimension == dimension else set()
        return tuple(str(tag) for tag in sorted({part_of[heir] for heir in beside & part_of.keys()} - own))

    return [entity._replace(touches=touches(entity)) for entity in found]


def _sides(dimension, tag):
    return [(dimension - 1, int(face)) for face in gmsh.model.getAdjacencies(dimension, tag)[1]]


def _of_groups(groups):
    """Of the groups in a mesh file; groups touch where they share nodes enough for a facet."""
    points = np.pad(groups.points, ((0, 0), (0, 3 - groups.points.shape[1])))
    nodes = {group.name: np.unique(group.nodes) for group in groups.regions}
    found = []
    for of, listed in ((groups.dimension, groups.regions), (groups.dimension - 1, groups.terminals)):
        for group in listed:
            own = np.unique(group.nodes)
            shared = {name: len(np.intersect1d(own, there)) for name, there in nodes.items() if name != group.name}
            enough = groups.dimension if of == groups.dimension else len(own)
            touches = tuple(name for name, number in shared.items() if number >= max(enough, 1))
            found.append(_entity(of, group.tag, group.name, points[group.nodes], touches))
    return found


def _entity(dimension, tag, name, corners, touches):
    sides = corners[:, 1:] - corners[:, :1]
    gram = np.einsum("nid,njd->nij", sides, sides)
    sizes = np.sqrt(np.maximum(np.linalg.det(gram), 0.0)) / {1: 1, 2: 2, 3: 6}[dimension]
    centre = np.average(corners.mean(axis=1), axis=0, weights=sizes) if sizes.sum() else np.full(3, np.nan)
    every = corners.reshape(-1, 3)
    low, high = every.min(axis=0, initial=np.inf), every.max(axis=0, initial=-np.inf)
    return Entity(dimension, tag, name, centre, float(sizes.sum()), low, high, corners, touches)
