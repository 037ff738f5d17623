"""Meshes put together from blocks, rightly or wrongly: each is a box of cells, glued to the others or with nodes of its own."""

from dataclasses import dataclass
from itertools import permutations, product

import meshio
import numpy as np


@dataclass(frozen=True)
class Block:
    """A box in a region, cut into `cells` along each axis; the same cells on touching faces of glued blocks fit."""

    region: int
    low: tuple[float, ...]
    size: tuple[float, ...]
    cells: int = 2
    glued: bool = True


def write_blocks(path, blocks, terminals, other_facets=()):
    """A .vtu of `blocks` (2D or 3D, nm), whose regions are region_1, region_2 ...; `terminals`: terminal_11, terminal_12 ... are lists of
    (block number, axis, side 0 or 1); `other_facets`: the same, of a group terminal_99."""
    points, cells, tags, facets, facet_tags, start = [], [], [], [], [], 0
    for block in blocks:
        p, c = _box(block)
        points.append(p)
        cells.append(c + start)
        tags += [block.region] * len(c)
        start += len(p)
    groups = {11 + i: faces for i, faces in enumerate(terminals)} | ({99: other_facets} if other_facets else {})
    for tag, faces in groups.items():
        for number, axis, side in faces:
            found = _face(blocks[number], points[number], cells[number], axis, side, sum(map(len, points[:number])))
            facets.append(found)
            facet_tags += [tag] * len(found)
    points, cells, facets = np.concatenate(points), np.concatenate(cells), np.concatenate(facets)
    number = _glued(blocks, points)
    dimension = points.shape[1]
    kinds = {2: ("triangle", "line"), 3: ("tetra", "triangle")}[dimension]
    meshio.write(
        path,
        meshio.Mesh(
            np.pad(points, ((0, 0), (0, 3 - dimension))),
            [(kinds[0], number[cells]), (kinds[1], number[facets])],
            cell_data={"region": [np.array(tags, dtype=np.int32), np.array(facet_tags, dtype=np.int32)]},
        ),
    )
    return path


def _box(block):
    dimension, n = len(block.low), block.cells + 1
    axes = [low + size * np.linspace(0, 1, n) for low, size in zip(block.low, block.size, strict=True)]
    points = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    corner = np.array(list(product(range(block.cells), repeat=dimension)))
    cells = []
    for order in permutations(range(dimension)):
        steps = [
            corner,
            *(corner + np.eye(dimension, dtype=int)[list(order[: k + 1])].sum(axis=0) for k in range(dimension)),
        ]
        cells.append(np.stack([np.ravel_multi_index(step.T, (n,) * dimension) for step in steps], axis=1))
    return points, np.concatenate(cells)


def _face(block, points, cells, axis, side, start):
    at = np.isclose(points[:, axis], block.low[axis] + side * block.size[axis])[cells - start]
    chosen = at.sum(axis=1) == points.shape[1]
    return cells[chosen][at[chosen]].reshape(-1, points.shape[1])


def _glued(blocks, points):
    """The number of each node: those of glued blocks at the same place have the same one."""
    counts = [(block.cells + 1) ** len(block.low) for block in blocks]
    own = np.repeat([0 if block.glued else i for i, block in enumerate(blocks, start=1)], counts)
    key = np.column_stack([np.round(points, 6), own])
    _, first, which = np.unique(key, axis=0, return_index=True, return_inverse=True)
    return first[which.ravel()]
