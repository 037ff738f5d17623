"""Groups of what meshio reads (.vtu, .xdmf, .med, .inp, .mesh, ...).

Names come from named sets of cells (Abaqus, Exodus), families (MED) or Gmsh's physical names, or are given to the
integer tags of the cells. Tags that nobody names become region_3, terminal_7; where some terminals are named, the
others are insulated.
"""

from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import meshio
import numpy as np

from spinfem.geometry.errors import GeometryError
from spinfem.geometry.groups import Group, Groups, check_given, name_of

DIMENSION = {"vertex": 0, "line": 1, "triangle": 2, "tetra": 3}
SIMPLEX = {dimension: kind for kind, dimension in DIMENSION.items()}
# Where programs keep the tag of a cell; any other integer data serves if none of these is there.
TAGS = ("gmsh:physical", "cell_tags", "medit:ref", "CellEntityIds", "region")
UNSET = 2**31 - 1  # FEniCS marks what has no tag with the largest number there is


def open_with_meshio(path, key="geometry.mesh"):
    """The meshio.Mesh of a file. Raises GeometryError."""
    said = StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(said):  # meshio prints what is wrong, then exits
            return meshio.read(path)
    except (Exception, SystemExit) as problem:
        why = " ".join(said.getvalue().split()) or " ".join(str(problem).split()) or type(problem).__name__
        raise GeometryError(key, path, f"cannot be read: {why}") from problem


def groups_of(mesh, path, regions, terminals):
    """The Groups of a meshio.Mesh, with the names that `regions` and `terminals` (name -> tags) give to its tags."""
    dimension = dimension_of(mesh, path)
    cells, facets = nodes_of(mesh, dimension), nodes_of(mesh, dimension - 1)
    named_cells = _named(mesh, dimension, regions, "region", path)
    named_facets = _named(mesh, dimension - 1, terminals, "terminal", path)
    _each_in_one_region(named_cells, len(cells), path)
    return Groups(
        mesh.points,
        dimension,
        tuple(Group(name, tag, cells[indices]) for name, (tag, indices) in named_cells.items()),
        tuple(Group(name, tag, facets[indices]) for name, (tag, indices) in named_facets.items()),
    )


def dimension_of(mesh, path):
    """2 or 3. Raises GeometryError where there are other cells than first-order simplices."""
    kinds = {block.type for block in mesh.cells if len(block.data)}
    dimension = max((DIMENSION.get(kind, 9) for kind in kinds), default=0)
    if dimension not in (2, 3):
        has = f"has {', '.join(sorted(kinds))}" if kinds else "has no cells"
        raise GeometryError("geometry.mesh", path, f"{has}; only first-order triangles and tetrahedra are allowed")
    return dimension


def nodes_of(mesh, dimension):
    """(cells, dimension + 1) nodes of all cells of a dimension, in the order of the file."""
    blocks = [block.data for block in mesh.cells if DIMENSION.get(block.type) == dimension]
    return np.concatenate([np.empty((0, dimension + 1), dtype=np.int64), *blocks])


def tags_of(mesh, dimension):
    """The tag of each cell of a dimension, (cells,); zeros if the file has none."""
    lengths = _lengths(mesh, dimension)
    for key in [key for key in (*TAGS, *mesh.cell_data) if key in mesh.cell_data]:
        parts = [np.asarray(part, dtype=float) for part, n in zip(mesh.cell_data[key], lengths, strict=True) if n]
        if parts and all(part.size == len(part) and np.array_equal(part, np.round(part)) for part in parts):
            values = np.concatenate([part.ravel() for part in parts])
            return np.where(values < UNSET, values, 0).astype(int)
    return np.zeros(sum(lengths), dtype=int)


def _lengths(mesh, dimension):
    return [len(block.data) if DIMENSION.get(block.type) == dimension else 0 for block in mesh.cells]


def _named(mesh, dimension, given_tags, kind, path):
    """Name -> (tag, indices among the cells of a dimension)."""
    found = {} if given_tags else _sets(mesh, _lengths(mesh, dimension))
    if found:
        return {name: (None, indices) for name, indices in found.items()}
    values = tags_of(mesh, dimension)
    existing = np.unique(values).tolist()
    check_given(path, kind, given_tags, set(existing))
    given = {tag: name for name, listed in given_tags.items() for tag in listed}
    known = _names_of_tags(mesh, dimension) | given
    for tag in existing:
        if kind == "terminal" and (tag == 0 or (given and tag not in given)):
            continue  # insulated
        name = known.get(tag, name_of(kind, tag))
        _, before = found.get(name, (tag, []))
        found[name] = tag, np.union1d(before, np.flatnonzero(values == tag)).astype(int)
    return found


def _sets(mesh, lengths):
    """Named sets of cells. Programs write the same set under several names: the first one counts."""
    start = np.cumsum([0, *lengths])
    found = {}
    for name, parts in mesh.cell_sets.items():
        here = [(s, part) for s, n, part in zip(start, lengths, parts, strict=False) if n and part is not None]
        inside = [s + np.asarray(part, dtype=int) for s, part in here]
        indices = np.unique(np.concatenate([np.empty(0, dtype=int), *inside]))
        again = any(np.array_equal(indices, other) for other in found.values())
        if len(indices) and not again and not name.startswith("gmsh:"):
            found[name] = indices
    return found


def _names_of_tags(mesh, dimension):
    """Tag -> name, from Gmsh's physical names and from MED families (whose first group gives the name)."""
    known = {int(tag): name for name, (tag, of) in mesh.field_data.items() if of == dimension}
    return known | {tag: groups[0] for tag, groups in getattr(mesh, "cell_tags", {}).items() if groups}


def _each_in_one_region(regions, n_cells, path):
    held = np.zeros(n_cells, dtype=int)
    for _, indices in regions.values():
        held[indices] += 1
    if held.min(initial=1) < 1 or held.max(initial=1) > 1:
        wrong = "in no region" if held.min() < 1 else "in more than one region"
        message = f"{np.count_nonzero(held != 1)} cells are {wrong}; its regions are {', '.join(regions)}"
        raise GeometryError("geometry.mesh", path, message)
