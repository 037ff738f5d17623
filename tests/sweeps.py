"""Sweeps for the tests: a case in 1D, its table, killing it."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.commands import PATIENCE, TREE, spinfem

CASE = """
title: two magnets
geometry:
  layers:
    - {name: fixed, thickness: 30 nm}
    - {name: spacer, thickness: 10 nm}
    - {name: free, thickness: 10 nm}
regions:
  fixed: {material: Co @ 77 K, magnetization: +y}
  spacer: Cu @ 4.2 K
  free: {material: Co @ 77 K, magnetization: {polar: 90 deg, azimuth: 30 deg}}
terminals:
  left: {current: 1 A, spin: sink}
  right: {voltage: 0 V, spin: sink}
observables:
  - spin_torque: {magnet: free, reference: fixed, drive: left}
solver: {error_estimate: false}
output: {fields: false, pictures: false}
sweep:
  geometry.layers.1.thickness: {from: 5 nm, to: 500 nm, points: 3, scale: log}
  terminals.left.current: [1 A, 2 A]
plots:
  - {x: layers.1.thickness, y: spin_torque.efficiency, curves: current, x_scale: log}
"""


def sized(meshes, angles):
    """`--set` words for a sweep of so many meshes and so many angles of the free layer, without plots."""
    thickness = f"{{from: 5 nm, to: 50 nm, points: {meshes}}}"
    angle = f"{{from: 10 deg, to: 170 deg, points: {angles}}}"
    axes = f"{{geometry.layers.1.thickness: {thickness}, regions.free.magnetization.azimuth: {angle}}}"
    return ("--set", f"sweep={axes}", "--set", "plots=[]")


def sweep(case, folder, *options):
    """`spinfem sweep` that has to succeed; returns what it prints."""
    done = spinfem("sweep", case, "-o", folder, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows(folder):
    """The table as a list of mappings."""
    with open(Path(folder) / "table.csv") as file:
        return list(csv.DictReader(file))


def start(case, folder, *options, command="sweep"):
    """A sweep, or another command, in a process group of its own, in the background."""
    command = [sys.executable, "-m", "spinfem", command, str(case), "-o", str(folder), *map(str, options)]
    environment = os.environ | {"PYTHONPATH": str(TREE)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)


def kill_group(process):
    """SIGKILL for a process and all that it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_at_random(case, folder, options, points, times, seed):
    """Start a sweep of so many points and kill it, `times` times, at random moments: some while it starts, most while it runs points.

    Returns how many points were there after each kill.
    """
    chance, there = random.Random(seed), []
    for left in range(times, 0, -1):
        process = start(case, folder, *chance.choice(options))
        deadline = time.time() + (chance.uniform(0, 3) if chance.random() < 0.2 else PATIENCE)
        enough = whole(folder) + chance.randint(1, max(1, (points - whole(folder)) // (left + 1)))
        while process.poll() is None and whole(folder) < enough and time.time() < deadline:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.1))
        kill_group(process)
        there.append(whole(folder))
    return there


def whole(folder):
    """How many points have a result."""
    return len(list(Path(folder).glob("points/*[0-9]/results.json")))


def numbers(folder):
    """What every point found, without the times: {name of its folder: contents of results.json}."""
    found = {}
    for file in sorted(Path(folder).glob("points/*[0-9]/results.json")):
        result = json.loads(file.read_text())
        found[file.parent.name] = {key: value for key, value in result.items() if key not in ("seconds", "finished")}
    return found
