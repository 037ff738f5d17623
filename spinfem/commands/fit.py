"""Numbers of a case from measured data."""

from pathlib import Path
from typing import Annotated

import typer

from spinfem.commands.common import (
    CaseFile,
    Overrides,
    Plugins,
    Ranks,
    everywhere,
    print_parts,
    read_together,
    refusing,
    told_once,
    with_plugins,
)
from spinfem.mpi import under_mpi


def fit(
    case_file: CaseFile,
    data_file: Annotated[
        Path | None, typer.Argument(metavar="[DATA.csv]", help="The measured data.", show_default="those of `fit.data`")
    ] = None,
    ranks: Ranks = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder for the results.", show_default="results/CASE_fit"),
    ] = None,
    overrides: Overrides = None,
    plugins: Plugins = None,
) -> None:
    """Find numbers of a case (its `fit`) from measured data, by the full model and by the one-dimensional formula.

    Example: spinfem fit cases/wide_contacts.yaml cases/wide_contacts.csv
    """
    overrides = with_plugins(overrides, plugins)
    folder = output or Path("results") / f"{case_file.stem}_fit"

    def refuse_bad_data() -> None:
        from spinfem.case.source import CaseSource
        from spinfem.fitting.fit import prepare

        with refusing():
            prepare(CaseSource.of_file(case_file, overrides), data_file)

    if not under_mpi():
        _refuse_unreadable(case_file, overrides, data_file)
    files = [case_file, data_file] if data_file else [case_file]
    with everywhere(ranks, "fit", files, folder, overrides, mark="fit.json", refuse_early=refuse_bad_data) as comm:
        from spinfem.fitting.console import fit_parts
        from spinfem.fitting.fit import fit as find
        from spinfem.fitting.write import MARK, write_fit
        from spinfem.output.console import spinner
        from spinfem.output.folders import reserved

        case, _ = read_together(comm, case_file, overrides, folder, MARK)
        with told_once(comm), reserved(folder, comm, MARK), spinner(comm) as progress:
            result = find(case.source, data_file, comm, progress)
            write_fit(folder, result, case.source, comm)
        if comm.rank == 0:
            print_parts(fit_parts(result, folder))


def _refuse_unreadable(case_file, overrides, data_file):
    """Tell faults of the data before DOLFINx is loaded, which takes longer than to read them."""
    from spinfem.case.source import CaseSource
    from spinfem.fitting.data import read_data

    with refusing():
        case = CaseSource.of_file(case_file, overrides).case()
        if case.fit.parameters:  # else that is said first
            read_data(data_file, case)
