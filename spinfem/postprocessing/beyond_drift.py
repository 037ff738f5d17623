"""How much of the spin current through a terminal is not just carried along by the charge current.

Far from everything the current through a magnet carries P j m, whatever stands at its end; the rest is J.n - P (j.n) m, and its size is
integrated, for what enters and what leaves may cancel (spin Hall effect).
"""

import basix.ufl
import numpy as np
import ufl
from dolfinx import fem

from spinfem.algebra.broken_space import same_nodes
from spinfem.algebra.compiling import compiling
from spinfem.algebra.nodes import nodes_in_cells
from spinfem.model.coefficients import by_region
from spinfem.postprocessing.flux_density import flux_density


def beyond_drift(solution, terminals):
    """Name -> int |J.n - P (j.n) m| over each of these terminals, A. Collective."""
    device = solution.device
    sizes = {
        region: _size(solution, region)
        for region in dict.fromkeys(region for name in terminals for region in device.regions_at(name))
    }
    ds = ufl.Measure("ds", domain=device.mesh, subdomain_data=device.facet_tags)
    found = {}
    for name in terminals:
        on = ds(device.terminals[name])
        with compiling(solution.comm):
            form = fem.form(sum(sizes[r] * by_region(device, {r: 1.0}) * on for r in device.regions_at(name)))
        found[name] = solution.comm.allreduce(fem.assemble_scalar(form)) * device.area_unit
    return found


def _size(solution, region):
    """|J.n - P (j.n) m| out of a region, as a Function, A/m^2."""
    problem, device = solution.problem, solution.device
    density, of = flux_density(solution, region), problem.regions[region]
    if of.magnetization is not None:
        nodes = np.flatnonzero(nodes_in_cells(problem.space, device.cells_of(region)))
        carried = of.material.polarization * density.charge[nodes, None] * problem.magnetization_at(region, nodes)
        density.spin[nodes] -= carried
    size = fem.Function(
        same_nodes(problem.space, basix.ufl.element("Lagrange", device.mesh.basix_cell(), problem.degree))
    )
    size.x.array[:] = np.linalg.norm(density.spin, axis=1)
    return size
