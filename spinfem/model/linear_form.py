"""The vector of a linear form."""

import numpy as np
import ufl
from dolfinx import fem, la

from spinfem.algebra.compiling import compiling


def assembled(problem, form) -> np.ndarray:
    """The vector of a linear form on the space of a Problem, compiled or not: (owned nodes, size of a block). Collective."""
    if isinstance(form, ufl.Form):
        with compiling(problem.device.mesh.comm):
            form = fem.form(form)
    vector = fem.assemble_vector(form)
    vector.scatter_reverse(la.InsertMode.add)
    return problem.layout.blocks(vector.array)[: problem.space.dofmap.index_map.size_local].copy()
