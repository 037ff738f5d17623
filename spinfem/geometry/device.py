"""The device: a distributed mesh with named regions, terminals and contacts."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from dolfinx import fem
from dolfinx.mesh import Mesh, MeshTags, meshtags
from mpi4py import MPI

from spinfem.geometry.distribute import from_owners, number_of
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.slivers import Slivers


@dataclass(frozen=True)
class Device:
    """What the physics is written on. Coordinates are in drawing units of `length_unit` metres each."""

    mesh: Mesh
    length_unit: float
    depth: float  # what the mesh lacks of a volume: m out of the plane in 2D, m^2 of cross-section in 1D; 1 in 3D
    regions: dict[str, int]  # name -> value in cell_tags
    cell_tags: MeshTags  # every local cell, ghosts included
    terminals: dict[str, int]  # name -> value in facet_tags
    contacts: dict[frozenset, int]  # two regions that share a facet -> value in facet_tags
    facet_tags: MeshTags  # terminals on the outside, contacts inside; ghosts included
    touching: dict[str, tuple[str, ...]]  # terminal -> the regions it is on, sorted
    has_curves: bool = False  # that the straight edges of the mesh only come near to
    slivers: Slivers | None = None  # beside owned cells; edges as nodes of the MeshData

    @cached_property
    def cellwise(self) -> fem.FunctionSpace:
        """The space of functions that are constant in each cell."""
        return fem.functionspace(self.mesh, ("DG", 0))

    @property
    def area_unit(self):
        """m^2 for each unit of what facets of the mesh measure."""
        return self.length_unit ** (self.mesh.topology.dim - 1) * self.depth

    def cells_of(self, region):
        """Local cells (ghosts included) of a region, (n,) int32."""
        return self.cell_tags.find(self.regions[region])

    def mask_of(self, region) -> np.ndarray:
        """Which of the local cells, ghosts included, are in a region: booleans."""
        cells = self.mesh.topology.index_map(self.mesh.topology.dim)
        mask = np.zeros(cells.size_local + cells.num_ghosts, dtype=bool)
        mask[self.cells_of(region)] = True
        return mask

    def facets_of(self, terminal):
        """Local facets (ghosts included) of a terminal, (n,) int32."""
        return self.facet_tags.find(self.terminals[terminal])

    def contact_facets(self, first, second):
        """Local facets (ghosts included) between two regions, (n,) int32."""
        return self.facet_tags.find(self.contacts[frozenset((first, second))])

    def regions_at(self, terminal):
        """The names of the regions that a terminal is on."""
        return self.touching[terminal]


def make_device(tagged, length_unit=1e-9, depth=1.0, has_curves=False, slivers=None):
    """The Device of a TaggedMesh: finds the contacts, checks the terminals. Collective."""
    topology = tagged.mesh.topology
    dimension = topology.dim
    facets, cells = _facets_and_cells(topology)
    outer, inner = facets[cells[:, 1] < 0], facets[cells[:, 1] >= 0]
    outer_cell, inner_cells = cells[cells[:, 1] < 0, 0], cells[cells[:, 1] >= 0]
    touching = _touching(tagged, inner, tagged.terminal[outer], tagged.region[outer_cell])
    contact, contacts = _contacts(tagged, tagged.region[inner_cells])

    values = np.zeros(number_of(topology, dimension - 1), dtype=np.int32)
    values[outer], values[inner] = tagged.terminal[outer], contact
    values = from_owners(topology.index_map(dimension - 1), values)
    tagged_facets = np.flatnonzero(values).astype(np.int32)
    return Device(
        mesh=tagged.mesh,
        length_unit=length_unit,
        depth=depth if dimension < 3 else 1.0,
        regions=tagged.regions,
        cell_tags=meshtags(tagged.mesh, dimension, np.arange(len(tagged.region), dtype=np.int32), tagged.region),
        terminals=tagged.terminals,
        contacts=contacts,
        facet_tags=meshtags(tagged.mesh, dimension - 1, tagged_facets, values[tagged_facets]),
        touching=touching,
        has_curves=has_curves,
        slivers=slivers,
    )


def _facets_and_cells(topology):
    """Owned facets, (n,), and the cells beside them, (n, 2), the second -1 on the outside.

    The owner of a facet has the cells on both sides (as ghosts if need be), so it alone can tell inside from outside.
    """
    dimension = topology.dim
    beside = topology.connectivity(dimension - 1, dimension)
    facets = np.arange(topology.index_map(dimension - 1).size_local)
    start, end = beside.offsets[facets], beside.offsets[facets + 1]
    second = np.where(end - start == 2, beside.array[end - 1], -1)
    return facets, np.stack([beside.array[start], second], axis=1)


def _contacts(tagged, sides):
    """The tag of each inner facet (0: no contact) and the tags by name, from the regions on its `sides`, (n, 2)."""
    low, high = np.minimum(*sides.T), np.maximum(*sides.T)
    names = {tag: name for name, tag in tagged.regions.items()}
    differs = low != high
    base = max(names) + 1
    here = np.unique(low[differs].astype(np.int64) * base + high[differs])
    everywhere = sorted(set().union(*tagged.mesh.comm.allgather(set(here.tolist()))))
    first = max(tagged.terminals.values(), default=0) + 1
    contacts = {frozenset((names[pair // base], names[pair % base])): first + i for i, pair in enumerate(everywhere)}
    rank_of_pair = np.searchsorted(everywhere, low.astype(np.int64) * base + high)
    return np.where(differs, first + rank_of_pair, 0).astype(np.int32), contacts


def _touching(tagged, inner, terminal, region):
    """The regions at each terminal, from the tags of outer facets and of the cells behind them."""
    comm = tagged.mesh.comm
    touching = {}
    for name, tag in tagged.terminals.items():
        inside = comm.allreduce(int(np.count_nonzero(tagged.terminal[inner] == tag)), op=MPI.SUM)
        regions = set().union(*comm.allgather(set(region[terminal == tag].tolist())))
        if inside or not regions:
            where = "lies inside the device" if inside else "touches no region"
            raise GeometryError("geometry", name, f"this terminal {where}; a terminal is on the outer surface")
        touching[name] = tuple(sorted(region for region, value in tagged.regions.items() if value in regions))
    return touching
