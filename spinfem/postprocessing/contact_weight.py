"""What of a contact a voltmeter behind it reads, place by place.

The voltage V between `plus` behind a contact C and `minus` is known from the potentials and currents at C alone, and from those of the dual state, in which 1 A
goes in at `plus` and out at `minus` and nothing else drives the device. With the operator of what lies behind C, Green's identity is

    V = int_C [ (phi - phi_minus) j' - phi' j + v.J' - v'.J ].n dA,

n from the contact into the metal; primes: dual, for each ampere. The first weights, j'.n and J'.n, say how strongly a place of the metal is read; the
others, what the detector loses because current already flows through it there. With currents that are reactions the sum over nodes is V exactly, on any mesh.
Where the operator is not symmetric, the dual state is that of the reversed magnets and fields, with its spins reversed (Onsager).
"""

from dataclasses import dataclass

import basix.ufl
import numpy as np
import ufl
from mpi4py import MPI

from spinfem.algebra.broken_space import same_nodes
from spinfem.algebra.nodes import cells_beside, nodes_on_facets, nodes_on_sides, one_sided
from spinfem.algebra.projection import corner_shapes, project
from spinfem.model.linear_form import assembled


@dataclass(frozen=True)
class ContactWeight:
    """At the k nodes of a contact, on the side of the metal, the same on every rank."""

    points: np.ndarray  # m, (k, 3)
    spin_potential: np.ndarray  # along m, V, (k,)
    charge: np.ndarray  # j'.n, 1/m^2, (k,): its integral is 1
    spin: np.ndarray  # m.J'.n, 1/m^2, (k,): how strongly the spin potential is read
    density: np.ndarray  # V/m^2, (k,): its integral is the voltage
    voltage: float  # V, the sum over the nodes
    magnitude: float  # V, that of the magnitudes


def contact_weight(solution, dual, metal, beyond, minus, m, mirrored=False):
    """The ContactWeight of a Solution. Collective.

    dual: the Solution of 1 A, driven into the detector; mirrored: with magnets and fields reversed. metal: the region whose side of the contact is
    meant; beyond: the regions behind the contact, first the one that touches. minus: what potentials count from, V; m: the spin axis, (3,).
    """
    device, facets = solution.device, solution.device.contact_facets(metal, beyond[0])
    nodes = nodes_on_facets(solution.problem.space, facets, device.mask_of(metal))
    owned = np.flatnonzero(nodes[: len(solution.reactions)])
    (u, r), (z, t) = (_in_space(state, metal, beyond, owned) for state in (solution, dual))
    u[:, 0] -= minus
    if mirrored:
        z[:, 1:], t[:, 1:] = -z[:, 1:], -t[:, 1:]
    read = np.sum(u * t - z * r, axis=1)
    loads = np.zeros((len(solution.reactions), 3))
    loads[owned] = np.stack([t[:, 0], t[:, 1:] @ m, read], axis=1)
    charge, spin, density = _densities(solution, metal, facets, loads)[owned].T / device.area_unit
    points = solution.problem.space.tabulate_dof_coordinates()[owned] * device.length_unit
    found = np.column_stack([points, u[:, 1:] @ m, charge, spin, density])
    found = np.concatenate(solution.comm.allgather(found))
    totals = solution.comm.allreduce(np.array([read.sum(), np.abs(read).sum()]), op=MPI.SUM)
    return ContactWeight(found[:, :3], *found[:, 3:].T, *totals.tolist())


def _in_space(solution, metal, beyond, nodes):
    """Potentials, V, and what enters the metal through the contact, A, at nodes: charge and spins along x, y, z, (k, 4) each."""
    layout = solution.layout
    blocks = solution.nodal_values[nodes], _entering(solution, metal, beyond)[nodes]
    return tuple(np.column_stack([layout.charge(block), layout.spin_vectors(block)]) for block in blocks)


def _entering(solution, metal, beyond):
    """What enters a metal through the contact at each node, (owned nodes, size of a block), A: through the interface, or, where there is none, out of the cells
    and interfaces beyond."""
    problem = solution.problem
    pairs = {frozenset(name.split("/")): coupling for name, coupling in problem.interfaces.items()}
    own = pairs.get(frozenset((metal, beyond[0])))
    inner = [own] if own else [coupling for pair, coupling in pairs.items() if pair <= set(beyond)]
    taken = sum(assembled(problem, ufl.action(coupling.form, solution.potentials)) for coupling in inner)
    leaving = -problem.siemens * (taken + np.zeros(solution.reactions.shape))
    return leaving if own else leaving - sum(solution.regional_reactions(region) for region in beyond)


def _densities(solution, metal, facets, loads):
    """Nodal loads (owned nodes, n) as densities on the contact, linear in each face, in 1/area of the drawing; (owned + ghost nodes, n)."""
    device, problem = solution.device, solution.problem
    mesh, ours = device.mesh, device.mask_of(metal)
    ours[mesh.topology.index_map(mesh.topology.dim).size_local :] = False  # ghosts are another rank's
    faces = cells_beside(mesh, facets, ours)
    space = same_nodes(problem.space, basix.ufl.element("Lagrange", mesh.basix_cell(), problem.degree))
    return project(space, one_sided(mesh, faces), nodes_on_sides(space, *faces), loads, corner_shapes(space))
