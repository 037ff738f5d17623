"""Who types a command waits for what it imports: each loads what it needs, and nothing else."""

import subprocess
import sys

import pytest

from tests.commands import CASES

SOLVER = {"dolfinx", "mpi4py", "petsc4py"}
FOR_OTHERS = {
    "dolfinx.utils",
    "numpy.f2py",
    "numpy.testing",
    "unittest",
}  # what scipy and DOLFINx import for their other users
DRAWING = {"jinja2", "matplotlib", "meshio", "pandas", "plotly", "pyvista", "vtkmodules"}
NUMBERS_ONLY = [word for key in ("pictures", "report", "fields") for word in ("--set", f"output.{key}=false")]
COMMAND = """
import atexit, runpy, sys
from importlib.util import _LazyModule
loaded = lambda: [name for name, module in sys.modules.items() if type(module) is not _LazyModule]
atexit.register(lambda: print(*loaded(), file=sys.stderr))
runpy.run_module("spinfem", run_name="__main__")
"""


def python(program, *words):
    return subprocess.run([sys.executable, "-c", program, *map(str, words)], capture_output=True, text=True, check=True)


def loaded(*words):
    """The modules that `spinfem WORDS` has loaded in the end."""
    return set(python(COMMAND, *words).stderr.splitlines()[-1].split())


def test_help_needs_nothing_heavy():
    assert not loaded("--help") & {*SOLVER, *DRAWING, "gmsh", "numpy", "pint", "pydantic", "scipy"}


@pytest.mark.parametrize(("case", "more"), [("gmr_pillar", {"gmsh"}), ("nonlocal_valve_2d", set())])
def test_a_check_needs_no_solver(case, more):
    assert not loaded("check", CASES / f"{case}.yaml") & {*SOLVER, *DRAWING, *more}


def test_a_run_of_layers_needs_no_gmsh_and_draws_nothing_that_nobody_asked_for(tmp_path):
    found = loaded("run", CASES / "gmr_pillar.yaml", "-o", tmp_path / "out", *NUMBERS_ONLY)
    assert found >= SOLVER and not found & {*DRAWING, *FOR_OTHERS, "gmsh"}


def test_what_is_left_for_later_is_there_when_it_is_used():
    python("""
import sys
from importlib.util import _LazyModule
from spinfem.unused import leave_for_later
leave_for_later()
import numpy, scipy.sparse
assert type(sys.modules["numpy.ma"]) is _LazyModule
assert numpy.ma.masked_array([1, 2], [True, False]).count() == 1
assert numpy.polynomial.Polynomial([1, 2])(3) == 7
from scipy.spatial.transform import Rotation
assert Rotation.identity().magnitude() == 0
""")
