"""A device with its materials, magnetisations, interfaces and terminals, as one variational problem.

`Problem` alone knows the factor between the scaled operator and amperes: in D dimensions a unit of the operator is a conductance of
sigma_max · length_unit^(D-2) · depth  (depth = 1 in three dimensions).
"""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from mpi4py import MPI
from petsc4py import PETSc

from spinfem.algebra.compiling import compiling
from spinfem.algebra.constraint_map import ConstraintMap
from spinfem.algebra.corners import Corners
from spinfem.algebra.field_products import FieldProducts
from spinfem.algebra.full_operator import FullOperator
from spinfem.algebra.nodes import nodes_on_facets
from spinfem.geometry.device import Device
from spinfem.model.bulk import bulk_flow, bulk_tensors, capacity_tensors
from spinfem.model.coefficients import Coefficients, by_region, numbers_of, scale_of
from spinfem.model.constraints import charge_column, scalar_column, spin_column
from spinfem.model.coupling import Coupling, Couplings
from spinfem.model.discretisation import Discretisation
from spinfem.model.flow import Flow
from spinfem.model.layout import Layout
from spinfem.model.pumping import behind
from spinfem.model.spin_space import axes_of
from spinfem.model.terms.transport import Transport

_UNREACHED = 1e-10  # relative weight of a spin direction that only rounding brings in


