"""How many cells a mesh will have, told without making it: from coarse meshes of the same drawing."""

from dataclasses import replace
from math import log2

from spinfem.geometry.errors import GeometryError
from spinfem.geometry.foresight import foreseen
from spinfem.geometry.layers import count_cells
from spinfem.geometry.reading import count, read
from spinfem.geometry.recipe import metals_of, recipe_of

_COARSEST, _COARSE = 16.0, 2.0  # times the size of cells
_ENOUGH = 4000  # cells of a coarse mesh
# Cells grow as coarsening to the power -q: q falls below the dimension as cells reach from wall to wall. dimension -> (q from twice as coarse a
# mesh, how much less for each further doubling), measured on the cases that come with spinfem (3D: right within a factor of 1.7, 2D 1.3).
_POWERS = {2: (1.72, 0.07), 3: (2.05, 0.13)}

# Cells that are cut on the way to a per cent, and how many more it takes beyond.
_ADDED, _PER_CENT, _RATE = 1.2, 0.01, 0.4


def expected_cells(case, outline) -> float | None:
    """About how many cells the mesh of a case will have; None where no coarse mesh can be made. outline: of its drawing."""
    if case.goal:
        return _refined(case)
    drawing, sizing, refinements = recipe_of(case)
    divided = 2.0 ** (outline.dimension * refinements)
    if drawing.kind == "mesh":
        return divided * outline.cells
    if drawing.kind == "layers" and not drawing.sections:
        return divided * count_cells(drawing.layers, sizing)
    try:
        return divided * _extrapolated(drawing, sizing, outline.dimension)
    except GeometryError:
        return None


def _refined(case):
    """About how many cells there are once the numbers are exact enough: the first mesh is made, what is added goes by experience."""
    recipe = recipe_of(case)
    try:
        data, _ = foreseen(read(*recipe), metals_of(case), recipe)
    except GeometryError:
        return None
    return _ADDED * len(data.cells) * max(_PER_CENT / case.goal.target, 1.0) ** _RATE


def _extrapolated(drawing, sizing, dimension):
    first, less = _POWERS[dimension]

    def cells(coarsen):
        return count(drawing, replace(sizing, coarsen=coarsen))

    def power(coarsen):
        return first - less * log2(coarsen / _COARSE)

    found, coarsen = cells(_COARSEST), _COARSEST
    finer = max(_COARSEST * (found / _ENOUGH) ** (1 / power(_COARSEST)), _COARSE)
    if finer < _COARSEST:
        coarsest, found, coarsen = found, cells(finer), finer
        if found == coarsest:  # the drawing says itself how its cells are, as in layers of an extrusion
            return found
    return found * coarsen ** power(coarsen)
