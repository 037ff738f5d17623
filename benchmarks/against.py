"""This checkout against another one: assembling and solving both magnetic states of the demonstration, on its mesh.

    git worktree add /tmp/old COMMIT
    python -m benchmarks.against /tmp/old                 one rank, three rounds, one checkout after the other in each
    python -m benchmarks.against /tmp/old --ranks 2

Seconds are those of the processor, of all ranks together; the least of all rounds counts. Memory is what the peak grew by after the mesh was made.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent.parent
CASE = "cases/nonlocal_valve.yaml"
ROWS = {
    "assemble": "assemble (forms, constraints, operator, preconditioner)",
    "solve": "solve to 1e-12",
    "kilobytes": "memory, kB for each unknown",
    "iterations": "iterations",
    "signal": "P - AP, mohm",
}

# It runs in both checkouts, so it uses what both have.
WORKER = """
import json, resource, sys, time
from mpi4py import MPI
import spinfem.observables
from spinfem.case.magnetization import Uniform
from spinfem.case.reader import load_case
from spinfem.geometry.build import build_device
from spinfem.study.simulation import Simulation

comm = MPI.COMM_WORLD
case = load_case(sys.argv[1], sys.argv[3:])
device = build_device(case, comm, 1 / float(sys.argv[2]))
simulation = Simulation(case, device)
states = (None, {"detector": Uniform(direction=(0.0, -1.0, 0.0))})
peak = lambda: comm.allreduce(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
cpu = lambda: comm.allreduce(time.process_time())
before, start = peak(), cpu()
operator = getattr(simulation, "operator", None) or simulation._operator  # what older ones call it
for state in states:
    operator(simulation.problem(state))
middle = cpu()
found = [simulation.solution(state) for state in states]
end = cpu()
unknowns = found[0].problem.constraints.n_free
grown = (peak() - before) / unknowns
signals = [(s.readings["detector_end"].potential - s.readings["wire_right"].potential) * 1e6 for s in found]
if comm.rank == 0:
    print(json.dumps({
        "unknowns": unknowns, "assemble": middle - start, "solve": end - middle, "kilobytes": grown,
        "iterations": max(s.report.iterations for s in found), "signal": signals[0] - signals[1],
    }))
"""


def measure(checkout, size, ranks, overrides=()):
    """What WORKER prints, in `checkout`."""
    command = [sys.executable, "-c", WORKER, CASE, str(size), *overrides]
    done = subprocess.run(["mpirun", "-n", str(ranks), *command], cwd=checkout, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path, help="the other checkout")
    parser.add_argument("--size", type=float, default=1.0, help="how much finer cells are than the case says")
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--set", action="append", default=[], help="overrides of the case")
    given = parser.parse_args()
    found = {given.old: [], HERE: []}
    for _ in range(given.rounds):
        for checkout, rounds in found.items():
            rounds.append(measure(checkout, given.size, given.ranks, given.set))
    old, new = ({key: min(row[key] for row in rounds) for key in rounds[0]} for rounds in found.values())
    print(f"{new['unknowns']:,} unknowns, {given.ranks} rank(s)\n\n| | before | now | ratio |\n|---|---|---|---|")
    for key, words in ROWS.items():
        print(f"| {words} | {old[key]:.7g} | {new[key]:.7g} | {old[key] / new[key]:.2f} |")


if __name__ == "__main__":
    main()
