"""What the derivatives of a lateral valve's spin signal by every parameter cost, against its solutions and against difference quotients.

    python -m benchmarks.adjoint                   on 1 and 2 ranks, as Markdown (some minutes on two cores)
    python -m benchmarks.adjoint --sizes 0.3       quickly: cells 0.3 times as fine as the case says

The signal is a difference of two magnetic states: two operators are assembled and solved. `derivatives` is what comes on top: the adjoint
solves, with the preconditioners that are there, and one pass over the cells. Central differences assemble and solve both states twice for each
parameter. All is measured in one process, after a first round that compiles the forms; `CPU` is the same ratio in processor time, which other
work on the machine disturbs less. Each line is a process of its own (`--worker`), started by mpirun.
"""

import json
import sys
import time
from pathlib import Path

from benchmarks.over_ranks import started, tabulated

CASE = Path(__file__).with_name("valve.yaml")
SIGNAL = (
    "observables=[{nonlocal_resistance: {plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}}]"
)
BARRIERS = "interfaces={wire/injector: {resistance_area: 1 fohm m^2, polarization: 0.4}}"
HEADER = "| degree | unknowns | ranks | parameters | two solutions | derivatives | derivatives / solutions | CPU | derivatives / differences |"
ALLOWED = 1.0  # one adjoint solve for each drive: not more than the solutions themselves


def worker(size, degree):
    """Solve both states, then differentiate, and once more; print the numbers of the second time as JSON on rank 0."""
    from mpi4py import MPI

    from spinfem.case.reader import load_case
    from spinfem.geometry.build import build_device
    from spinfem.study.accuracy import measure
    from spinfem.study.sensitivity import sensitivities
    from spinfem.study.simulation import Simulation

    comm = MPI.COMM_WORLD
    case = load_case(CASE, [f"solver.degree={degree}", SIGNAL, BARRIERS])
    device = build_device(case, comm, 1 / size)

    def spent(work):
        """(seconds, seconds of processors) and what came out."""
        comm.barrier()
        start, processor = time.perf_counter(), time.process_time()
        found = work()
        processor = comm.allreduce(time.process_time() - processor)
        comm.barrier()
        return (time.perf_counter() - start, processor), found

    for _ in range(2):
        simulation = Simulation(case, device)
        solving, _ = spent(lambda: measure(case, simulation))
        deriving, found = spent(lambda: sensitivities(simulation, case.observables))
    if comm.rank == 0:
        signal = next(s for s in found if s.name == "nonlocal_resistance.difference")
        row = {
            "unknowns": simulation.problem().constraints.n_free,
            "parameters": len(signal.derivatives),
            "solving": solving,
            "deriving": deriving,
        }
        print(json.dumps(row))


def line(size, degree, ranks):
    """(one line of the table, the ratio in processor time)."""
    row = started("adjoint", size, degree, ranks)
    ratio, of_processors = (
        deriving / solving for deriving, solving in zip(row["deriving"], row["solving"], strict=True)
    )
    text = (
        f"| {degree} | {row['unknowns']:,} | {ranks} | {row['parameters']} | {row['solving'][0]:.1f} s | {row['deriving'][0]:.1f} s | "
        f"{ratio:.2f} | {of_processors:.2f} | 1/{2 * row['parameters'] / of_processors:.0f} |"
    )
    return text, of_processors


if __name__ == "__main__":
    sys.exit(tabulated(__doc__, HEADER, worker, line, ALLOWED))
