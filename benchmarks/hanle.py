"""Spins that turn in three dimensions: iterations against omega tau, and what a point of a sweep over the field costs.

python -m benchmarks.hanle iterations
python -m benchmarks.hanle sweep [POINTS]
"""

import sys
import time
from pathlib import Path

from mpi4py import MPI

from spinfem.case.reader import read_case
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.theory.hanle import turning

BAR = """
geometry: {layers: [{name: wire, thickness: 3 um}], dimension: 3, width: 200 nm, depth: 100 nm}
regions: {wire: {material: {conductivity: 1.7e7 S/m, spin_diffusion_length: 500 nm, spin_lifetime: 100 ps}}}
magnetic_field: {magnitude: 0 T, direction: +z}
terminals: {left: {floating: true, spin: {current: [0 A, 1 uA, 0 A]}}, right: {voltage: 0 V, spin: reflecting}}
mesh: {size: 20 nm}
solver: {degree: 2, error_estimate: false}
"""
CASE = Path(__file__).parents[1] / "cases" / "hanle_valve.yaml"


def iterations():
    """A row for each omega tau and direction of the field."""
    one = 1 / float(turning(1.0, 100e-12))
    for direction in ("+z", "[0, 1, 1]"):
        session = Session(MPI.COMM_SELF)
        for turn in (0, 0.1, 1, 3, 10, 30, 100, 1000):
            field = f"magnetic_field={{magnitude: {turn * one!r} T, direction: {direction}}}"
            case = read_case(BAR, overrides=[field])
            solution = session.simulation(case, session.device(case)).solution()
            report, free = solution.report, solution.problem.constraints.n_free
            print(f"| {direction} | {turn:g} | {free:,} | {report.method} | {report.iterations} |", flush=True)


def sweep(points=101, estimate="false"):
    """Seconds of the processor for the first point, alone and from the start of the program, and for one of the others."""
    session, seconds = Session(MPI.COMM_SELF), []
    begun = time.process_time()
    for k in range(points):
        field = f"magnetic_field.magnitude={-300 + 600 * k / (points - 1)} mT"
        case = read_case(CASE.read_text(), CASE.parent, [field, f"solver.error_estimate={estimate}"])
        before = time.process_time()
        run(case, session)
        seconds.append(time.process_time() - before)
    mean = sum(seconds[1:]) / (points - 1)
    whole = begun + seconds[0]
    print(
        f"start and first {whole:.2f} s, first {seconds[0]:.2f} s, others {mean:.2f} s: {mean / whole:.2f}, {mean / seconds[0]:.2f}"
    )


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    {"iterations": iterations, "sweep": sweep}[what](*map(int, numbers[:1]), *numbers[1:])
