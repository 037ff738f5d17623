"""The iterative method against a peer, the sparse direct solver MUMPS: ratios of time and memory on the same operator.

python -m benchmarks.direct
"""

from benchmarks.scaling import measure

SIZES = (0.35, 0.5, 0.8)


def main():
    """Print a table in Markdown. Both solvers run one after the other, on one rank, on the same mesh."""
    print("| unknowns | set-up and solve, direct / iterative | memory, direct / iterative |\n|---|---|---|")
    for size in SIZES:
        iterative, direct = (measure(size, 2, 0, 1, method) for method in ("iterative", "direct"))
        # Factorising is part of assembling here, as setting up the multigrid is.
        times = [row["assemble"] + row["solve"] for row in (iterative, direct)]
        ratios = times[1] / times[0], direct["gigabytes"] / iterative["gigabytes"]
        print(f"| {iterative['unknowns']:,} | {ratios[0]:.1f} | {ratios[1]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
