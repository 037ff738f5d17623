"""Two exponentials through a decay."""

from dataclasses import dataclass, field, replace

import numpy as np
from uncertainties import nominal_value, umath
from uncertainties.unumpy import nominal_values


@dataclass(frozen=True)
class TwoExponentialFit:
    """A1 exp(-x/L1) + A2 exp(-x/L2), L1 < L2, with standard errors (inf where the data do not tell the terms apart)."""

    lengths: np.ndarray
    amplitudes: np.ndarray
    length_errors: np.ndarray
    amplitude_errors: np.ndarray
    slopes: np.ndarray = field(
        repr=False
    )  # (4, n), of both amplitudes, then both lengths, by each of the values that were fitted

    def following(self, y) -> "TwoExponentialFit":
        """The fit as it follows the values y, (n,), near those that were fitted: of variables it is made of variables; of numbers, and where the
        terms are not told apart, it is this one."""
        change = np.asarray(y) - nominal_values(y)
        if not np.isfinite([*self.length_errors, *self.amplitude_errors]).all():
            return self
        return replace(
            self,
            amplitudes=self.amplitudes + self.slopes[:2] @ change,
            lengths=self.lengths + self.slopes[2:] @ change,
        )

    def term(self, number, x):
        """The first (0) or the second (1) exponential at x."""
        return self.amplitudes[number] * np.exp(-np.asarray(x) / self.lengths[number])

    def __call__(self, x):
        return self.term(0, x) + self.term(1, x)

    @property
    def crossover(self):
        """The x at which both terms are equal; None if they have different signs."""
        ratio = self.amplitudes[0] / self.amplitudes[1]
        return umath.log(ratio) / (1 / self.lengths[0] - 1 / self.lengths[1]) if nominal_value(ratio) > 0 else None


def fit_two_exponentials(x, y):
    """The TwoExponentialFit of y > 0 at x (n,), n > 4, from least squares of relative deviations.

    For given lengths the amplitudes are a linear problem; so only the lengths are searched for, from where the two ends
    put them.
    """
    from scipy.optimize import least_squares

    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)

    def deviations(logarithms):
        basis = _basis(x, y, np.exp(logarithms))
        return basis @ _amplitudes(basis) - 1

    found = least_squares(deviations, np.log(_start(x, y)), xtol=1e-14, ftol=1e-14, gtol=1e-14, max_nfev=1000)
    lengths = np.sort(np.exp(found.x))
    basis = _basis(x, y, lengths)
    amplitudes = _amplitudes(basis)
    # Of relative changes of the four parameters.
    jacobian = np.hstack([basis * amplitudes, basis * amplitudes * x[:, None] / lengths])
    variance = np.sum((basis @ amplitudes - 1) ** 2) / max(len(x) - 4, 1)
    errors = _standard_errors(jacobian, variance)
    slopes = np.concatenate([amplitudes, lengths])[:, None] * _relative_slopes(basis, amplitudes, lengths, x, y)
    return TwoExponentialFit(lengths, amplitudes, errors[2:] * lengths, errors[:2] * np.abs(amplitudes), slopes)


def _basis(x, y, lengths):
    return np.exp(-x[:, None] / lengths) / y[:, None]


def _amplitudes(basis):
    return np.linalg.lstsq(basis, np.ones(len(basis)), rcond=None)[0]


def _relative_slopes(basis, amplitudes, lengths, x, y):
    """Relative changes of amplitudes and lengths for changes of y, (4, n): sum r grad r = 0 for r = f/y - 1 stays true (implicit function theorem)."""
    terms, u = basis * amplitudes, x[:, None] / lengths
    r = terms.sum(axis=1) - 1
    first = np.hstack([terms, terms * u])
    second = np.zeros((4, 4))
    for k in range(2):
        pair = np.ix_([k, k + 2], [k, k + 2])
        own, mixed, twice = r @ terms[:, k], r @ (terms * u)[:, k], r @ (terms * (u**2 - u))[:, k]
        second[pair] = [[own, mixed], [mixed, twice]]
    by_values = first.T * (1 - 2 * (1 + r)) / y
    return -np.linalg.lstsq(first.T @ first + second, by_values, rcond=None)[0]


def _start(x, y):
    """Lengths from a straight line through ln y over the last third, and through what is left over in the first."""
    third = max(len(x) // 3, 2)
    slope, level = np.polyfit(x[-third:], np.log(y[-third:]), 1)
    longest = 100 * np.ptp(x)
    slow = min(-1 / slope, longest) if slope < 0 else longest
    rest = np.abs(y[:third] - np.exp(level + slope * x[:third]))
    head = np.polyfit(x[:third], np.log(np.maximum(rest, 1e-300)), 1)[0]
    fast = -1 / head if head < 0 else slow
    return np.array([min(fast, 0.6 * slow), slow])


def _standard_errors(jacobian, variance):
    try:
        squares = variance * np.diag(np.linalg.inv(jacobian.T @ jacobian))
        return np.sqrt(np.where(squares >= 0, squares, np.inf))
    except np.linalg.LinAlgError:
        return np.full(jacobian.shape[1], np.inf)
