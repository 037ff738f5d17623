"""How the views of a ParaView script are framed: the part of the device that they show, the ruler, arrows, rows of views.

Boxes are [low x, high x, low y, high y, low z, high z] in nm.
"""

import math

import numpy as np

from spinfem.formatting import nice_length
from spinfem.output.paraview.quantities import short

_MOST_TRIES = 20_000
_ROOM = 0.13  # for a legend, over the height of the device
_MARGIN = 0.6  # around the contacts, over their extent


def layout(views, focus):
    """Rows of views, and the size of the picture, such that the device fills each of them."""
    count = 1 + sum(len(views[kind]) for kind in ("potentials", "current_views", "surfaces"))
    width, height, depth = np.ptp(np.reshape(focus, (3, 2)), axis=1)
    wide = width > 4 * max(height, depth)
    number = math.ceil(count / 2) if wide else math.isqrt(count)
    rows = [len(part) for part in np.array_split(range(count), number)]
    return {"rows": rows, "size": [960 * rows[0], 320 * number] if wide else [640 * rows[0], 560 * number]}


def focus_of(grid, interfaces):
    """[low x, high x, low y ...] (nm) of what is worth looking at: the contacts and what lies around them."""
    bounds = np.reshape(grid.bounds, (3, 2))
    if interfaces is None:
        return bounds.ravel().round(3).tolist()
    inner = np.reshape(interfaces.bounds, (3, 2))
    margin = _MARGIN * np.ptp(inner, axis=1).max()
    return (
        np.column_stack(
            [np.maximum(bounds[:, 0], inner[:, 0] - margin), np.minimum(bounds[:, 1], inner[:, 1] + margin)]
        )
        .ravel()
        .round(3)
        .tolist()
    )


def union(boxes):
    """The box around boxes [low x, high x, low y ...]."""
    boxes = np.reshape(boxes, (-1, 3, 2))
    return np.column_stack([boxes[:, :, 0].min(axis=0), boxes[:, :, 1].max(axis=0)]).ravel().tolist()


def with_room(focus):
    """The same with space below for a legend. Solid devices are seen from above and in front."""
    left, right, front, back, below, above = map(float, focus)
    if above > below:
        below -= _ROOM * (above - below + back - front)
    else:
        front -= _ROOM * (back - front)
    return [short(x) for x in (left, right, front, back, below, above)]


def ruler(focus):
    """A line of a round length below and in front of the device."""
    left, right, front, _, below, _ = map(float, focus)
    length = float(nice_length((right - left) / 4))
    front -= 0.25 * length
    return {"start": [left, short(front), below], "end": [left + length, short(front), below]}


def arrows(grid, focus, wanted):
    """What the script's `arrows` asks for: length, and a lattice in 2D or a number of random points in 3D."""
    extent = np.ptp(np.reshape(grid.bounds, (3, 2)), axis=1)
    span = np.linalg.norm(np.ptp(np.reshape(focus, (3, 2)), axis=1))
    if extent[2] == 0:
        return _lattice(grid, focus, short(min(span / 36, 0.5 * extent[1])))
    length = short(min(span / 30, 0.6 * np.sort(extent)[1]))
    box, filled = np.prod(extent), grid.compute_cell_sizes(length=False, area=False)["Volume"].sum()
    wanted = min(wanted * np.linalg.norm(extent) / span, 0.7 * filled / length**3)  # as many as have room
    return [length, min(int(wanted * box / filled) + 1, _MOST_TRIES)]


def _lattice(grid, focus, length):
    """Arrows of one length side by side in that part of a plane grid that lies in the focus."""
    own, seen = np.reshape(grid.bounds, (3, 2)), np.reshape(focus, (3, 2))
    own[0] = seen[0]  # a sweep may move things along x
    low, high = np.maximum(own[:, 0], seen[:, 0]), np.minimum(own[:, 1], seen[:, 1])
    across, up = (max(3, int(room / (share * length))) for room, share in zip(high - low, (1.3, 0.8), strict=False))
    step = (high - low) / (across, up, 1)
    bounds = np.column_stack([low + step / 2, high - step / 2]).ravel()
    return [length, [short(x) for x in bounds[:4]] + [0.0, 0.0], [across, up, 1]]
