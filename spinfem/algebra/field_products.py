"""How large the energy between two functions can be, field by field.

|a(u, w)| <= sum over pairs of fields of |a_fg| |u_f| |w_g|: where two functions are large in fields that have nothing to do with each other, a spin
current and a charge current in a normal metal, they have no energy together, however large that of each of them is.
"""

import numpy as np


class FieldProducts:
    """Of the energy with these `tensors` on the CellMatrices `cells`, as in `CellMatrices.energies`. fields: name -> slice of the components."""

    def __init__(self, cells, tensors, fields):
        self._cells, self._fields = cells, list(fields.values())
        self._between = np.stack(
            [between_fields(kind, self._fields) for kind in tensors]
        )  # (2, classes, fields, fields)

    @property
    def classes(self):
        """Which of the tensors each owned cell has."""
        return self._cells.classes

    def sizes(self, values):
        """The norms of the gradients and of the potentials of each field in each owned cell, (2, cells, fields); values: (local nodes, block)."""
        squares = self._cells.squares(values)
        return np.sqrt(np.stack([squares[..., field].sum(axis=-1) for field in self._fields], axis=-1))

    def in_cells(self, one, other):
        """The largest energy in each owned cell between two functions of these sizes, (cells,)."""
        return np.einsum("kcf,kcfg,kcg->c", one, self._between[:, self._cells.classes], other)


def between_fields(matrices, fields):
    """(n, fields, fields) from (n, block, block): no less than the spectral norms of the blocks, and these where a block is diagonal or one row."""
    found = np.empty((len(matrices), len(fields), len(fields)))
    for f, rows in enumerate(fields):
        for g, columns in enumerate(fields):
            block = np.abs(matrices[:, rows, columns])
            squared = (
                (block**2).sum(axis=(1, 2))
                if 1 in block.shape[1:]
                else block.sum(axis=1).max(axis=1) * block.sum(axis=2).max(axis=1)
            )
            found[:, f, g] = np.sqrt(squared)
    return found
