"""Does everything that spinfem stands on work here?  `spinfem doctor`, or `python -m spinfem.doctor`.

Nothing of the solver is imported at the top: where an import fails, that is a finding, not a crash. What could take the
whole process down (MPI, the compiler, the graphics library) is tried in a process of its own.
"""

import importlib.util
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from spinfem.mpi import launcher, outside_mpi

Status = Literal["ok", "warn", "fail"]

SECONDS = 120  # a compiler on a busy machine is slow
LITTLE_MEMORY = 4e9
OLDEST_DOLFINX = (0, 9)

RANKS_SCRIPT = """
from mpi4py import MPI
total = MPI.COMM_WORLD.allreduce(1)
MPI.COMM_WORLD.rank or print("ranks", total)
"""

FORM_SCRIPT = """
import sys
from mpi4py import MPI  # first: in wheels it loads the library that DOLFINx needs
import basix.ufl, dolfinx, ufl
mesh = dolfinx.mesh.create_unit_interval(MPI.COMM_SELF, 2)
form = dolfinx.fem.form(2 * ufl.SpatialCoordinate(mesh)[0] * ufl.dx, jit_options={"cache_dir": sys.argv[1]})
print("integral", dolfinx.fem.assemble_scalar(form))
"""

PICTURE_SCRIPT = """
import pyvista
plotter = pyvista.Plotter(off_screen=True, window_size=(64, 64))
plotter.add_mesh(pyvista.Sphere(), color="red")
print("contrast", plotter.screenshot(return_img=True).std())
"""


@dataclass(frozen=True)
class Check:
    name: str
    status: Status
    detail: str


def checks() -> list[Check]:
    """Every check, in the order in which one thing needs the other."""
    return [run_check(name, check) for name, check in CHECKS.items()]


def run_check(name: str, check: Callable[[], tuple[Status, str]]) -> Check:
    try:
        return Check(name, *check())
    except Exception as error:  # whatever goes wrong is what the person wants to know
        return Check(name, "fail", f"{type(error).__name__}: {error}")


def healthy(results: list[Check]) -> bool:
    return all(result.status != "fail" for result in results)


# ---------------------------------------------------------------------------------------------------- versions


def check_python() -> tuple[Status, str]:
    return ("ok" if sys.version_info >= (3, 11) else "fail"), f"{platform.python_version()} ({sys.executable})"


def check_environment() -> tuple[Status, str]:
    checkout = Path(__file__).resolve().parents[1]
    return "ok", f"{os.environ.get('SPINFEM_ENVIRONMENT', sys.prefix)}, spinfem from {checkout}"


def check_machine() -> tuple[Status, str]:
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return ("ok" if memory >= LITTLE_MEMORY else "warn"), f"{cores} cores, {memory / 1e9:.0f} GB of memory"


def check_dolfinx() -> tuple[Status, str]:
    import dolfinx

    version = dolfinx.__version__
    if numbers(version) < OLDEST_DOLFINX:
        return "fail", f"{version}, but {'.'.join(map(str, OLDEST_DOLFINX))} or newer is needed"
    kind = "a wheel" if importlib.util.find_spec("dolfinx_solver") else "a package"
    return "ok", f"{version}, {kind} in {Path(dolfinx.__file__).parents[1]}"


def check_petsc() -> tuple[Status, str]:
    from petsc4py import PETSc

    version = ".".join(map(str, PETSc.Sys.getVersion()))
    if not PETSc.Sys.hasExternalPackage("mumps"):
        return "fail", f"{version} was built without MUMPS"
    if PETSc.ScalarType().dtype.kind != "f":
        return "fail", f"{version} was built for complex numbers; spinfem needs the real build"
    from spinfem.algebra.multigrid import available

    return "ok", f"{version} with MUMPS; multigrid: {available()[0]}"


def check_mpi() -> tuple[Status, str]:
    import mpi4py
    from mpi4py import MPI

    vendor, version = MPI.get_vendor()
    return "ok", f"{vendor} {'.'.join(map(str, version))}, mpi4py {mpi4py.__version__}"


