"""A sweep from its case file to its table and plots; points that are there already are kept."""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from spinfem.algebra.solver import SolveError
from spinfem.batch.points import check_points, points_of
from spinfem.batch.records import Records
from spinfem.batch.series import write_all_series
from spinfem.case.faults import CaseError
from spinfem.case.reader import as_it_ran
from spinfem.geometry.root import on_root
from spinfem.output.plots import NoSuchColumn, draw_sweep
from spinfem.output.report import write_report
from spinfem.output.write import write_outcome
from spinfem.study.run import run
from spinfem.study.workshop import Workshop

DONE, KEPT = "done", "kept"


@dataclass(frozen=True)
class SweepReport:
    """What a sweep came to; on ranks other than 0 without table, pictures and warnings."""

    states: tuple  # of each point: done, kept, or why it failed
    reused: dict
    table: object = None
    pictures: tuple = ()
    warnings: tuple = ()

    @property
    def counts(self):
        """How many points were done now, kept from before, and failed."""
        return Counter(state if state in (DONE, KEPT) else "failed" for state in self.states)


def sweep(case, case_file, overrides, folder, comm, tell=lambda what: None):
    """Run the points of a case's sweep that have no whole result in `folder`, then write table and plots. Collective.

    A point that fails does not stop the others. Raises CaseError, before anything runs, where a value does not fit.
    """
    points = on_root(comm, lambda: _checked_points(case_file, overrides))
    points = comm.bcast(points)
    records, workshop = Records(Path(folder)), Workshop(comm)
    if comm.rank == 0:
        records.begin(case, points)
        (records.folder / "case.yaml").write_text(as_it_ran(case_file, overrides), encoding="utf-8")
    states = tuple(_run_points(points, records, workshop, tell))
    if comm.rank != 0:
        return SweepReport(states, workshop.reused)
    table = records.write_table(points)
    write_all_series(records, points)
    pictures, warnings = (), ()
    if DONE in states or KEPT in states:
        try:
            pictures = tuple(draw_sweep(records.folder, case.plots, table))
        except NoSuchColumn as error:
            warnings = (f"no plot: {error}",)
    if case.output.report:
        tell("writing the report")
        write_report(records.folder)
    return SweepReport(states, workshop.reused, table, pictures, warnings)


def _checked_points(case_file, overrides):
    points = points_of(case_file, overrides)
    check_points(points)
    return points


def _run_points(points, records, workshop, tell):
    """Yields the state of each point."""
    comm = workshop.comm
    kept = comm.bcast([records.is_whole(point) for point in points] if comm.rank == 0 else None)
    start, finished, total = time.perf_counter(), 0, kept.count(False)
    for point, whole in zip(points, kept, strict=True):
        if whole:
            yield KEPT
            continue
        left = _left(time.perf_counter() - start, finished, total)
        words = f"point {point.number} of {len(points)}{left}: "
        yield _run_point(point, records, workshop, lambda what, words=words: tell(words + what))
        finished += 1


def _run_point(point, records, workshop, tell):
    comm = workshop.comm
    try:
        case, text = comm.bcast(on_root(comm, lambda: (point.load(), point.text)))
        outcome = run(case, workshop, tell)
        write_outcome(records.place(point), outcome, text, comm, tell)
    except (CaseError, SolveError) as error:
        records.fail(point, str(error), comm)
        return str(error)
    return DONE


def _left(seconds, finished, total):
    """How long it will still take, in words, once there is something to go by."""
    if not finished:
        return ""
    rest = seconds / finished * (total - finished)
    return f" ({rest:.0f} s left)" if rest < 120 else f" ({rest / 60:.0f} min left)"
