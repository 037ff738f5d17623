"""What a person must not overlook in a fit."""

import numpy as np
from scipy.stats import chi2

_SAME = 0.98  # absolute correlation from which on two unknowns are hardly told apart
_IMPROBABLE = 1e-3  # that chi-square is so large by chance
_OTHER_MESH = 2.0  # by which factor a length may differ from the one that the mesh was made for


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
    if result.data.errors is not None and full.degrees_of_freedom:
        chance = chi2.sf(full.chi_square, full.degrees_of_freedom)
        if chance < _IMPROBABLE:
            yield f"the model misses the data by more than their errors (chance {chance:.0e}); the intervals are too narrow"
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
