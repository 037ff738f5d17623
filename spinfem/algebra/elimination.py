"""The first field (phi) eliminated from each other one (v), for preconditioners.

    [a b] = [1     0] [a 0] [1  a⁻¹b]
    [c d]   [c a⁻¹ 1] [0 S] [0     1],   S = d - c a⁻¹ b

Inside a magnet b = c = P a, so a⁻¹b is P at each node and S has the conductivity (1 - P²) sigma. Where the magnet ends S has more than that, at most P² times what metals
outside conduct: both are equivalent however fine the mesh is. What stands for S is therefore made of coefficients, and not of the D that stands for a⁻¹b node by node: this jumps
where the magnet ends, and a jump within one cell costs the more, the smaller cells are. D is there for errors of what is used for a⁻¹, which c and b
carry to v: they are small beside d, and not beside S where P is near 1.
"""

import numpy as np
from mpi4py import MPI
from scipy import sparse


def eliminated(tensors, fields):
    """Coefficients, as of a FullOperator: those of the gradients within each further field are of S, for cells of one class without any others."""
    stiffness, left = tensors[0], tensors.copy()
    first, *others = fields.values()
    own = stiffness[:, first, first]
    ratio = np.divide(stiffness[:, first], own, out=np.zeros_like(stiffness[:, first]), where=own > 0)
    through = stiffness[:, :, first] @ ratio
    for place in others:
        left[0][:, place, place] -= through[:, place, place]
    return left


def by_nodes(diagonals, fields, constraints):
    """Field -> (D, E) for each that the first one is coupled to: what stands for a⁻¹b and for (c a⁻¹)ᵀ, scipy matrices, free unknowns of this rank in the first field x in that
    one. diagonals: (owned nodes, block, block), of the matrix between each two components the entries on the diagonal. Collective.

    Unknowns that many nodes share have no part in it.
    """
    (first, place), *others = fields.items()
    agreed, rows = constraints.free.comm.tompi4py().allreduce, constraints.of_one_node
    of_first = rows[place.start :: diagonals.shape[-1]][:, constraints.places[first]]
    own, found = diagonals[:, place, place], {}
    for name, components in others:
        couplings = diagonals[:, place, components], diagonals[:, components, place].swapaxes(1, 2)
        if agreed(any(coupling.any() for coupling in couplings), op=MPI.LOR):
            ratios = (np.divide(c, own, out=np.zeros_like(c), where=own > 0)[:, 0] for c in couplings)
            of_other = rows[:, constraints.places[name]]
            found[name] = tuple(of_first.T @ _at_nodes(ratio, components, diagonals.shape[-1]) @ of_other for ratio in ratios)
    return found


def _at_nodes(ratios, components, block):
    """The matrix that takes from blocks at nodes the sum of some components, with factors `ratios`, (nodes, components)."""
    nodes, width = ratios.shape
    columns = block * np.arange(nodes)[:, None] + np.arange(components.start, components.stop)
    return sparse.csr_matrix((ratios.ravel(), columns.ravel(), width * np.arange(nodes + 1)), (nodes, nodes * block))
