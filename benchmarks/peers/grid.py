"""A mesh that any of these programs reads, made for this device by hand: planes that crowd geometrically at the rims of the contacts.

The device is a union of boxes with common planes, so one grid of bricks fits all of it: thin across the rims, long along them, coarse far
away. Brick by brick it can be cut into six tetrahedra (Kuhn), which match across faces.
"""

from dataclasses import dataclass
from itertools import pairwise, permutations, product

import numpy as np


@dataclass(frozen=True)
class Grid:
    """`points` (n, 3) in nm; `bricks` (c, 8), corners in the order of binary numbers zyx; `region` (c,) names them by their place in
    the device's list of blocks; `terminals` name -> (f, 4) corners of faces, in the same order of bits."""

    points: np.ndarray
    bricks: np.ndarray
    region: np.ndarray
    terminals: dict[str, np.ndarray]

    def tetrahedra(self):
        """((6 c, 4) corners, (6 c,) regions); all have a positive volume."""
        paths = [_path(steps) for steps in permutations((1, 2, 4))]
        cells = np.concatenate([self.bricks[:, path] for path in paths])
        return cells, np.tile(self.region, len(paths))

    def triangles(self, terminal):
        """(2 f, 3): the faces of a terminal, cut as `tetrahedra` cuts the bricks."""
        faces = self.terminals[terminal]
        return np.concatenate([faces[:, (0, 1, 3)], faces[:, (0, 2, 3)]])


def _path(steps):
    """The four corners on a way from corner 0 to corner 7, in an order of positive volume."""
    path = (0, steps[0], steps[0] | steps[1], 7)
    odd = sum(a > b for i, a in enumerate(steps) for b in steps[i + 1 :]) % 2
    return (path[0], path[2], path[1], path[3]) if odd else path


def spaced(planes, graded, smallest, ratio):
    """Coordinates from planes[0] to planes[-1] with all planes among them: next to those that are `graded` an interval is `smallest` long,
    and each further one `ratio` times longer than the one before."""
    found = [planes[0]]
    for low, high in pairwise(planes):
        up = _steps(high - low, low in graded, high in graded, smallest, ratio)
        found.extend(low + (high - low) * np.cumsum(up) / np.sum(up))
        found[-1] = high
    return np.array(found)


def _steps(length, left, right, smallest, ratio):
    """Lengths of intervals that add up to about `length`."""
    if left and right:
        half = _steps(length / 2, True, False, smallest, ratio)
        return half + half[::-1]
    if not (left or right):
        return [length]
    steps = [min(smallest, length)]
    while sum(steps) + steps[-1] * ratio * 1.3 < length:
        steps.append(steps[-1] * ratio)
    if length > sum(steps):
        steps.append(length - sum(steps))
    return steps if left else steps[::-1]


def make(device, strong, weak, ratio, slab=()):
    """The Grid of a Device. `strong` and `weak` are the cells (nm) at the rims where an electrode hangs over the wire's edge, and where it
    stands on the wire; `ratio` is how much longer each next one is, for x, y, z; `slab` has the heights (nm) over the contact where there is a
    plane more."""
    blocks = list(device.blocks.values())
    wire, *electrodes = blocks
    rims = [{x for electrode in electrodes for x in electrode[0]}, set(wire[1]), {wire[2][1]}]
    planes = [{value for block in blocks for value in block[axis]} for axis in range(3)]
    planes[2] |= {wire[2][1] + height for height in slab}
    smallest = (weak, strong, strong)
    return _of_axes(device, [spaced(sorted(planes[i]), rims[i], smallest[i], ratio[i]) for i in range(3)])


def _of_axes(device, axes):
    shape = [len(axis) for axis in axes]
    middles = [(axis[1:] + axis[:-1]) / 2 for axis in axes]
    region = np.full([n - 1 for n in shape], -1)
    for number, block in enumerate(device.blocks.values()):
        inside = [(low < m) & (m < high) for (low, high), m in zip(block, middles, strict=True)]
        region[np.ix_(*inside)] = number
    where = np.argwhere(region >= 0)
    corners = np.array([(x, y, z) for z, y, x in product((0, 1), repeat=3)])
    bricks = np.ravel_multi_index(np.moveaxis(where[:, None] + corners, -1, 0), shape)
    used, bricks = np.unique(bricks, return_inverse=True)
    points = np.column_stack([axis[i] for axis, i in zip(axes, np.unravel_index(used, shape), strict=True)])
    bricks = bricks.reshape(-1, 8)
    terminals = {name: _face(points, bricks, *place) for name, place in device.terminals.items()}
    return Grid(points, bricks, region[tuple(where.T)], terminals)


def _face(points, bricks, axis, value, block):
    """Corners of the bricks' faces at x_axis = value."""
    low, high = np.transpose(block)
    bit = 1 << axis
    upper = np.array([corner for corner in range(8) if corner & bit])
    faces = np.concatenate([bricks[:, upper], bricks[:, upper - bit]])
    on_plane = np.all(points[faces][..., axis] == value, axis=1)
    middle = points[faces].mean(axis=1)
    return faces[on_plane & np.all((low <= middle) & (middle <= high), axis=1)]
