"""Running on several ranks: `-n 4` starts MPI itself, and `mpirun -n 4 spinfem ...` works as well."""

import atexit
import ctypes
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from spinfem.interruption import die_with_parent, inside
from spinfem.mpi import on_ranks
from spinfem.tty import described

_HANDED = "SPINFEM_HANDED"  # the file where it will lie


def start_ranks(ranks, arguments, prepare):
    """Run `spinfem ARGUMENTS` on `ranks` ranks and return the exit status of the whole.

    While they start, `prepare()` makes what they wait for (`handed`); if it raises, they end without a word.
    """
    command = on_ranks(ranks, [sys.executable, "-m", "spinfem", *arguments])
    with TemporaryDirectory(prefix="spinfem-", ignore_cleanup_errors=True) as folder:
        file = Path(folder, "handed")
        environment = {"OMP_NUM_THREADS": "1"} | os.environ | described() | inside() | {_HANDED: str(file)}
        with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, **ended_with_us()) as mpirun:
            prepared = None
            try:
                prepared = prepare()
            finally:
                unfinished = file.with_suffix(".unfinished")
                unfinished.write_bytes(pickle.dumps(prepared))
                unfinished.replace(file)
            return mpirun.wait()


def handed():
    """What whoever started these ranks has prepared, as pickled bytes (of None: they are to end); None if nobody did. Waits for it."""
    if _HANDED not in os.environ:
        return None
    file = Path(os.environ[_HANDED])
    while not file.exists():
        time.sleep(0.01)
    found = file.read_bytes()
    rmtree(file.parent, ignore_errors=True)  # Ctrl-C leaves nobody to do it
    return found


def ended_with_us():
    """Arguments of Popen: mpirun ends its ranks when we are gone. Ctrl-C does not reach it directly: twice would be too hasty for it."""
    return {"preexec_fn": die_with_parent, "start_new_session": True}


def leave(left: SystemExit):
    """End this process with the status of `left`, without taking apart all that was loaded, which takes a third of a second."""
    if left.code is not None and not isinstance(left.code, int):
        raise left  # Python prints it
    atexit._run_exitfuncs()
    if "petsc4py.PETSc" in sys.modules:
        sys.modules["petsc4py.PETSc"]._finalize()  # prints what PETSC_OPTIONS asks for
    if "mpi4py.MPI" in sys.modules and not sys.modules["mpi4py.MPI"].Is_finalized():
        sys.modules["mpi4py.MPI"].Finalize()
    sys.stdout.flush()
    sys.stderr.flush()
    ctypes.CDLL(None).fflush(None)
    os._exit(left.code or 0)


def abort_together(comm) -> None:
    """An exception that nobody catches on one rank ends all ranks, instead of leaving the others waiting for ever."""
    if comm.size == 1:
        return
    report = sys.excepthook

    def hook(kind, error, trace) -> None:
        report(kind, error, trace)
        sys.stderr.flush()
        comm.Abort(1)

    sys.excepthook = hook
