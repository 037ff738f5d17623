"""Ctrl-C and SIGTERM at any moment: one word, the right status, and nothing is left: no folder, no process, no temporary file."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands import CASES, TREE, spinfem
from tests.fitting.valves import NAME, SEPARATION, VALVE
from tests.sweeps import CASE, sized

LONG = ("--set", "mesh.resolution=0.1", "--set", "output.report=false")  # nobody waits for its end
ROWS = f"{SEPARATION} [nm],{NAME} [mohm],{NAME} error [mohm]\n300,2.0,0.05\n500,1.0,0.03\n800,0.35,0.02\n"
WAYS = {
    "run": ("run", CASES / "nonlocal_valve_2d.yaml", *LONG),
    "run on two ranks": ("run", CASES / "nonlocal_valve_2d.yaml", "-n", 2, *LONG),
    "mesh": ("mesh", CASES / "nonlocal_valve_2d.yaml", *LONG),
    "fit": ("fit", "valve.yaml", "data.csv", "--set", "mesh.resolution=0.1"),
    "sweep": ("sweep", "sweep.yaml", *sized(20, 20)),
    "sweep by two jobs": ("sweep", "sweep.yaml", "-j", 2, *sized(20, 20)),
    "sweep on two ranks": ("sweep", "sweep.yaml", "-n", 2, *sized(20, 20)),
}


class Command:
    """A command in the background, in a folder of its own, with a folder of its own for temporary files."""

    def __init__(self, folder, *arguments):
        self.folder, self.scratch = folder, folder.parent / "scratch"
        self.scratch.mkdir(exist_ok=True)
        (folder / "sweep.yaml").write_text(CASE)
        (folder / "valve.yaml").write_text(VALVE)
        (folder / "data.csv").write_text(ROWS)
        self.before = set(os.listdir(folder))
        command = [sys.executable, "-m", "spinfem", *map(str, arguments), "-o", str(folder / "deep/er/out")]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(TREE), "TMPDIR": str(self.scratch)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def wait_until(self, happened):
        """Until the command has come so far, or is over."""
        while not happened() and self.process.poll() is None:
            time.sleep(0.005)

    def has_begun(self):
        """Is Python beyond its own start, where nothing of ours is known yet?"""
        return any(self.scratch.iterdir())

    def works(self):
        """Is it at what it was asked to do?"""
        return any(self.folder.glob("deep/er/out*"))

    def is_told(self, sign):
        """Send a signal; what was said, and the status."""
        self.process.send_signal(sign)
        said = self.process.communicate(timeout=120)[1]
        return said, self.process.returncode

    def leftovers(self):
        """Files that were not there before, and processes that know the folder."""
        files = [p for p in self.folder.rglob("*") if p.relative_to(self.folder).parts[0] not in self.before]
        return [*map(str, files), *map(str, self.scratch.iterdir()), *_processes(str(self.folder))]


def _processes(word):
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and int(place.name) != os.getpid():
            try:
                line = (place / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if word in line:
                yield line


def interrupted(folder, way, sign, moment):
    """Interrupt at `moment`, a function of a Command."""
    folder.mkdir()
    command = Command(folder, *WAYS[way])
    command.wait_until(command.has_begun)
    moment(command)
    said, status = command.is_told(sign)
    assert status == 128 + sign, said
    assert "interrupted\n" in said and "Traceback" not in said
    left = command.leftovers()
    if way.startswith("sweep"):  # points that are done are results
        unfinished = [name for name in left if name.endswith((".unfinished", ".lock", ".old")) or "/queue/" in name]
        assert not unfinished and not any("python" in name for name in left), left
    else:
        assert not left


def at_once(command):
    """As soon as there is a process that listens."""


def at_work(command):
    """When something is being computed."""
    command.wait_until(command.works)


@pytest.mark.parametrize(
    ("way", "sign", "moment"),
    [
        ("run", signal.SIGINT, at_once),
        ("run", signal.SIGINT, at_work),
        ("run on two ranks", signal.SIGTERM, at_work),
        ("sweep by two jobs", signal.SIGINT, at_work),
        ("fit", signal.SIGTERM, at_once),
    ],
)
def test_an_interruption_leaves_nothing(way, sign, moment, tmp_path):
    interrupted(tmp_path / "here", way, sign, moment)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("way", WAYS)
def test_an_interruption_at_a_random_moment_leaves_nothing(way, seed, tmp_path):
    chance = random.Random(f"{way} {seed}")
    sign, pause = chance.choice((signal.SIGINT, signal.SIGTERM)), chance.uniform(0, 6)
    interrupted(tmp_path / "here", way, sign, lambda command: time.sleep(pause))


def test_a_command_that_is_killed_takes_its_child_along(tmp_path):
    """Nobody can answer to SIGKILL, but nobody goes on either."""
    (tmp_path / "here").mkdir()
    command = Command(tmp_path / "here", *WAYS["run"])
    command.wait_until(command.works)
    command.process.kill()
    command.process.communicate()
    deadline = time.time() + 60
    while list(_processes(str(command.folder))) and time.time() < deadline:
        time.sleep(0.02)
    assert not list(_processes(str(command.folder)))
    assert not (command.folder / "deep/er/out").exists()


def test_the_status_of_a_command_is_its_own(tmp_path):
    assert spinfem("check", CASES / "nonlocal_valve_2d.yaml").returncode == 0
    assert spinfem("check", tmp_path / "none.yaml").returncode == 2
