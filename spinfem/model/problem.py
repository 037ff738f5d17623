"""A device with its materials, magnetisations, interfaces and terminals, as one variational problem.

`Problem` alone knows the factor between the scaled operator and amperes: in D dimensions a unit of the operator is a conductance of
sigma_max · length_unit^(D-2) · depth  (depth = 1 in three dimensions).
"""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import combinations

import basix.ufl
import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from mpi4py import MPI
from petsc4py import PETSc

from spinfem.algebra.broken_space import broken_space
from spinfem.algebra.compiling import compiling
from spinfem.algebra.constraint_map import ConstraintMap
from spinfem.case.parts import transparent_pairs
from spinfem.case.plugins import Interface, Term, spin_directions
from spinfem.case.terminal import Terminal
from spinfem.compat import nodes_of_cells
from spinfem.model.bulk import bulk_form
from spinfem.model.coefficients import Coefficients, by_region, coefficients, scale_of
from spinfem.model.constraints import charge_column, constrain, spin_column
from spinfem.model.facet import Facet
from spinfem.model.layout import Layout
from spinfem.model.spin_space import axes_of, spin_basis

_UNREACHED = 1e-10  # relative weight of a spin direction that only rounding brings in


@dataclass(frozen=True)
class Drive:
    """What is given at the terminals: name -> V, A, (3,) V, (3,) A. Terminals not named get zero of what their kind prescribes."""

    voltages: dict = field(default_factory=dict)
    currents: dict = field(default_factory=dict)
    spin_potentials: dict = field(default_factory=dict)
    spin_currents: dict = field(default_factory=dict)

    @classmethod
    def of(cls, terminals):
        """The drive that a case's terminals (name -> Terminal) describe."""

        def spin(kind):
            given = {name: getattr(t.spin, kind, None) for name, t in terminals.items()}
            return {name: np.asarray(value) for name, value in given.items() if value is not None}

        return cls(
            voltages={name: t.voltage for name, t in terminals.items() if t.voltage is not None},
            currents={name: t.current for name, t in terminals.items() if t.current is not None},
            spin_potentials=spin("potential"),
            spin_currents=spin("current"),
        )


@dataclass(frozen=True)
class Coupling:
    """An interface type at work between its two regions."""

    interface: Interface
    facet: Facet
    form: ufl.Form

    def numbers_for(self, interface):
        """The values that the constants of the form have for another interface of this type; None if its form is another one."""
        trial, test = reversed(self.form.arguments())
        facet = replace(self.facet, numbers=[])
        split = self.facet.layout.split
        interface.integrand(facet.sides(split(trial)), facet.sides(split(test)), facet)
        values = [constant.value for constant in facet.numbers]
        same = interface.turns_spins == self.interface.turns_spins
        return values if same and [v.shape for v in values] == [c.value.shape for c in self.facet.numbers] else None


