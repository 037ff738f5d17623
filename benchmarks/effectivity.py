"""Estimated errors against true ones, over many devices.

    python -m benchmarks.effectivity [CASE ...]

Each case is refined to ever smaller errors; the corrected values of the finest level are the truth for those before it. Of every number that matters, on each
level: its bar over the true error of the corrected value; and twice its correction over the true error of the value as the mesh gives it.
"""

import sys
from dataclasses import dataclass

import numpy as np
from mpi4py import MPI

import spinfem.observables  # noqa: F401  # their kinds
from spinfem.api.case import load
from spinfem.study.adaptive import levels
from spinfem.study.ratio import Undefined
from spinfem.study.session import Session

CASES = {
    "nonlocal_valve": "3D, transparent, collinear",
    "al_tunnel_valve": "3D, tunnel contacts",
    "nonlocal_valve_2d": "2D, transparent",
    "overlayer_2d": "2D, wide contact, loop currents",
    "overlayer_3d": "3D, wide contact",
    "ratchet": "curved drawing",
    "gmr_pillar_3d": "3D, curved pillar",
    "spin_hall_film": "spin Hall, not symmetric",
    "torque_reversal": "pillar, not collinear, circuit contacts",
    "noncoplanar_stack": "three magnets in three directions",
    "pt_py_bilayer": "spin Hall, mixing conductance",
    "spin_resistance": "3D, many contacts",
    "loop_current": "2D, loop current",
    "lumped_element": "circuit",
}
FINEST = 0.0003  # the accuracy of the truth
COUNTED = 0.01  # of the largest number in its unit
EXACT = 1e-7  # a smaller relative error is none
MOST = 60_000  # unknowns


@dataclass(frozen=True)
class Row:
    """One number on one level, all errors relative to it."""

    unknowns: int
    name: str
    true: float  # of the corrected value
    plain: float  # of the value as it is
    bar: float
    correction: float


def rows_of(case):
    """The Rows of a case."""
    case = case.changed(accuracy={"target": FINEST, "at_most": MOST})
    found = [(level.unknowns, list(_errors(case, level))) for level in levels(case, Session(MPI.COMM_WORLD))]
    truth, largest = {error.name: error for error in found[-1][1]}, {}
    for error in truth.values():
        key = error.observable, error.unit
        largest[key] = max(largest.get(key, 0.0), abs(error.corrected))
    for unknowns, errors in found[:-1]:
        for error in errors:
            exact = truth.get(error.name)
            if exact is None or abs(exact.corrected) < COUNTED * largest[error.observable, error.unit]:
                continue
            size = abs(exact.corrected)
            true, plain = (abs(value - exact.corrected) / size for value in (error.corrected, error.value))
            if max(true, plain) > max(EXACT, 3 * exact.error / size):  # else the truth is not known well enough
                yield Row(unknowns, error.name, true, plain, error.error / size, abs(error.correction) / size)


def _errors(case, level):
    yield from level.errors
    for observable in case.observables:
        if observable not in level.counted:
            try:
                yield from level.estimator.errors([observable])
            except Undefined:  # on this mesh
                continue


def main(names):
    print(
        "| case | kind | unknowns | numbers | bar | bar / true error: least, median, most | 2 correction / error without it: median |"
    )
    print("|---|---|---|---|---|---|---|")
    for name in names or CASES:
        rows = list(rows_of(load(name)))
        if not rows:
            print(f"| {name} | {CASES.get(name, '')} | the first mesh is exact to {FINEST:.0e} | | | | |", flush=True)
            continue
        ratios = [row.bar / max(row.true, 0.1 * row.plain) for row in rows]  # a corrected value may be right by chance
        plain = np.median([2 * row.correction / row.plain for row in rows if row.plain > EXACT])
        unknowns, bars = [row.unknowns for row in rows], [100 * row.bar for row in rows]
        print(
            f"| {name} | {CASES.get(name, '')} | {min(unknowns):,} to {max(unknowns):,} | {len(rows)} | {min(bars):.2g} to {max(bars):.2g} % "
            f"| {min(ratios):.2f}, {np.median(ratios):.2f}, {max(ratios):.2f} | {plain:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
