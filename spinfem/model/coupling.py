"""Laws at work on facets of a device: interface types between two regions, leads of terminals."""

from dataclasses import dataclass, field, replace

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.compiling import compiling
from spinfem.case.conditions import Condition
from spinfem.case.plugins import Interface
from spinfem.model.coefficients import by_region, scale_of
from spinfem.model.facet import End, Facet


@dataclass(frozen=True)
class Coupling:
    """A law on facets at work: an interface type between its two regions, or the lead of a terminal."""

    law: Interface | Condition
    facet: Facet | End
    form: ufl.Form

    def numbers_for(self, law):
        """The values that the constants of the form have for another law of this kind; None if its form is another one."""
        trial, test = reversed(self.form.arguments())
        facet = replace(self.facet, numbers=[])
        _integrand(law, trial, test, facet)
        values = [constant.value for constant in facet.numbers]
        same = law.turns_spins == self.law.turns_spins
        return values if same and [v.shape for v in values] == [c.value.shape for c in self.facet.numbers] else None

    def between(self, u, w):
        """The form of two states: functions, or expressions of them."""
        return between(self.form, u, w)


@dataclass(frozen=True)
class Couplings:
    """All of a magnetic state of a device; `made`: whatever else is made of them alone, by name."""

    interfaces: dict[str, Coupling]  # of each interface that is not transparent
    leads: dict[tuple, Coupling]  # (terminal, "spin" if it is one for spins) -> that of its lead, if it has one
    made: dict = field(default_factory=dict)

    @property
    def forms(self):
        """The form of each, a list."""
        return [coupling.form for coupling in (*self.interfaces.values(), *self.leads.values())]


def between(form, u, w):
    """A bilinear form of two states: functions, or expressions of them."""
    test, trial = form.arguments()
    return ufl.replace(form, {test: w, trial: u})


def couple(law, facet, arguments, device, tag, degree):
    """The Coupling by a law on the facets of the device that carry `tag`."""
    trial, test = arguments
    kind = "ds" if isinstance(facet, End) else "dS"
    measure = ufl.Measure(
        kind, domain=device.mesh, subdomain_data=device.facet_tags, metadata={"quadrature_degree": 2 * degree}
    )
    return Coupling(law, facet, _integrand(law, trial, test, facet) * measure(tag))


def _integrand(law, trial, test, facet):
    u, w = (facet.states(facet.layout.split(argument)) for argument in (trial, test))
    return law.integrand(u, w, facet)


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
