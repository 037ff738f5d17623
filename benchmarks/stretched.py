"""What preconditions the field blocks, on cells that are more and more stretched: iterations to 1e-12 and seconds of the processor.

    python -m benchmarks.stretched          (2 minutes)

Three layers, ferromagnet, normal metal, ferromagnet, whose cells are thin along the current and wide across it.
"""

import time

CASE = {
    "geometry": {"script": "nonlocal_valve.geo"},  # never opened: the benchmark brings its mesh
    "regions": {
        "a": {"material": "Py @ 4.2 K", "magnetization": "+z"},
        "b": {"material": "Cu @ 4.2 K"},
        "c": {"material": "Py @ 4.2 K", "magnetization": "+z"},
    },
    "terminals": {"left": {"current": "1 mA"}, "right": {"voltage": "0 V"}},
}


def lines():
    """The lines of a table."""
    from mpi4py import MPI

    from spinfem.algebra import preconditioners, solver
    from spinfem.case.schema import Case
    from spinfem.study.simulation import Simulation
    from tests.boxes import bar

    ways = {
        "corners": lambda block, symmetric, corners, interpolation: preconditioners.CornerMultigrid(
            block, interpolation(), symmetric
        ),
        "AMG": lambda block, *_: preconditioners.AlgebraicMultigrid(block),
        "AMG, strongest couplings": lambda block, *_: preconditioners.AlgebraicMultigrid(block, "stretched"),
        "factors": lambda block, symmetric, *_: preconditioners.Factors(block, symmetric),
    }
    yield "| degree | aspect | unknowns | " + " | ".join(ways) + " |"
    yield "|---" * (3 + len(ways)) + "|"
    for degree, cells in ((2, 8), (3, 5)):
        for aspect in (1, 5, 20, 200):
            case = Case.model_validate(CASE)
            case = case.model_copy(update={"solver": case.solver.model_copy(update={"degree": degree})})
            layers = [("a", cells * 2.0, cells), ("b", cells * 4.0, 2 * cells), ("c", cells * 2.0, cells)]
            device = bar(MPI.COMM_SELF, layers, 2.0 * aspect * cells, cells, 3)
            found = []
            for way in ways.values():
                solver.precondition = way
                start = time.process_time()
                solution = Simulation(case, device).solution()
                found.append(f"{solution.report.iterations}, {time.process_time() - start:.1f} s")
            unknowns = solution.problem.constraints.n_free
            yield f"| {degree} | {aspect} | {unknowns:,} | " + " | ".join(found) + " |"


if __name__ == "__main__":
    for line in lines():
        print(line, flush=True)
