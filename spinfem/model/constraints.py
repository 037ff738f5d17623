"""From terminals and ferromagnets to the constraint map.

A spin potential is free at a node of a normal metal, has one free length s along m at a node of a strong ferromagnet
(v = s m, its boundary included), and vanishes at a spin sink and where two ferromagnets that are not collinear touch. At nodes of insulators alone there is
neither: phi = 0 and v = 0 are no more than numbers there, and what crosses m at the surface of one shows as a reaction, the torque.
Every terminal that is not insulated is an equipotential of charge; whether its potential is given decides on which side of the map it is. A scalar
field is an unknown at the nodes of the regions where it lives.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from spinfem.algebra.constraint_map import ConstraintBuilder
from spinfem.algebra.nodes import nodes_in_cells, nodes_on_facets, number_of_nodes
from spinfem.model.layout import Layout
from spinfem.model.spin_space import axes_of

CHARGE, SPIN = Layout.CHARGE, Layout.SPIN
COLLINEAR = 1e-8  # sine of the angle up to which two magnets have one axis


def charge_column(terminal) -> str:
    """Name of the column that carries a terminal's potential."""
    return f"{CHARGE} at {terminal}"


def spin_column(terminal, component) -> str:
    """Name of the column that carries a component (in the spin basis) of a terminal's uniform spin potential."""
    return f"{SPIN}{component} at {terminal}"


def scalar_column(field, terminal) -> str:
    """Name of the column that carries a terminal's uniform value of a scalar field."""
    return f"{field} at {terminal}"


def constrain(device, space, layout, magnetizations, terminals, spins=True, insulators=()):
    """The ConstraintMap of a device.

    layout: Layout; magnetizations: region -> Magnetization, strong ferromagnets only; terminals: name -> Terminal. Without
    `spins`, v = 0 everywhere. insulators: regions without electrons. Collective.
    """
    n_owned = number_of_nodes(space)[0]
    builder = ConstraintBuilder(device.mesh.comm, n_owned, layout.size, tuple(layout.fields))
    on_terminal = {name: np.flatnonzero(nodes_on_facets(space, device.facets_of(name))[:n_owned]) for name in terminals}
    conducting = _nodes_of(device, space, [name for name in device.regions if name not in insulators])
    _charge_columns(builder, conducting.copy(), layout, on_terminal, terminals)
    if spins:
        spin = _SpinRank(device, space, layout, magnetizations)
        spin.take(~conducting)
        _spin_columns(builder, spin, on_terminal, terminals)
    for scalar in layout.scalars:
        free = _nodes_of(device, space, scalar.regions)
        _scalar_columns(builder, device.mesh.comm, layout, scalar, free, on_terminal, terminals)
    return builder.build()


def _nodes_of(device, space, regions):
    """Mask of the owned nodes of regions."""
    cells = np.concatenate([device.cells_of(region) for region in regions])
    return nodes_in_cells(space, np.asarray(cells, dtype=np.int32))[: number_of_nodes(space)[0]]


def _charge_columns(builder, free, layout, on_terminal, terminals):
    """free: is the node in a region that conducts?"""
    unit = layout.unit(CHARGE)
    for name, terminal in terminals.items():
        nodes = on_terminal[name][free[on_terminal[name]]]
        if not terminal.charge.equipotential:
            continue
        free[nodes] = False
        if terminal.charge.holds:
            builder.given(charge_column(name), nodes, unit)
        else:
            builder.shared(CHARGE, charge_column(name), nodes, unit)
    builder.own(CHARGE, np.flatnonzero(free), unit)


def _scalar_columns(builder, comm, layout, scalar, free, on_terminal, terminals):
    """free: is the node in a region where the field lives?"""
    unit = layout.unit(scalar.name)
    for name, terminal in terminals.items() if scalar.key else ():
        condition, nodes = terminal.of_scalar(scalar.key), on_terminal[name][free[on_terminal[name]]]
        if not (condition.holds or condition.uniform) or comm.allreduce(len(nodes)) == 0:
            continue
        free[nodes] = False
        if condition.holds:
            builder.given(scalar_column(scalar.name, name), nodes, unit)
        else:
            builder.shared(scalar.name, scalar_column(scalar.name, name), nodes, unit)
    builder.own(scalar.name, np.flatnonzero(free), unit)