@dataclass(frozen=True)
class Problem:
    """The function space, the forms and the constraint map of one magnetic state of a device."""

    device: Device
    regions: dict
    terminals: dict
    layout: Layout  # of the blocks of unknowns
    discretisation: Discretisation
    space: fem.FunctionSpace
    coefficients: Coefficients
    couplings: Couplings  # on facets
    constraints: ConstraintMap
    siemens: float  # conductance of one unit of the operator
    symmetric: bool
    point: fem.Function | None = None  # the state at which what is not linear has its derivatives; None: all is linear
    pumped: dict = field(default_factory=dict)  # (magnet, axis) -> its load, kept by `spinfem.model.pumping`

    @property
    def basis(self):
        """The spin basis, (n, 3)."""
        return self.layout.basis

    @property
    def degree(self):
        """Degree of the potentials."""
        return self.space.ufl_element().degree

    def magnetization_at(self, region, nodes):
        """m of a ferromagnet at some of this rank's nodes, unit vectors along x, y, z, (k, 3)."""
        points = self.space.tabulate_dof_coordinates()[nodes].T * self.device.length_unit
        return self.regions[region].magnetization.at(points).T

    def axes_at(self, region, nodes):
        """m of a ferromagnet at some of this rank's nodes in the spin basis, (k, n)."""
        return self.magnetization_at(region, nodes) @ self.basis.T

    @cached_property
    def terminal_nodes(self):
        """name -> owned nodes; a node that two of them share counts for the first that is not insulated, as in the constraints. Collective when first
        asked for."""
        owned = self.space.dofmap.index_map.size_local
        found, free = {}, np.ones(owned, dtype=bool)
        for name in sorted(self.terminals, key=lambda name: not self.terminals[name].charge.equipotential):
            found[name] = np.flatnonzero(nodes_on_facets(self.space, self.device.facets_of(name))[:owned] & free)
            free[found[name]] = False
        return found

    @cached_property
    def bulk(self) -> Flow:
        """That of the cells. Straight cells do without its form (`assemble`)."""
        return self._bulk_of(self.coefficients.terms)

    def _bulk_of(self, terms):
        arguments = ufl.TrialFunction(self.space), ufl.TestFunction(self.space)
        return bulk_flow(arguments, self.layout, self.coefficients, self.degree, terms, self.point)

    @property
    def interfaces(self) -> dict[str, Coupling]:
        """Those of interfaces."""
        return self.couplings.interfaces

    def at(self, point) -> "Problem":
        """The Problem with the derivatives at another state, a Function of the same space."""
        return replace(self, couplings=self.couplings.linearized(point), point=point)

    def offset(self) -> ufl.Form:
        """The load, a linear form, with which the operator at `point` gives what really flows there."""
        terms = [term for term in self.coefficients.terms if not term.linear]
        flows = [self._bulk_of(terms)] if terms else []
        parts = [flow.offset() for flow in (*flows, *self.interfaces.values()) if not flow.linear]
        return sum(parts[1:], parts[0])

    @property
    def leads(self) -> dict[tuple, Coupling]:
        """Those of leads."""
        return self.couplings.leads

    @property
    def form(self) -> ufl.Form:
        """The whole bilinear form."""
        return sum(self.couplings.forms, self.bulk.form)

    def assemble(self, shift=0.0) -> PETSc.Mat:
        """The full operator A, before constraints; or A + shift C, with the capacity C, for a shift in 1/s. Collective."""
        cells = self.discretisation.cells(self.layout.size)
        if cells is None:
            matrix = self.assembled(self.form)
            if shift:
                matrix.axpy(shift, self.capacity(), PETSc.Mat.Structure.DIFFERENT_NONZERO_PATTERN)
            return matrix
        tensors, _ = self._bulk_tensors
        if shift:
            tensors = tensors + shift * self._capacity_tensors
        return FullOperator(cells, tensors, self.layout.fields, self._rest).as_matrix()

    @cached_property
    def _rest(self):
        """What scalar matrices of cells cannot express, a matrix; None if there is nothing. Collective when first asked for."""
        left, forms, made = self._bulk_tensors[1], self.couplings.forms, self.couplings.made
        if left:
            return self.assembled(sum(forms, self._bulk_of(left).form))
        if forms and "matrix" not in made:
            made["matrix"] = self.assembled(sum(forms[1:], forms[0]))
        return made.get("matrix")

    def capacity(self) -> PETSc.Mat:
        """The matrix C, before constraints, of what the device stores: C du/dt + A u = f. In s. Collective."""
        cells = self.discretisation.cells(self.layout.size)
        if cells is not None:
            return FullOperator(cells, self._capacity_tensors, self.layout.fields).as_matrix()
        test, trial = self.bulk.form.arguments()
        dx = ufl.Measure("dx", domain=self.device.mesh, metadata={"quadrature_degree": 2 * self.degree})
        form = sum(
            by_region(self.device, dict(zip(self.device.regions, values, strict=True))) * trial[b] * test[a] * dx
            for (a, b), values in _entries(self._capacity_tensors[1])
        )
        return self.assembled(form)

    def capacity_of(self, region) -> FullOperator | None:
        """That of one region's cells alone; None where the cells are none that can be told apart so."""
        cells = self.discretisation.cells(self.layout.size)
        if cells is None:
            return None
        return FullOperator(cells, self._alone(self._capacity_tensors, region), self.layout.fields)

    @cached_property
    def _capacity_tensors(self):
        """As of `_bulk_tensors`: nothing of the gradients."""
        regions = [self.regions[name] for name in self.device.regions]
        found = capacity_tensors(regions, self.layout, self.coefficients.terms, scale_of(self.device, self.regions))
        return np.stack([np.zeros_like(found), found])

    def cell_energies(self, values) -> np.ndarray:
        """The energy of potentials at the local nodes, (nodes, size), in each owned cell, in the scaled unit."""
        return self.discretisation.cells(self.layout.size).energies(self.energy, values)

    @cached_property
    def field_products(self) -> FieldProducts:
        """What two functions can have of energy together."""
        return FieldProducts(self.discretisation.cells(self.layout.size), self.energy, self.layout.fields)

    def own_energies(self, groups, weights) -> np.ndarray:
        """That of the functions of each node, (owned nodes, size, size); `groups` of nodes of a cell are one function with these weights. Collective."""
        return self.discretisation.cells(self.layout.size).own_energies(self.energy, groups, weights)

    @cached_property
    def _bulk_tensors(self):
        """As of `bulk_tensors`, in the order of the device's regions."""
        regions = [self.regions[name] for name in self.device.regions]
        return bulk_tensors(regions, self.layout, self.coefficients.terms, scale_of(self.device, self.regions))

    def region_operator(self, region) -> FullOperator | None:
        """The operator of the bulk of one region's cells alone; None where it has parts that only the form knows."""
        cells, (tensors, left) = self.discretisation.cells(self.layout.size), self._bulk_tensors
        if cells is None or left:
            return None
        if region not in self._region_operators:
            self._region_operators[region] = FullOperator(cells, self._alone(tensors, region), self.layout.fields)
        return self._region_operators[region]

    def _alone(self, tensors, region):
        """Tensors of regions, as of `_bulk_tensors`, with those of one region only."""
        alone, k = np.zeros_like(tensors), list(self.device.regions).index(region)
        alone[:, k] = tensors[:, k]
        return alone

    @cached_property
    def _region_operators(self):
        return {}

    @cached_property
    def energy(self) -> np.ndarray:
        """Symmetric coefficients of gradients and of potentials, as of `bulk_tensors`. Where m is a texture, what couples charge and spin is left out."""
        tensors, left = self._bulk_tensors
        if Transport in left:
            regions, scale = self.device.regions, scale_of(self.device, self.regions)
            tensors = tensors.copy()
            numbers = [numbers_of(self.regions[name], (Transport,), scale)["conductivity"] for name in regions]
            electric = np.diag(self.layout.electric_part(np.ones(self.layout.size)))
            tensors[0] += np.multiply.outer(numbers, electric)
        return (tensors + tensors.swapaxes(-1, -2)) / 2

    def corners(self) -> Corners:
        """For multigrid."""
        return self.discretisation.corners(self.layout)

    def assembled(self, form) -> PETSc.Mat:
        """The matrix of a bilinear form on the space. Collective."""
        with compiling(self.device.mesh.comm):
            compiled = fem.form(form)
        matrix = fem_petsc.assemble_matrix(compiled)
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
        values = {}
        for name, voltage in drive.voltages.items():
            column, charge = charge_column(name), self.terminals[name].charge
            if charge.holds:
                values[column] = voltage
            else:
                loads[column] = loads.get(column, 0.0) + charge.current_of(voltage) / self.siemens
        for given, target, unit, known in (
            (drive.spin_currents, loads, self.siemens, columns),
            (drive.spin_potentials, values, 1.0, prescribed),
        ):
            for name, vector in given.items():
                if spin_column(name, "m") in known:  # a terminal on ferromagnets: only the part along m is free
                    target[spin_column(name, "m")] = float(self._axis(name) @ (self.basis @ vector)) / unit
                elif spin_column(name, 0) in known:  # none where spins are left out
                    target |= {spin_column(name, k): float(e @ vector) / unit for k, e in enumerate(self.basis)}
        for scalar in self.layout.scalars:
            for name, amount in drive.scalars.get(scalar.name, {}).items():
                column, condition = scalar_column(scalar.name, name), self.terminals[name].of_scalar(scalar.key)
                if column in prescribed:
                    values[column] = amount / scalar.per_volt
                elif column in columns:
                    loads[column] = condition.flow_of(amount) / scalar.per_ampere / self.siemens
        return loads, values

    def far_end(self, key, drive):
        """The block (size,) of potentials that a lead begins at under a Drive, for forms; key: as in `leads`."""
        terminal, *path = key
        if path == ["spin"] and (w := behind(self, terminal, drive.pumping)) is not None:
            return self.layout.spins_alone(w)
        far = np.zeros(self.layout.size)
        if not path:
            far += drive.voltages.get(terminal, 0.0) * self.layout.unit(Layout.CHARGE)
        for scalar in self.layout.scalars:
            if path == [scalar.key]:
                far += (
                    drive.scalars.get(scalar.name, {}).get(terminal, 0.0)
                    / scalar.per_volt
                    * self.layout.unit(scalar.name)
                )
        return fem.Constant(self.device.mesh, far)

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


def _entries(tensors):
    """((row, column), values in each region) of the entries of (regions, size, size) that are not zero everywhere."""
    for a, b in np.argwhere(tensors.any(axis=0)):
        yield (int(a), int(b)), tensors[:, a, b]
