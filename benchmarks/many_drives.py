"""What the conductance matrix of the lateral valve costs, against one solve: a drive for each potential of each terminal, one operator.

    python -m benchmarks.many_drives                   on 1 and 2 ranks, as Markdown (some minutes on two cores)
    python -m benchmarks.many_drives --sizes 0.3       quickly: cells 0.3 times as fine as the case says

`ratio` is the time of all drives, their currents included, over their number times one solve (without set-up) with its currents: the mean
of one before them and one after them, in the same process. `Krylov` is the share of all drives' time that the linear solver itself takes; other
work on the machine disturbs it less. Each line is a process of its own (`--worker`), started by mpirun.
"""

import json
import sys
import time
from pathlib import Path

from benchmarks.over_ranks import started, tabulated

CASE = Path(__file__).with_name("valve.yaml")
HEADER = "| degree | unknowns | ranks | drives | set-up | one solve | all drives | ratio | Krylov | iterations |"
ALLOWED = 1.3


def worker(size, degree):
    """Set up, solve once, then make the matrix; print the numbers as JSON on rank 0."""
    from mpi4py import MPI

    from spinfem.case.reader import load_case
    from spinfem.geometry.build import build_device
    from spinfem.model.drive import Drive
    from spinfem.study.simulation import Simulation

    comm = MPI.COMM_WORLD
    case = load_case(CASE, [f"solver.degree={degree}"])
    simulation = Simulation(case, build_device(case, comm, 1 / size))
    terminals = tuple(case.terminals)

    def seconds(work):
        comm.barrier()
        start = time.perf_counter()
        work()
        comm.barrier()
        return time.perf_counter() - start

    def one_drive():
        solution = simulation.solution(drive=Drive(voltages={terminals[0]: 1.0}), held=terminals, remember=False)
        for name in terminals:
            solution.currents_at_held(name)

    set_up = seconds(lambda: simulation.problem(held=terminals))
    one_drive()  # what is made at the first use is not counted
    before = seconds(one_drive)
    solved = len(simulation.solves.records)
    all_drives = seconds(lambda: simulation.lumped_element(terminals))
    records = simulation.solves.records[solved:]
    after = seconds(one_drive)
    if comm.rank == 0:
        row = {
            "unknowns": simulation.problem(held=terminals).constraints.n_free,
            "drives": len(records),
            "set_up": set_up,
            "one": (before + after) / 2,
            "all": all_drives,
            "krylov": sum(record.report.seconds for record in records),
            "iterations": [record.report.iterations for record in records],
        }
        print(json.dumps(row))


def line(size, degree, ranks):
    """(one line of the table, the ratio)."""
    row = started("many_drives", size, degree, ranks)
    ratio = row["all"] / (row["drives"] * row["one"])
    iterations = f"{min(row['iterations'])} to {max(row['iterations'])}"
    text = (
        f"| {degree} | {row['unknowns']:,} | {ranks} | {row['drives']} | {row['set_up']:.1f} s | {row['one']:.2f} s | "
        f"{row['all']:.1f} s | {ratio:.2f} | {row['krylov'] / row['all']:.0%} | {iterations} |"
    )
    return text, ratio


if __name__ == "__main__":
    sys.exit(tabulated(__doc__, HEADER, worker, line, ALLOWED))
