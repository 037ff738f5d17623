"""Keys that have no effect in a case, as warnings."""

from spinfem.case.idle import idle_keys
from spinfem.geometry.recipe import recipe_of


def idle_warnings(case, dimension):
    """A sentence for each key that was given and has no effect in a Case, whose drawing has this dimension; where its mesh is made of layers, for those of the
    mesh too."""
    yield from map(str, idle_keys(case, dimension))
    drawing = recipe_of(case).drawing
    if drawing.kind != "layers" or drawing.sections:
        return
    given = case.mesh.model_fields_set
    if "rim" in given:
        yield str(case.fault(("mesh", "rim"), case.mesh.rim, "has no effect here: layers have no contacts with a rim"))
