"""Meshes of boxes from -1 to 1, each piece of which may be another metal or nothing, with terminals where they are asked for."""

import numpy as np

from spinfem.geometry.foresight import Metals
from spinfem.geometry.mesh_data import MeshData
from tests.shapes import _box, _outer_facets


def pieces(dimension, region_at, terminal_at=lambda middle: None, cells=4, stretch=1.0):
    """region_at, terminal_at: a name or None for the middle of a cell, of an outer facet. stretch: of the last axis."""
    points, corners = _box(dimension, cells)
    points = 2 * points - 1
    names = [region_at(middle) for middle in points[corners].mean(axis=1)]
    there = np.array([name is not None for name in names])
    corners, names = corners[there], [name for name in names if name is not None]
    outer = _outer_facets(corners)
    ends = [terminal_at(middle) for middle in points[outer].mean(axis=1)]
    held = np.array([end is not None for end in ends], dtype=bool)
    used, number = np.unique(corners, return_inverse=True)
    renumbered = np.full(len(points), -1)
    renumbered[used] = np.arange(len(used))
    regions = {name: tag for tag, name in enumerate(sorted(set(names)), start=1)}
    terminals = {name: tag for tag, name in enumerate(sorted({end for end in ends if end}), start=1)}
    points = points[used]
    points[:, -1] *= stretch
    return MeshData(
        points=points,
        cells=number.reshape(corners.shape).astype(np.int64),
        cell_tags=np.array([regions[name] for name in names], dtype=np.int32),
        facets=renumbered[outer[held]].reshape(-1, dimension),
        facet_tags=np.array([terminals[end] for end in ends if end], dtype=np.int32),
        regions=regions,
        terminals=terminals,
    )


def metals(data, lengths=1e3, conductivities=None, **more):
    """Metals with layers of the same length everywhere, or name -> length, or lengths, the longest first; conductivity 1 where it is not given."""
    lengths = lengths if isinstance(lengths, dict) else dict.fromkeys(data.regions, lengths)
    layers = {name: given if isinstance(given, tuple) else (given,) for name, given in lengths.items()}
    return Metals(layers, dict.fromkeys(data.regions, 1.0) | (conductivities or {}), **more)
