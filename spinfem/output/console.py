"""What a person sees in the terminal: progress while it runs, a table when it is done."""

import sys
from contextlib import contextmanager

import numpy as np
from rich.console import Console
from rich.table import Table

from spinfem.case.quantity import humanize


@contextmanager
def progress(comm):
    """A function that tells what happens now: a spinner on a terminal, silent elsewhere and on ranks other than 0."""
    console = Console(stderr=True)
    if comm.rank != 0 or not sys.stderr.isatty():
        yield lambda what: None
        return
    with console.status("starting") as status:
        yield lambda what: status.update(f"{what} ...")


def results_table(outcome):
    """The measurements, each with its error and what it is."""
    table = Table(title=outcome.case.title, title_style="bold", header_style="bold", row_styles=("", "dim"))
    for column, justify in (("observable", "left"), ("value", "right"), ("error", "right"), ("what it is", "left")):
        table.add_column(column, justify=justify)
    for m in outcome.findings.measurements:
        error = "" if m.error is None else f"± {humanize(m.error, m.unit, digits=2)}"
        table.add_row(m.name, _value(m), error, m.note)
    return table


def summary_lines(outcome, ranks, folder):
    """A few lines below the table: size, convergence, checks, where the files are."""
    mesh, solver, seconds = outcome.mesh, outcome.solver, outcome.seconds
    components = mesh["spin_components"]
    yield (
        f"{mesh['cells']:,} cells, {mesh['unknowns']:,} unknowns ({components} spin component{'s' * (components > 1)}), "
        f"{ranks} rank{'s' * (ranks > 1)}"
    )
    yield (
        f"{solver['method']}: {solver['iterations']} iterations, residual {solver['residual']:.1e}; "
        f"charge conserved to {outcome.checks['charge_conservation']:.1e} of the drive"
    )
    spent = ", ".join(f"{phase.replace('_', ' ')} {s:.1f} s" for phase, s in seconds.items() if s >= 0.05)
    yield spent
    if any(m.error is not None for m in outcome.findings.measurements):
        yield f"error: {outcome.error_method}"
    yield f"written to {folder}"


def _value(m):
    if np.ndim(m.value) == 0:
        return humanize(m.value, m.unit)
    return "(" + ", ".join(humanize(component, m.unit) for component in m.value) + ")"
