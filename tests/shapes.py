"""Devices without any symmetry: bent boxes of randomly placed regions, with terminals anywhere on their surface."""

from itertools import permutations

import numpy as np

from spinfem.geometry.device import make_device
from spinfem.geometry.distribute import distribute
from spinfem.geometry.mesh_data import MeshData, share

TERMINALS = ("a", "b", "c")


def random_device(comm, seed, dimension, regions, cells=5):
    """A Device of 10 x 10 (x 10) nm, bent at random; `regions` are cut by random planes between random centres."""
    data = _random_mesh(np.random.default_rng(seed), dimension, regions, cells) if comm.rank == 0 else None
    return make_device(distribute(comm, share(comm, data)), 1e-9, 7e-9)


def _random_mesh(rng, dimension, regions, cells):
    points, corners = _box(dimension, cells)
    centres = rng.random((len(regions), dimension))
    middles = points[corners].mean(axis=1)
    tags = 1 + np.linalg.norm(middles[:, None] - centres, axis=2).argmin(axis=1)
    outer = _outer_facets(corners)
    at = points[outer].mean(axis=1)
    terminal = np.zeros(len(outer), dtype=np.int32)
    for tag, spot in enumerate(_far_apart(rng, at), start=1):
        terminal[np.linalg.norm(at - spot, axis=1) < 0.42] = tag
    kept = terminal > 0
    return MeshData(
        points=10 * _bent(rng, points),
        cells=corners,
        cell_tags=tags.astype(np.int32),
        facets=outer[kept],
        facet_tags=terminal[kept],
        regions={name: tag for tag, name in enumerate(regions, start=1) if tag in tags},
        terminals={name: tag for tag, name in enumerate(TERMINALS, start=1)},
    )


def _box(dimension, cells):
    shape = (cells + 1,) * dimension
    points = np.stack([i.ravel() for i in np.meshgrid(*[np.linspace(0, 1, n) for n in shape], indexing="ij")], axis=1)
    low = np.stack([i.ravel() for i in np.meshgrid(*[np.arange(n - 1) for n in shape], indexing="ij")], axis=1)
    corners = []
    for order in permutations(range(dimension)):  # Kuhn: one simplex for each path along the axes
        steps = [low, *(low + np.eye(dimension, dtype=int)[list(order[: k + 1])].sum(axis=0) for k in range(dimension))]
        corners.append(np.stack([np.ravel_multi_index(step.T, shape) for step in steps], axis=1))
    return points, np.concatenate(corners).astype(np.int64)


def _outer_facets(corners):
    facets = np.concatenate([np.delete(corners, k, axis=1) for k in range(corners.shape[1])])
    facets = np.sort(facets, axis=1)
    unique, count = np.unique(facets, axis=0, return_counts=True)
    return unique[count == 1]


def _far_apart(rng, at):
    """Three facets' middles, each the farthest of ten from those before."""
    spots = [at[rng.integers(len(at))]]
    while len(spots) < len(TERMINALS):
        tried = at[rng.integers(len(at), size=10)]
        distance = np.min([np.linalg.norm(tried - spot, axis=1) for spot in spots], axis=0)
        spots.append(tried[distance.argmax()])
    return spots


def _bent(rng, points):
    """A smooth map without any symmetry, close to the identity."""
    bent = points.copy()
    for k in range(points.shape[1]):
        wave, phase = rng.normal(size=(2, points.shape[1])), rng.random(2) * 6
        bent[:, k] += 0.06 * np.sin(points @ wave.T * 3 + phase).sum(axis=1) + 0.1 * points @ wave[0]
    return bent
