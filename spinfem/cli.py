"""The program: the list of its commands."""

import os
import signal
from typing import Annotated

import typer

from spinfem import __version__
from spinfem.commands.catalogue import devices, doctor, materials, new, observables
from spinfem.commands.check import check
from spinfem.commands.common import FAILED_SOLVE, fail
from spinfem.commands.fit import fit
from spinfem.commands.folders import paraview, report
from spinfem.commands.formula import formula
from spinfem.commands.mesh import entities, mesh
from spinfem.commands.run import run
from spinfem.commands.sweep import collect, status, sweep
from spinfem.tty import console

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
_OF_A_CASE = check, run, sweep, status, collect, fit, formula, mesh, entities, report, paraview
_OF_THE_PROGRAM = doctor, new, materials, devices, observables
for command in (*_OF_A_CASE, *_OF_THE_PROGRAM):
    app.command()(command)


def main() -> None:
    """The program as a person starts it."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `spinfem check case.yaml | head` ends quietly
    # PETSc would comment on every signal, and it is not PETSc that a person interrupts.
    os.environ["PETSC_OPTIONS"] = f"-no_signal_handler {os.environ.get('PETSC_OPTIONS', '')}".strip()
    try:
        app(prog_name="spinfem")
    except OSError as error:
        fail(f"{error.filename} cannot be read or written: {error.strerror}" if error.filename else str(error))
        raise SystemExit(FAILED_SOLVE) from None


def show_version(wanted: bool) -> None:
    """End the program with its version."""
    if wanted:
        console().print(f"spinfem {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def spinfem(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Say the version and end.")
    ] = False,
) -> None:
    """Diffusive spin transport in metallic nanostructures.

    A case file describes a device and what is to be found out about it. Start with: spinfem new nonlocal_valve
    """
