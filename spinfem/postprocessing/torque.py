"""Where a ferromagnet absorbs spin current: nodal loads, whose sum is the torque on it, and densities, a map of it.

A load L_k (A, a vector in spin space) is the spin current across m that the magnet takes up around node k; hbar/(2e) times it is a
torque. With r_k the reactions A x of the full operator at the magnet's nodes (docs/physics.md) and ( )_perp the part across m(k):

*Strong, m uniform.* L_k = -(r_k)_perp. The magnet's own cells let spins flow along m only, so r_perp vanishes inside and on insulated
faces: what is left stands on the contacts, and comes from the neighbours' cells and from interfaces. All of it is surface torque. A spin Hall
effect of the magnet itself sends spins of all directions; those across m end at its faces, insulated ones too.

*Strong, m a texture.* Spins also turn inside. The form leaves out the drift that turns with m (`turned` in model/bulk.py), and it is added:
L_k = -(r_k)_perp + int P sigma (grad phi . grad) m N_k, so that the loads still sum up to the spin current that enters and does not
leave. With r_own, the reactions of the magnet's own cells alone, and the flux across m that
those cells see at their faces, J_perp = -sigma (grad v)_perp = -sigma s grad m and what spin Hall effect there is, and n pointing outwards:

    in the volume     L_k = -(r_own,k + int J_perp.n N_k)_perp + the turned drift     the torque density is -(div J)_perp
    on the surface    L_k = the rest                               the torque density is the step of J_perp.n at the face

The two densities depend on the fields and not on the mesh; the flux cancels in the sum. Insulated faces take part too: where m
turns towards a face (dm/dn is not zero), what flows there ends. In the volume the density is linear in each cell: the balance
across m is not solved for, so its loads at neighbouring corners and middles of edges scatter, and only together are they accurate.

*Strong magnets that share a node* share what arrives there, -r_k. Each keeps what is lost in its volume (nothing where m is uniform); the rest
is split as `spinfem.postprocessing.sharing` says, so that each takes spins across its own m and all loads together are -r_k and the turned drifts.
Where m goes on through the border of two materials, J_perp passes from one to the other, and only its step is shared.

*Weak.* Dephasing and precession in the volume: L_k = int [sigma/lambda_phi^2 v_perp + sigma/lambda_J^2 m x v] N_k. What relaxes,
sigma (1-P^2)/lambda^2 v in every direction, goes to the lattice.

Densities are the L2 projection of the loads, so the integral of the densities is the sum of the loads, which is `Solution.absorbed`. Two
exceptions: at a terminal that takes spins the load is the terminal's, so the density falls to zero within a cell of it; and what
a magnet absorbs where it touches a neighbour in a line or a point only has no face to be shown on.
"""

from dataclasses import dataclass

import basix.ufl
import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.broken_space import same_nodes
from spinfem.algebra.nodes import faces_of, nodes_in_cells, nodes_on_facets, nodes_on_sides, one_sided
from spinfem.algebra.projection import corner_shapes, project
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.model.bulk import given_to_magnets, turned
from spinfem.model.linear_form import assembled
from spinfem.model.terms.transport import Transport
from spinfem.postprocessing.functional import Dual, Functional, nodal_function
from spinfem.postprocessing.sharing import first_share, first_shares

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


@dataclass(frozen=True)
class Absorbed(Functional):
    """Spin current across m that a ferromagnet absorbs, A, shape (3,): the sum of its loads."""

    linear = True
    region: str

    def value(self, solution):
        total = _loads(solution, self.region).sum(axis=0)
        return solution.comm.allreduce(total, op=MPI.SUM) @ solution.problem.basis

    def noise(self, solution):
        return solution.noise * solution.largest_current

    def dual(self, solution, weights):
        """The steps of `_loads` transposed, one after the other."""
        problem, region = solution.problem, self.region
        along = np.broadcast_to(problem.basis @ np.asarray(weights), (len(solution.reactions), solution.layout.n_spin))
        if problem.regions[region].weak:
            return Dual(forms=(_summed(solution, _lost_inside(solution, region), along),))
        sharing = _sharing(solution, region)
        arriving = _share(solution, region, sharing, along, transposed=True)
        found = Dual(reactions=-solution.layout.of_spins(arriving))
        for name in _sharing_textures(solution, sharing):
            own = -_across(solution, name, along - arriving if name == region else -arriving)
            flux = tuple(_summed(solution, _flux(solution, name, outer), own) for outer in (False, True))
            found += Dual(regional={name: solution.layout.of_spins(own)}, forms=flux)
        if not problem.regions[region].magnetization.uniform:
            found += Dual(forms=(_summed(solution, _drift_turned(solution, region), along),))
        return found


