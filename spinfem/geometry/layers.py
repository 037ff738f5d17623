"""A stack of layers as a structured mesh in one, two or three dimensions, made without Gmsh.

The solution changes along x only, over the shorter spin diffusion length lambda at each gate, so cells are graded along
x: at a gate `FINER` times what a drawing gets there, and growing that much more slowly. A gate is an interface between
two regions, as in `sizing`, and each of the two ends. So the size of a cell at x is

    size(x) = minimum over gates g of  FINER (resolution * lambda_g + growth * |x - x_g|),  at most `size`,

and no layer, however thin, has fewer than `LEAST_CELLS`. Across the stack there are a few equal cells. A mesh twice as
coarse has every other plane of nodes of this one.
"""

from dataclasses import dataclass, replace
from itertools import pairwise, permutations
from math import ceil, factorial, prod

import numpy as np

from spinfem.case.layers import ENDS
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.limit import check_count
from spinfem.geometry.mesh_data import MeshData
from spinfem.geometry.outline import outline_of_data
from spinfem.geometry.sizing import Sizing

FINER = 0.2  # with elements of degree 2: seven digits
LEAST_CELLS = {1: 40, 2: 10, 3: 4}  # of a layer, along x: in one dimension they cost nothing
CELLS_ACROSS = 3


@dataclass(frozen=True)
class Stack:
    """Layers along x from x = 0 on; y and z are counted from the middle. Lengths in drawing units."""

    layers: tuple[tuple[str, float], ...]  # region, thickness
    across: tuple[float, ...] = ()  # extents along y and z, as many as the mesh has

    @property
    def dimension(self):
        """1, 2 or 3."""
        return 1 + len(self.across)

    @property
    def regions(self):
        """The regions, each once, from left to right."""
        return tuple(dict.fromkeys(name for name, _ in self.layers))

    @property
    def edges(self):
        """Where layers begin and end, (layers + 1,)."""
        return np.concatenate([[0.0], np.cumsum([thickness for _, thickness in self.layers])])


def outline_of_layers(stack, sections=()):
    """The Outline of a Stack, from its coarsest mesh; `sections`: of each layer, where they differ."""
    if sections:  # nothing hangs together in another way; the widest ones say how large it all is
        stack = Stack(stack.layers, tuple(map(max, zip(*(section.across for section in sections), strict=True))))
    endless = Sizing(dict.fromkeys(stack.regions, 1e30))
    return replace(outline_of_data(mesh_layers(stack, endless)), shortest_edge=None)


def mesh_layers(stack, sizing):
    """The MeshData of a Stack."""
    x, cells_of_layer = _along(stack, sizing)
    number = {name: tag for tag, name in enumerate(stack.regions, start=1)}
    region = np.repeat([number[name] for name, _ in stack.layers], cells_of_layer).astype(np.int32)
    axes = (x, *(_across(width, sizing) for width in stack.across))
    check_count("mesh.size", sizing.size, float(prod(len(axis) for axis in axes)))
    nodes = np.arange(np.prod([len(axis) for axis in axes])).reshape([len(axis) for axis in axes])
    cells = _simplices(nodes)
    ends = [_simplices(nodes[plane]) for plane in (0, -1)]
    return MeshData(
        points=np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1),
        cells=cells,
        # The lowest node of a cell is at its corner with the lowest x, and planes of nodes follow each other.
        cell_tags=region[cells.min(axis=1) // nodes[0].size],
        facets=np.concatenate(ends),
        facet_tags=np.repeat(np.arange(1, 3, dtype=np.int32), [len(end) for end in ends]),
        regions=number,
        terminals={name: tag for tag, name in enumerate(ENDS, start=1)},
    )


def count_cells(stack, sizing):
    """How many cells that mesh has."""
    axes = (_along(stack, sizing)[0], *(_across(width, sizing) for width in stack.across))
    return factorial(len(axes)) * prod(len(axis) - 1 for axis in axes)


