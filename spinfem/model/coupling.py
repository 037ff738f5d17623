"""Laws at work on facets of a device: interface types between two regions, leads of terminals."""

from dataclasses import dataclass, field, replace

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.compiling import compiling
from spinfem.case.conditions import Condition, ScalarCondition
from spinfem.case.plugins import Interface
from spinfem.model.coefficients import by_region, scale_of
from spinfem.model.facet import End, Facet
from spinfem.model.flow import Flow


@dataclass(frozen=True, kw_only=True)
class Coupling(Flow):
    """A law on facets at work: an interface type between its two regions, or the lead of a terminal."""

    law: Interface | Condition
    facet: Facet | End

    @property
    def of_electrons(self) -> bool:
        """Is it a law for charge or spin, or one for a scalar field alone?"""
        return not isinstance(self.law, ScalarCondition)

    def numbers_for(self, law):
        """The values that the constants of the form have for another law of this kind; None if its form is another one."""
        test, trial = self.form.arguments()
        facet = replace(self.facet, numbers=[], named={})
        _integrand(law, trial if self.linear else self.point, test, facet)
        values = [constant.value for constant in facet.numbers]
        same = law.turns_spins == self.law.turns_spins
        return values if same and [v.shape for v in values] == [c.value.shape for c in self.facet.numbers] else None


@dataclass(frozen=True)
class Couplings:
    """All of a magnetic state of a device; `made`: whatever else is made of them alone, by name."""

    interfaces: dict[str, Coupling]  # of each interface that is not transparent
    leads: dict[tuple, Coupling]  # (terminal, "spin" if it is one for spins) -> that of its lead, if it has one
    point: fem.Function | None = None  # the state at which those that are not linear have their derivatives
    made: dict = field(default_factory=dict)

    def linearized(self, point):
        """The same with their derivatives at another state, a Function of the same space."""
        if self.point is None:
            return self
        interfaces = {name: coupling.linearized(point) for name, coupling in self.interfaces.items()}
        return Couplings(interfaces, self.leads, point)

    @property
    def forms(self):
        """The form of each, a list."""
        return [coupling.form for coupling in (*self.interfaces.values(), *self.leads.values())]


def couple(law, facet, arguments, device, tag, degree, point):
    """The Coupling by a law on the facets of the device that carry `tag`; point: the state, a Function, at which one that is not linear is known."""
    kind = "ds" if isinstance(facet, End) else "dS"
    measure = ufl.Measure(
        kind, domain=device.mesh, subdomain_data=device.facet_tags, metadata={"quadrature_degree": 2 * degree}
    )

    def flowing(u, w):
        return _integrand(law, u, w, facet) * measure(tag)

    return Coupling.of(flowing, arguments, None if law.linear else point, law=law, facet=facet)


def _integrand(law, trial, test, facet):
    u, w = (facet.states(facet.layout.split(argument)) for argument in (trial, test))
    form = law.integrand(u, w, facet)
    if isinstance(law, Interface) and facet.layout.has("T"):
        form += law.heat_integrand(u, w, facet)
    return form


def facet_between(device, name, c, regions, layout):
    """The Facet where the two regions touch that an interface is named by."""
    first, second = name.split("/")
    magnetizations = [regions[side].magnetization for side in (first, second)]
    return Facet(
        first=by_region(device, {first: 1.0}),
        second=by_region(device, {second: 1.0}),
        magnetization=c.magnetization,
        magnetic=tuple(m is not None for m in magnetizations),
        directions=tuple(layout.basis @ m.direction if m is not None and m.uniform else None for m in magnetizations),
        conductance_unit=_conductance_unit(device, regions),
        layout=layout,
    )


def end_of(device, terminal, c, regions, layout):
    """The End that a lead of a terminal joins."""
    ds = ufl.Measure("ds", domain=device.mesh, subdomain_data=device.facet_tags)(device.terminals[terminal])
    with compiling(device.mesh.comm):
        area = fem.form(fem.Constant(device.mesh, np.ones(())) * ds)
    area = device.mesh.comm.allreduce(fem.assemble_scalar(area), op=MPI.SUM)
    return End(
        magnetization=c.magnetization,
        conductance_unit=_conductance_unit(device, regions),
        area=area * device.length_unit ** (device.mesh.topology.dim - 1) * device.depth,
        layout=layout,
    )


def _conductance_unit(device, regions):
    """S/m^2."""
    return scale_of(device, regions).largest_conductivity / device.length_unit
