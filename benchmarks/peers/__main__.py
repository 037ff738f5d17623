"""What other finite-element programs take for the spin signal of cases/nonlocal_valve.yaml, beside spinfem.

    python -m benchmarks.peers                        all of them, as Markdown (half an hour on two cores)
    python -m benchmarks.peers ngsolve freefem        only these, and spinfem
    python -m benchmarks.peers --goals "1 %"          only this error

A table for each goal: an error of 1 % and of 0.1 %, where each has its own best mesh (ways.py), and one mesh for all. Each line is the whole command,
from its start to the number, with the making of the mesh and both magnetic states; memory is that of all its processes. `docker/setup peers`
installs the programs; one that is not there is told and left out.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.peers import exported, ours
from benchmarks.peers.device import REFERENCE, TREE, device_of
from benchmarks.peers.measured import measured
from benchmarks.peers.ways import GOALS, PROGRAMS, PYTHON, SAME, WAYS

HEADER = "| goal: {} | off by | unknowns | wall | CPU | memory | wall, × spinfem | CPU, × spinfem |"
PEER = [str(TREE / "docker/setup"), "peers", "run"]

TIMEOUT, MEMORY = 900.0, 8.0  # seconds, GB


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", help=f"of {', '.join(PROGRAMS)}")
    parser.add_argument("--goals", nargs="+", choices=GOALS, default=GOALS)
    given = parser.parse_args()
    if unknown := set(given.peers) - PROGRAMS.keys():
        parser.error(f"{', '.join(sorted(unknown))}: no such peer; there are {', '.join(PROGRAMS)}")
    chosen = [name for name in given.peers or PROGRAMS if is_there(name)]
    with tempfile.TemporaryDirectory() as folder:
        device = device_of()
        device.save(Path(folder) / "device.json")
        if SAME in given.goals:
            exported.save(ours.mesh(folder), device, Path(folder) / "mesh.npz")
        for goal in given.goals:
            print(HEADER.format(goal), "|" + "---|" * (HEADER.count("|") - 1), sep="\n")
            unit = None
            for name, run, found in lines(goal, chosen, Path(folder)):
                unit = unit or run
                print(line(name, run, found, unit), flush=True)
            print()


def is_there(name):
    """Whether a peer is installed; says so on stderr where it is not."""
    done = subprocess.run([*PEER, *PROGRAMS[name]], capture_output=True, text=True)
    if done.returncode:
        print(f"{name} is left out: it is not installed (docker/setup peers)", file=sys.stderr)
    return done.returncode == 0


def lines(goal, chosen, folder):
    """(name, Run, what it found) of spinfem and then of each way of the `chosen` peers to a goal."""
    for ranks in (1, 2):
        run = measured(ours.command(goal, ranks, folder), TIMEOUT, MEMORY)
        yield f"spinfem{ours.manner(goal)}, {ranks} rank{'s' if ranks > 1 else ''}", run, ours.found(folder)
    for way in WAYS:
        if way.module in chosen and goal in way.options:
            run = run_way(way, goal, folder)
            yield way.name, run, json.loads(run.output.splitlines()[-1]) if not run.stopped else None


def run_way(way, goal, folder):
    """The Run of a peer in `folder`, where device.json and, for one mesh for all, mesh.npz lie."""
    options = way.options[goal]
    if goal == SAME:
        options = options | {"file": str(folder / "mesh.npz")}
    module = f"benchmarks.peers.{way.module}"
    command = [*PEER, PYTHON, "-m", module, str(folder / "device.json"), json.dumps(options)]
    return measured(command, TIMEOUT, MEMORY, cwd=TREE)


def line(name, run, found, unit):
    """A line of the table; `unit` is the Run that the others are told in multiples of."""
    if found is None:
        return f"| {name} | {run.stopped} | | {run.wall:.1f} s | {run.cpu:.1f} s | {run.memory:.2f} GB | | |"
    parallel, antiparallel = found["signals"]
    off = (parallel - antiparallel) / REFERENCE - 1
    return (
        f"| {name} | {off:+.2%} | {found['unknowns']:,} | {run.wall:.1f} s | {run.cpu:.1f} s | {run.memory:.2f} GB | "
        f"{run.wall / unit.wall:.2f} | {run.cpu / unit.cpu:.2f} |"
    )


if __name__ == "__main__":
    main()