@dataclass(frozen=True)
class Problem:
    """The function space, the forms and the constraint map of one magnetic state of a device."""

    device: object
    regions: dict
    terminals: dict
    layout: Layout  # of the blocks of unknowns
    space: fem.FunctionSpace
    coefficients: Coefficients
    bulk: ufl.Form
    interfaces: dict[str, Coupling]  # of each interface that is not transparent
    constraints: ConstraintMap
    siemens: float  # conductance of one unit of the operator
    symmetric: bool

    @property
    def basis(self):
        """The spin basis, (n, 3)."""
        return self.layout.basis

    @property
    def degree(self):
        """Degree of the potentials."""
        return self.space.ufl_element().degree

    def assemble(self) -> PETSc.Mat:
        """The full operator, before constraints."""
        with compiling(self.device.mesh.comm):
            form = fem.form(sum((coupling.form for coupling in self.interfaces.values()), self.bulk))
        matrix = fem_petsc.assemble_matrix(form)
        matrix.assemble()
        return matrix

    @contextmanager
    def region_alone(self, region):
        """Meanwhile the form of the bulk is that of one region's cells."""
        weight = self.coefficients.region_weight
        weight.x.array[:] = 0.0
        weight.x.array[self.device.cells_of(region)] = 1.0
        try:
            yield
        finally:
            weight.x.array[:] = 1.0

    def loads(self, drive):
        """(loads on free shared columns, values of prescribed ones) of a Drive, for `ReducedOperator.solve`."""
        columns, prescribed = self.constraints.shared_columns, self.constraints.prescribed_columns
        loads = {charge_column(name): current / self.siemens for name, current in drive.currents.items()}
        values = {charge_column(name): voltage for name, voltage in drive.voltages.items()}
        for given, target, unit, known in (
            (drive.spin_currents, loads, self.siemens, columns),
            (drive.spin_potentials, values, 1.0, prescribed),
        ):
            for name, vector in given.items():
                if spin_column(name, "m") in known:  # a terminal on ferromagnets: only the part along m is free
                    target[spin_column(name, "m")] = float(self._axis(name) @ (self.basis @ vector)) / unit
                elif spin_column(name, 0) in known:  # none where spins are left out
                    target |= {spin_column(name, k): float(e @ vector) / unit for k, e in enumerate(self.basis)}
        return loads, values

    def held_spin_axes(self, terminal):
        """Along which axes a given spin potential reaches a terminal's nodes, orthonormal, shape (k, 3). Collective.

        x, y, z on a normal metal; the magnetization on one strong ferromagnet.
        """
        given = self.constraints.prescribed
        columns = [self.constraints.prescribed_columns[spin_column(terminal, k)] for k in range(len(self.basis))]
        part = given[:, columns]
        moment = self.device.mesh.comm.allreduce((part.T @ part).toarray(), op=MPI.SUM)
        weights, vectors = np.linalg.eigh(moment)
        reached = weights > _UNREACHED * max(weights[-1], 1.0)
        if reached.sum() == 3:
            return np.eye(3)
        axes = vectors.T[reached][::-1] @ self.basis
        magnets = [self.regions[region].magnetization for region in self.device.regions_at(terminal)]
        if len(axes) == 1 and magnets[0] is not None and magnets[0].uniform:
            return np.array([magnets[0].direction])
        return axes

    def _axis(self, terminal):
        """The spin axis, shape (n,), of the ferromagnet that a terminal sits on."""
        region = self.device.regions_at(terminal)[0]  # more of them have one axis (`cross_check`)
        return axes_of(self.basis @ self.regions[region].magnetization.direction)[0]


def make_problem(case, device, magnetizations=None, spins=True, held=()):
    """The Problem of a checked case on its device. Collective.

    magnetizations: region -> Magnetization to have instead. Without `spins` every spin relaxes at once: v = 0. held: terminals at which the potential
    and the spin potential, along every axis, are given instead of what the case says.
    """
    terminals = case.terminals | {name: Terminal.held() for name in held}
    others = magnetizations or {}
    regions = {
        name: region.model_copy(update={"magnetization": others[name]}) if name in others else region
        for name, region in case.regions.items()
    }
    degree = case.solver.degree
    turning = any(term.turns_spins(regions) for term in Term.kinds.values())
    turning = turning or any(interface.turns_spins for interface in case.interfaces.values())
    directions = _directions(device, regions, terminals)
    if any(not regions[region].strong for name in held for region in device.regions_at(name)):
        directions = np.vstack([directions, np.eye(3)])  # a spin potential can point anywhere in a normal metal
    layout = Layout(spin_basis(device.mesh.comm, directions, turning))
    element = basix.ufl.element("Lagrange", device.mesh.basix_cell(), degree, shape=(layout.size,))
    space = broken_space(device.mesh, element, _region_of_cell(device), _breaks(case, device))
    c = coefficients(device, regions, layout.basis, degree)
    trial, test = (layout.split(argument(space)) for argument in (ufl.TrialFunction, ufl.TestFunction))
    interfaces = {
        name: _coupling(device, name, interface, trial, test, c, regions, layout, degree)
        for name, interface in case.interfaces.items()
    }
    return Problem(
        device=device,
        regions=regions,
        terminals=terminals,
        layout=layout,
        space=space,
        coefficients=c,
        bulk=bulk_form(trial, test, c, degree),
        interfaces=interfaces,
        constraints=constrain(
            device,
            space,
            layout,
            {name: region.magnetization for name, region in regions.items() if region.strong},
            terminals,
            spins,
        ),
        siemens=_siemens(device, regions),
        symmetric=not spins or _symmetric(c.terms, case.interfaces, layout.n_spin),
    )


