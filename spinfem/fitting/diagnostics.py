"""What a person must not overlook in a fit."""

import numpy as np
from scipy.stats import chi2

_SAME = 0.98  # absolute correlation from which on two unknowns are hardly told apart
_UNLIKELY, _IMPROBABLE = 0.05, 1e-3  # that chi-square is so large by chance
_MUCH = 4.0  # that chi-square is smaller: two standard deviations
_OTHER_MESH = 2.0  # by which factor a length may differ from the one that the mesh was made for


def chance(data, estimate):
    """The probability that a model which is right misses the data by so much; None where that is no test: no errors, or nothing left over."""
    if data.errors is None or not estimate.degrees_of_freedom:
        return None
    return float(chi2.sf(estimate.chi_square, estimate.degrees_of_freedom))


def verdict(data, estimate) -> str:
    """What chi-square says of a model, in words that follow its name; "" where it is no test."""
    p = chance(data, estimate)
    if p is None:
        return ""
    if p < _IMPROBABLE:
        return "does not describe the data"
    return "hardly agrees with the data" if p < _UNLIKELY else "agrees with the data"


def is_the_measure(result):
    """May the formula be judged by the full model? Only if the data bear that one out, and no less than the formula."""
    p = chance(result.data, result.full)
    return p is not None and p >= _UNLIKELY and not _formula_is_better(result)


def _formula_is_better(result):
    formula = result.formula
    return formula is not None and formula.chi_square < result.full.chi_square - _MUCH


def warnings(result):
    """Yields a line for each."""
    full, names = result.full, [unknown.name for unknown in result.unknowns]
    if not full.converged:
        yield "the search for the minimum was ended before it converged"
    for name, at_a_limit in zip(names, full.at_a_limit, strict=True):
        if at_a_limit:
            yield f"{name} ended at a limit of its range; its interval means nothing"
    yield from _undetermined(full, names)
    for i, j in zip(*np.triu_indices(len(names), 1), strict=True):
        if abs(full.correlation[i, j]) > _SAME:
            yield f"the data hardly tell {names[i]} and {names[j]} apart (correlation {full.correlation[i, j]:.3f})"
    p = chance(result.data, full)
    if p is not None and p < _IMPROBABLE:
        missed = f"the full model misses the data by more than their errors (chance {p:.0e})"
        yield f"{missed}; its values and intervals mean little"
    if p is not None and _formula_is_better(result):
        better = "the formula describes the data better than the full model"
        yield f"{better}; look at the drawing, the mesh and what was kept fixed"
    for unknown, value in zip(result.unknowns, full.values, strict=True):
        if unknown.unit == "m" and not 1 / _OTHER_MESH < value / unknown.start < _OTHER_MESH:
            yield f"the meshes were made for {unknown.name} = {unknown.start:g} m; fit again with its start near {value:.3g} m"


def _undetermined(full, names):
    lost = [name for name, half in zip(names, full.half_widths, strict=True) if not np.isfinite(half)]
    if not np.isfinite(full.covariance).any() and full.degrees_of_freedom == 0:
        yield "as many unknowns as values, and no errors of the data: there are no intervals"
    elif len(lost) == 1:
        yield f"the data do not determine {lost[0]} within its range; its value means nothing"
    elif lost:
        yield f"the data do not determine {' and '.join(lost)} within their ranges; keep one of them fixed"
