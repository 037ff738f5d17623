"""XDMF as FEniCS programs write it: cells and facets in two files, or several grids in one.

meshio reads one grid; so every grid of a file is handed to it on its own. Grids and files may number the nodes
differently: they are recognised by where they are.
"""

from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import meshio
import numpy as np
from scipy.spatial import cKDTree

from spinfem.geometry.errors import GeometryError
from spinfem.geometry.meshio_file import SIMPLEX, dimension_of, nodes_of, open_with_meshio, tags_of

XDMF = (".xdmf", ".xmf")
_CLOSE = 1e-9  # nodes nearer than this, next to the size of the mesh, are the same


def open_xdmf(path, key="geometry.mesh"):
    """The meshio.Mesh of an XDMF file, its grids put together: the first has the cells, the others their tags and facets."""
    try:
        grids = [grid for grid in ElementTree.parse(path).iter("Grid") if grid.find("Topology") is not None]
    except (ElementTree.ParseError, UnicodeDecodeError) as problem:
        raise GeometryError(key, path, f"cannot be read: it is no XML ({problem})") from problem
    if len(grids) < 2:
        return open_with_meshio(path, key)
    first, *others = (_alone(grid, grids, path, key) for grid in grids)
    for other in others:
        first = _joined(first, other, path, key)
    return first


def with_facets(cells, path, facets, facets_path):
    """The meshio.Mesh of the `cells` of one file with the facets of another one, read as meshes."""
    dimension = dimension_of(cells, path)
    if not len(nodes_of(facets, dimension - 1)):
        kind = SIMPLEX[dimension - 1]
        raise GeometryError("geometry.facets", facets_path, f"has no cells of the kind {kind}, which the facets are")
    return _joined(cells, facets, facets_path, "geometry.facets")


def _alone(grid, grids, path, key):
    """One grid of several, as meshio.Mesh: written for itself, with the nodes of the first where it has none."""
    grid = deepcopy(grid)
    for child in [child for child in grid if child.tag.endswith("include")]:
        grid.remove(child)
    if grid.find("Geometry") is None:
        grid.append(deepcopy(grids[0].find("Geometry")))
    for item in grid.iter("DataItem"):
        if item.get("Format") in ("HDF", "Binary"):
            item.text = str(path.parent.resolve() / item.text.strip())
    topology = grid.find("Topology")
    topology.set("TopologyType", (topology.get("TopologyType") or topology.get("Type")).capitalize())
    document = ElementTree.Element("Xdmf", Version="3.0")
    ElementTree.SubElement(document, "Domain").append(grid)
    with TemporaryDirectory() as folder:
        alone = Path(folder) / "grid.xdmf"
        ElementTree.ElementTree(document).write(alone)
        try:
            return open_with_meshio(alone, key)
        except GeometryError as problem:
            raise GeometryError(key, path, f"its grid {grid.get('Name')} {problem.message}") from problem


def _joined(mesh, other, path, key):
    """`mesh` with the facets of `other`, or with its tags on the cells that are already there."""
    dimension = dimension_of(mesh, path)
    row = _same_points(mesh.points, other.points, path, key)
    cells, facets = nodes_of(mesh, dimension), nodes_of(mesh, dimension - 1)
    tags, facet_tags = tags_of(mesh, dimension), tags_of(mesh, dimension - 1)
    again, more = row[nodes_of(other, dimension)], row[nodes_of(other, dimension - 1)]
    if len(again) and tags_of(other, dimension).any():
        tags = tags.copy()
        tags[_rows(cells, again, path, key)] = tags_of(other, dimension)
    return meshio.Mesh(
        mesh.points,
        [(SIMPLEX[dimension], cells), (SIMPLEX[dimension - 1], np.concatenate([facets, more]))],
        cell_data={"region": [tags, np.concatenate([facet_tags, tags_of(other, dimension - 1)])]},
    )


def _same_points(points, others, path, key):
    """The row in `points` of each of `others`."""
    if np.array_equal(points, others):
        return np.arange(len(points))
    points, others = (np.pad(some, ((0, 0), (0, 3 - some.shape[1]))) for some in (points, others))
    away, row = cKDTree(points).query(others)
    apart = away > _CLOSE * np.ptp(points, axis=0).max()
    if apart.any():
        place = ", ".join(f"{x:g}" for x in others[np.argmax(apart)])
        message = f"its node at ({place}), drawing units, is no node of the mesh: do the two files belong together?"
        raise GeometryError(key, path, message)
    return row


def _rows(cells, again, path, key):
    """The row in `cells` of each cell of `again`, by their nodes."""
    both = np.sort(np.concatenate([cells, again]), axis=1)
    _, first, which = np.unique(both, axis=0, return_index=True, return_inverse=True)
    row = first[which.ravel()[len(cells) :]]
    if (row >= len(cells)).any():
        raise GeometryError(key, path, "has cells that the mesh does not have: do the two belong together?")
    return row