def _symmetric(terms, interfaces, n_spin):
    turning = any(interface.turns_spins for interface in interfaces.values()) and n_spin == 3
    return all(term.symmetric(n_spin) for term in terms) and not turning


def _breaks(case, device):
    """Pairs of regions, by number, whose potentials have nothing to do with each other: all that no transparent contact
    joins, so that regions which meet in an edge beside resistive contacts stay apart there. None if no interface breaks."""
    if not any(interface.breaks for interface in case.interfaces.values()):
        return set()
    joined = transparent_pairs(case, device.contacts)
    pairs = {frozenset(pair) for pair in combinations(device.regions, 2)} - joined
    return {frozenset(device.regions[region] for region in pair) for pair in pairs}


def _siemens(device, regions):
    return (
        scale_of(device, regions).largest_conductivity
        * device.length_unit ** (device.mesh.topology.dim - 2)
        * device.depth
    )


def _region_of_cell(device):
    cells = device.mesh.topology.index_map(device.mesh.topology.dim)
    region = np.zeros(cells.size_local + cells.num_ghosts, dtype=np.int64)
    region[device.cell_tags.indices] = device.cell_tags.values
    return region


def _directions(device, regions, terminals):
    """Every direction of spin that a magnet, a terminal or a physical term brings in on this rank, shape (k, 3)."""
    found = [np.reshape(spin_directions(regions, device.mesh.topology.dim), (-1, 3))]
    for name, region in regions.items():
        magnetization = region.magnetization
        if magnetization is None:
            continue
        if magnetization.uniform:
            found.append(np.asarray(magnetization.direction)[None])
        else:
            nodes = np.unique(nodes_of_cells(device.mesh)[device.cells_of(name)])
            found.append(magnetization.at(device.mesh.geometry.x[nodes].T * device.length_unit).T)
    for terminal in terminals.values():
        for kind in ("potential", "current"):
            vector = np.asarray(getattr(terminal.spin, kind, None) or np.zeros(3))
            if vector.any():
                found.append(vector[None] / np.linalg.norm(vector))
    return np.concatenate(found)


def _coupling(device, name, interface, trial, test, c, regions, layout, degree):
    """The Coupling by an interface type, over the facets where its two regions touch."""
    first, second = name.split("/")
    magnetizations = [regions[side].magnetization for side in (first, second)]
    facet = Facet(
        first=by_region(device, {first: 1.0}),
        second=by_region(device, {second: 1.0}),
        magnetization=c.magnetization,
        magnetic=tuple(m is not None for m in magnetizations),
        directions=tuple(layout.basis @ m.direction if m is not None and m.uniform else None for m in magnetizations),
        conductance_unit=scale_of(device, regions).largest_conductivity / device.length_unit,
        layout=layout,
    )
    dS = ufl.Measure(
        "dS", domain=device.mesh, subdomain_data=device.facet_tags, metadata={"quadrature_degree": 2 * degree}
    )
    integrand = interface.integrand(facet.sides(trial), facet.sides(test), facet)
    return Coupling(interface, facet, integrand * dS(device.contacts[frozenset((first, second))]))
