"""BoomerAMG and GAMG on the same operator: iterations, seconds of set-up and of one solve.

    python -m benchmarks.multigrid                  1e5 and 1e6 unknowns of the lateral valve, both degrees, one rank, as Markdown
    python -m benchmarks.multigrid --sizes 0.55     only this size: how much finer cells are than the case says

In an environment of wheels there is only GAMG: `docker/setup wheels run python3 -m benchmarks.multigrid`.
"""

import argparse
import time
from functools import partial
from pathlib import Path

CASE = Path(__file__).with_name("valve.yaml")
HEADER = "| degree | unknowns | PETSc | multigrid | iterations | set-up | solve | charge conserved to |"


def lines(size, degree):
    """One line of the table for each multigrid method that PETSc has here."""
    from mpi4py import MPI
    from petsc4py import PETSc

    import spinfem.observables  # noqa: F401
    from spinfem.algebra import multigrid, preconditioners
    from spinfem.case.reader import load_case
    from spinfem.geometry.build import build_device
    from spinfem.study.simulation import Simulation

    refinements = (
        2 - degree
    )  # degree 1 has a seventh of the unknowns; one division of every cell brings it to the same size
    case = load_case(CASE, [f"solver.degree={degree}", f"mesh.refinements={refinements}"])
    device = build_device(case, MPI.COMM_WORLD, 1 / size)
    version = ".".join(map(str, PETSc.Sys.getVersion()))
    for name in multigrid.available():
        preconditioners.multigrid = partial(multigrid.multigrid, name)
        simulation = Simulation(case, device)
        start = time.perf_counter()
        solution = simulation.solution()
        total, report = time.perf_counter() - start, solution.report
        yield (
            f"| {degree} | {solution.problem.constraints.n_free:,} | {version} | {name} | {report.iterations} | "
            f"{total - report.seconds:.1f} s | {report.seconds:.1f} s | {solution.conservation_defect:.0e} |"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = "how much finer than the case says"
    parser.add_argument("--sizes", nargs="+", type=float, default=[0.55, 1.35], help=sizes)
    parser.add_argument("--degrees", nargs="+", type=int, default=[1, 2])
    given = parser.parse_args()
    print(HEADER)
    print("|" + "---|" * (HEADER.count("|") - 1))
    for degree in given.degrees:
        for size in given.sizes:
            for line in lines(size, degree):
                print(line, flush=True)


if __name__ == "__main__":
    main()
