"""The kernels are compiled once, and then taken from where compiled forms are kept."""

import numpy as np
import pytest
from dolfinx import jit

from spinfem.algebra import kernels


@pytest.fixture
def cache(tmp_path, monkeypatch):
    options = jit.get_options() | {"cache_dir": str(tmp_path)}
    monkeypatch.setattr(jit, "get_options", lambda *given: options)
    kernels._library.cache_clear()
    yield tmp_path
    kernels._library.cache_clear()


def neighbours():
    """On a line of three cells."""
    dofs = np.array([[0, 1], [1, 2], [2, 3]], dtype=np.int32)
    start, cells = np.array([0, 1, 3, 5, 6], dtype=np.int32), np.array([0, 0, 1, 1, 2, 2], dtype=np.int32)
    counts, ind = np.zeros(5, dtype=np.int32), np.empty(10, dtype=np.int32)
    kernels.call("pattern", 4, 2, start, cells, dofs, np.full(4, -1, dtype=np.int32), counts, None)
    ptr = np.cumsum(counts, dtype=np.int32)
    kernels.call("pattern", 4, 2, start, cells, dofs, np.full(4, -1, dtype=np.int32), ptr.copy(), ind)
    return ptr.tolist(), ind.tolist()


def test_they_are_compiled_once(cache, monkeypatch):
    expected = [0, 2, 5, 8, 10], [0, 1, 0, 1, 2, 1, 2, 3, 2, 3]
    assert neighbours() == expected
    (library,) = cache.glob("spinfem_kernels_*")
    kernels._library.cache_clear()
    monkeypatch.setattr(kernels, "_compile", None)  # nobody calls it again
    assert neighbours() == expected
    assert [path.name for path in cache.glob("spinfem_kernels_*")] == [library.name]


def test_nobody_finds_half_a_library(cache, monkeypatch):
    def killed(self, tmpdir, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(kernels.cffi.FFI, "compile", killed)
    with pytest.raises(KeyboardInterrupt):
        neighbours()
    assert not [*cache.glob("spinfem_kernels_*")]
