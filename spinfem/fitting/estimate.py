"""Least squares: the unknowns with intervals, and how they are correlated."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.stats import norm, t

CONFIDENCE = 0.95
_UNDETERMINED = (
    1e-5  # relative singular value below which a combination is lost; adjoint derivatives are as good as that
)


@dataclass(frozen=True)
class Estimate:
    """What the data, and priors, say about k unknowns.

    Without errors of the data their common size is estimated from the residuals, and `chi_square` (in units of the data squared) is no test.
    """

    values: np.ndarray  # (k,)
    covariance: np.ndarray  # (k, k)
    half_widths: (
        np.ndarray
    )  # (k,) of the intervals, at the level CONFIDENCE; infinite where wider than the range that was looked at
    predicted: np.ndarray  # (n,)
    chi_square: float  # that of the priors is part of it
    degrees_of_freedom: int
    at_a_limit: np.ndarray  # (k,) bool
    evaluations: int
    converged: bool

    @property
    def correlation(self):
        """(k, k), 1 on the diagonal; nan where an unknown is undetermined."""
        size = np.sqrt(np.diag(self.covariance))
        with np.errstate(invalid="ignore"):
            return self.covariance / np.outer(size, size)


def estimate(model, data, unknowns, slopes=None):
    """The Estimate by least squares, weighted with the errors of the data, within the limits of the unknowns.

    model: unknowns (k,) -> predicted (n,). slopes: unknowns -> (n, k); without it, difference quotients. Intervals are those of the linearized model
    (W. H. Press et al., Numerical Recipes, 15.6). A prior is one more value, measured of the unknown itself; it needs `data.errors`.
    """
    scale = np.array([abs(u.start) or u.high - u.low for u in unknowns])
    known = [k for k, unknown in enumerate(unknowns) if unknown.prior]
    of_priors = np.array(
        [[float(k == j) * scale[k] / unknowns[k].prior[1] for j in range(len(unknowns))] for k in known]
    )
    of_priors = of_priors.reshape(len(known), len(unknowns))
    n = len(data.values)
    common = np.full(len(data.values), np.abs(data.values).max() or 1.0)
    weight = 1.0 / (common if data.errors is None else data.errors)

    def residuals(x):
        off = [unknowns[k].from_prior(x[k] * scale[k]) for k in known]
        return np.append((model(x * scale) - data.values) * weight, off)

    def rates(x):
        return np.vstack([slopes(x * scale) * weight[:, None] * scale, of_priors])

    found = least_squares(
        residuals,
        np.array([u.start for u in unknowns]) / scale,
        jac=rates if slopes else "3-point",
        bounds=tuple(np.array([getattr(u, end) for u in unknowns]) / scale for end in ("low", "high")),
        x_scale="jac",
        xtol=1e-6,
        ftol=1e-6,  # of chi-square: far less than an interval
        gtol=1e-8,
        max_nfev=50,
    )
    freedom = n + len(known) - len(unknowns)
    covariance = _covariance(found.jac) * np.outer(scale, scale)
    chi_square = float(2 * found.cost)
    quantile = norm.ppf((1 + CONFIDENCE) / 2)
    if data.errors is None:
        covariance = covariance * chi_square / freedom if freedom > 0 else np.full_like(covariance, np.inf)
        quantile = t.ppf((1 + CONFIDENCE) / 2, freedom) if freedom > 0 else np.inf
        chi_square /= weight[0] ** 2
    half_widths = quantile * np.sqrt(np.diag(covariance))
    half_widths[half_widths > [u.high - u.low for u in unknowns]] = np.inf
    return Estimate(
        values=found.x * scale,
        covariance=covariance,
        half_widths=half_widths,
        predicted=found.fun[:n] / weight + data.values,
        chi_square=chi_square,
        degrees_of_freedom=freedom,
        at_a_limit=found.active_mask != 0,
        evaluations=int(found.nfev),
        converged=bool(found.success),
    )


def _covariance(jacobian):
    """(J^T J)^-1; infinite for unknowns that take part in a combination that the data do not determine."""
    influence = np.linalg.norm(jacobian, axis=0)
    influence[influence == 0] = 1.0
    _, sizes, directions = np.linalg.svd(jacobian / influence, full_matrices=False)
    weak = sizes <= _UNDETERMINED * sizes[0]
    covariance = (directions[~weak].T / sizes[~weak] ** 2) @ directions[~weak] / np.outer(influence, influence)
    lost = np.abs(directions[weak]).max(axis=0, initial=0.0) > np.sqrt(_UNDETERMINED)
    covariance[lost, :] = covariance[:, lost] = np.inf
    return covariance
