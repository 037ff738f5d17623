"""Keys that have no effect in a case, as warnings."""

from dataclasses import replace

from spinfem.case.idle import idle_keys
from spinfem.geometry.layers import LEAST_CELLS, count_cells
from spinfem.geometry.recipe import recipe_of

_COARSE = 1e9  # a resolution of which nothing is seen


def idle_warnings(case, dimension):
    """A sentence for each key that was given and has no effect in a Case, whose drawing has this dimension; where its mesh is made of layers, for those of the
    mesh too."""
    yield from map(str, idle_keys(case, dimension))
    drawing, sizing, _ = recipe_of(case)
    if drawing.kind != "layers" or drawing.sections:
        return
    given = case.mesh.model_fields_set
    if "rim" in given:
        yield str(case.fault(("mesh", "rim"), case.mesh.rim, "has no effect here: layers have no contacts with a rim"))
    coarse = replace(sizing, resolution=_COARSE)
    if "resolution" in given and count_cells(drawing.layers, sizing) == count_cells(drawing.layers, coarse):
        message = f"has no effect on the number of cells: each layer has {LEAST_CELLS[dimension]} along the stack anyway; `refinements` makes them smaller"
        yield str(case.fault(("mesh", "resolution"), case.mesh.resolution, message))
