"""The processes that work on a sweep, on any machine, and which of them still live.

A worker keeps a file in the folder of the sweep that says where it is. A small process beside it touches that file,
because the worker itself may be busy for hours inside a solver. On its own machine a worker is looked for by its process
id; from elsewhere it counts as dead when its file was not touched for three minutes.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

SILENT = 180.0  # seconds without a sign of life: many beats, and longer than a network file system remembers old times
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_BEAT = Path(__file__).with_name("heartbeat.py")


@dataclass(frozen=True)
class Worker:
    """Who works on a sweep, and in which attempt: all that one command starts try a point that fails only once."""

    machine: str
    pid: int
    started: str  # tells two processes apart that had the same id one after the other
    attempt: str
    job: str = ""  # as Slurm calls it

    def lives(self, silence):
        """Is it still there? `silence`: seconds since its last sign of life."""
        if self.machine == machine():
            return started(self.pid) == self.started
        return silence < SILENT

    def __str__(self):
        where = self.machine.split()[0]
        return f"process {self.pid} on {where}" + (f", job {self.job}" if self.job else "")


@contextmanager
def at_work(queue, attempt=None):
    """The file of this process as a Worker, in the folder `queue` of a sweep, kept fresh as long as the block lasts."""
    queue.mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(4)
    worker = Worker(machine(), os.getpid(), started(os.getpid()), attempt or name, _slurm_job())
    file = queue / f"worker-{name}"
    file.write_text(json.dumps(asdict(worker)) + "\n", encoding="utf-8")
    try:
        with subprocess.Popen([sys.executable, "-I", "-S", str(_BEAT), str(file)], stdin=subprocess.PIPE):
            yield file  # the other process ends when its input is closed
    finally:
        file.unlink(missing_ok=True)


def read_worker(file):
    """The Worker whose file, or a link to it, this is; None if it is gone."""
    try:
        return Worker(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def machine() -> str:
    """This machine, as it is running now, and its own count of processes: `HOST BOOT`."""
    try:
        boot = f"{_BOOT.read_text().strip()}-{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        boot = "?"
    return f"{socket.gethostname()} {boot}"


def started(pid):
    """When a process of this machine began, in the kernel's words; "" if it is dead."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if words[0] in "ZX" else words[19]


def present(folder):
    """The time by the clock of the file system on which `folder` is, which is not always the clock of this machine."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix="clock-") as file:
            return os.stat(file.name).st_mtime
    except OSError:
        return time.time()  # we may only read here


def _slurm_job():
    job, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{job}_{task}" if job and task else os.environ.get("SLURM_JOB_ID", "")
