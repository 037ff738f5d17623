"""What a person must not overlook in a fit."""

import numpy as np
from scipy.stats import chi2

from spinfem.formatting import with_interval

_SAME = 0.98  # absolute correlation from which on two unknowns are hardly told apart
_UNLIKELY, _IMPROBABLE = 0.05, 1e-3  # that chi-square is so large by chance
_MUCH = 4.0  # that chi-square is smaller: two standard deviations
_OF_THE_MESH = 0.5  # of the data's uncertainty: what the mesh may add without a word
_FAR = 3.0  # standard uncertainties from a prior


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
        size = f"{p:.0e}" if p else "below 1e-300"
        missed = f"the full model misses the data by more than their errors (chance {size})"
        yield f"{missed}; its values and intervals mean little"
    if p is not None and _formula_is_better(result):
        better = "the formula describes the data better than the full model"
        yield f"{better}; look at the drawing, the mesh and what was kept fixed"
    for unknown, value in zip(result.unknowns, full.values, strict=True):
        if unknown.prior and abs(unknown.from_prior(value)) > _FAR:
            yield f"{unknown.name} {from_prior(unknown, value)}; one of the two is wrong"
    yield from _of_the_mesh(result)


def from_prior(unknown, value) -> str:
    """Where a value lies from the prior, in words that follow the name."""
    off, (known, sigma) = unknown.from_prior(value), unknown.prior
    return f"is {abs(off):.1f} sigma {'above' if off > 0 else 'below'} its prior, {with_interval(known, sigma, unknown.unit)}"


def _of_the_mesh(result):
    worst = max(map(result.of_mesh, result.meshes), default=0.0)
    if worst > _OF_THE_MESH:
        yield f"the mesh may be off by {worst:.2g} of the error of a value; make it finer (`accuracy`)"
    if result.remeshed is not None and result.moved > _OF_THE_MESH:
        moved = f"on meshes made for the values found the model gives values that differ by up to {result.moved:.2g} of their errors"
        yield f"{moved}; fit again with the start near these values, or a finer mesh (`accuracy`)"


def _undetermined(full, names):
    lost = [name for name, half in zip(names, full.half_widths, strict=True) if not np.isfinite(half)]
    if not np.isfinite(full.covariance).any() and full.degrees_of_freedom == 0:
        yield "as many unknowns as values, and no errors of the data: there are no intervals"
    elif len(lost) == 1:
        yield f"the data do not determine {lost[0]} within its range; its value means nothing"
    elif lost:
        yield f"the data do not determine {' and '.join(lost)} within their ranges; keep one of them fixed"
