"""Differences between versions of DOLFINx, and what is private in it, stay in one file."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import spinfem

PACKAGE = Path(spinfem.__file__).parent
ELSEWHERE = {
    "private parts of DOLFINx": r"_cpp_object|\bcpp\.|import cpp\b",
    "interpolation points, a property since 0.10": r"\.interpolation_points",
    "nodes of cells, which 0.11 calls dofmaps": r"\.geometry\.dofmap",
    "a partitioner, which 0.11 makes from more": r"create_cell_partitioner",
    "an IndexMap, which 0.11 makes from more": r"\.IndexMap\(",
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_only_compat_knows(what):
    files = [file for file in PACKAGE.rglob("*.py") if re.search(ELSEWHERE[what], file.read_text(encoding="utf-8"))]
    assert files == [PACKAGE / "compat.py"]


@pytest.mark.parametrize("first", ["dolfinx", "petsc4py.PETSc", "mpi4py.MPI"])
def test_after_spinfem_the_order_of_imports_does_not_matter(first):
    done = subprocess.run([sys.executable, "-c", f"import spinfem, {first}, dolfinx, mpi4py.MPI, petsc4py.PETSc"])
    assert done.returncode == 0