def check_gmsh() -> tuple[Status, str]:
    import gmsh

    return "ok", gmsh.__version__


def check_pyvista() -> tuple[Status, str]:
    return "ok", f"{metadata.version('pyvista')}, VTK {metadata.version('vtk')}"


def check_adios2() -> tuple[Status, str]:
    import dolfinx

    if dolfinx.common.has_adios2:
        return "ok", "DOLFINx writes VTX files"
    return "warn", "not in this DOLFINx: no VTX files (VTU files are not concerned)"


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


# ------------------------------------------------------------------------------------------------ trials


def check_ranks() -> tuple[Status, str]:
    mpirun = launcher()
    if mpirun is None:
        return "fail", "no mpirun: `spinfem run -n` cannot start ranks"
    answer = ask([mpirun, "-n", "2", sys.executable, "-c", RANKS_SCRIPT], "ranks")
    if answer != 2:
        return "fail", f"{mpirun} -n 2 started {answer:.0f} rank(s) at a time: it belongs to another MPI than mpi4py"
    return "ok", f"{mpirun} -n 2: both ranks answer"


def check_compiler() -> tuple[Status, str]:
    with tempfile.TemporaryDirectory() as cache:
        answer = ask([sys.executable, "-c", FORM_SCRIPT, cache], "integral")
    if abs(answer - 1) > 1e-12:
        return "fail", f"a form that was compiled gives {answer} instead of 1"
    return "ok", "a form was compiled and gives the right number"


def check_cache() -> tuple[Status, str]:
    """Compiled forms are kept; a compilation that was killed leaves a file behind that later ones would wait for."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "fenics"
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        return "fail", f"{folder} cannot be written: no form can be compiled"
    left = unfinished(folder)
    if left:
        return "warn", f"{len(left)} form(s) in {folder} were never finished; when nothing runs, delete {left[0]}* etc."
    return "ok", f"{folder}, {len(list(folder.glob('*.so')))} forms"


def unfinished(folder: Path) -> list[Path]:
    """Sources without the mark that FFCx sets last."""
    return [source for source in sorted(folder.glob("*.c")) if not source.with_suffix(".c.cached").exists()]


def check_picture() -> tuple[Status, str]:
    contrast = ask([sys.executable, "-c", PICTURE_SCRIPT], "contrast")
    return ("ok", "a picture was drawn off screen") if contrast > 1 else ("fail", "the picture is blank")


def ask(command: list[str], word: str) -> float:
    """The number that a small script prints after the word."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=SECONDS, env=outside_mpi(), stdin=subprocess.DEVNULL
    )
    answer = re.search(rf"^{word} (\S+)$", done.stdout, re.MULTILINE)
    if done.returncode != 0 or answer is None:
        raise RuntimeError(f"status {done.returncode}: {last_line(done.stderr or done.stdout)}")
    return float(answer[1])


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


CHECKS: dict[str, Callable[[], tuple[Status, str]]] = {
    "machine": check_machine,
    "environment": check_environment,
    "python": check_python,
    "dolfinx": check_dolfinx,
    "petsc": check_petsc,
    "mpi": check_mpi,
    "ranks": check_ranks,
    "gmsh": check_gmsh,
    "compiler": check_compiler,
    "compiled forms": check_cache,
    "pyvista": check_pyvista,
    "pictures": check_picture,
    "adios2": check_adios2,
}


def table(results: list[Check]):
    """The findings as a rich table."""
    from rich.table import Column, Table

    colours = {"ok": "green", "warn": "yellow", "fail": "bold red"}
    rows = Table("name", "status", Column("detail", overflow="fold"), box=None, show_header=False)
    for result in results:
        rows.add_row(result.name, f"[{colours[result.status]}]{result.status}[/]", result.detail.replace("[", "\\["))
    return rows


def main() -> int:
    from rich.console import Console

    results = checks()
    Console().print(table(results))
    return 0 if healthy(results) else 1


if __name__ == "__main__":
    sys.exit(main())