class _SpinRank:
    """For each owned node: is the spin potential free (n unknowns), along a line (one), or zero?"""

    def __init__(self, device, space, layout, magnetizations):
        self.comm, n_owned = device.mesh.comm, number_of_nodes(space)[0]
        self.layout = layout
        self.free = np.ones(n_owned, dtype=bool)
        self.along = np.zeros(n_owned, dtype=bool)
        self.direction = np.zeros((n_owned, layout.n_spin))
        uniform = all(magnetization.uniform for magnetization in magnetizations.values())
        points = np.zeros((n_owned, 3)) if uniform else space.tabulate_dof_coordinates()[:n_owned]
        for region, magnetization in magnetizations.items():
            inside = nodes_in_cells(space, device.cells_of(region))[:n_owned]
            m = magnetization.at(points[inside].T * device.length_unit)
            self._confine(np.flatnonzero(inside), axes_of((layout.basis @ m).T))

    def _confine(self, nodes, m):
        first = self.free[nodes]
        self.direction[nodes[first]] = m[first]
        self.along[nodes[first]] = True
        again, m = nodes[~first], m[~first]
        d = self.direction[again]
        across = np.linalg.norm(m - np.sum(m * d, axis=1)[:, None] * d, axis=1)
        self.along[again[across > COLLINEAR]] = False
        self.free[nodes] = False

    def take(self, nodes) -> None:
        """Remove nodes whose spin potential is decided elsewhere."""
        self.free[nodes] = False
        self.along[nodes] = False

    def everywhere_along(self, nodes):
        """Do all ranks' `nodes` lie in ferromagnets?"""
        return self.comm.allreduce(int(self.free[nodes].sum())) == 0

    def component(self, nodes, k):
        """Block directions of unit spin potential along basis vector k, confined to m in a ferromagnet."""
        d = self.direction[nodes] * self.along[nodes, None]
        confined = self.layout.of_spins(d * d[:, k : k + 1])
        return confined + self.free[nodes, None] * self.layout.unit(SPIN, k)

    def lengths(self, nodes):
        """Block directions of v = s m."""
        return self.layout.of_spins(self.direction[nodes] * self.along[nodes, None])


@dataclass(frozen=True)
class SpinNodes:
    """The nodes of a terminal, for its spin condition to say what holds there."""

    builder: ConstraintBuilder
    spin: _SpinRank
    terminal: str
    nodes: np.ndarray

    def vanish(self) -> None:
        """v = 0."""
        self.spin.take(self.nodes)

    def give(self) -> None:
        """v is what the drive gives, along m alone in a strong ferromagnet."""
        self._columns(self.builder.given)

    def share(self) -> None:
        """v is uniform and unknown; the drive gives the current that enters. On strong ferromagnets alone: v = s m, with one s."""
        if self.spin.everywhere_along(self.nodes):
            lengths = self.spin.lengths(self.nodes)
            self.builder.shared(SPIN, spin_column(self.terminal, "m"), self.nodes, lengths)
            self.spin.take(self.nodes)
        else:
            self._columns(partial(self.builder.shared, SPIN))

    def _columns(self, add):
        for k in range(self.spin.layout.n_spin):
            add(spin_column(self.terminal, k), self.nodes, self.spin.component(self.nodes, k))
        self.spin.take(self.nodes)


def _spin_columns(builder, spin, on_terminal, terminals):
    layout, n_spin = spin.layout, spin.layout.n_spin
    for name, terminal in terminals.items():
        terminal.spin.constrain(SpinNodes(builder, spin, name, on_terminal[name]))
    free = np.flatnonzero(spin.free)
    # Components of one node stay neighbours in the numbering: better for the cache and for the coarsening.
    builder.own(SPIN, np.repeat(free, n_spin), np.tile(layout.of_spins(np.eye(n_spin)), (len(free), 1)))
    along = np.flatnonzero(spin.along)
    builder.own(SPIN, along, spin.lengths(along))
