"""What is made of a folder of results."""

from pathlib import Path
from typing import Annotated

import typer

from spinfem.case.faults import Fault
from spinfem.commands.common import refuse
from spinfem.tty import console

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Results of a run or a sweep.", show_default=False)]


def report(folder: Folder) -> None:
    """Make DIR/report.html, one page with everything about a run or a sweep, from what lies in DIR.

    Example: spinfem report results/nonlocal_valve
    """
    from spinfem.output.report import NothingToReport, write_report

    page = _made(write_report, folder, NothingToReport)
    console().print(f"wrote {page}", highlight=False, markup=False)


def paraview(folder: Folder) -> None:
    """Write a Python file that opens the results in DIR in ParaView, with colours, arrows and views that suit the device.

    Example: spinfem paraview results/nonlocal_valve
    """
    from spinfem.output.paraview import NothingToShow, write_script

    script = _made(write_script, folder, NothingToShow)
    console().print(f"wrote {script}; next: paraview --script={script}", highlight=False, markup=False)


def _made(make, folder, nothing):
    """What `make` makes of a folder, which is refused if it raises `nothing`."""
    try:
        return make(folder)
    except nothing as error:
        refuse([Fault("DIR", str(folder), str(error))])
