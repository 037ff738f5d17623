"""From terminals and ferromagnets to the constraint map.

A spin potential is free at a node of a normal metal, has one free length s along m at a node of a strong ferromagnet
(v = s m, its boundary included), and vanishes at a spin sink and where two ferromagnets that are not collinear touch.
Every terminal is an equipotential of charge; whether its potential or its current is given decides on which side of the map it is.
"""

import numpy as np

from spinfem.algebra.constraint_map import ConstraintBuilder
from spinfem.algebra.nodes import nodes_in_cells, nodes_on_facets, number_of_nodes
from spinfem.model.spin_space import axes_of

CHARGE, SPIN = "phi", "v"  # the two fields
COLLINEAR = 1e-8  # sine of the angle up to which two magnets have one axis


def charge_column(terminal):
    """Name of the column that carries a terminal's potential."""
    return f"{CHARGE} at {terminal}"


def spin_column(terminal, component):
    """Name of the column that carries a component (in the spin basis) of a terminal's uniform spin potential."""
    return f"{SPIN}{component} at {terminal}"


def constrain(device, space, basis, magnetizations, terminals, spins=True):
    """The ConstraintMap of a device.

    basis: (n, 3); magnetizations: region -> Magnetization, strong ferromagnets only; terminals: name -> Terminal. Without
    `spins`, v = 0 everywhere. Collective.
    """
    n_owned, n_spin = number_of_nodes(space)[0], len(basis)
    builder = ConstraintBuilder(device.mesh.comm, n_owned, 1 + n_spin, (CHARGE, SPIN))
    on_terminal = {name: np.flatnonzero(nodes_on_facets(space, device.facets_of(name))[:n_owned]) for name in terminals}
    _charge_columns(builder, n_owned, n_spin, on_terminal, terminals)
    if spins:
        _spin_columns(builder, _SpinRank(device, space, basis, magnetizations), on_terminal, terminals)
    return builder.build()


def _charge_columns(builder, n_owned, n_spin, on_terminal, terminals):
    unit = np.eye(1 + n_spin)[0]
    free = np.ones(n_owned, dtype=bool)
    for name, terminal in terminals.items():
        nodes = on_terminal[name][free[on_terminal[name]]]
        free[nodes] = False
        if terminal.voltage is not None:
            builder.given(charge_column(name), nodes, unit)
        else:
            builder.shared(CHARGE, charge_column(name), nodes, unit)
    builder.own(CHARGE, np.flatnonzero(free), unit)


class _SpinRank:
    """For each owned node: is the spin potential free (n unknowns), along a line (one), or zero?"""

    def __init__(self, device, space, basis, magnetizations):
        self.comm, n_owned = device.mesh.comm, number_of_nodes(space)[0]
        self.n_spin = len(basis)
        self.free = np.ones(n_owned, dtype=bool)
        self.along = np.zeros(n_owned, dtype=bool)
        self.direction = np.zeros((n_owned, self.n_spin))
        points = space.tabulate_dof_coordinates()[:n_owned].T * device.length_unit
        for region, magnetization in magnetizations.items():
            inside = nodes_in_cells(space, device.cells_of(region))[:n_owned]
            self._confine(np.flatnonzero(inside), axes_of((basis @ magnetization.at(points[:, inside])).T))

    def _confine(self, nodes, m):
        first = self.free[nodes]
        self.direction[nodes[first]] = m[first]
        self.along[nodes[first]] = True
        again, m = nodes[~first], m[~first]
        d = self.direction[again]
        across = np.linalg.norm(m - np.sum(m * d, axis=1)[:, None] * d, axis=1)
        self.along[again[across > COLLINEAR]] = False
        self.free[nodes] = False

    def take(self, nodes):
        """Remove nodes whose spin potential is decided elsewhere."""
        self.free[nodes] = False
        self.along[nodes] = False

    def everywhere_along(self, nodes):
        """Do all ranks' `nodes` lie in ferromagnets?"""
        return self.comm.allreduce(int(self.free[nodes].sum())) == 0

    def component(self, nodes, k):
        """Block directions of unit spin potential along basis vector k, confined to m in a ferromagnet."""
        directions = np.zeros((len(nodes), 1 + self.n_spin))
        directions[self.free[nodes], 1 + k] = 1.0
        d = self.direction[nodes] * self.along[nodes, None]
        directions[:, 1:] += d * d[:, k : k + 1]
        return directions

    def lengths(self, nodes):
        """Block directions of v = s m."""
        return np.hstack([np.zeros((len(nodes), 1)), self.direction[nodes] * self.along[nodes, None]])


def _spin_columns(builder, spin, on_terminal, terminals):
    n_spin = spin.n_spin
    for name, terminal in terminals.items():
        condition, nodes = terminal.spin, on_terminal[name]
        if condition == "sink":
            spin.take(nodes)
        elif getattr(condition, "potential", None) is not None:
            for k in range(n_spin):
                builder.given(spin_column(name, k), nodes, spin.component(nodes, k))
            spin.take(nodes)
        elif getattr(condition, "current", None) is not None:
            if spin.everywhere_along(nodes):
                builder.shared(SPIN, spin_column(name, "m"), nodes, spin.lengths(nodes))
            else:
                for k in range(n_spin):
                    builder.shared(SPIN, spin_column(name, k), nodes, spin.component(nodes, k))
            spin.take(nodes)
    free = np.flatnonzero(spin.free)
    # Components of one node stay neighbours in the numbering: better for the cache and for the coarsening.
    builder.own(SPIN, np.repeat(free, n_spin), np.tile(np.eye(1 + n_spin)[1:], (len(free), 1)))
    along = np.flatnonzero(spin.along)
    builder.own(SPIN, along, spin.lengths(along))
