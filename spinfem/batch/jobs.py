"""A sweep by several worker processes on this machine."""

import os
import secrets
import signal
import subprocess
import sys
import time

from mpi4py import MPI

from spinfem.batch.claims import Claims
from spinfem.batch.numbers import in_short
from spinfem.batch.sweep import time_left
from spinfem.interruption import die_with_parent, inside
from spinfem.launch import ended_with_us
from spinfem.mpi import on_ranks
from spinfem.tty import described

_LOOK = 0.2  # seconds between two looks at the workers


def work_in_parallel(records, points, jobs, ranks=1, progress=lambda what: None) -> None:
    """Run points by `jobs` processes of `ranks` ranks each, until all have a result or a reason why not.

    A worker that dies takes only its point along: the reason is recorded, and another worker goes on.
    """
    crew = _Crew(records, points, ranks)
    start = time.perf_counter()
    try:
        crew.hire(min(jobs, len(points)))
        while crew.workers:
            time.sleep(_LOOK)
            crew.look_after()
            done = len(points) - crew.left
            seconds = time.perf_counter() - start
            progress(f"{done} of {len(points)} points, {len(crew.workers)} jobs{time_left(seconds, done, crew.left)}")
    finally:
        crew.dismiss()


class _Crew:
    """The workers that one command started."""

    def __init__(self, records, points, ranks):
        self.workers = []
        self._records, self._claims = records, Claims(records.queue)
        self._attempt = secrets.token_hex(4)
        self._points = {point.number: point for point in points}
        self._before = {number: records.trace(point) for number, point in self._points.items()}
        self._ranks = ranks

    @property
    def left(self):
        """How many points have nothing new yet."""
        return sum(self._records.trace(point) == self._before[n] for n, point in self._points.items())

    def hire(self, number) -> None:
        """Start workers."""
        records = self._records
        command = [sys.executable, "-m", "spinfem", "sweep", str(records.case_file), "-o", str(records.folder)]
        open_points = [n for n, point in self._points.items() if records.trace(point) == self._before[n]]
        command += ["--points", in_short(open_points), "--attempt", self._attempt]
        command = on_ranks(self._ranks, command)
        one_thread = {"OMP_NUM_THREADS": "1"} | os.environ | described() | inside()
        for _ in range(number):
            # A worker itself stays in our group: what stops us (Ctrl-Z) stops it.
            bound = ended_with_us() if self._ranks > 1 else {"preexec_fn": die_with_parent}
            self.workers.append(subprocess.Popen(command, env=one_thread, stdout=subprocess.DEVNULL, **bound))

    def look_after(self) -> None:
        """Take leave of workers that ended; where one died, record it and hire another."""
        ended = [worker for worker in self.workers if worker.poll() is not None]
        self.workers = [worker for worker in self.workers if worker not in ended]
        for worker in ended:
            if worker.returncode not in (0, 1):  # 1: a point failed, which is recorded
                reason = _how_it_died(worker.returncode)
                if self._bury(reason) and self.left:
                    self.hire(1)

    def _bury(self, reason):
        """Record as failed the points over which a worker of ours died; how many there are."""
        lost = [n for n, w in self._claims.dead().items() if w.attempt == self._attempt and n in self._points]
        for number in lost:
            self._records.fail(self._points[number], reason, self._attempt, MPI.COMM_SELF)
            self._claims.release(number)
        return len(lost)

    def dismiss(self) -> None:
        """End those that are still there."""
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait()


def _how_it_died(status):
    if status < 0:
        return f"the process that ran it was killed: {signal.Signals(-status).name}"
    return f"the process that ran it ended with status {status}"
