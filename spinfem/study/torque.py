"""Where a ferromagnet absorbs spin current: nodal loads, whose sum is the torque on it, and densities, a map of it.

A load L_k (A, a vector in spin space) is the spin current across m that the magnet takes up around node k; hbar/(2e) times it is a
torque. With r_k the reactions A x of the full operator at the magnet's nodes (docs/physics.md) and ( )_perp the part across m(k):

*Strong, m uniform.* L_k = -(r_k)_perp. The magnet's own cells let spins flow along m only, so r_perp vanishes inside and on insulated
faces: what is left stands on the contacts, and comes from the neighbours' cells and from interfaces. All of it is surface torque.

*Strong, m a texture.* Spins also turn inside. The form leaves out the drift that turns with m (`slope_along` in model/bulk.py), and it is added:
L_k = -(r_k)_perp + int P sigma (grad phi . grad) m N_k, so that the loads still sum up to the spin current that enters and does not
leave. With r_own, the reactions of the magnet's own cells alone, and the flux across m that
those cells see at their faces, J_perp = -sigma (grad v)_perp = -sigma s grad m, and n pointing outwards:

    in the volume     L_k = -(r_own,k + int J_perp.n N_k)_perp + the turned drift     the torque density is -(div J)_perp
    on the surface    L_k = the rest                               the torque density is the step of J_perp.n at the face

The two densities depend on the fields and not on the mesh; the flux cancels in the sum. Insulated faces take part too: where m
turns towards a face (dm/dn is not zero), what flows there ends. In the volume the density is linear in each cell: the balance
across m is not solved for, so its loads at neighbouring corners and middles of edges scatter, and only together are they accurate.

*Weak.* Dephasing and precession in the volume: L_k = int [sigma/lambda_T^2 v_perp + sigma/lambda_J^2 m x v] N_k.

Densities are the L2 projection of the loads, so the integral of the densities is the sum of the loads, which is `Solution.absorbed`. Two
exceptions: at a terminal that takes spins the load is the terminal's, so the density falls to zero within a cell of it; and what
a magnet absorbs where it touches a neighbour in a line or a point only has no face to be shown on.
"""

from dataclasses import dataclass

import basix.ufl
import numpy as np
import ufl
from dolfinx import fem, la
from mpi4py import MPI

from spinfem.algebra.broken_space import same_nodes
from spinfem.algebra.compiling import compiling
from spinfem.algebra.nodes import faces_of, nodes_in_cells, nodes_on_facets, nodes_on_sides, one_sided
from spinfem.algebra.projection import project
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.model.bulk import given_to_magnets
from spinfem.model.terms.transport import drift_turned

_ROUNDING = 1e-9


@dataclass(frozen=True)
class SurfaceTorque:
    """Torque density on some faces of a ferromagnet."""

    cells: np.ndarray  # of this rank
    local_facets: np.ndarray  # the number of the face within each cell
    density: np.ndarray  # (owned + ghost nodes of the potentials, 3), N/m, zero elsewhere


@dataclass(frozen=True)
class TorqueMap:
    """Torque densities of one ferromagnet. Its faces are in groups; across the edge between two groups the density may jump."""

    magnet: str
    surfaces: tuple[SurfaceTorque, ...]  # none for weak ferromagnets
    volume: np.ndarray | None  # (owned + ghost nodes, 3), N/m^2; None where all torque is on the surface


def absorbed(solution, region):
    """Spin current across m that a ferromagnet absorbs, A, shape (3,). Collective."""
    total = _loads(solution, region).sum(axis=0)
    return solution.comm.allreduce(total, op=MPI.SUM) @ solution.problem.basis


def is_notable(solution, region):
    """Is the torque on a ferromagnet, anywhere, more than rounding next to the drive? Collective."""
    readings = solution.readings.values()
    drive = max(max(abs(r.current), float(np.abs(r.spin_current).max())) for r in readings)
    return _size(solution, _loads(solution, region)) > _ROUNDING * drive


def _size(solution, loads):
    """The sum of the magnitudes of all ranks' loads, A."""
    return solution.comm.allreduce(float(np.abs(loads).sum()), op=MPI.SUM)


def torque_map(solution, region):
    """The TorqueMap of a ferromagnet. Collective."""
    problem, device = solution.problem, solution.device
    space = same_nodes(problem.space, basix.ufl.element("Lagrange", device.mesh.basix_cell(), problem.degree))
    loads = _loads(solution, region)
    surfaces, volume = _by_place(solution, region, loads)
    least = _ROUNDING * _size(solution, loads)
    surfaces = [(faces, loads) for faces, loads in surfaces if _size(solution, loads) > least]
    return TorqueMap(
        region,
        tuple(_surface(solution, space, faces, loads) for faces, loads in surfaces),
        None if volume is None else _volume(solution, space, region, volume),
    )