def is_notable(solution, region):
    """Is the torque on a ferromagnet, anywhere, more than rounding next to the drive? Collective."""
    readings = solution.readings.values()
    drive = max(max(abs(r.current), float(np.abs(r.spin_current).max())) for r in readings)
    return _size(solution, _loads(solution, region)) > _ROUNDING * drive


def _size(solution, loads):
    """The sum of the magnitudes of all ranks' loads, A."""
    return solution.comm.allreduce(float(np.abs(loads).sum()), op=MPI.SUM)


def nodal_torques(solution, region):
    """Places (n, 3), m, and torques (n, 3), N m, of this rank's nodes: together the torque on a ferromagnet. Collective."""
    problem = solution.problem
    loads = _loads(solution, region) @ problem.basis
    taken = np.flatnonzero(loads.any(axis=1))
    places = problem.space.tabulate_dof_coordinates()[taken] * solution.device.length_unit
    return places, loads[taken] * ANGULAR_MOMENTUM


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
    cells, local_facets = faces
    return SurfaceTorque(cells, local_facets, density * (ANGULAR_MOMENTUM / device.area_unit))


def _volume(solution, space, region, loads):
    device, basis, textured = solution.device, solution.problem.basis, solution.problem.regions[region].strong
    nodes = nodes_in_cells(space, device.cells_of(region))
    corners = corner_shapes(space) if textured else None
    density = project(space, _inside(solution, region), nodes, loads, corners) @ basis
    return density * (ANGULAR_MOMENTUM / (device.area_unit * device.length_unit))


def _loads(solution, region):
    """(owned nodes, n) in A."""
    if solution.problem.regions[region].weak:
        return _nodal(solution, _lost_inside(solution, region))
    sharing = _sharing(solution, region)
    own = {name: _lost_by(solution, name) for name in _sharing_textures(solution, sharing)}
    arriving = -solution.layout.spin(solution.reactions) - sum(own.values())
    loads = _share(solution, region, sharing, arriving) + own.get(region, 0.0)
    if not solution.problem.regions[region].magnetization.uniform:
        loads += _nodal(solution, _drift_turned(solution, region))
    return loads


def _sharing(solution, region):
    """Strong magnet -> mask of the owned nodes where it takes up spins: `region` first, and those that have such nodes in common with it."""
    mine, found = _uptake(solution, region), {}
    for name, other in solution.problem.regions.items():
        if other.strong and name != region:
            mask = _uptake(solution, name)
            if solution.comm.allreduce(bool(np.any(mine & mask)), op=MPI.LOR):
                found[name] = mask
    return {region: mine} | found


def _sharing_textures(solution, sharing):
    """Those magnets, of several that share nodes, that lose spins in their volume."""
    regions = solution.problem.regions
    return [name for name in sharing if len(sharing) > 1 and not regions[name].magnetization.uniform]


def _lost_by(solution, region):
    """What a texture's own cells lose across m in their volume, but for the turned drift, (owned nodes, n) in A."""
    flux = sum(_nodal(solution, _flux(solution, region, outer)) for outer in (False, True))
    return -_across(solution, region, solution.layout.spin(solution.regional_reactions(region)) + flux)


