"""Where the time of a run goes, and what an unknown costs.

python -m benchmarks.phases [TREE]     commands in this checkout and in another one, alternating: CPU seconds of all their processes
python -m benchmarks.phases --costs    the table in spinfem/output/effort.py, on which `spinfem check` bases what it expects
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent.parent
VALVE, PILLAR = "cases/nonlocal_valve.yaml", "cases/gmr_pillar.yaml"
BARE = ("output.pictures=false", "output.report=false", "output.fields=false")
COARSE = ("mesh.resolution=2", "solver.error_estimate=false")
COMMANDS = {
    "`--help`": ("--help",),
    "`check`, layers": ("check", PILLAR),
    "`check`, demonstration": ("check", VALVE),
    "`run`, layers, nothing but numbers": ("run", PILLAR, *BARE),
    "`run`, coarse demonstration, nothing but numbers": ("run", VALVE, *COARSE, *BARE),
    "`run`, coarse demonstration": ("run", VALVE, *COARSE),
}
TIMES = 3
DEVICES = {  # (dimension, degree) -> case and settings; in one dimension nothing takes time
    (2, 1): ("cases/nonlocal_valve_2d.yaml", "mesh.resolution=0.03", "solver.degree=1"),
    (2, 2): ("cases/nonlocal_valve_2d.yaml", "mesh.resolution=0.05"),
    (3, 1): (VALVE, "mesh.resolution=0.6", "solver.degree=1"),
    (3, 2): (VALVE, "mesh.resolution=0.8"),
}


def spinfem(tree, command, *words, output):
    """CPU seconds of `spinfem COMMAND CASE --set ...` in a checkout, all its processes together."""
    case, settings = words[:1], words[1:]
    arguments = [command, *case, *(part for setting in settings for part in ("--set", setting))]
    arguments += ["-o", str(output)] if command == "run" else []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    program = ["docker/setup", "run", "python3", "-m", "spinfem", *arguments]
    subprocess.run(program, cwd=tree, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(trees, folder):
    """A row for each command: the least of a few times, in each checkout."""
    print(f"| command | {' | '.join(name for name, _ in trees)} |")
    print(f"|---|{'---|' * len(trees)}")
    for name, words in COMMANDS.items():
        taken = {tree: [] for _, tree in trees}
        for _ in range(TIMES):
            for _, tree in trees:
                taken[tree].append(spinfem(tree, *words, output=folder / "out"))
        cells = [f"{min(seconds):.2f} s (median {statistics.median(seconds):.2f} s)" for seconds in taken.values()]
        print(f"| {name} | {' | '.join(cells)} |")


def costs(folder):
    """What a cell and an unknown cost on one rank, in CPU seconds."""
    for (dimension, degree), (case, *settings) in DEVICES.items():
        base = _measured([case, *settings, "mesh.resolution=4"], folder)[0]
        peak, share, result = _measured([case, *settings], folder)
        mesh, solves = result["mesh"], result["solver"]["solves"]
        seconds = {phase: share * spent for phase, spent in result["seconds"].items()}
        unknowns = mesh["unknowns"]
        print(
            f"({dimension}, {degree}): Cost({1e6 * seconds['mesh'] / mesh['cells']:.0f}e-6, "
            f"{1e6 * seconds['assemble'] / solves / unknowns:.1f}e-6, {1e6 * seconds['solve'] / solves / unknowns:.1f}e-6, "
            f"{(peak - base) / unknowns:.0f}),  # {unknowns:,} unknowns, {unknowns / mesh['cells'] / 2:.2f} nodes a cell"
        )


def _measured(words, folder):
    """(Peak memory in bytes, CPU over wall seconds, results.json) of a run of these settings in a process of its own."""
    words = [*words, "solver.error_estimate=false", *BARE]
    settings = [part for setting in words[1:] for part in ("--set", setting)]
    program = [sys.executable, "-m", "spinfem", "run", words[0], "-o", str(folder / "out"), *settings]
    told = subprocess.run(
        [sys.executable, "-c", _MEASURE, *program], cwd=HERE, check=True, capture_output=True, text=True
    )
    peak, share = told.stdout.split()
    return int(peak), float(share), json.loads((folder / "out/results.json").read_text())


_MEASURE = """
import resource, subprocess, sys, time
begun = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
wall, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss * 1024, (used.ru_utime + used.ru_stime) / wall)
"""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        if sys.argv[1:] == ["--costs"]:
            costs(Path(place))
        else:
            others = [(Path(tree).name, Path(tree)) for tree in sys.argv[1:]]
            compare([*others, ("here", HERE)], Path(place))
