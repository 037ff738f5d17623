"""Leftovers of processes that were killed while they compiled do not stop the next one."""

import pytest
import ufl
from dolfinx import fem, jit, mesh
from mpi4py import MPI

from spinfem.algebra.compiling import compiling


@pytest.fixture
def cache(tmp_path, monkeypatch):
    options = jit.get_options() | {"cache_dir": str(tmp_path)}
    monkeypatch.setattr(jit, "get_options", lambda *given: options)
    return tmp_path


@pytest.mark.parametrize("lost", ["*.c.cached", "*.c"], ids=["mark without result", "result without mark"])
def test_half_a_pair_is_made_again(lost, cache):
    line = mesh.create_unit_interval(MPI.COMM_SELF, 2)

    def integral():
        with compiling(MPI.COMM_SELF):
            form = fem.form(fem.Constant(line, 3.0) * ufl.dx(line), jit_options={"cache_dir": str(cache)})
        return fem.assemble_scalar(form)

    assert integral() == pytest.approx(3.0)
    for file in [*cache.glob(lost), *cache.glob("*.so")]:
        file.unlink()
    assert integral() == pytest.approx(3.0)
    assert len(list(cache.glob("*.c"))) == len(list(cache.glob("*.c.cached"))) == 1


@pytest.mark.timeout(300)
def test_it_may_be_held_inside_itself(cache):
    with compiling(MPI.COMM_SELF):
        with compiling(MPI.COMM_SELF):
            pass
        (cache / "other.c").touch()  # nobody tidies up while it is held
        with compiling(MPI.COMM_SELF):
            assert (cache / "other.c").exists()
    with compiling(MPI.COMM_SELF):
        assert not (cache / "other.c").exists()
