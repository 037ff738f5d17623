"""What a person sees in the terminal: progress while it runs, a table when it is done."""

from contextlib import contextmanager

import numpy as np
from rich.console import Console
from rich.text import Text

from spinfem.case.describe import left_out
from spinfem.formatting import error_words, extent, humanize, value_words
from spinfem.tty import interactive, table


@contextmanager
def spinner(comm):
    """A function that tells what happens now: a spinner where a person looks on, silent elsewhere and on ranks other than 0."""
    if comm.rank != 0 or not interactive():
        yield lambda what: None
        return
    with Console(stderr=True, force_terminal=True).status("starting") as status:
        yield lambda what: status.update(f"{what} ...")


def results_table(outcome):
    """The measurements, each with its error and what it is."""
    rows = table("observable", "value", "error", "")
    rows.title, rows.title_style, rows.title_justify = f"{outcome.case.title}\n", "bold", "left"
    for m in outcome.results.measurements:
        rows.add_row(m.name, value_words(m.value, m.unit), error_words(m.error, m.unit), m.note)
    return rows


def quality_tables(case, quality, scale):
    """The mesh in numbers: each region's cells and their shape, each contact's resolution."""
    yield Text.assemble((case.title or "mesh", "bold"), f"\n{quality.cells:,} cells, {quality.nodes:,} nodes")
    yield size_words(scale.size, scale.cells_per_length)
    unit = case.geometry.unit
    rows = table("region", "cells", "shape: worst", "mean", "shortest edge", "longest edge")
    for name, q in quality.regions.items():
        edges = (humanize(edge * unit, "m", digits=3) for edge in (q.shortest_edge, q.longest_edge))
        rows.add_row(name, f"{q.cells:,}", f"{q.worst_shape:.2f}", f"{q.mean_shape:.2f}", *edges)
    yield rows
    rows = table("contact", "facets", "mean edge", "shortest lambda", "edges per lambda")
    for pair, q in sorted(quality.contacts.items(), key=lambda item: sorted(item[0])):
        lengths = (humanize(length * unit, "m", digits=3) for length in (q.mean_edge, q.diffusion_length))
        rows.add_row("/".join(sorted(pair)), f"{q.facets:,}", *lengths, f"{q.cells_per_length:.1f}")
    yield rows
    yield "shape: 1 is an equilateral cell, 0 a flat one"


def summary_lines(outcome, ranks, folder):
    """A few lines below the table: size, convergence, checks, where the files are."""
    mesh, solver, seconds = outcome.mesh, outcome.solver, outcome.seconds
    components = mesh["spin_components"]
    yield (
        f"{mesh['cells']:,} cells, {mesh['unknowns']:,} unknowns ({components} spin component{'s' * (components > 1)}), "
        f"{ranks} rank{'s' * (ranks > 1)}"
    )
    yield size_words(mesh["size"], mesh["cells_per_length"])
    yield from (f"left out: {sentence}" for sentence in left_out(outcome.case))
    yield from map(level_words, outcome.levels)
    yield (
        f"{solver['method']}: {solver['iterations']} iterations, residual {solver['residual']:.1e}; "
        f"charge conserved to {outcome.checks['charge_conservation']:.1e} of the drive, "
        f"spin to {outcome.checks['spin_conservation']:.1e}"
    )
    if outcome.transient is not None:
        steps = len(outcome.transient.table.columns["time"][1]) - 1
        resumed = outcome.transient.resumed
        went_on = "" if resumed is None else f"; went on from a run that ended early, at {humanize(resumed, 's')}"
        yield f"{steps} steps in time, {len(outcome.transient.snapshots)} snapshots{went_on}"
    spent = ", ".join(f"{phase.replace('_', ' ')} {s:.1f} s" for phase, s in seconds.items() if s >= 0.05)
    yield spent
    if any(m.error is not None for m in outcome.results.measurements):
        yield f"error: {outcome.error_method}"
    yield f"written to {folder}"


def level_words(level):
    """A mesh on the way to the accuracy that was asked for, a row of results.json, in words."""
    words = f"with {level['unknowns']:,} unknowns"
    if level["number"] is None:
        return words
    value, error = (
        words_of(level[key], level["unit"]) for key, words_of in (("value", value_words), ("error", error_words))
    )
    return f"{words}: {level['number']} {value} {error}"


def size_words(size, cells_per_length):
    """How large the device is, from lengths in m, and how fine its cells are."""
    words = extent([0.0] * len(size), size, 1.0)
    if cells_per_length is None:
        return words
    return f"{words}, {cells_per_length:.2g} cells or more for each spin diffusion length at contacts"


def entities_table(entities):
    """The Entities of a file as a table, parts first; lengths in units of the file."""
    rows = table("what", "tag", "name", "centre", "size", "box", "touches")
    top = max((entity.dimension for entity in entities), default=3)
    for entity in entities:
        kind = {3: ("volume", "face"), 2: ("surface", "curve")}[top][top - entity.dimension]
        tag = "" if entity.tag is None else str(entity.tag)
        box = f"{_place(entity.low)} to {_place(entity.high)}"
        rows.add_row(
            kind, tag, entity.name, _place(entity.centre), f"{entity.size:.4g}", box, ", ".join(entity.touches)
        )
    return rows


def _place(point):
    return f"({', '.join(f'{x:.4g}' for x in np.round(point, 9) + 0.0)})"
