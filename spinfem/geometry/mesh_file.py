"""Meshes that somebody else made: Gmsh's .msh, and what meshio reads (.vtu, .xdmf, .med, .inp, .mesh, ...).

Names come from Gmsh's physical groups, from named sets of cells (Abaqus, Exodus) or families (MED), or are given to the
integer tags of the cells: `regions` and `terminals`, name -> tags. Tags that nobody names become region_3, terminal_7;
where some terminals are named, the others are insulated.
"""

from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import gmsh
import meshio
import numpy as np

from spinfem.geometry.errors import GeometryError
from spinfem.geometry.extract import extract
from spinfem.geometry.gmsh_session import gmsh_errors
from spinfem.geometry.mesh_data import from_named_cells
from spinfem.geometry.model_names import physical_names

DIMENSION = {"vertex": 0, "line": 1, "triangle": 2, "tetra": 3}
# Where programs keep the tag of a cell; any other integer data serves if none of these is there.
TAGS = ("gmsh:physical", "cell_tags", "medit:ref", "CellEntityIds", "region")


def read_mesh(path, regions, terminals):
    """The MeshData of a mesh file. .msh files need an open Gmsh session."""
    path = Path(path)
    if not path.is_file():
        raise GeometryError("geometry.mesh", path, "there is no such file")
    if path.suffix == ".msh":
        with gmsh_errors("geometry.mesh", path):
            gmsh.open(str(path))
        return extract(physical_names(path), path)
    mesh = _by_meshio(path)
    kinds = {block.type for block in mesh.cells}
    dimension = max((DIMENSION.get(kind, 9) for kind in kinds), default=0)
    if dimension not in (2, 3):
        message = f"has {', '.join(sorted(kinds))}; only first-order triangles and tetrahedra are allowed"
        raise GeometryError("geometry.mesh", path, message)
    named_cells, n_cells = _named(mesh, dimension, regions, "region")
    named_facets, _ = _named(mesh, dimension - 1, terminals, "terminal")
    _each_in_one_region(named_cells, n_cells, path)
    nodes = _blocks(mesh, dimension), _blocks(mesh, dimension - 1)
    return from_named_cells(
        mesh.points,
        {name: nodes[0][indices] for name, indices in named_cells.items()},
        {name: nodes[1][indices] for name, indices in named_facets.items()},
        path,
    )


def _by_meshio(path):
    said = StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(said):  # meshio prints what is wrong, then exits
            return meshio.read(path)
    except (Exception, SystemExit) as problem:
        why = " ".join(said.getvalue().split()) or problem
        raise GeometryError("geometry.mesh", path, f"cannot be read: {why}") from problem


def _blocks(mesh, dimension):
    """(cells, dimension + 1) nodes of all cells of a dimension, in the order of the file."""
    blocks = [block.data for block in mesh.cells if DIMENSION.get(block.type) == dimension]
    return np.concatenate([np.empty((0, dimension + 1), dtype=np.int64), *blocks])


def _named(mesh, dimension, tags, kind):
    """Name -> indices among the cells of a dimension, and the number of these cells."""
    lengths = [len(block.data) if DIMENSION.get(block.type) == dimension else 0 for block in mesh.cells]
    found = {} if tags else _sets(mesh, lengths)
    if not found:
        values = _integers(mesh, lengths)
        given = {tag: name for name, listed in tags.items() for tag in listed}
        known = given or _names_of_tags(mesh, dimension)
        for tag in np.unique(values).tolist():
            if kind == "terminal" and (tag == 0 or given and tag not in given):
                continue  # insulated
            name = known.get(tag, f"{kind}_{tag}")
            found[name] = np.union1d(found.get(name, []), np.flatnonzero(values == tag)).astype(int)
    return found, sum(lengths)


def _sets(mesh, lengths):
    """Named sets of cells. Programs write the same set under several names: the first one counts."""
    start = np.cumsum([0, *lengths])
    found = {}
    for name, parts in mesh.cell_sets.items():
        here = [(s, part) for s, n, part in zip(start, lengths, parts) if n and part is not None]
        inside = [s + np.asarray(part, dtype=int) for s, part in here]
        indices = np.unique(np.concatenate([np.empty(0, dtype=int), *inside]))
        again = any(np.array_equal(indices, other) for other in found.values())
        if len(indices) and not again and not name.startswith("gmsh:"):
            found[name] = indices
    return found


def _integers(mesh, lengths):
    """The tag of each cell of a dimension, (cells,); zeros if the file has none."""
    for key in [key for key in (*TAGS, *mesh.cell_data) if key in mesh.cell_data]:
        parts = [np.asarray(part) for part, n in zip(mesh.cell_data[key], lengths) if n]
        if parts and all(part.size == len(part) and np.array_equal(part, np.round(part)) for part in parts):
            return np.concatenate([part.ravel() for part in parts]).astype(int)
    return np.zeros(sum(lengths), dtype=int)


def _names_of_tags(mesh, dimension):
    """Tag -> name, from Gmsh's physical names and from MED families (whose first group gives the name)."""
    known = {int(tag): name for name, (tag, of) in mesh.field_data.items() if of == dimension}
    return known | {tag: groups[0] for tag, groups in getattr(mesh, "cell_tags", {}).items() if groups}


def _each_in_one_region(regions, n_cells, path):
    held = np.zeros(n_cells, dtype=int)
    for indices in regions.values():
        held[indices] += 1
    if held.min(initial=1) < 1 or held.max(initial=1) > 1:
        wrong = "in no region" if held.min() < 1 else "in more than one region"
        message = f"{np.count_nonzero(held != 1)} cells are {wrong}; its regions are {', '.join(regions)}"
        raise GeometryError("geometry.mesh", path, message)
