"""Estimated errors against true ones, over many devices.

    python -m benchmarks.effectivity [CASE ...]

Each case is refined to ever smaller errors; the values of the finest level, corrected, are the truth for those before it. Of every number that
matters, for each level: the true error of the corrected value over its bar, and over what the bar is made of.
"""

import sys
from dataclasses import dataclass

from mpi4py import MPI

import spinfem.observables  # noqa: F401  # their kinds
from spinfem.api.case import load
from spinfem.study.adaptive import levels
from spinfem.study.session import Session

CASES = (
    "nonlocal_valve",
    "al_tunnel_valve",
    "nonlocal_valve_2d",
    "overlayer_2d",
    "overlayer_3d",
    "ratchet",
    "loop_current",
    "gmr_pillar_3d",
    "wide_contacts",
    "spin_hall_film",
    "spin_absorption",
    "pt_py_bilayer",
    "long_range",
)
FINEST, COUNTED, EXACT = (
    0.0002,
    0.01,
    1e-8,
)  # the accuracy of the truth; of the largest number in its unit; relative error


@dataclass(frozen=True)
class Row:
    """One number on one level, all errors relative to it."""

    level: int
    unknowns: int
    name: str
    true: float  # of the corrected value
    plain: float  # of the value as it is
    bar: float
    correction: float
    bound: float
    scatter: float


def rows_of(case, most):
    """The Rows of a case."""
    goal = {"target": FINEST, "at_most": most}
    case, found = case.changed(accuracy=goal), []
    for level in levels(case, Session(MPI.COMM_WORLD)):
        left = [observable for observable in case.observables if observable not in level.counted]
        found.append((level.unknowns, [*level.errors, *level.estimator.errors(left)]))
        del level
    truth = {error.name: error for error in found[-1][1]}
    largest = {}
    for error in truth.values():
        key = error.observable, error.unit
        largest[key] = max(largest.get(key, 0.0), abs(error.corrected))
    for k, (unknowns, errors) in enumerate(found[:-1]):
        for error in errors:
            exact = truth.get(error.name)
            if exact is None or abs(exact.corrected) < COUNTED * largest[error.observable, error.unit]:
                continue
            size = abs(exact.corrected)
            off = [abs(value - exact.corrected) / size for value in (error.corrected, error.value)]
            if max(off) < EXACT or exact.error > 0.3 * size * max(off):  # the truth is not known well enough
                continue
            yield Row(
                k,
                unknowns,
                error.name,
                *off,
                error.error / size,
                abs(error.correction) / size,
                error.bound / size,
                error.scatter / size,
            )


def main(names, most=60_000):
    for name in names or CASES:
        case = load(name)
        for row in rows_of(case, most):
            print(
                f"{name:20} {row.level:2} {row.unknowns:8,} {row.name:44} bar {100 * row.bar:8.4f} % true {100 * row.true:8.4f} %"
                f"  bar/true {row.bar / row.true:6.2f}  true/correction {row.true / max(row.correction, 1e-300):6.2f}"
                f"  plain/correction {row.plain / max(row.correction, 1e-300):6.2f}  true/bound {row.true / max(row.bound, 1e-300):7.4f}  true/scatter {row.true / max(row.scatter, 1e-300):7.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
