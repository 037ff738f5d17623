"""Least squares on problems whose answers are known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm, t

from spinfem.case.fit import Unknown
from spinfem.fitting.data import Data
from spinfem.fitting.estimate import estimate

X = np.linspace(0.3, 2.0, 9)


def unknown(name, start, low, high):
    return Unknown(name, ((name,),), "", start, low, high)


def data(values, errors=None):
    return Data(("y",) * len(values), "", ({},) * len(values), np.asarray(values, float), errors)


# y = a + b x: sizes that differ by 1e9, as lengths and polarizations do
LINE = [unknown("a", 3e-9, -1e-6, 1e-6), unknown("b", 2e-9, -1e-6, 1e-6)]
DECAY = [unknown("a", 1.0, 0.01, 100.0), unknown("L", 1.0, 0.05, 20.0)]


def line(p):
    return 1e9 * (p[0] + p[1] * X)


def line_slopes(p):
    return 1e9 * np.column_stack([np.ones_like(X), X])


def decay(p):
    return p[0] * np.exp(-X / p[1])


def decay_slopes(p):
    return np.column_stack([np.exp(-X / p[1]), p[0] * np.exp(-X / p[1]) * X / p[1] ** 2])


def test_a_line_has_the_values_and_the_covariance_of_the_textbook():
    """Sums S, Sx, Sxx ...: Numerical Recipes, 15.2."""
    noise = np.random.default_rng(1).standard_normal(X.size)
    errors = 0.1 + 0.05 * X
    y = line((1e-9, 3e-9)) + errors * noise
    w = 1 / errors**2
    s, sx, sxx, sy, sxy = (np.sum(w * f) for f in (1, X, X**2, y, X * y))
    delta = s * sxx - sx**2
    found = estimate(line, data(y, errors), LINE, line_slopes)
    assert found.values == pytest.approx(
        [(sxx * sy - sx * sxy) / delta * 1e-9, (s * sxy - sx * sy) / delta * 1e-9], rel=1e-5
    )
    covariance = np.array([[sxx, -sx], [-sx, s]]) / delta * 1e-18
    assert found.covariance == pytest.approx(covariance, rel=1e-9, abs=0)
    assert found.correlation == pytest.approx(
        np.array([[1, -sx / np.sqrt(s * sxx)], [-sx / np.sqrt(s * sxx), 1]]), rel=1e-9
    )
    assert found.half_widths == pytest.approx(norm.ppf(0.975) * np.sqrt(np.diag(covariance)), rel=1e-9)
    residuals = (y - line(found.values)) / errors
    assert found.chi_square == pytest.approx(np.sum(residuals**2), rel=1e-9)
    assert found.degrees_of_freedom == X.size - 2 and found.converged and not found.at_a_limit.any()


def test_without_errors_their_size_comes_from_the_residuals():
    y = line((1e-9, 3e-9)) + 0.1 * np.random.default_rng(2).standard_normal(X.size)
    found = estimate(line, data(y), LINE, line_slopes)
    residuals = y - line(found.values)
    size = np.sqrt(np.sum(residuals**2) / (X.size - 2))
    given = estimate(line, data(y, np.full(X.size, size)), LINE, line_slopes)
    assert found.chi_square == pytest.approx(np.sum(residuals**2), rel=1e-9)
    assert found.covariance == pytest.approx(given.covariance, rel=1e-6, abs=0)
    wider = t.ppf(0.975, X.size - 2) / norm.ppf(0.975)
    assert found.half_widths == pytest.approx(wider * given.half_widths, rel=1e-6)


def test_difference_quotients_do_as_well():
    y = decay((2.0, 0.7)) * (1 + 0.01 * np.random.default_rng(3).standard_normal(X.size))
    exact, quotients = (estimate(decay, data(y, 0.01 * y), DECAY, slopes) for slopes in (decay_slopes, None))
    assert exact.values == pytest.approx(quotients.values, rel=1e-6)
    assert exact.covariance == pytest.approx(quotients.covariance, rel=1e-4)


@pytest.mark.parametrize("given", [True, False], ids=["given errors", "estimated errors"])
def test_the_interval_holds_the_truth_in_95_of_100_cases(given):
    """1000 repetitions: the share scatters by 0.7 %; within 4 of these unless the intervals are wrong."""
    truth, error, noise = np.array([2.0, 0.7]), 0.02, np.random.default_rng(4)
    inside = []
    for _ in range(1000):
        y = decay(truth) + error * noise.standard_normal(X.size)
        found = estimate(decay, data(y, np.full(X.size, error) if given else None), DECAY, decay_slopes)
        inside.append(np.abs(found.values - truth) < found.half_widths)
    assert np.mean(inside, axis=0) == pytest.approx([0.95, 0.95], abs=0.028)


def test_a_prior_pulls_as_the_exact_linear_formula_says():
    """(J^T W J + S^-1)^-1 (J^T W y + S^-1 p), with the prior of b alone and of both."""
    y = line((1e-9, 3e-9)) + 0.1 * np.random.default_rng(8).standard_normal(X.size)
    errors = np.linspace(0.05, 0.15, X.size)
    for priors in ((None, (2e-9, 1e-11)), ((1.1e-9, 3e-11), (2e-9, 5e-11))):
        unknowns = [replace(u, prior=prior) for u, prior in zip(LINE, priors, strict=True)]
        sharpness = np.diag([1 / p[1] ** 2 if p else 0.0 for p in priors])
        jacobian, centre = line_slopes(None) / errors[:, None], np.array([p[0] if p else 0.0 for p in priors])
        covariance = np.linalg.inv(jacobian.T @ jacobian + sharpness)
        expected = covariance @ (jacobian.T @ (y / errors) + sharpness @ centre)
        found = estimate(line, data(y, errors), unknowns, line_slopes)
        assert found.values == pytest.approx(expected, rel=1e-7, abs=0)
        assert found.covariance == pytest.approx(covariance, rel=1e-7, abs=0)
        off = np.append(
            (y - line(expected)) / errors, [u.from_prior(x) for u, x in zip(unknowns, expected, strict=True)]
        )
        assert found.chi_square == pytest.approx(np.sum(off**2), rel=1e-7)
        assert found.degrees_of_freedom == X.size - 2 + sum(p is not None for p in priors)
        assert found.predicted == pytest.approx(line(expected), rel=1e-7)


def test_a_prior_decides_what_the_data_do_not():
    y = decay((2.0, 0.7))
    unknowns = [*DECAY, replace(unknown("idle", 1.0, 0.1, 10.0), prior=(1.5, 0.2))]
    found = estimate(
        lambda p: decay(p[:2]), data(y, 0.01 * y), unknowns, lambda p: np.column_stack([decay_slopes(p[:2]), 0 * X])
    )
    assert found.values == pytest.approx([2.0, 0.7, 1.5], rel=1e-5)
    assert found.half_widths[2] == pytest.approx(norm.ppf(0.975) * 0.2, rel=1e-6)


def test_exact_data_of_any_start_give_the_truth():
    y = decay((2.0, 0.7))
    for start in (0.06, 0.3, 5.0, 19.0):
        unknowns = [DECAY[0], unknown("L", start, 0.05, 20.0)]
        found = estimate(decay, data(y, 1e-3 * y), unknowns, decay_slopes)
        assert found.values == pytest.approx([2.0, 0.7], rel=1e-5)


@pytest.mark.parametrize("errors", [True, False])
@pytest.mark.parametrize("disturbed", [0.0, 1e-7])
def test_a_product_is_not_taken_apart(errors, disturbed):
    """Only a c is determined: a and c have no interval, L has its own, even if the derivatives are a little wrong."""
    unknowns = [*DECAY, unknown("c", 1.0, 0.01, 100.0)]
    wrong = 1 + disturbed * np.random.default_rng(5).standard_normal((X.size, 3))
    y = decay((2.0, 0.7)) * (1 + 0.01 * np.random.default_rng(6).standard_normal(X.size))

    def model(p):
        return p[2] * decay(p[:2])

    def slopes(p):
        return np.column_stack([p[2] * decay_slopes(p[:2]), decay(p[:2])]) * wrong

    measured = data(y, 0.01 * y if errors else None)
    found, alone = estimate(model, measured, unknowns, slopes), estimate(decay, measured, DECAY, decay_slopes)
    assert np.isinf(found.half_widths[[0, 2]]).all() and np.isnan(found.correlation[0, 2])
    assert found.values[0] * found.values[2] == pytest.approx(alone.values[0], rel=1e-4)
    assert found.values[1] == pytest.approx(alone.values[1], rel=1e-4)
    if errors:  # without, one more unknown takes one degree of freedom
        assert found.half_widths[1] == pytest.approx(alone.half_widths[1], rel=1e-3)


def test_an_unknown_without_influence_has_no_interval_and_spoils_no_other():
    y = decay((2.0, 0.7)) * (1 + 0.01 * np.random.default_rng(7).standard_normal(X.size))
    unknowns = [*DECAY, unknown("idle", 1.0, 0.1, 10.0)]
    found = estimate(
        lambda p: decay(p[:2]), data(y, 0.01 * y), unknowns, lambda p: np.column_stack([decay_slopes(p[:2]), 0 * X])
    )
    alone = estimate(decay, data(y, 0.01 * y), DECAY, decay_slopes)
    assert np.isinf(found.half_widths[2]) and found.values[2] == 1.0
    assert found.half_widths[:2] == pytest.approx(alone.half_widths, rel=1e-4)


def test_an_interval_wider_than_the_range_is_none():
    y = decay((2.0, 0.7))
    found = estimate(decay, data(y, 100 * y), DECAY, decay_slopes)
    assert np.isinf(found.half_widths).all() and np.isfinite(found.covariance).all()


def test_what_ends_at_a_limit_is_told():
    y = decay((2.0, 0.7))
    found = estimate(decay, data(y, 0.01 * y), [DECAY[0], unknown("L", 1.0, 0.9, 20.0)], decay_slopes)
    assert list(found.at_a_limit) == [False, True] and found.values[1] == pytest.approx(0.9)


def test_as_many_values_as_unknowns():
    y = decay((2.0, 0.7))[:2]
    model, slopes = (lambda p: decay(p)[:2]), (lambda p: decay_slopes(p)[:2])
    without, given = (estimate(model, data(y, e), DECAY, slopes) for e in (None, 0.01 * y))
    assert np.isinf(without.half_widths).all() and np.isfinite(given.half_widths).all()
    assert without.values == pytest.approx([2.0, 0.7], rel=1e-5)