def _share(solution, region, sharing, loads, transposed=False):
    """The share of `region` in nodal loads (owned nodes, n) that arrive at it and the magnets `sharing` its nodes; or the transposed map."""
    share = np.zeros_like(loads)
    mine = np.flatnonzero(sharing[region])
    groups, which = np.unique(np.stack([mask[mine] for mask in sharing.values()], axis=1), axis=0, return_inverse=True)
    for k, present in enumerate(groups):
        nodes = mine[which.ravel() == k]
        magnets = [solution.problem.axes_at(name, nodes) for name, here in zip(sharing, present, strict=True) if here]
        shares = first_shares(magnets)
        share[nodes] = np.einsum("kij,kj->ki", shares.transpose(0, 2, 1) if transposed else shares, loads[nodes])
    return share


def _by_place(solution, region, loads):
    """([(faces, loads)], loads in the volume or None)."""
    device, chosen = solution.device, solution.problem.regions[region]
    if chosen.weak:
        return [], loads
    contacts = faces_of(device.mesh, device.cells_of(region))
    uniform = chosen.magnetization.uniform
    if uniform and not chosen.material.spin_hall_angle:
        return [(contacts, loads)], None
    outside = faces_of(device.mesh, device.cells_of(region), outer=True)
    returned = _across(solution, region, _nodal(solution, _flux(solution, region, outer=True)))
    if uniform:
        return [(contacts, loads - returned), (outside, returned)], None
    volume = _lost_by(solution, region) + _nodal(solution, _drift_turned(solution, region))
    return [(contacts, loads - volume - returned), (outside, returned)], volume


def _uptake(solution, region):
    """Mask of the owned nodes where a strong magnet takes up spins: not at terminals that take them."""
    problem, owned = solution.problem, len(solution.reactions)
    inside = nodes_in_cells(problem.space, solution.device.cells_of(region))[:owned]
    for name, terminal in problem.terminals.items():
        if terminal.spin.holds:
            inside &= ~nodes_on_facets(problem.space, solution.device.facets_of(name))[:owned]
    return inside


def _across(solution, region, spins):
    """Nodal `spins` (owned nodes, n) across m, at the nodes where the magnet takes up spins; zero elsewhere."""
    nodes = np.flatnonzero(_uptake(solution, region))
    across = np.zeros_like(spins)
    across[nodes] = first_share([solution.problem.axes_at(region, nodes)], spins[nodes])
    return across


def _drift_turned(solution, region):
    """(What of the current along m turns, for each volume; the measure over the magnet)."""
    return turned(solution.split, solution.problem.coefficients), _inside(solution, region)


def _lost_inside(solution, region):
    """(What a weak ferromagnet takes up for each volume, the measure over it)."""
    return given_to_magnets(solution.split, solution.problem.coefficients), _inside(solution, region)


def _flux(solution, region, outer):
    """(J_perp.n as the own cells of a magnet see it, the measure over its faces); which faces: see `faces_of`."""
    c, u, mesh = solution.problem.coefficients, solution.split, solution.device.mesh
    m, faces = _fine_texture(solution, region), faces_of(mesh, solution.device.cells_of(region), outer)
    flux = -c.conductivity * ufl.dot(m, u.v) * ufl.grad(m)
    others = (term.spin_current(u, c) for term in c.terms if term is not Transport)
    through = ufl.dot(sum((part for part in others if part is not None), flux), ufl.FacetNormal(mesh))
    return through - ufl.dot(m, through) * m, one_sided(mesh, faces)


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


def _nodal(solution, integral):
    """Integrals of a spin vector (integral: what, and the measure) times each shape function, (owned nodes, n) in A."""
    spins, measure = integral
    test = solution.layout.split(ufl.TestFunction(solution.problem.space)).v
    return solution.layout.spin(assembled(solution.problem, ufl.dot(spins, test) * measure)) * solution.problem.siemens


def _summed(solution, integral, weights):
    """(Factor, form) of the sum of `_nodal` with weights, (owned nodes, n)."""
    spins, measure = integral
    weighted = solution.layout.split(nodal_function(solution.problem.space, solution.layout.of_spins(weights))).v
    return solution.problem.siemens, ufl.dot(spins, weighted) * measure


def _inside(solution, region):
    device = solution.device
    return ufl.Measure("dx", domain=device.mesh, subdomain_data=device.cell_tags)(device.regions[region])