def _along(stack, sizing):
    """Coordinates of the planes of nodes, (planes,), and how many cells each layer has between them."""
    edges, finest = stack.edges, _sizes_at(stack, sizing)
    planes = [edges[:1]]
    for (low, high), (first, last) in zip(pairwise(edges), pairwise(finest), strict=True):
        inner = _graded(high - low, first, last, sizing, LEAST_CELLS[stack.dimension])
        planes.append(np.append(low + inner, high))
    x = np.concatenate(planes)
    if not (np.diff(x) > 0).all():
        message = "a layer is so thin beside the whole stack that its nodes fall together"
        raise GeometryError("geometry.layers", None, message)
    return x, [len(layer) for layer in planes[1:]]


def _sizes_at(stack, sizing):
    """The size that cells have at the two ends and where layers meet, (layers + 1,)."""
    names, edges = [name for name, _ in stack.layers], stack.edges
    gates = [0, *(i for i, pair in enumerate(pairwise(names), start=1) if _is_gate(pair, sizing)), len(names)]
    beside = [names[max(i - 1, 0) : i + 1] for i in gates]
    shorter = np.array([min(sizing.diffusion_lengths[name] for name in pair) for pair in beside])
    distance = np.abs(edges[:, None] - edges[gates])
    return (FINER * (sizing.resolution * shorter + sizing.growth * distance)).min(axis=1)


def _is_gate(pair, sizing):
    return pair[0] != pair[1] and frozenset(pair) not in sizing.seams


def _graded(thickness, first, last, sizing, least):
    """Nodes inside a layer, counted from its left face; cells of size `first` there grow, up to the middle or the
    largest size, and shrink to `last` at its right face."""
    largest = min(sizing.size or thickness, thickness)
    first, last = min(first, largest), min(last, largest)
    growth = max(FINER * sizing.growth, 1e-9)  # the formulas divide by it
    # size(y) = min(first + growth y, largest, last + growth (thickness - y)): how far do the two slopes reach?
    meet = np.clip((last - first + growth * thickness) / (2 * growth), 0.0, thickness)
    rise = min(meet, (largest - first) / growth)
    fall = min(thickness - meet, (largest - last) / growth)
    # How many cells there are: the integral of 1 / size.
    up, down = np.log1p(growth * rise / first) / growth, np.log1p(growth * fall / last) / growth
    flat = (thickness - rise - fall) / largest
    total = up + flat + down
    key = "resolution" if flat < total / 2 else "size"
    check_count(f"mesh.{key}", getattr(sizing, key), total / sizing.coarsen)
    cells = 2 * ceil(max(total, least) / 2)  # even, so that a mesh twice as coarse is nested
    count = np.linspace(0, total, ceil(cells / sizing.coarsen) + 1)[1:-1]
    return np.select(
        [count <= up, count < up + flat],
        [first * np.expm1(growth * np.minimum(count, up)) / growth, rise + (count - up) * largest],
        thickness - last * np.expm1(growth * np.minimum(total - count, down)) / growth,
    )


def _across(width, sizing):
    """Coordinates of nodes across the stack."""
    check_count("mesh.size", sizing.size, width / (sizing.size or width))
    cells = ceil(max(CELLS_ACROSS, width / (sizing.size or width)) / sizing.coarsen)
    return np.linspace(-width / 2, width / 2, cells + 1)


def _simplices(nodes):
    """Kuhn's subdivision of a grid of node numbers, (cells, dimension + 1): one simplex of each box for each order in
    which a path can go along the axes from its lowest corner to its highest."""
    dimension = nodes.ndim
    found = []
    for order in permutations(range(dimension)):
        corner = np.zeros(dimension, dtype=int)
        path = [corner]
        for axis in order:
            corner = corner + np.eye(dimension, dtype=int)[axis]
            path.append(corner)
        boxes = [
            nodes[tuple(slice(i, n - 1 + i) for i, n in zip(step, nodes.shape, strict=True))].ravel() for step in path
        ]
        found.append(np.stack(boxes, axis=1))
    return np.concatenate(found).astype(np.int64)