def _surface(solution, space, faces, loads):
    device, basis = solution.device, solution.problem.basis
    density = project(space, one_sided(device.mesh, faces), nodes_on_sides(space, *faces), loads) @ basis
    unit = device.length_unit ** (device.mesh.topology.dim - 1) * device.depth
    return SurfaceTorque(*faces, density * (ANGULAR_MOMENTUM / unit))


def _volume(solution, space, region, loads):
    device, basis, textured = solution.device, solution.problem.basis, solution.problem.regions[region].strong
    nodes = nodes_in_cells(space, device.cells_of(region))
    density = project(space, _inside(solution, region), nodes, loads, linear=textured) @ basis
    return density * (ANGULAR_MOMENTUM / (device.length_unit**device.mesh.topology.dim * device.depth))


def _loads(solution, region):
    """(owned nodes, n) in A."""
    if solution.problem.regions[region].weak:
        return _lost_inside(solution, region)
    loads = -_across(solution, region, solution.reactions)
    if not solution.problem.regions[region].magnetization.uniform:
        loads += _drift_turned(solution, region)
    return loads


def _by_place(solution, region, loads):
    """([(faces, loads)], loads in the volume or None)."""
    device, chosen = solution.device, solution.problem.regions[region]
    if chosen.weak:
        return [], loads
    contacts = faces_of(device.mesh, device.cells_of(region))
    if chosen.magnetization.uniform:
        return [(contacts, loads)], None
    outside = faces_of(device.mesh, device.cells_of(region), outer=True)
    m = _fine_texture(solution, region)
    through = {"contacts": _flux(solution, m, contacts), "outside": _flux(solution, m, outside)}
    volume = -_across(solution, region, solution.regional_reactions(region) + sum(through.values()))
    volume += _drift_turned(solution, region)
    returned = _across(solution, region, through["outside"])
    return [(contacts, loads - volume - returned), (outside, returned)], volume


def _across(solution, region, vectors):
    """The spin part of nodal `vectors` (owned nodes, size of a block) across m, at the nodes where the magnet takes up spins; zero elsewhere."""
    problem, owned = solution.problem, len(vectors)
    inside = nodes_in_cells(problem.space, solution.device.cells_of(region))[:owned]
    for name, terminal in problem.terminals.items():  # there the terminal takes the spins, not the magnet
        if terminal.spin != "reflecting":
            inside &= ~nodes_on_facets(problem.space, solution.device.facets_of(name))[:owned]
    points = problem.space.tabulate_dof_coordinates()[:owned][inside].T * solution.device.length_unit
    m = (problem.basis @ problem.regions[region].magnetization.at(points)).T
    given, across = problem.layout.spin(vectors)[inside], np.zeros((owned, problem.layout.n_spin))
    across[inside] = given - np.sum(given * m, axis=1)[:, None] * m
    return across


def _drift_turned(solution, region):
    """int P sigma (grad phi . grad) m N_k, (owned nodes, n) in A."""
    turned = drift_turned(solution.state, solution.problem.coefficients)
    return solution.layout.spin(_nodal(solution, turned, _inside(solution, region)))


def _lost_inside(solution, region):
    """What a weak ferromagnet takes up in its volume, (owned nodes, n) in A."""
    lost = given_to_magnets(solution.state, solution.problem.coefficients)
    return solution.layout.spin(_nodal(solution, lost, _inside(solution, region)))


def _flux(solution, m, faces):
    """int J_perp.n N_k over faces of a texture, as its own cells see it, (owned nodes, size of a block) in A."""
    c, v, mesh = solution.problem.coefficients, solution.state.v, solution.device.mesh
    turn = ufl.dot(ufl.grad(m), ufl.FacetNormal(mesh))
    flux = -c.conductivity * ufl.dot(m, v) * (turn - ufl.dot(m, turn) * m)
    return _nodal(solution, flux, one_sided(mesh, faces))


def _fine_texture(solution, region):
    """m of a region by polynomials so high that its gradient is better known than that of the potentials."""
    device, basis = solution.device, solution.problem.basis
    degree = solution.problem.degree + 1
    element = basix.ufl.element("Lagrange", device.mesh.basix_cell(), degree, shape=(len(basis),), discontinuous=True)
    m, magnetization = (
        fem.Function(fem.functionspace(device.mesh, element)),
        solution.problem.regions[region].magnetization,
    )
    m.interpolate(lambda x: basis @ magnetization.at(x * device.length_unit), cells0=device.cells_of(region))
    return m


def _nodal(solution, spins, measure):
    """Integrals of a spin vector times each shape function, (owned nodes, size of a block) in A."""
    test = solution.layout.state(ufl.TestFunction(solution.problem.space)).v
    with compiling(solution.comm):
        form = fem.form(ufl.dot(spins, test) * measure)
    vector = fem.assemble_vector(form)
    vector.scatter_reverse(la.InsertMode.add)
    return solution.layout.blocks(vector.array)[: len(solution.reactions)] * solution.problem.siemens


def _inside(solution, region):
    device = solution.device
    return ufl.Measure("dx", domain=device.mesh, subdomain_data=device.cell_tags)(device.regions[region])
