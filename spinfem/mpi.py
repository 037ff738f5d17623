"""MPI around us, whoever made it: the library, its processes, its launcher. Imports nothing that takes time."""

import ctypes
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

# Set by Open MPI and by MPICH (Hydra), or by Slurm for them, in each process that they start.
_RANK_MARKS = ("OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE", "PMI_RANK")
_PROCESS_MARKS = ("PMIX_", "OMPI_COMM_", "OMPI_UNIVERSE_", "PRTE_JOB", "PRTE_LAUNCHED", "PMI_", "HYDI_", "MPI_LOCAL")


def under_mpi() -> bool:
    """Was this process started by mpirun or srun?"""
    return any(mark in os.environ for mark in _RANK_MARKS)


def outside_mpi():
    """Our environment variables, less those by which a process that we start would take itself for a rank."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_PROCESS_MARKS)}


def launcher():
    """The mpirun that belongs to this Python, or None. (A virtual environment may not be activated, and others be in the PATH.)"""
    ours = Path(sys.prefix) / "bin/mpirun"
    return str(ours) if ours.exists() else shutil.which("mpirun") or shutil.which("mpiexec")


def on_ranks(ranks, command):
    """The command line that runs `command` on that many ranks."""
    return [launcher() or "mpirun", "-n", str(ranks), *command] if ranks > 1 else list(command)


def load_first() -> None:
    """Where DOLFINx is a wheel, load the MPI library of this environment: DOLFINx and PETSc do not find it by themselves.

    mpi4py would load the same one, so the order of imports does not matter any more. Elsewhere nothing happens.
    """
    library = Path(sys.prefix) / "lib/libmpi.so.12"  # where the wheel of MPICH puts it
    if find_spec("dolfinx_solver") and library.exists():
        ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
