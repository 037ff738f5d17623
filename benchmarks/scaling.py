"""Unknowns, iterations, seconds for each phase and peak memory of the lateral valve, on 1 and 2 ranks.

    python -m benchmarks.scaling                 the whole table, as Markdown (about 20 minutes on two cores)
    python -m benchmarks.scaling --sizes 1 1.5   only these sizes: how much finer cells are than the case says
    python -m benchmarks.scaling --polarization 0.95   of both magnets, instead of the library's

Each line is a process of its own (`--worker`), started by mpirun, so its peak memory is its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

CASE = Path(__file__).with_name("valve.yaml")
HEADER = (
    "| degree | cells | unknowns | ranks | iterations | mesh | assemble | solve | charge conserved to | peak memory |"
)


def worker(size, degree, refinements, method, polarization):
    """Mesh, assemble, solve once; print the numbers as JSON on rank 0."""
    from mpi4py import MPI

    from spinfem.case.reader import load_case
    from spinfem.geometry.build import build_device
    from spinfem.study.simulation import Simulation

    comm = MPI.COMM_WORLD
    settings = [f"solver.degree={degree}", f"solver.method={method}", f"mesh.refinements={refinements}"]
    if polarization is not None:
        material = f"{{base: Py @ 4.2 K, polarization: {polarization}}}"
        settings += [f"regions.{magnet}.material={material}" for magnet in ("injector", "detector")]
    case = load_case(CASE, settings)
    comm.barrier()
    start = time.perf_counter()
    device = build_device(
        case.model_copy(update={"mesh": case.mesh.model_copy(update={"refinements": refinements})}), comm, 1 / size
    )
    meshed = time.perf_counter() - start
    simulation = Simulation(case, device)
    solution = simulation.solution()
    peak = comm.allreduce(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1e6
    if comm.rank == 0:
        row = {
            "cells": device.mesh.topology.index_map(3).size_global,
            "unknowns": solution.problem.constraints.n_free,
            "iterations": solution.report.iterations,
            "mesh": meshed,
            **simulation.seconds,
            "conserved": solution.conservation_defect,
            "gigabytes": peak,
        }
        print(json.dumps(row))


def measure(size, degree, refinements, ranks, method="iterative", polarization=None):
    """What `worker` prints, in processes of its own."""
    arguments = ["--worker", str(size), str(degree), str(refinements), method]
    if polarization is not None:
        arguments += ["--polarization", str(polarization)]
    command = ["mpirun", "-n", str(ranks), sys.executable, "-m", "benchmarks.scaling", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def line(size, degree, refinements, ranks, polarization):
    """One line of the table."""
    row = measure(size, degree, refinements, ranks, polarization=polarization)
    return (
        f"| {degree} | {row['cells']:,} | {row['unknowns']:,} | {ranks} | {row['iterations']} | {row['mesh']:.1f} s | "
        f"{row['assemble']:.1f} s | {row['solve']:.1f} s | {row['conserved']:.0e} | {row['gigabytes']:.1f} GB |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", nargs=4, metavar=("SIZE", "DEGREE", "REFINEMENTS", "METHOD"))
    parser.add_argument(
        "--sizes", nargs="+", type=float, default=[0.5, 0.8, 1.2, 1.7], help="how much finer than the case says"
    )
    parser.add_argument("--degrees", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--ranks", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--polarization", type=float, help="of both magnets")
    given = parser.parse_args()
    if given.worker:
        size, degree, refinements, method = given.worker
        return worker(float(size), int(degree), int(refinements), method, given.polarization)
    print(HEADER)
    print("|" + "---|" * HEADER.count(" | ") + "---|")
    for degree in given.degrees:
        for size in given.sizes:
            # Degree 1 has a seventh of the unknowns on the same mesh: one division of every cell brings it to the same size.
            for ranks in given.ranks:
                print(line(size, degree, 2 - degree, ranks, given.polarization), flush=True)


if __name__ == "__main__":
    main()
