"""One solved state: potentials at every node, and the reactions that give every current.

Currents are reactions of the full operator, summed over nodes: they are conservative to solver tolerance on any mesh
(consistent fluxes; Gresho et al., Int. J. Numer. Methods Fluids 7, 1111 (1987)).
"""

from dataclasses import dataclass
from functools import cached_property

import basix.ufl
import numpy as np
import ufl
from dolfinx import fem, la
from mpi4py import MPI

from spinfem.algebra.compiling import compiling
from spinfem.algebra.nodes import nodes_in_cells, nodes_on_facets, number_of_nodes
from spinfem.algebra.solver import SolveReport
from spinfem.compat import interpolation_points
from spinfem.model.bulk import given_to_lattice, powers, spin_current_density
from spinfem.model.coefficients import by_region
from spinfem.model.constraints import charge_column, spin_column
from spinfem.model.problem import Drive, Problem
from spinfem.postprocessing import cut, stream, torque
from spinfem.postprocessing.point_evaluation import sample
from spinfem.study.ratio import resistance

_ROUNDING, _SEVERAL = 1e-14, 100.0  # sums over many nodes; how far what is left may be from the norms that are known


@dataclass(frozen=True)
class TerminalReading:
    """What the instruments at a terminal show. Currents count positive into the device."""

    potential: float  # V
    spin_potential: np.ndarray  # V, shape (3,), averaged over the terminal's nodes
    current: float  # A
    spin_current: np.ndarray  # A, shape (3,); zero where spins are reflected
    power: float  # W: V I + v.I_s, node by node


