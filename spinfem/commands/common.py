"""What the commands have in common: their arguments, reading a case, running on several ranks, refusing."""

import gc
import json
import pickle
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from spinfem.case.faults import CaseError, Fault
from spinfem.mpi import under_mpi
from spinfem.tty import console

FAILED_SOLVE, BAD_CASE = 1, 2  # exit status

CaseFile = Annotated[Path, typer.Argument(metavar="CASE.yaml", help="The case file.", show_default=False)]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", show_default=False, help="Replace a value of the case (repeatable)."),
]
Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin", metavar="FILE.py", show_default=False, help="Another of the case's `plugins` (repeatable)."
    ),
]

Ranks = Annotated[
    int | None, typer.Option("-n", "--ranks", min=1, help="Processes to run on (starts MPI).", show_default="1")
]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="DIR", help="Folder for the results.", show_default="results/CASE"),
]


def with_plugins(overrides, plugins):
    """The overrides that also put these files, named as seen from here, among the plugins of the case. One that another one would replace ends the program."""
    from spinfem.case.overrides import replaced

    if faults := list(replaced(overrides or ())):
        refuse(faults)
    return [*(overrides or ()), *(f"plugins+={json.dumps(str(file.resolve()))}" for file in plugins or ())]


def read(case_file, overrides=()):
    """The Case of a file and the Outline of its drawing, checked against each other; faults end the program."""
    from spinfem.case.cross_check import cross_check
    from spinfem.case.source import CaseSource
    from spinfem.geometry.recipe import outline_of

    with refusing():
        case = CaseSource.of_file(case_file, overrides).case()
        outline = outline_of(case)
        if faults := cross_check(case, outline):
            raise CaseError(faults)
    return case, outline


@contextmanager
def everywhere(ranks, command, files, folder, overrides, *more, mark=None, refuse_early=lambda: None):
    """The communicator to work on. With `ranks` the same command is started on that many, and this process only waits.

    files: the arguments of the command, the case file first; more: its further options; mark: of its results; refuse_early: what else to look at before.
    """
    from spinfem.interruption import may_leave
    from spinfem.launch import abort_together, start_ranks
    from spinfem.output.folders import CannotWrite, cannot_write

    may_leave(folder)
    if ranks and ranks > 1 and not under_mpi():

        def prepare():
            # What cannot be is refused here: mpirun would comment on the exit status.
            found = read(files[0], overrides)
            refuse_early()
            try_output(folder, mark)
            return found

        again = [word for override in overrides or () for word in ("--set", override)]
        raise typer.Exit(start_ranks(ranks, [command, *map(str, files), "-o", str(folder), *again, *more], prepare))
    gc.disable()  # what is loaded now stays: to look for garbage in it takes a twentieth of a small run
    from mpi4py import MPI

    abort_together(MPI.COMM_WORLD)
    try:
        yield MPI.COMM_WORLD
    except OSError as error:
        everyone_knows = MPI.COMM_WORLD.size == 1 or isinstance(error, CannotWrite)
        if MPI.COMM_WORLD.rank == 0 or not everyone_knows:
            fail(str(cannot_write(folder, error)))
        if not everyone_knows:
            MPI.COMM_WORLD.Abort(FAILED_SOLVE)
        raise typer.Exit(FAILED_SOLVE) from None
    finally:
        gc.enable()


def read_together(comm, case_file, overrides, folder, mark=None):
    """What `read` gives, on every rank; rank 0 alone reads, and speaks of faults, if that was not done while the ranks were started. The output
    folder is looked at too. From then on garbage is collected, of what is made after it."""
    from spinfem.case.registry import load_installed
    from spinfem.geometry.root import on_all
    from spinfem.launch import handed

    packed, status = None, 0
    if comm.rank == 0:
        packed = handed()
        try:
            if packed is None:
                packed = pickle.dumps(read(case_file, overrides))
                check_output(folder, mark)
        except typer.Exit as leave:
            status = leave.exit_code
    packed, status = comm.bcast((packed, status))
    if status or packed == pickle.dumps(None):
        raise typer.Exit(status)
    try:
        on_all(comm, load_installed)
        found = on_all(comm, lambda: pickle.loads(packed))  # runs the case's plugins on each rank
    except (ValueError, ImportError, CaseError) as error:
        if comm.rank == 0:
            refuse([Fault("plugins", None, f"on one of the ranks: {error}")])
        raise typer.Exit(BAD_CASE) from None
    gc.freeze()
    gc.enable()
    return found


def check_output(folder, mark) -> None:
    """Refuse a folder whose files a result would replace."""
    from spinfem.output.folders import RESULTS, FolderInUse, check_folder

    try:
        check_folder(folder, mark or RESULTS)
    except FolderInUse as error:
        refuse([Fault("--output", str(folder), str(error))])


def try_output(folder, mark) -> None:
    """Refuse a folder whose files a result would replace; end where it cannot be written."""
    from spinfem.output.folders import RESULTS, CannotWrite, FolderInUse, try_folder

    try:
        try_folder(folder, mark or RESULTS)
    except FolderInUse as error:
        refuse([Fault("--output", str(folder), str(error))])
    except CannotWrite as error:
        fail(str(error))
        raise typer.Exit(FAILED_SOLVE) from None


def fail(message) -> None:
    """One line on stderr, after what was printed before."""
    sys.stdout.flush()
    console(stderr=True).print(Text(message), soft_wrap=True)


def refuse(faults) -> None:
    """Print all faults of a case, one on each line, and exit with the status of a bad case."""
    for fault in faults:
        console(stderr=True).print(Text(str(fault)), soft_wrap=True)
    raise typer.Exit(BAD_CASE)


@contextmanager
def refusing():
    """A CaseError that is raised meanwhile ends the program with its faults, and so does what a plugin file raises."""
    from spinfem.case.plugin_files import failed_in

    try:
        yield
    except CaseError as error:
        refuse(error.faults)
    except Exception as error:
        if (fault := failed_in(error)) is None:
            raise
        refuse([fault])


@contextmanager
def told_once(comm, words_of=str):
    """A CaseError or a SolveError that is raised on all ranks meanwhile, and what a plugin file raises, is told by one of them and ends the program on all.

    words_of: what rank 0 says of a SolveError.
    """
    from spinfem.algebra.solver import SolveError
    from spinfem.case.plugin_files import failed_in

    try:
        yield
    except CaseError as error:
        if comm.rank == 0:
            refuse(error.faults)
        raise typer.Exit(BAD_CASE) from None
    except SolveError as error:
        if comm.rank == 0:
            fail(words_of(error))
        raise typer.Exit(FAILED_SOLVE) from None
    except Exception as error:
        if (fault := failed_in(error)) is None:
            raise
        if comm.rank == 0:
            refuse([fault])
        raise typer.Exit(BAD_CASE) from None


def print_parts(parts) -> None:
    """Tables and texts with a blank line after each."""
    for part in parts:
        console().print(part)
        console().print()
