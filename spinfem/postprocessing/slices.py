"""Plane cuts of simplices, and the parts of them in which a linear function has one sign. All corners are given by their shares (barycentric coordinates)."""

import numpy as np

# (dimension, vertices before the plane) -> simplices of the cut; each corner lies on the edge between two vertices, in
# an order in which those before the plane come first.
_SIMPLICES: dict[tuple[int, int], list[tuple[tuple[int, int], ...]]] = {
    (2, 1): [((0, 1), (0, 2))],
    (2, 2): [((0, 2), (1, 2))],
    (3, 1): [((0, 1), (0, 2), (0, 3))],
    (3, 2): [((0, 2), (0, 3), (1, 3)), ((0, 2), (1, 3), (1, 2))],
    (3, 3): [((0, 3), (1, 3), (2, 3))],
}


def slices(height):
    """The cut of simplices with the plane height = 0, as simplices of one dimension less: [(which, shares)], a pair for each way in which a plane can cut.

    height: (n, k) at the corners, which lie on both sides. which: (m,), numbers of simplices; shares: (m, k - 1, k), of their corners in each corner
    of the cut.
    """
    before, found = height < 0, []
    order = np.argsort(~before, axis=1, kind="stable")
    height, corners = np.take_along_axis(height, order, axis=1), np.eye(height.shape[1])[order]
    for (dimension, count), simplices in _SIMPLICES.items():
        which = np.flatnonzero(before.sum(axis=1) == count)
        if dimension != height.shape[1] - 1 or not which.size:
            continue
        h, x = height[which], corners[which]
        for edges in simplices:
            one, other = np.array(edges).T
            t = (h[:, one] / (h[:, one] - h[:, other]))[:, :, None]
            found.append((which, (1 - t) * x[:, one] + t * x[:, other]))
    return found


def signs(values):
    """The sign of a linear function on segments or triangles, as a sum of factors on simplices: [(which, shares, factors)].

    values: (n, k) at the corners. Where the sign changes one corner has a sign of its own: so it is that of the others on the whole, and twice its
    own on the part around it.
    which: (m,); shares: (m, k, k), as of `slices`; factors: (m,).
    """
    positive, corners = values > 0, np.eye(values.shape[1])
    count = positive.sum(axis=1)
    others = np.where((count == values.shape[1]) | (count > 1), 1.0, -1.0)
    mixed = np.flatnonzero((count > 0) & (count < values.shape[1]))
    alone = np.argmax(positive[mixed] == (others[mixed] < 0)[:, None], axis=1)
    own = values[mixed, alone][:, None]
    apart = np.arange(values.shape[1]) != alone[:, None]
    t = np.where(apart, own / np.where(apart, own - values[mixed], 1.0), 0.0)[:, :, None]
    around = (1 - t) * corners[alone][:, None, :] + t * corners
    everywhere = np.broadcast_to(corners, (len(values), *corners.shape))
    parts = [(np.arange(len(values)), everywhere, others), (mixed, around, -2 * others[mixed])]
    return [part for part in parts if part[0].size]
