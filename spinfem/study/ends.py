"""Driven terminals at which it matters what happens to spins, and nobody said what does.

A voltage or a current comes from a reservoir, so a driven terminal is a spin sink unless the case says otherwise. Where spins arrive there,
reflecting them would change the result. Far from everything the current through a magnet carries P j m, whatever stands at its end; so what counts is
the rest, J.n - P (j.n) m, and its size is integrated, for what enters and what leaves may cancel (spin Hall effect).
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

_MATTERS = 0.01  # of the largest current at a terminal


def unchosen_ends(case, solutions):
    """Yields a sentence for each terminal of a Case that is a sink by default where that moves one of its Solutions. Collective."""
    names = [name for name, terminal in case.terminals.items() if terminal.sink_by_default]
    shares = dict.fromkeys(names, 0.0)
    for solution in solutions if names else ():
        beyond_drift, largest = _BeyondDrift(solution), solution.largest_current
        for name in names if largest else ():
            shares[name] = max(shares[name], beyond_drift.through(name) / largest)
    for name, share in shares.items():
        if share > _MATTERS:
            yield (
                f"terminals.{name}: spins end here in a sink because nothing else is said, and that matters: "
                f"{100 * share:.2g} % of the current. Write `spin: sink` if a large contact takes them up, "
                "or `spin: reflecting` if none pass"
            )


class _BeyondDrift:
    """|J.n - P (j.n) m| on terminals, from the outflow of each region that one of them touches."""

    def __init__(self, solution):
        self.solution, self._of_region = solution, {}

    def through(self, terminal):
        """Its integral over a terminal, A. Collective."""
        device = self.solution.device
        ds = ufl.Measure("ds", domain=device.mesh, subdomain_data=device.facet_tags)(device.terminals[terminal])
        parts = [self._size(name) * by_region(device, {name: 1.0}) * ds for name in device.regions_at(terminal)]
        area = device.length_unit ** (device.mesh.topology.dim - 1) * device.depth
        with compiling(self.solution.comm):
            form = fem.form(sum(parts[1:], parts[0]))
        return self.solution.comm.allreduce(fem.assemble_scalar(form)) * area

    def _size(self, region):
        """As a Function, A/m^2."""
        if region not in self._of_region:
            problem, device = self.solution.problem, self.solution.device
            density = flux_density(self.solution, region)
            rest, of = density[:, 1:], problem.regions[region]
            if of.magnetization is not None:
                nodes = np.flatnonzero(nodes_in_cells(problem.space, device.cells_of(region))[: len(rest)])
                points = problem.space.tabulate_dof_coordinates()[nodes].T * device.length_unit
                rest[nodes] -= of.material.polarization * density[nodes, :1] * of.magnetization.at(points).T
            element = basix.ufl.element("Lagrange", device.mesh.basix_cell(), problem.degree)
            size = fem.Function(same_nodes(problem.space, element))
            size.x.array[:] = np.linalg.norm(rest, axis=1)
            self._of_region[region] = size
        return self._of_region[region]
