"""A table over degrees, sizes and ranks: a line for each, measured in processes of their own."""

import argparse
import json
import subprocess
import sys


def started(name, size, degree, ranks):
    """What `python -m benchmarks.NAME --worker SIZE DEGREE` prints last on so many ranks, JSON."""
    arguments = ["--worker", str(size), str(degree)]
    command = ["mpirun", "-n", str(ranks), sys.executable, "-m", f"benchmarks.{name}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def tabulated(description, header, worker, line, allowed):
    """The program: print the table, and whether its largest ratio is `allowed`; the exit status.

    worker(size, degree) measures. line(size, degree, ranks) gives (a line of the table, the ratio).
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", nargs=2, metavar=("SIZE", "DEGREE"))
    parser.add_argument("--sizes", nargs="+", type=float, default=[0.5], help="how much finer than the case says")
    parser.add_argument("--degrees", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--ranks", nargs="+", type=int, default=[1, 2])
    given = parser.parse_args()
    if given.worker:
        size, degree = given.worker
        return worker(float(size), int(degree))
    print(header)
    print("|" + "---|" * header.count(" | ") + "---|")
    ratios = []
    for degree in given.degrees:
        for size in given.sizes:
            for ranks in given.ranks:
                text, ratio = line(size, degree, ranks)
                print(text, flush=True)
                ratios.append(ratio)
    print(f"\nlargest ratio {max(ratios):.2f}, allowed {allowed}")
    return int(max(ratios) > allowed)
