"""Potentials and current densities of a solution as DOLFINx functions, to go on computing with."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import basix.ufl
import numpy as np
import ufl
from dolfinx import fem

from spinfem.algebra.broken_space import same_nodes
from spinfem.algebra.compiling import compiling
from spinfem.compat import interpolation_points
from spinfem.model.bulk import current_density, scalar_current_density, spin_current_density


@dataclass(frozen=True)
class Fields:
    """Functions on the mesh of a Solution, whose coordinates count in `length_unit` metres. Each is made when first asked for.

    The potentials are continuous except across resistive interfaces, where a node has a value on each side. Current densities jump
    from cell to cell. All are collective.
    """

    solution: Any  # a Solution

    @property
    def mesh(self):
        """The dolfinx Mesh."""
        return self.solution.device.mesh

    @property
    def length_unit(self):
        """Metres for each unit of the mesh's coordinates."""
        return self.solution.device.length_unit

    @cached_property
    def phi(self):
        """The charge potential, V: scalar Lagrange function."""
        return self._nodal((), self.solution.layout.charge(self.solution.nodal_values))

    @cached_property
    def v(self):
        """The spin potential, V: Lagrange function of shape (3,), the components x, y, z of spin."""
        return self._nodal((3,), self.solution.layout.spin_vectors(self.solution.nodal_values))

    @cached_property
    def j(self):
        """The charge current density, A/m^2: discontinuous function of shape (d,), d the dimension of the mesh."""
        problem = self.solution.problem
        return self._by_cells(current_density(self.solution.split, problem.coefficients))

    @cached_property
    def J(self):
        """The spin current density, A/m^2: discontinuous function of shape (3, d); row a is the flux of spin component a."""
        problem = self.solution.problem
        flux = spin_current_density(self.solution.split, problem.coefficients)
        return self._by_cells(ufl.dot(ufl.as_matrix(problem.basis.T.tolist()), flux))

    def scalar(self, name):
        """A scalar field in its unit, counted from its reference, such as T - T_0 of the temperature "T": scalar Lagrange function."""
        layout = self.solution.layout
        values = self.solution.nodal_values[:, layout.fields[name].start]
        return self._nodal((), layout.scalar(name).per_volt * values)

    def scalar_current(self, name):
        """The density of what flows of a scalar field, for "T" in W/m^2: discontinuous function of shape (d,). Raises KeyError where no term says
        what flows."""
        problem, unit = self.solution.problem, self.solution.layout.scalar(name).per_ampere
        density = scalar_current_density(name, self.solution.split, problem.coefficients)
        if density is None:
            raise KeyError(f"no term says what flows of {name} (scalar_currents)")
        function = self._by_cells(density)
        function.x.array[:] *= unit
        return function

    def _nodal(self, shape, values):
        problem, mesh = self.solution.problem, self.mesh
        element = basix.ufl.element("Lagrange", mesh.basix_cell(), problem.degree, shape=shape or None)
        function = fem.Function(same_nodes(problem.space, element))
        function.x.array[:] = np.ravel(values)
        return function

    def _by_cells(self, density):
        mesh, degree = self.mesh, self.solution.problem.degree
        element = basix.ufl.element("DG", mesh.basix_cell(), degree, shape=density.ufl_shape)
        function = fem.Function(fem.functionspace(mesh, element))
        with compiling(mesh.comm):
            function.interpolate(fem.Expression(density, interpolation_points(function.function_space)))
        function.x.array[:] *= self.solution.density_unit
        return function
