"""Arrows all over a device: which of many points get one."""

import numpy as np


def spread(points, most, finest):
    """Numbers of at most `most` of the points (n, 3): of each box of a lattice the one nearest its middle.

    The lattice fills the box around the points; it is as fine as `most` allows, but has no edges shorter than `finest`.
    """
    low, extent, step = points.min(axis=0), np.ptp(points, axis=0), finest
    while True:
        counts = np.maximum(np.floor(extent / step + 1e-9), 1)
        sides = np.where(extent > 0, extent / counts, 1.0)
        place = (points - low) / sides
        boxes = np.minimum(np.floor(place), counts - 1)
        nearest_first = np.argsort(np.linalg.norm((place - boxes - 0.5) * sides, axis=1), kind="stable")
        chosen = nearest_first[np.unique(boxes[nearest_first], axis=0, return_index=True)[1]]
        if len(chosen) <= most:
            return chosen
        step *= 1.15
