"""Entries on top of a matrix by rows."""

import numpy as np
import pytest
from scipy import sparse

from spinfem.algebra.pattern import added_up

MATRIX = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 0.0], [0.0, 3.0, 0.0], [4.0, 5.0, 6.0]])


@pytest.mark.parametrize("rows", [[0], [3], [1, 1, 1], [2, 0, 2, 3], [0, 1, 2, 3], []])
def test_rows_with_more_entries_are_added_up_and_sorted(rows):
    columns, entries = np.array([2, 0, 1, 0])[: len(rows)], np.arange(1.0, len(rows) + 1)
    expected = MATRIX.copy()
    np.add.at(expected, (np.array(rows, dtype=int), columns), entries)
    found = added_up(sparse.csr_matrix(MATRIX), entries, np.array(rows, dtype=int), columns)
    assert (found.toarray() == expected).all()
    assert found.nnz == np.count_nonzero(expected)
    for first, last in zip(found.indptr, found.indptr[1:], strict=False):
        assert (np.diff(found.indices[first:last]) > 0).all()
