"""A sweep from its case file to its table and plots; points that are there already are kept."""

import time
from collections import Counter
from dataclasses import dataclass

from spinfem.algebra.solver import SolveError
from spinfem.batch.claims import clear_dead
from spinfem.batch.points import firsts, idle_axes
from spinfem.batch.queue import Queue
from spinfem.batch.records import DONE, Status
from spinfem.batch.series import write_all_series
from spinfem.batch.table import table, write_table
from spinfem.batch.worker import at_work, read_worker
from spinfem.case.faults import CaseError
from spinfem.geometry.recipe import metals_of, recipe_of
from spinfem.geometry.root import on_root
from spinfem.output.plots import NoSuchColumn, draw_sweep
from spinfem.output.report import write_report
from spinfem.output.write import write_outcome
from spinfem.study.adaptive import begin_with
from spinfem.study.run import run
from spinfem.study.session import Session


@dataclass(frozen=True)
class SweepReport:
    """What a sweep came to."""

    statuses: tuple[Status, ...]  # of each point
    kept: int = 0  # points that were whole before
    reused: dict | None = None
    pictures: tuple = ()
    warnings: tuple = ()

    @property
    def counts(self):
        """How many points are done, failed, running, missing."""
        return Counter(status.name for status in self.statuses)


def work(records, points, comm, attempt=None, progress=lambda what: None):
    """Run points, those that nobody else is at; returns what could be used again. Collective.

    A point that fails does not stop the others.
    """
    session = Session(comm)
    if comm.rank != 0:
        while (task := comm.bcast(None)) is not None:
            point, first = task
            _run_point(point, first, records, session, "", progress)
        return session.reused
    with at_work(records.queue, attempt) as file:
        attempt = read_worker(file).attempt
        queue, start, finished = Queue(records, points, file, attempt), time.perf_counter(), 0
        first_of = firsts(records.points, lambda case: (recipe_of(case), case.goal and metals_of(case)))
        while (point := queue.take()) is not None:
            left = time_left(time.perf_counter() - start, finished, queue.left)
            words = f"point {point.number}, {queue.left} of {len(points)} to go{left}: "
            first = first_of[point.number]
            comm.bcast((point, first))
            _run_point(point, first, records, session, attempt, lambda what, words=words: progress(words + what))
            queue.finish(point)
            finished += 1
        comm.bcast(None)
    return session.reused


def finish(records, case, kept=0, reused=None):
    """Write the table, the plots, the series for ParaView and the report of what is there now; returns the SweepReport."""
    clear_dead(records.queue)
    points = records.points
    statuses = tuple(records.statuses(points))
    frame = table(records, points, statuses)
    write_table(records.folder, frame)
    write_all_series(records, points)
    pictures: tuple = ()
    warnings: tuple[str, ...] = tuple(idle_axes(points))
    if any(status.name == DONE for status in statuses):
        try:
            pictures = tuple(draw_sweep(records.folder, case.plots, frame))
        except NoSuchColumn as error:
            warnings += (f"no plot: {error}",)
    if case.output.report:
        write_report(records.folder)
    return SweepReport(statuses, kept, reused, pictures, warnings)


def _run_point(point, first, records, session, attempt, progress):
    """first: the first Point of the sweep with the same drawing and metals, if there are more; this one begins with its mesh, whoever runs them in
    whatever order."""
    comm = session.comm
    try:
        case, text = comm.bcast(on_root(comm, lambda: (point.source.case(), point.text)))
        if case.goal and first and not session.has_begun_with(case):
            begin_with(comm.bcast(on_root(comm, first.source.case)), session, progress)
        outcome = run(case, session, progress)
        write_outcome(records.place(point), outcome, text, comm, progress)
    except (CaseError, SolveError) as error:
        records.fail(point, str(error), attempt, comm)


def time_left(seconds, finished, left) -> str:
    """How long it will still take, in words, once there is something to go by."""
    if not finished:
        return ""
    rest = seconds / finished * left
    return f" ({rest:.0f} s left)" if rest < 120 else f" ({rest / 60:.0f} min left)"
