"""Can the numbers be trusted? Conservation, the solver, the error estimate, in words with a verdict."""

from types import SimpleNamespace

import numpy as np

from spinfem.algebra.limits import CHARGE, DEFECT, ERROR, GOOD, SPIN, residual_limits
from spinfem.case.describe import name_in_words
from spinfem.formatting import plain, quantity
from spinfem.output.report.parts import FAIR, POOR, UNKNOWN, Check
from spinfem.study.trust import POSITIVE, is_check, relative_errors


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


def _conservation(result):
    told = (
        ("charge", CHARGE, "The currents of all terminals add up to {} of the drive; exactly they add up to zero."),
        (
            "spin",
            SPIN,
            "Of the spins that flow, {} is neither let out nor absorbed nor relaxed; exactly nothing is left.",
        ),
    )
    for what, limits, words in told:
        defect = result.get("checks", {}).get(f"{what}_conservation")
        if defect is not None:
            verdict, words = limits.verdict(defect), words.format(plain(defect, 2))
            if verdict != GOOD:
                words += " Lower `solver: tolerance`."
            yield Check(f"{what.capitalize()} conservation", words, verdict, defect)


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
    yield Check("Linear solver", words, residual_limits(tolerance).verdict(residual), residual)


def _errors(result):
    method = result.get("error_estimate", "none")
    errors = relative_errors(
        [SimpleNamespace(name=name, **_known(entry)) for name, entry in result["observables"].items()],
        [SimpleNamespace(name=name, **_known(entry)) for name, entry in (result.get("matrices") or {}).items()],
    )
    if not errors:
        why = method.removeprefix("none: ") if method.startswith("none") else "no number has one"
        return Check("Discretisation error", f"Not known: {why}. The numbers may depend on the mesh.", UNKNOWN)
    size, name = errors[0]
    words = f"Estimated as the {method}. The largest is {plain(100 * size, 2)} % ({name})."
    verdict = ERROR.verdict(size)
    if verdict != GOOD:
        words += " A finer mesh makes it smaller (`mesh: resolution`, `mesh: refinements`)."
    return Check("Discretisation error", words, verdict, size)


def _known(entry):
    return {"errors": None} | {k: entry[k] for k in ("value", "unit", "error", "values", "errors") if k in entry}


def _defects(result):
    for name, entry in result["observables"].items():
        if is_check(name) and entry["value"] is not None and np.ndim(entry["value"]) == 0:
            size = abs(entry["value"])
            told = name_in_words(name, result["case"]).replace(".", ", ")
            note = f": {entry['note']}." if entry.get("note") else "."
            if name.endswith(POSITIVE):
                text = quantity(entry["value"], entry["unit"])
                yield Check(told, text + note, GOOD if entry["value"] > 0 else POOR, -entry["value"])
            else:
                yield Check(told, plain(size, 2) + note, DEFECT.verdict(size), size)
