"""The terminal a person looks at, also from behind mpirun, which shows every rank a terminal of its own making."""

import os
import shutil
import sys

from spinfem.mpi import under_mpi

_WIDE = 160  # columns of a file or a pipe: tables need no folding there
_WIDTH, _PERSON = "SPINFEM_COLUMNS", "SPINFEM_INTERACTIVE"


def described():
    """Environment variables that tell the ranks we start what they cannot see for themselves."""
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    return {_WIDTH: str(columns), _PERSON: str(int(interactive()))}


def interactive():
    """Does a person watch stderr?"""
    return os.environ.get(_PERSON) == "1" if under_mpi() else sys.stderr.isatty()


def console(stderr=False):
    """Where to print: as wide as the terminal; into a file or pipe wide enough for tables, and plain."""
    from rich.console import Console  # not at once: who starts the program must not wait for it

    if under_mpi():
        columns = int(os.environ.get(_WIDTH, "0"))
        return Console(stderr=stderr, highlight=False, force_terminal=columns > 0, width=columns or _WIDE)
    there = Console(stderr=stderr, highlight=False)
    return there if there.is_terminal else Console(stderr=stderr, highlight=False, width=_WIDE)


def table(*headers):
    """A table without lines."""
    from rich.table import Table

    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for header in headers:
        rows.add_column(header, overflow="fold")
    return rows
