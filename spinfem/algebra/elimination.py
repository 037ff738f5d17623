"""The first field (phi) eliminated from each other one (v), for preconditioners.

    [a b] = [1     0] [a 0] [1  a⁻¹b]
    [c d]   [c a⁻¹ 1] [0 S] [0     1],   S = d - c a⁻¹ b

Inside a magnet b = c = P a, so a⁻¹b is P at each node and S has the conductivity (1 - P²) sigma. Where the magnet ends S has more than that, at most P² times what metals outside
conduct: both are equivalent, however fine the mesh is. What stands for S (`eliminated`) is therefore made of coefficients. What stands for a⁻¹b node by node (D, `by_nodes`) is there for the errors of
what is used for a⁻¹, which c and b carry to v: they are small beside d, and not beside S where P is near 1. D must not jump at the end of the magnet,
since c - D a there grows as cells shrink; outside it may be anything that has little energy.
"""

import numpy as np
from scipy import sparse

from spinfem.algebra.together import conjugate_gradients

_STEPS = 10  # layers of nodes around magnets in which D fades
_ALIKE = 1e-8  # of the diagonal


def coupling(tensors, fields) -> float:
    """The largest part of a conductivity of a further field that goes with the elimination: P² in metals."""
    own, left = tensors[0], eliminated(tensors, fields)[0]
    conductivities, less = (np.einsum("cii->ci", part) for part in (own, left))
    return float(
        np.max(1 - np.divide(less, conductivities, out=np.ones_like(less), where=conductivities > 0), initial=0.0)
    )


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


def by_nodes(a, couplings, diagonal, comm):
    """What stands for a⁻¹b at the owned nodes, (nodes, number of couplings). a, couplings (each a b): functions that multiply arrays (owned nodes, k). diagonal: of a. Collective.

    Where b is a multiple of a at a node and all around it, that; else what has the least energy after a few steps away from there.
    """
    some = np.random.default_rng(comm.rank).random((len(diagonal), 2))  # one tells the multiple, one whether it is one
    of_a, found = a(some), np.zeros((len(diagonal), len(couplings)))
    alike = diagonal > 0
    for k, b in enumerate(couplings):
        of_b = b(some)
        found[:, k] = np.divide(of_b[:, 0], of_a[:, 0], out=np.zeros_like(diagonal), where=diagonal > 0)
        alike &= np.abs(of_b[:, 1] - found[:, k] * of_a[:, 1]) <= _ALIKE * diagonal
    known = (alike & (np.abs(found) > _ALIKE).any(axis=1))[:, None]
    found *= known
    inverse = np.divide(1.0, diagonal, out=np.zeros_like(diagonal), where=diagonal > 0)[:, None]

    def multiply(values):
        return ~known * a(values)

    return found + conjugate_gradients(multiply, inverse.__mul__, -multiply(found), comm, _ALIKE, _STEPS)[0]


def of_unknowns(ratios, first, other):
    """D of numbers at nodes, (nodes, components), as a scipy matrix between free unknowns of two fields. first, other: rows of T of their components at these nodes."""
    nodes, width = ratios.shape
    at_nodes = sparse.csr_matrix(
        (ratios.ravel(), np.arange(ratios.size), width * np.arange(nodes + 1)), (nodes, ratios.size)
    )
    return (first.T @ at_nodes @ other).tocsr()
