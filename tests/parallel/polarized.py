"""What test_polarized.py launches on several ranks: what terminals and magnets see where P is near 1, as JSON."""

import json
import sys

from mpi4py import MPI

from tests.unit.test_elimination import DEVICES, valve


def measures():
    """Device -> numbers of its solution: in microvolts, and parts of the current in percent."""
    given = {"comm": MPI.COMM_WORLD, "solver": {"method": "iterative", "degree": 1}}
    found = {name: _measured(valve(0.95, **given, **more).solution()) for name, more in DEVICES.items()}
    return found | {f"degree {degree}": _measured(_of_degree(degree)) for degree in (2, 3)}


def _of_degree(degree):
    """Of elements whose nodes are coupled to many nodes of other ranks: sweeps within each rank must stay positive."""
    return valve(0.4, comm=MPI.COMM_WORLD, solver={"method": "iterative", "degree": degree}).solution()


def _measured(solution):
    absorbed = [float(1e5 * part) for magnet in "ac" for part in solution.absorbed(magnet)]
    return [1e6 * solution.readings["left"].potential, *absorbed]


if __name__ == "__main__":
    found = measures()
    if MPI.COMM_WORLD.rank == 0:
        sys.stdout.write(json.dumps(found))
