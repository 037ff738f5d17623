"""What a sweep keeps: a folder for each point, whole or not there, and who is at work on which.

DIR/sweep.json      what is swept
DIR/case.yaml       the case as it is swept: all that is needed to go on, from any folder
DIR/points/0007/    results.json, case.yaml, tables, ...; or failed.json with the reason
DIR/queue/          workers and their claims (claims.py)
DIR/slurm/          scripts and output of Slurm jobs
DIR/table.csv, table.parquet, NAME.png     the table and the plots
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from spinfem.batch.claims import Claims
from spinfem.batch.points import Point, points_of
from spinfem.case.faults import CaseError, Fault
from spinfem.case.source import CaseSource
from spinfem.output.folders import FAILED, RESULTS, complete_folder, write_whole

MARK, CASE = "sweep.json", "case.yaml"
DONE, FAILURE, RUNNING, MISSING = "done", "failed", "running", "missing"


@dataclass(frozen=True)
class Status:
    """How far a point is: done, failed (why), running (where), missing (with the worker that died over it, if one did)."""

    name: str
    words: str = ""

    def __str__(self):
        return f"{self.name}: {self.words}" if self.name == FAILURE else self.name


@dataclass(frozen=True)
class Records:
    """The folder of a sweep."""

    folder: Path

    @property
    def case_file(self):
        """The case as it is swept."""
        return self.folder / CASE

    @property
    def queue(self):
        """The folder of workers and claims."""
        return self.folder / "queue"

    @property
    def points(self):
        """All Points."""
        return points_of(CaseSource.of_file(self.case_file))

    def begin(self, case, case_file) -> None:
        """Make the folder and say in it what is swept. Raises CaseError where another case is being swept in it."""
        about = {"title": case.title, "axes": case.sweep.axes, "points": len(case.sweep.points)}
        mark = self.folder / MARK, json.dumps(about, indent=2, ensure_ascii=False) + "\n"
        changed = any(plugin.changed for plugin in case.plugins)
        if not _same(case_file, self.case_file) or case.source.overrides or changed:
            text = case.source.as_it_ran()
            if not self.case_file.is_file() or self.case_file.read_text(encoding="utf-8") != text:
                self._refuse_to_change()
                self.folder.mkdir(parents=True, exist_ok=True)
                write_whole(*mark)  # first: a folder without it is not ours
                write_whole(self.case_file, text)
        write_whole(*mark)

    def place(self, point: Point):
        """The folder of a point."""
        return self.folder / self.name(point)

    def name(self, point) -> str:
        """The folder of a point, seen from that of the sweep."""
        return f"points/{point.number:04d}"

    def trace(self, point):
        """Something that changes when a point gets a result."""
        with suppress(FileNotFoundError):
            status = self.place(point).stat()
            return status.st_ino, status.st_mtime_ns
        return None

    def is_whole(self, point):
        """Is there a result of this very point?"""
        return (self.place(point) / RESULTS).is_file() and self._is_of(point)

    def failure(self, point, attempt=None):
        """Why this very point failed, in this attempt if one is named; "" if it did not."""
        with suppress(FileNotFoundError):
            found = json.loads((self.place(point) / FAILED).read_text(encoding="utf-8"))
            if attempt in (None, found.get("attempt")) and self._is_of(point):
                return found["error"] or "no reason given"
        return ""

    def fail(self, point, reason, attempt, comm) -> None:
        """Keep why a point has no result. Collective."""
        with complete_folder(self.place(point), comm) as unfinished:
            if comm.rank == 0:
                (unfinished / CASE).write_text(point.text, encoding="utf-8")
                about = {"error": reason, "attempt": attempt}
                (unfinished / FAILED).write_text(json.dumps(about, ensure_ascii=False) + "\n", encoding="utf-8")

    def statuses(self, points):
        """The Status of each point, now."""
        claims = Claims(self.queue)
        living, dead = claims.living(), claims.dead()
        return [self._status(point, living.get(point.number), dead.get(point.number)) for point in points]

    def _status(self, point, living, dead):
        if self.is_whole(point):
            return Status(DONE)
        if living:
            return Status(RUNNING, str(living))
        if reason := self.failure(point):
            return Status(FAILURE, reason)
        return Status(MISSING, f"{dead} died over it" if dead else "")

    def _is_of(self, point):
        """Does the folder of a point belong to this very point?"""
        with suppress(FileNotFoundError):
            file = self.place(point) / CASE
            # What was written after the case came here is of this case; that spares comparing thousands of texts.
            newer = file.stat().st_mtime_ns > self.case_file.stat().st_mtime_ns
            return newer or file.read_text(encoding="utf-8") == point.text
        return False

    def _refuse_to_change(self):
        if living := Claims(self.queue).living():
            by = next(iter(living.values()))
            message = f"another case is being swept in this folder, or with other contents of its plugins ({by}); name another one"
            raise CaseError([Fault("--output", str(self.folder), message)])


def _same(one, other):
    return Path(other).exists() and os.path.samefile(one, other)
