"""What places add to a sum over points, for places of all sizes: where their parts cancel, it is not known that what is missing of them does.

A place is a box, each in one twice as large, up to one with everything. An estimate sees some part of what is missing around a singularity, another one around the next. So the
root of the sum of the squares of what places add says how far a sum may be off, for the size of places at which that is largest: smaller ones share a singularity, and in larger ones
several cancel.
"""

import numpy as np
from scipy.sparse import coo_array

_HALVINGS = 7  # from the largest extent to the smallest places
_SHIFT = (3 - 5**0.5) / 2  # of a box: drawings have no faces there
_RADIX = 2 ** (_HALVINGS + 1)  # more than there are boxes in a row


class Places:
    """Of points, (n, 3), of all ranks. Collective, as `sums` is."""

    def __init__(self, comm, points):
        self._comm = comm
        ends = comm.allgather((points.min(axis=0, initial=np.inf), points.max(axis=0, initial=-np.inf)))
        low, high = np.min([low for low, _ in ends], axis=0), np.max([high for _, high in ends], axis=0)
        at = np.floor(((points - low) / (high - low).max() + _SHIFT) * 2**_HALVINGS).astype(np.int64)
        codes = at @ _RADIX ** np.arange(3)
        every = np.unique(np.concatenate(comm.allgather(np.unique(codes))))
        where = np.searchsorted(every, codes), np.arange(len(points))
        self._add = coo_array((np.ones(len(points)), where), shape=(len(every), len(points))).tocsr()
        self._larger = []  # which of the boxes twice as large each box is in, size by size
        boxes = every[:, None] // _RADIX ** np.arange(3) % _RADIX
        while len(boxes) > 1:
            boxes, larger = np.unique(boxes // 2, axis=0, return_inverse=True)
            self._larger.append(larger.ravel())

    @property
    def count(self) -> int:
        """How many of the smallest places there are."""
        return self._add.shape[0]

    def sums(self, values) -> np.ndarray:
        """What the smallest places add, (places, k), of values at this rank's points, (n, k)."""
        return sum(self._comm.allgather(self._add @ values))

    def apart(self, sums) -> float:
        """The root of the sum of the squares of what places add, where it is largest; sums: of the smallest places, (places,)."""
        found = [np.linalg.norm(sums)]
        for larger in self._larger:
            sums = np.bincount(larger, sums)
            found.append(np.linalg.norm(sums))
        return float(max(found))
