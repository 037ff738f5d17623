"""Keys that have no effect in a case, as warnings."""

from spinfem.case.idle import idle_keys
from spinfem.geometry.recipe import meshed_by_gmsh


def idle_warnings(case, dimension):
    """A sentence for each key that was given and has no effect in a Case, whose drawing has this dimension."""
    yield from map(str, idle_keys(case, dimension))
    if "rim" in case.mesh.model_fields_set and not meshed_by_gmsh(case):
        yield str(case.fault(("mesh", "rim"), case.mesh.rim, "has no effect here: layers have no contacts with a rim"))
