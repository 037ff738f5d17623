"""Can the numbers be trusted? Conservation, the solver, the error estimate, in words with a verdict."""

import numpy as np

from spinfem.output.report.numbers import plain, quantity
from spinfem.output.report.parts import FAIR, GOOD, POOR, UNKNOWN, Check

_CONSERVED, _DOUBTFUL = 1e-8, 1e-4  # of the drive
_ACCURATE, _ROUGH = 0.02, 0.1  # relative errors
_POSITIVE = "smallest_eigenvalue"
_ROUNDING = 1e-9  # of the largest number in the same unit: what is smaller is meant to be zero


def is_check(name):
    """Does this measurement tell about others: must it vanish, or be positive?"""
    last = name.rpartition(".")[2]
    return last in ("balance", _POSITIVE) or last.endswith("_defect")


def checks_of(result):
    """The Checks of one results.json."""
    return [*_conservation(result), *_solver(result), _errors(result), *_defects(result)]


def worst_checks(results):
    """The Checks of a sweep: the worst of each kind; results: number of a point -> results.json."""
    worst = {}
    order = (GOOD, UNKNOWN, FAIR, POOR)
    for number, result in results.items():
        for check in checks_of(result):
            before = worst.get(check.what)
            badness = order.index(check.verdict), check.size
            if before is None or badness > before[0]:
                worst[check.what] = badness, check, number
    for _, check, number in worst.values():
        words = f"{check.words} This is the worst of all, point {number}." if len(results) > 1 else check.words
        yield Check(check.what, words, check.verdict)


def relative_error(observables, matrices=()):
    """(largest relative error, its name) of what is neither a check nor next to nothing, or None; matrices: (name, entry)."""
    found = []
    largest = {}
    for name, entry in observables.items():
        if not is_check(name):
            size = _size(entry["value"])
            largest[entry["unit"]] = max(largest.get(entry["unit"], 0.0), size)
    for name, entry in observables.items():
        size = _size(entry["value"])
        if is_check(name) or entry["error"] is None or size <= _ROUNDING * largest[entry["unit"]]:
            continue
        found.append((entry["error"] / size, name))
    for name, matrix in matrices:
        if matrix.get("errors") is not None and (size := _size(matrix["values"])):
            found.append((_size(matrix["errors"]) / size, f"{name}, of its largest entry"))
    return max(found, default=None)


def _size(value):
    return float(np.nanmax(np.abs(np.asarray(value, dtype=float)), initial=0.0))


def _conservation(result):
    defect = result.get("checks", {}).get("charge_conservation")
    if defect is not None:
        verdict = _graded(defect, _CONSERVED, _DOUBTFUL)
        words = f"The currents of all terminals add up to {plain(defect, 2)} of the drive; exactly they add up to zero."
        if verdict != GOOD:
            words += " Lower `solver: tolerance`."
        yield Check("Charge conservation", words, verdict, defect)


def _solver(result):
    solver, asked = result.get("solver"), result["case"].get("solver", {})
    if not solver:
        return
    tolerance, limit = asked.get("tolerance", 1e-12), asked.get("max_iterations")
    iterations = solver["iterations"]
    steps = f"{iterations} iterations" if iterations != 1 else "1 step"
    most = f" (at most {limit} were allowed)" if limit and asked.get("method") == "iterative" else ""
    count = solver.get("solves", 1)
    solves = f"; the worst of {count} solves" if count > 1 else ""
    words = (
        f"{solver['method']}: {steps}{most}, a true relative residual of {plain(solver['residual'], 2)}, "
        f"asked for {plain(tolerance, 2)}{solves}."
    )
    residual = solver["residual"]
    yield Check("Linear solver", words, _graded(residual, max(1e-8, 10 * tolerance), 1e-5), residual)


def _errors(result):
    method, worst = (
        result.get("error_estimate", "none"),
        relative_error(result["observables"], result.get("matrices", {}).items()),
    )
    if worst is None:
        why = method.removeprefix("none: ") if method.startswith("none") else "no number has one"
        return Check("Discretisation error", f"Not known: {why}. The numbers may depend on the mesh.", UNKNOWN)
    size, name = worst
    words = f"Estimated as the {method}. The largest is {plain(100 * size, 2)} % ({name})."
    verdict = _graded(size, _ACCURATE, _ROUGH)
    if verdict != GOOD:
        words += " A finer mesh makes it smaller (`mesh: resolution`, `mesh: refinements`)."
    return Check("Discretisation error", words, verdict, size)


def _defects(result):
    for name, entry in result["observables"].items():
        if is_check(name) and entry["value"] is not None and np.ndim(entry["value"]) == 0:
            size = abs(entry["value"])
            told = name.replace("_", " ").replace(".", ", ")
            note = f": {entry['note']}." if entry.get("note") else "."
            if name.endswith(_POSITIVE):
                text = quantity(entry["value"], entry["unit"])
                yield Check(told, text + note, GOOD if entry["value"] > 0 else POOR, -entry["value"])
            else:
                yield Check(told, plain(size, 2) + note, _graded(size, 1e-6, 1e-3), size)


def _graded(size, good, fair):
    if size is None or not np.isfinite(size):
        return POOR
    return GOOD if size <= good else FAIR if size <= fair else POOR
