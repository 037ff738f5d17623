"""The spaces of a device and the matrices on their nodes, made once for all its magnetic states."""

from collections import defaultdict, deque
from itertools import combinations

import basix.ufl
import numpy as np

from spinfem.algebra.broken_space import broken_space
from spinfem.algebra.cell_matrices import CellMatrices, can_assemble
from spinfem.algebra.corners import Corners
from spinfem.case.parts import transparent_pairs

_KEPT = 8  # things of one kind


class Discretisation:
    """Of a case on its device, by how many numbers a node has (`Layout.size`)."""

    def __init__(self, case, device):
        self._device, self._degree = device, case.degree
        self._breaks = _breaks(case, device)
        self._region = _region_of_cell(device)
        self._spaces, self._cells, self._corners = {}, {}, {}
        self._kept = defaultdict(lambda: deque(maxlen=_KEPT))

    def fits(self, case) -> bool:
        """Has another case of the same device these nodes?"""
        return case.degree == self._degree and _breaks(case, self._device) == self._breaks

    def space(self, size):
        """The function space with `size` numbers at each node. Collective."""
        if size not in self._spaces:
            mesh = self._device.mesh
            element = basix.ufl.element("Lagrange", mesh.basix_cell(), self._degree, shape=(size,))
            self._spaces[size] = broken_space(mesh, element, self._region, self._breaks)
        return self._spaces[size]

    def cells(self, size):
        """The CellMatrices on the nodes of `space(size)`, one class of cells for each region; None where the cells are none of theirs. Collective."""
        if size not in self._cells:
            space, regions = self.space(size), self._device.regions
            number = np.zeros(max(regions.values()) + 1, dtype=np.int32)
            number[list(regions.values())] = np.arange(len(regions))
            made = CellMatrices(space, number[self._region], len(regions)) if can_assemble(space) else None
            self._cells[size] = made
        return self._cells[size]

    def corners(self, layout):
        """The Corners of the space for a Layout."""
        key = layout.n_spin, layout.scalars
        if key not in self._corners:
            self._corners[key] = Corners(self.space(layout.size), layout.fields)
        return self._corners[key]

    def kept(self, kind, made_of, make):
        """What was made last of something equal, a thing of some `kind`, and make() where nothing was. Collective: what it is made of is equal on all
        ranks or on none."""
        for other, thing in self._kept[kind]:
            if other == made_of:
                return thing
        thing = make()
        self._kept[kind].appendleft((made_of, thing))
        return thing


def _breaks(case, device):
    """Pairs of regions, by number, whose potentials have nothing to do with each other: all that no transparent contact
    joins, so that regions which meet in an edge beside resistive contacts stay apart there. None if no interface breaks."""
    if not any(interface.breaks for interface in case.interfaces.values()):
        return set()
    joined = transparent_pairs(case, device.contacts)
    pairs = {frozenset(pair) for pair in combinations(device.regions, 2)} - joined
    return {frozenset(device.regions[region] for region in pair) for pair in pairs}


def _region_of_cell(device):
    cells = device.mesh.topology.index_map(device.mesh.topology.dim)
    region = np.zeros(cells.size_local + cells.num_ghosts, dtype=np.int64)
    region[device.cell_tags.indices] = device.cell_tags.values
    return region