@dataclass(frozen=True)
class Solution:
    """phi (V) and v (V) of a Problem under a Drive. Spin vectors are reported with three components.

    `readings` can be looked at by any rank alone; every method is collective.
    """

    problem: Problem
    drive: Drive
    potentials: fem.Function  # in blocks as the problem's Layout says
    reactions: np.ndarray  # (owned nodes, size of a block), in A
    readings: dict[str, TerminalReading]
    report: SolveReport

    @property
    def comm(self):
        return self.problem.device.mesh.comm

    @property
    def device(self):
        return self.problem.device

    @property
    def layout(self):
        return self.problem.layout

    @cached_property
    def split(self):
        """The Potentials, for forms."""
        return self.layout.split(self.potentials)

    @property
    def nodal_values(self):
        """The potentials at this rank's nodes, ghosts last, in blocks: (nodes, size of a block), V."""
        return self.layout.blocks(self.potentials.x.array)

    @cached_property
    def entering(self):
        """What enters at each node, (owned nodes, size of a block), A: the reactions less what leads take. Collective."""
        return self.reactions - sum(taken_by_leads(self.problem, self.potentials).values())

    @property
    def density_unit(self):
        """A/m^2 for each unit of the model's current densities."""
        return self.problem.siemens / self.device.area_unit

    @property
    def largest_current(self):
        """The largest current at a terminal, of charge or of spin, A."""
        return max(max(abs(r.current), float(np.abs(r.spin_current).max())) for r in self.readings.values())

    @property
    def conservation_defect(self):
        """|sum of all terminal currents| / largest terminal current, of charge or of spin."""
        total = sum(reading.current for reading in self.readings.values())
        return abs(total) / self.largest_current if self.largest_current else 0.0

    @property
    def noise(self):
        """What the solver leaves of a number that is zero, relative to the largest one of its kind."""
        return _SEVERAL * max(_ROUNDING, self.report.residual, self.conservation_defect)

    def largest_potential(self):
        """The largest |phi| or |v_a| anywhere, V. Collective."""
        return self.comm.allreduce(float(np.abs(self.potentials.x.array).max(initial=0.0)), op=MPI.MAX)

    def currents_at_held(self, terminal):
        """(I, Is) that do work on the given potentials of a terminal: A, and A, shape (3,), positive into the device. Collective.

        They are the reactions through the same map that the potentials were given by. At nodes of a strong ferromagnet only spins along m
        count, what crosses m is torque on the magnet; so the power is V I + v.Is, and the matrix of a symmetric operator is symmetric.
        """
        given = self.problem.constraints
        names = [charge_column(terminal), *(spin_column(terminal, k) for k in range(self.layout.n_spin))]
        columns = given.prescribed[:, [given.prescribed_columns[name] for name in names]]
        currents = self.comm.allreduce(columns.T @ self.reactions.ravel(), op=MPI.SUM)
        return float(self.layout.charge(currents)), self.layout.spin_vectors(currents)

    def resistance(self, plus, minus):
        """(phi_plus - phi_minus) / I_plus, ohm. Raises Undefined where there is no current."""
        return resistance(self, plus, minus)

    def flux(self, contact, into):
        """Charge (A) and spin current (A, shape (3,)) through a contact, counted positive into region `into`.

        contact: the names of two regions that touch. The flux leaves the other one: the reaction of its cells alone.
        """
        (source,) = set(contact) - {into}
        nodes = self._contact_nodes(contact, source)
        flux_density = -self.regional_reactions(source)[nodes].sum(axis=0)
        total = self.comm.allreduce(flux_density, op=MPI.SUM)
        return float(self.layout.charge(total)), self.layout.spin_vectors(total)

    def contact_average(self, contact, side):
        """phi (V) and v (V, shape (3,)) on one side of a contact, averaged over its area."""
        names = sorted(contact)
        chi = by_region(self.device, {side: 1.0})  # the contact is seen from the side whose cells carry it
        dS = ufl.Measure("dS", domain=self.device.mesh, subdomain_data=self.device.facet_tags)(
            self.device.contacts[frozenset(names)]
        )
        u = self.potentials
        area = self._integral(chi("+") * dS + chi("-") * dS)
        sums = [self._integral((chi("+") * u[i]("+") + chi("-") * u[i]("-")) * dS) for i in range(self.layout.size)]
        means = np.array(sums) / area
        return float(self.layout.charge(means)), self.layout.spin_vectors(means)

    def relaxed(self):
        """Spin current that relaxes in the bulk and goes to the lattice, A, shape (3,): injected minus extracted, without torque."""
        lost = given_to_lattice(self.split, self.problem.coefficients)
        total = [self._integral(lost[k] * ufl.dx) * self.problem.siemens for k in range(self.layout.n_spin)]
        return np.array(total) @ self.problem.basis

    def absorbed(self, region):
        """Spin current across m that a ferromagnet absorbs, A, shape (3,): what enters it minus what leaves it.

        Strong: the reactions across m at its nodes, its boundary included. Weak: dephasing and precession in its volume.
        """
        return torque.absorbed(self, region)

    def current_through(self, axis, position, regions=()):
        """The CutCurrent of charge through the plane x[axis] = position (m), in some regions (names; default: all). 2D or 3D."""
        return cut.current_through(self, axis, position, regions)

    @cached_property
    def stream(self):
        """The stream function of the charge current, A/m, in 2D; see `spinfem.postprocessing.stream`."""
        return stream.stream_function(self)

    def powers(self):
        """Where the power goes, W: transport (Joule heat of charge and spin currents), spin relaxation, each interface, each lead."""
        problem = self.problem
        dx = ufl.Measure("dx", domain=self.device.mesh, metadata={"quadrature_degree": 2 * problem.degree})
        parts = {
            **{name: power * dx for name, power in powers(self.split, problem.coefficients).items()},
            **{
                f"interface {name}": ufl.action(ufl.action(coupling.form, self.potentials), self.potentials)
                for name, coupling in problem.interfaces.items()
            },
        }
        device = {name: self._integral(part) * problem.siemens for name, part in parts.items()}
        return device | {" ".join(("lead", *key)): heat for key, heat in self._heat_of_leads.items()}

    def power_in(self):
        """The power that enters through the terminals and their leads, W: the sum of V I and v.I_s at the far ends of the leads."""
        return sum(reading.power for reading in self.readings.values()) + sum(self._heat_of_leads.values())

    @cached_property
    def _heat_of_leads(self):
        """(terminal, "spin" if it is one for spins) -> W. Collective."""
        heat = {}
        for key, lead in self.problem.leads.items():
            across = self.potentials - self.problem.far_end(key[0], self.drive.voltages)
            heat[key] = self._integral(lead.between(across, across)) * self.problem.siemens
        return heat

    def at(self, points, region=None):
        """phi (k,) and v (k, 3), V, at points of shape (k, 3) in metres, inside `region` if it is named."""
        values = sample(self.device, self.potentials, points, region)
        return self.layout.charge(values), self.layout.spin_vectors(values)

    def spin_currents_at(self, points, direction, region=None):
        """Spin current density along `direction` (a unit vector of space), A/m^2, shape (k, 3), at points as in `at`."""
        problem, mesh = self.problem, self.device.mesh
        tdim = mesh.topology.dim
        along = ufl.as_vector([float(component) for component in direction[:tdim]])
        flux = ufl.dot(spin_current_density(self.split, problem.coefficients), along)
        element = basix.ufl.element("DG", mesh.basix_cell(), problem.degree, shape=(self.layout.n_spin,))
        function = fem.Function(fem.functionspace(mesh, element))
        with compiling(self.comm):
            function.interpolate(fem.Expression(flux, interpolation_points(function.function_space)))
        return sample(self.device, function, points, region) * self.density_unit @ problem.basis

    def regional_reactions(self, region):
        """Reactions of the cells of one region alone, (owned nodes, size of a block), in A."""
        weight = self.problem.coefficients.region_weight
        everywhere = weight.x.array.copy()
        weight.x.array[:] = 0.0
        weight.x.array[self.device.cells_of(region)] = 1.0
        try:
            vector = fem.assemble_vector(self._flux_form)
        finally:
            weight.x.array[:] = everywhere
        vector.scatter_reverse(la.InsertMode.add)
        return self.layout.blocks(vector.array)[: len(self.reactions)] * self.problem.siemens

    def _contact_nodes(self, contact, side):
        space, owned = self.problem.space, len(self.reactions)
        cells = self.device.cells_of(side)
        index_map = self.device.mesh.topology.index_map(self.device.mesh.topology.dim)
        in_cells = np.zeros(index_map.size_local + index_map.num_ghosts, dtype=bool)
        in_cells[cells] = True
        on_contact = nodes_on_facets(space, self.device.contact_facets(*sorted(contact)), in_cells)
        return np.flatnonzero((on_contact & nodes_in_cells(space, cells))[:owned])

    @cached_property
    def _flux_form(self):
        with compiling(self.comm):
            return fem.form(ufl.action(self.problem.bulk, self.potentials))

    def _integral(self, integrand):
        with compiling(self.comm):
            form = fem.form(integrand)
        return self.comm.allreduce(fem.assemble_scalar(form), op=MPI.SUM)


