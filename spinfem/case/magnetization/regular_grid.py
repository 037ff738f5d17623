"""Directions at the centres of the cells of a regular grid, and between them."""

import numpy as np

from spinfem.case.files import FileFault

_ROUNDING = 1e-6  # of a cell


class RegularGrid:
    """Vectors at cell centres; a cell whose vector is zero is empty.

    base: the centre of the first cell, (3,), m; step: the size of a cell, (3,), m; vectors: (3, nx, ny, nz). Only their
    directions are kept.
    """

    def __init__(self, base, step, vectors):
        self._base, self._step = base, step
        m, filled = directions(vectors)
        self.empty = not filled.any()
        self._layers = np.stack(_with_rim(m, filled))

    @property
    def extent(self):
        """From where to where the cells reach along x, y, z: (3, 2), m."""
        count = np.array(self._layers.shape[1:]) - 2
        low = self._base - self._step / 2
        return np.stack([low, low + count * self._step], axis=1)

    def sample(self, points):
        """Vectors (3, n), of any length, and the share (n,) of cells that are not empty, at points (3, n), m.

        Trilinear between the centres of cells, extrapolated up to half a cell beyond the grid; farther out the share is nan.
        """
        from scipy.ndimage import map_coordinates

        last = np.array(self._layers.shape[1:])[:, None] - 1.0
        at = (points - self._base[:, None]) / self._step[:, None] + 1.0
        near = (at > -_ROUNDING) & (at < last + _ROUNDING)
        at = np.where(near, np.clip(at, 0.0, last), at)
        found = [map_coordinates(layer, at, order=1, mode="constant", cval=np.nan) for layer in self._layers]
        return np.stack(found[:3]), found[3]


def directions(vectors):
    """Unit vectors of `vectors` (3, ...), zero where they are zero, and where they are not: (...). Raises FileFault."""
    length = np.linalg.norm(vectors, axis=0)
    if not np.isfinite(length).all():
        raise FileFault("has values that are not finite numbers")
    filled = length > 1e-6 * length.max(initial=0.0)  # what is smaller is the rounding of zero
    return np.where(filled, vectors / np.where(filled, length, 1.0), 0.0), filled


def _with_rim(m, filled):
    """m_x, m_y, m_z and `filled` as floats, with one more cell on each side: the linear continuation of the last two."""
    share = filled.astype(float)
    for axis in range(3):
        rim = [(int(axis == k),) * 2 for k in range(3)]
        share = np.pad(share, rim, mode="edge")
        if m.shape[1 + axis] > 1:
            m = np.pad(m, [(0, 0), *rim], mode="reflect", reflect_type="odd") * share  # empty cells stay so
        else:
            m = np.pad(m, [(0, 0), *rim], mode="edge")
    return *m, share
