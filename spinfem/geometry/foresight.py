"""Where a mesh has to be fine is known before anything is solved, in two kinds of places; their cells are cut there.

*Layers.* Spins fade within a spin diffusion length lambda of where they enter a region, and some over other lengths, shorter or longer ones. Where the cells
at such a gate are clearly higher than that, all edges that leave it are cut `DEPTH` lambda above it: cells become thin across the layer, and stay as long along
it as they are. Where a region drives spins against its outer faces, such layers stand there too.

*Rims.* Where a contact, a terminal or the outside has an edge, currents crowd: near it potentials go as r^a with a < 1 (`wedges`). The edges
that leave such a rim are cut at `TOWARDS` of their length, the more often the smaller a is and the more exact numbers have to be.

The rest is found by what the solution tells (`spinfem.study.adaptive`).
"""

from dataclasses import dataclass, replace

import numpy as np

from spinfem.geometry.faces import outer_faces
from spinfem.geometry.facets import contacts_of, facets_of
from spinfem.geometry.reading import opened_again, read
from spinfem.geometry.rounding import rounded, strayed
from spinfem.geometry.simplices import unit_normals
from spinfem.geometry.slivers import shaped
from spinfem.geometry.split import leaving, split
from spinfem.geometry.wedges import exponents

DEPTH = 2.0  # of a layer, in spin diffusion lengths
_HIGH = 1.5  # cells of less than that many depths are left alone
TOWARDS = 0.3
_CUTS = (
    (0.6, 2),
    (0.75, 1),
    (0.9, 1),
)  # exponent below this -> how often, for numbers that may be less exact than `_OFTEN`
_OFTEN = 5e-3
_MOST_AROUND = 64  # cells of a first mesh around a full turn: between curves close to each other, cells with long edges cannot follow these


@dataclass(frozen=True)
class Metals:
    """What a mesh is to be made for: numbers of regions, by name. Lengths in drawing units."""

    layers: dict[str, tuple[float, ...]]  # the lengths over which what enters fades, the longest first
    conductivities: dict[str, float]  # in any unit
    seams: frozenset = frozenset()  # pairs of regions that are one piece of metal
    barriers: frozenset = frozenset()  # pairs of regions that an interface keeps apart
    spin_terminals: tuple[str, ...] = ()
    filled: frozenset = frozenset()  # regions at whose outer faces spins pile up
    passed: frozenset = frozenset()  # terminals that charge can pass: spins do not pile up there
    shape_missed: float = 0.03  # part of the area (in 3D of the volume) inside curves that edges may miss
    target: float = _OFTEN  # relative error that numbers may have


def foreseen(data, metals, recipe):
    """(the MeshData that a first solution needs, its rims): cells thin where they have to be, and curves round enough."""
    if not data.curved:
        return foresee(data, metals)
    drawing, sizing = recipe.drawing, recipe.sizing
    found, rims, astray = _on_curves(data, metals, drawing, sizing)
    while astray and sizing.first and sizing.around < _MOST_AROUND:
        sizing = replace(sizing, around=2 * sizing.around)
        found, rims, astray = _on_curves(read(drawing, sizing), metals, drawing, sizing)
    return found, rims


def _on_curves(data, metals, drawing, sizing):
    """(as of `foresee` for MeshData with curves; are there nodes which could not follow these?)."""
    with opened_again(drawing, sizing):
        data = rounded(data, metals.shape_missed)
        n = len(data.points)
        data, rims = foresee(data, metals)
        data = shaped(data, n)
        return data, rims, strayed(data)


def foresee(data, metals):
    """The MeshData with its cells cut where it is known that they have to be thin, and its rims: (n, 2) nodes, in 2D (n, 1)."""
    data = _with_layers(data, metals)
    rims, exponent = exponents(data, metals)
    return _towards(data, rims, _times(exponent, metals.target)), rims


def _with_layers(data, metals):
    """Cells thin beside all gates. Meanwhile these are tagged as terminals are, so that each cut keeps count of what lies on them."""
    gates = list(_gates(data, metals))
    first = data.facet_tags.max(initial=0) + 1
    tags = [np.full(len(facets), tag, dtype=np.int32) for tag, (_, facets) in enumerate(gates, start=first)]
    facets = np.concatenate([data.facets, *(facets for _, facets in gates)])
    cut = whole = replace(data, facets=facets, facet_tags=np.concatenate([data.facet_tags, *tags]))
    for tag, (region, _) in enumerate(gates, start=first):
        for length in metals.layers[region]:
            cut = _layer(cut, region, cut.facets[cut.facet_tags == tag], DEPTH * length)
    if cut is whole:
        return data
    own = cut.facet_tags < first
    return replace(cut, facets=cut.facets[own], facet_tags=cut.facet_tags[own])


def _gates(data, metals):
    """(region, facets as node numbers) of each place where spins enter a region, or pile up."""
    facets = facets_of(data)
    for pair, on in contacts_of(data, facets):
        if frozenset(pair) not in metals.seams:
            yield from ((region, facets.nodes[on]) for region in pair)
    names = {tag: name for name, tag in data.regions.items()}
    for terminal in metals.spin_terminals:
        nodes = data.facets[data.facet_tags == data.terminals[terminal]]
        for tag in np.unique(data.cell_tags[np.isin(data.cells, nodes).sum(axis=1) == data.dimension]):
            yield names[tag], nodes
    yield from outer_faces(data, metals.filled, metals.passed)


def _layer(data, region, facets, depth):
    """Edges of a region that leave `facets`, (n, dimension) nodes, cut `depth` above them."""
    inside = np.zeros(len(data.points), dtype=bool)
    inside[facets] = True
    edges = leaving(data.cells[data.cell_tags == data.regions[region]], inside)
    sides = data.points[edges[:, 1]] - data.points[edges[:, 0]]
    if data.dimension == 1:
        heights = np.abs(sides[:, 0])
    else:
        normals = np.zeros((len(data.points), 3))
        # Of one of the facets at a node: they are about the same.
        normals[facets] = unit_normals(data.points[facets])[:, None]
        heights = np.abs(np.sum(normals[edges[:, 0], : data.dimension] * sides, axis=1))
    high = heights > _HIGH * depth
    return split(data, edges[high], depth / heights[high])


def _times(exponent, target):
    """How often edges are cut towards rims of these exponents: once more for each further digit, where there is anything to cut for."""
    times = np.zeros(len(exponent), dtype=int)
    for limit, cuts in reversed(_CUTS):
        times[exponent < limit] = cuts
    return (times + max(round(np.log10(_OFTEN / target)), 0)) * (times > 0)


def _towards(data, rims, times):
    """Edges that leave a rim cut towards it, so many times; the rims themselves stay whole."""
    for k in range(1, times.max(initial=0) + 1):
        inside = np.zeros(len(data.points), dtype=bool)
        inside[rims[times >= k]] = True
        edges = leaving(data.cells, inside)
        data = split(data, edges, np.full(len(edges), TOWARDS))
    return data
