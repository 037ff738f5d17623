"""Solving a case."""

from pathlib import Path

from spinfem.commands.common import (
    CaseFile,
    Output,
    Overrides,
    Plugins,
    Ranks,
    everywhere,
    fail,
    read_together,
    told_once,
    with_plugins,
)
from spinfem.tty import console


def run(
    case_file: CaseFile,
    ranks: Ranks = None,
    output: Output = None,
    overrides: Overrides = None,
    plugins: Plugins = None,
) -> None:
    """Solve a case, print the table of results, write everything into a folder.

    Example: spinfem run cases/nonlocal_valve.yaml -n 2 -o results/valve --set regions.wire.material="Cu @ 300 K"
    """
    overrides = with_plugins(overrides, plugins)
    folder = output or Path("results") / case_file.stem
    with everywhere(ranks, "run", [case_file], folder, overrides) as comm:
        from spinfem.clock import begun
        from spinfem.output.checkpoint import Checkpoint
        from spinfem.output.console import results_table, spinner, summary_lines
        from spinfem.output.folders import reserved
        from spinfem.output.write import write_failure, write_outcome
        from spinfem.study.run import run as solve
        from spinfem.study.session import Session

        case, _ = read_together(comm, case_file, overrides, folder)

        def keep(error) -> str:
            kept = write_failure(folder, error, case.source.as_it_ran(), case.output.report)
            return f"{error}; the residual history is in {kept}"

        with told_once(comm, keep), reserved(folder, comm), spinner(comm) as progress:
            text = case.source.as_it_ran()
            checkpoint = Checkpoint(folder, text, comm)
            outcome = solve(case, Session(comm), progress, begun(), checkpoint)
            warnings = write_outcome(folder, outcome, text, comm, progress, report=case.output.report)
            checkpoint.remove()
        if comm.rank == 0:
            console().print(results_table(outcome))
            outcome.look_at_the_clock()
            for line in summary_lines(outcome, comm.size, folder):
                console().print(line)
            for warning in warnings:
                fail(f"warning: {warning}")