def read_terminals(problem, potentials, reactions):
    """name -> TerminalReading, the same on every rank. Collective."""
    comm, owned, layout = problem.device.mesh.comm, len(reactions), problem.layout
    values = layout.blocks(potentials.x.array)[:owned]
    readings, free = {}, np.ones(owned, dtype=bool)
    taken = taken_by_leads(problem, potentials)
    for name in problem.terminals:  # a node that two of them share counts for the first, as in the constraints
        nodes = np.flatnonzero(nodes_on_facets(problem.space, problem.device.facets_of(name))[:owned] & free)
        free[nodes] = False
        count = comm.allreduce(len(nodes))
        mean = comm.allreduce(values[nodes].sum(axis=0), op=MPI.SUM) / count
        through = comm.allreduce(reactions[nodes].sum(axis=0), op=MPI.SUM)
        if not problem.terminals[name].spin.holds:
            through[layout.fields[layout.SPIN]] = (
                0.0  # what is left at nodes of a magnet is its torque (`spinfem.postprocessing.torque`)
            )
        power = float(np.sum(values[nodes] * reactions[nodes]))
        if name in taken:
            through -= comm.allreduce(taken[name].sum(axis=0), op=MPI.SUM)
            power -= float(np.sum(values * taken[name]))
        power = comm.allreduce(power, op=MPI.SUM)
        readings[name] = TerminalReading(
            float(layout.charge(mean)),
            layout.spin_vectors(mean),
            float(layout.charge(through)),
            layout.spin_vectors(through),
            power,
        )
    return readings


def taken_by_leads(problem, potentials):
    """terminal -> what leads that begin at zero take at each node, (owned nodes, size of a block), in A. Collective."""
    taken, layout = {}, problem.layout
    owned = number_of_nodes(problem.space)[0]
    for (name, *_), lead in problem.leads.items():
        with compiling(problem.device.mesh.comm):
            form = fem.form(ufl.action(lead.form, potentials))
        vector = fem.assemble_vector(form)
        vector.scatter_reverse(la.InsertMode.add)
        taken[name] = taken.get(name, 0.0) + layout.blocks(vector.array)[:owned] * problem.siemens
    return taken
