"""Structured bars of layers along x, as devices: exact solutions are one-dimensional in them."""

from dataclasses import replace
from itertools import permutations

import numpy as np

from spinfem.geometry.device import make_device
from spinfem.geometry.distribute import distribute
from spinfem.geometry.mesh_data import MeshData, share


def bar(comm, layers, across, cells_across=2, dimension=2, unit=1e-9, depth=1.0):
    """A bar of `layers` [(name, thickness, cells)] in drawing units; terminals `left` and `right` at its ends.

    across: extent in y (and z); none in 1D, where `depth` is the cross-section. The inner mesh lines are slanted, so that no symmetry of the mesh helps.
    """
    return make_device(
        distribute(comm, share(comm, _bar(layers, across, cells_across, dimension) if comm.rank == 0 else None)),
        unit,
        depth,
    )


def _bar(layers, across, cells_across, dimension):
    edges, tags, low = [np.array([0.0])], [], 0.0
    for tag, (_, thickness, cells) in enumerate(layers, start=1):
        edges.append(low + thickness * np.arange(1, cells + 1) / cells)
        tags += [tag] * cells
        low += thickness
    x, y = np.concatenate(edges), np.linspace(0, across, cells_across + 1)
    axes = (x,) + (y,) * (dimension - 1)
    shape = tuple(len(axis) for axis in axes)
    points = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    points = _slant(points, shape, layers)
    corner = np.stack([i.ravel() for i in np.meshgrid(*(np.arange(n - 1) for n in shape), indexing="ij")], axis=1)
    cells, cell_tags = [], []
    for order in permutations(range(dimension)):  # Kuhn: one simplex for each path along the axes
        path, steps = corner.copy(), [np.ravel_multi_index(corner.T, shape)]
        for axis in order:
            path[:, axis] += 1
            steps.append(np.ravel_multi_index(path.T, shape))
        cells.append(np.stack(steps, axis=1))
        cell_tags.append(np.array(tags)[corner[:, 0]])
    cells = np.concatenate(cells)
    facets, facet_tags = _ends(cells, points, low)
    return MeshData(
        points=points,
        cells=cells.astype(np.int64),
        cell_tags=np.concatenate(cell_tags).astype(np.int32),
        facets=facets,
        facet_tags=facet_tags,
        regions={name: tag for tag, (name, _, _) in enumerate(layers, start=1)},
        terminals={"left": 1, "right": 2},
    )


def _slant(points, shape, layers):
    """Shift inner nodes of each layer along x, by up to a fifth of a cell."""
    if len(shape) == 1:
        return points
    points, low = points.copy(), 0.0
    wave = np.sin(3.0 * np.arange(len(points)) * points[:, 1] / (np.ptp(points[:, 1]) or 1.0))
    for _, thickness, cells in layers:
        inside = (points[:, 0] > low + 1e-9 * thickness) & (points[:, 0] < low + thickness * (1 - 1e-9))
        points[inside, 0] += 0.2 * thickness / cells * wave[inside]
        low += thickness
    return points


def _ends(cells, points, length):
    facets, tags = [], []
    for tag, position in ((1, 0.0), (2, length)):
        at_end = np.isclose(points[cells][:, :, 0], position)
        for cell in np.flatnonzero(at_end.sum(axis=1) == points.shape[1]):
            facets.append(cells[cell][at_end[cell]])
            tags.append(tag)
    return np.array(facets, dtype=np.int64), np.array(tags, dtype=np.int32)


def sheet(comm, layers, length, cells_along, contacted, unit=1e-9, depth=1.0):
    """A 2D bar turned upright: `layers` from below along y, `length` along x. Terminals `left` and `right` are the ends of the layers
    named in `contacted`, or `NAME_left` and `NAME_right` of each if that is a dict, layer -> NAME; `bottom` and `top` the whole faces there. Terminals in use
    should not meet in a corner."""
    return make_device(
        distribute(comm, share(comm, _sheet(layers, length, cells_along, contacted) if comm.rank == 0 else None)),
        unit,
        depth,
    )


def _sheet(layers, length, cells_along, contacted):
    upright = _bar(layers, length, cells_along, 2)
    points = upright.points[:, ::-1].copy()
    groups = (
        {f"{name}_": [layer] for layer, name in contacted.items()} if isinstance(contacted, dict) else {"": contacted}
    )
    facets, ends, terminals = [upright.facets], [upright.facet_tags], {"bottom": 1, "top": 2}
    for prefix, names in groups.items():
        cells = upright.cells[np.isin(upright.cell_tags, [upright.regions[name] for name in names])]
        for end, position in (("left", 0.0), ("right", length)):
            tag = terminals[f"{prefix}{end}"] = len(terminals) + 1
            at_end = np.isclose(points[cells][:, :, 0], position)
            chosen = at_end.sum(axis=1) == 2
            facets.append(cells[chosen][at_end[chosen]].reshape(-1, 2))
            ends.append(np.full(chosen.sum(), tag, dtype=np.int32))
    return replace(
        upright,
        points=points,
        facets=np.concatenate(facets),
        facet_tags=np.concatenate(ends),
        terminals=terminals,
    )


def patchwork(comm, rows, side, cells=4, unit=1e-9, depth=1.0):
    """A 2D device of square patches: rows of region names, the lowest row first; `side` of a patch in drawing units. A name may stand more
    than once. Terminals `left` and `right`: the ends of the lowest row; `upper_left` and `upper_right`: those of the highest one."""
    return make_device(
        distribute(comm, share(comm, _patchwork(rows, side, cells) if comm.rank == 0 else None)), unit, depth
    )


def _patchwork(rows, side, cells):
    columns = [(str(k), side, cells) for k in range(len(rows[0]))]
    plain = _bar(columns, side * len(rows), cells * len(rows), 2)
    names = sorted({name for row in rows for name in row})
    regions = {name: tag for tag, name in enumerate(names, start=1)}
    tags = np.array([[regions[name] for name in row] for row in rows])
    row = (plain.points[plain.cells][:, :, 1].mean(axis=1) // side).astype(int)
    ends, at_y = plain.facet_tags.copy(), plain.points[plain.facets][:, :, 1].mean(axis=1) // side
    ends[at_y == len(rows) - 1] += 2
    used = (at_y == 0) | (at_y == len(rows) - 1)
    return replace(
        plain,
        cell_tags=tags[row, plain.cell_tags - 1].astype(np.int32),
        facets=plain.facets[used],
        facet_tags=ends[used],
        regions=regions,
        terminals={"left": 1, "right": 2, "upper_left": 3, "upper_right": 4},
    )
