"""Runs a command and says what it took."""

import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

GB = 1e9
SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True)
class Run:
    """What a command took, with all processes that it started: `wall` and `cpu` seconds, `memory` in GB (the largest sum of resident sets);
    its `output`; `stopped` says why it was ended or failed, and is empty where it came to its end."""

    wall: float
    cpu: float
    memory: float
    output: str
    stopped: str = ""


def measured(command, timeout, memory, cwd=None, environment=None):
    """The Run of a command that is killed after `timeout` seconds or above `memory` GB."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=output, stderr=errors, cwd=cwd, env=environment, stdin=subprocess.DEVNULL
        )
        watched = Watched(process.pid, start + timeout, memory)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        watched.finish()
        output.seek(0)
        errors.seek(0)
        stopped = watched.reason
        if process.returncode and not stopped:
            stopped = (errors.read().strip().splitlines() or ["failed"])[-1]
        peak = max(watched.peak, usage.ru_maxrss * 1024 / GB)
        cpu = max(watched.cpu, usage.ru_utime + usage.ru_stime)  # what is killed is not in the usage
        return Run(wall, cpu, peak, output.read(), stopped)


class Watched:
    """A process and its descendants, looked at by a thread until `finish`."""

    def __init__(self, pid, end, memory):
        self.pid, self.end, self.memory = pid, end, memory
        self.peak, self.cpu, self.reason = 0.0, 0.0, ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def finish(self):
        self._over.set()
        self._thread.join()

    def _look(self):
        while not self._over.wait(SECONDS_BETWEEN_LOOKS):
            family = descendants(self.pid)
            self.peak = max(self.peak, sum(map(resident, family)) / GB)
            self.cpu = max(self.cpu, sum(map(spent, family)))
            if time.perf_counter() > self.end:
                self.reason = "stopped: too long"
            elif self.peak > self.memory:
                self.reason = f"stopped: more than {self.memory:g} GB"
            if self.reason:
                kill(family)
                return


def descendants(pid):
    """Process numbers, that of the ancestor first."""
    children = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    family = [pid]
    for one in family:
        family += children.get(one, [])
    return family


def resident(pid):
    """Bytes; 0 of a process that has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def spent(pid):
    """Seconds of the processor, with those of children that have ended; 0 of a process that has ended."""
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    except OSError:
        return 0.0
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def kill(family):
    for pid in family:
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            pass
