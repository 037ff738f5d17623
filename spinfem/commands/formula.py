"""Closed formulas beside the full model."""

from spinfem.commands.common import CaseFile, Overrides, Plugins, read, told_once, with_plugins


def formula(case_file: CaseFile, overrides: Overrides = None, plugins: Plugins = None) -> None:
    """The closed formulas that fit a device, beside what the full model gives; of the others, why they do not fit. Writes nothing.

    Example: spinfem formula cases/nonlocal_valve_2d.yaml
    """
    case, _ = read(case_file, with_plugins(overrides, plugins))
    from mpi4py import MPI

    from spinfem.commands.common import print_parts
    from spinfem.formulas.formula import answers
    from spinfem.formulas.table import parts
    from spinfem.output.console import spinner
    from spinfem.study.run import run
    from spinfem.study.session import Session

    comm = MPI.COMM_WORLD
    with told_once(comm), spinner(comm) as progress:
        outcome = run(case, Session(comm), progress)
        found = answers(outcome.case, outcome.simulation.device)
    if comm.rank == 0:
        print_parts(parts(found, outcome.results.measurements))
