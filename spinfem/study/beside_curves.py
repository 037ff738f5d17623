"""How much numbers depend on what the straight edges of a mesh miss of curves.

Where metal is added beside an outline, a thickness d of it, a number with the dual w changes by the integral of

    d (s grad_t u . grad_t w - s grad_n u . grad_n w + r u w)

over the outline (J. Hadamard's formula; t along it, n across). It holds where the outline is insulated (nothing flows along n), where it is a terminal (nothing along
t), and for both sides where metals meet, one of which gets thinner. In the cells beside it these are energies between u and w.
"""

import numpy as np

from spinfem.compat import nodes_of_cells
from spinfem.geometry.simplices import volume


def missed_by_edges(problem, one, other):
    """(2, edges): that of each row of the device's Slivers, and how large it could be, in its unit.

    one, other: a solution and a dual of a Problem at its local nodes, (nodes, size of a block); other is None where there are no Slivers.
    """
    slivers = problem.device.slivers
    if slivers is None:
        return np.empty((2, 0))
    products, cells = problem.field_products, slivers.cells
    in_cells = products.in_cells(products.sizes(one), products.sizes(other))[cells]
    mesh, dimension = problem.device.mesh, problem.device.mesh.topology.dim
    corners = mesh.geometry.x[nodes_of_cells(mesh)[cells], :dimension]
    nodes = problem.space.dofmap.list[cells, : dimension + 1]
    inverse = np.linalg.inv(corners[:, 1:] - corners[:, :1])
    first, second = (inverse @ (values[nodes[:, 1:]] - values[nodes[:, :1]]) for values in (one, other))  # means
    across = [np.einsum("nd,nda->na", slivers.normals, gradients) for gradients in (first, second)]
    through = volume(corners) * np.einsum(
        "na,nab,nb->n", across[0], problem.energy[0, products.classes[cells]], across[1]
    )
    between = (problem.cell_energies(one + other) - problem.cell_energies(one - other))[cells] / 4
    return problem.siemens * slivers.parts * np.stack([between - 2 * through, in_cells])
