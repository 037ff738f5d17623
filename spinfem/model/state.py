"""From a case and its device to the Problem of one magnetic state."""

import numpy as np
import ufl
from dolfinx import fem

from spinfem.case.terms import scalar_fields, spin_directions, spin_mixtures, terms_of
from spinfem.compat import nodes_of_cells
from spinfem.model.coefficients import coefficients, scale_of
from spinfem.model.constraints import constrain
from spinfem.model.coupling import Couplings, couple, end_of, facet_between
from spinfem.model.discretisation import Discretisation
from spinfem.model.layout import Layout
from spinfem.model.problem import Problem
from spinfem.model.spin_space import axes_of, spin_basis


def make_problem(case, device, magnetizations=None, spins=True, held=(), discretisation=None):
    """The Problem of a checked case on its device. Collective.

    discretisation: that of another magnetic state. magnetizations: magnet -> Magnetization to have instead. Without `spins` every spin relaxes at
    once: v = 0. held: terminals at which the potential and the spin potential, along every axis, are given instead of what the case says.
    """
    others = magnetizations or {}
    terminals = {
        name: terminal.with_magnet(others[name]) if name in others and terminal.spin.magnet else terminal
        for name, terminal in case.terminals.items()
    } | {name: case.terminals[name].held() for name in held}
    regions = {
        name: region.model_copy(update={"magnetization": others[name]}) if name in others else region
        for name, region in case.regions.items()
    }
    degree = case.degree
    turning = any(term.turns_spins(regions) for term in terms_of(regions))
    conditions = {(name, *path): c for name, terminal in terminals.items() for path, c in terminal.conditions.items()}
    laws = (*case.interfaces.values(), *conditions.values())
    turning = turning or any(law.turns_spins for law in laws)
    directions = _directions_in(device, regions, terminals)
    if any(not regions[region].strong for name in held for region in device.regions_at(name)):
        directions = np.vstack([directions, np.eye(3)])  # a spin potential can point anywhere in a normal metal
    mixtures = spin_mixtures(regions) + [mixture for law in case.interfaces.values() for mixture in law.mixes]
    layout = Layout(spin_basis(device.mesh.comm, directions, turning, mixtures), scalar_fields(regions))
    discretisation = discretisation or Discretisation(case, device)
    space = discretisation.space(layout.size)
    c = coefficients(device, regions, layout.basis, degree)
    strong = {name: region.magnetization for name, region in regions.items() if region.strong}
    insulators = {name for name, region in regions.items() if region.insulating}
    # Neither the numbers of the bulk nor the amounts that are given go into these: points of a sweep over the field share them.
    at_ends = [(key, condition.of_operator) for key, condition in conditions.items()]
    blocks = layout.basis.tobytes(), layout.scalars
    made_of = (
        *blocks,
        [(name, region.weak, region.magnetization) for name, region in regions.items()],
        scale_of(device, regions),
        case.interfaces,
        at_ends,
    )
    couplings = discretisation.kept(
        "couplings", made_of, lambda: _couplings(case, device, regions, conditions, c, layout, space)
    )
    point = couplings.point
    if point is None and not all(term.linear for term in c.terms):
        point = fem.Function(space)
    return Problem(
        device=device,
        regions=regions,
        terminals=terminals,
        layout=layout,
        discretisation=discretisation,
        space=space,
        coefficients=c,
        couplings=couplings,
        constraints=discretisation.kept(
            "constraints",
            (*blocks, {name: _axis(m, layout) for name, m in strong.items()}, insulators, at_ends, spins),
            lambda: constrain(device, space, layout, strong, terminals, spins, insulators),
        ),
        siemens=_siemens(device, regions),
        symmetric=point is None and (not spins or _symmetric(c.terms, laws, layout.n_spin)),
        point=point,
    )


def _directions_in(device, regions, terminals):
    """Every direction of spin that a magnet, a terminal or a physical term brings in on this rank, shape (k, 3)."""
    found = [np.reshape(spin_directions(regions, device.mesh.topology.dim), (-1, 3))]
    for name, region in regions.items():
        magnetization = region.magnetization
        if magnetization is None:
            continue
        if magnetization.uniform:
            found.append(np.asarray(magnetization.directions))
        else:
            nodes = np.unique(nodes_of_cells(device.mesh)[device.cells_of(name)])
            found.append(magnetization.at(device.mesh.geometry.x[nodes].T * device.length_unit).T)
    found += [np.reshape(terminal.spin.directions(), (-1, 3)) for terminal in terminals.values()]
    return np.concatenate(found)


def _couplings(case, device, regions, conditions, c, layout, space):
    """The Couplings of interfaces and leads; conditions: (terminal, ...) -> Condition, c: Coefficients."""
    degree, arguments = case.degree, (ufl.TrialFunction(space), ufl.TestFunction(space))
    contacts = {name: device.contacts[frozenset(name.split("/"))] for name in case.interfaces}
    point = None if all(law.linear for law in case.interfaces.values()) else fem.Function(space)
    interfaces = {
        name: couple(
            interface, facet_between(device, name, c, regions, layout), arguments, device, contacts[name], degree, point
        )
        for name, interface in case.interfaces.items()
    }
    leads = {
        key: couple(
            condition,
            end_of(device, key[0], c, regions, layout),
            arguments,
            device,
            device.terminals[key[0]],
            degree,
            None,
        )
        for key, condition in conditions.items()
        if condition.integrand is not None
    }
    return Couplings(interfaces, leads, point)


def _axis(magnetization, layout):
    """What is equal for magnetizations that confine spins alike: a reversed magnet's among them."""
    if not magnetization.uniform:
        return magnetization
    return tuple(axes_of((layout.basis @ magnetization.at(np.zeros((3, 1)))).T)[0])


def _symmetric(terms, laws, n_spin):
    turning = any(law.turns_spins for law in laws) and n_spin == 3
    return all(term.symmetric(n_spin) for term in terms) and not turning


def _siemens(device, regions):
    return (
        scale_of(device, regions).largest_conductivity
        * device.length_unit ** (device.mesh.topology.dim - 2)
        * device.depth
    )
