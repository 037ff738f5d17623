"""Fits of two exponentials: what they were made of, with noise and without, and the exact decay along a strip of two
films."""

import numpy as np
import pytest
from uncertainties import ufloat
from uncertainties.unumpy import nominal_values

from spinfem.postprocessing.decay import fit_two_exponentials
from spinfem.theory.bilayer import Bilayer, Layer, injected

NM = 1e-9
# d_F, d_N, sigma_F / sigma_N, P, lambda_F, lambda_N; lengths in nm. The reference sets of test_bilayer.
STRIPS = [(1000, 1000, 1.0, 0.5, 50, 200), (2000, 500, 0.2, 0.4, 5, 300)]


@pytest.mark.parametrize(
    "amplitudes, lengths",
    [((5.0, 0.01), (200 * NM, 640 * NM)), ((1.0, 1.0), (50 * NM, 400 * NM)), ((-0.5, 1.0), (100 * NM, 300 * NM))],
)
def test_finds_what_a_sum_was_made_of(amplitudes, lengths):
    x = np.linspace(0, 3000 * NM, 101)
    y = np.exp(-x[:, None] / np.array(lengths)) @ np.array(amplitudes)
    fit = fit_two_exponentials(x, 1e-15 * y)
    assert fit.lengths == pytest.approx(lengths, rel=1e-6)
    assert fit.amplitudes == pytest.approx(1e-15 * np.array(amplitudes), rel=1e-5)
    assert fit(x) == pytest.approx(1e-15 * y, rel=1e-8)
    if amplitudes[0] < 0:
        assert fit.crossover is None
    else:
        assert fit.term(0, fit.crossover) == pytest.approx(fit.term(1, fit.crossover))


def test_errors_are_standard_errors():
    """Of 200 noisy copies two thirds lie within one error of the truth, for each of the four numbers."""
    x, rng = np.linspace(0, 3000 * NM, 101), np.random.default_rng(7)
    truth = np.array([1.0, 0.05, 200 * NM, 640 * NM])
    exact = np.exp(-x[:, None] / truth[2:]) @ truth[:2]
    within = np.zeros(4)
    for _ in range(200):
        fit = fit_two_exponentials(x, exact * (1 + 0.01 * rng.standard_normal(len(x))))
        found = np.concatenate([fit.amplitudes, fit.lengths])
        within += np.abs(found - truth) < np.concatenate([fit.amplitude_errors, fit.length_errors])
    assert np.all(np.abs(within / 200 - 0.68) < 0.1)


def test_the_fit_follows_its_values():
    """Of a decay that is no sum of two exponentials, so that nothing vanishes in the second derivatives."""
    x, rng = np.linspace(0, 3000 * NM, 41), np.random.default_rng(3)
    y = np.exp(-x[:, None] / np.array([150 * NM, 300 * NM, 900 * NM])) @ np.array([1.0, 0.4, 0.05])
    fit, change = fit_two_exponentials(x, y), y * rng.standard_normal(len(x))
    higher, lower = (fit_two_exponentials(x, y + sign * 1e-4 * change) for sign in (1, -1))
    followed = fit.following(np.array([ufloat(value, 1) for value in y]))
    for kind in ("lengths", "amplitudes"):
        slopes = (getattr(higher, kind) - getattr(lower, kind)) / 2e-4
        start = 2 * (kind == "lengths")
        assert fit.slopes[start : start + 2] @ change == pytest.approx(slopes, rel=1e-4)
        assert nominal_values(getattr(followed, kind)) == pytest.approx(getattr(fit, kind), rel=1e-15)
    assert len(followed.crossover.derivatives) == len(x)
    assert fit.following(y).lengths == pytest.approx(fit.lengths, rel=1e-15)


def test_one_exponential_has_no_second_length():
    x = np.linspace(0, 1000 * NM, 51)
    fit = fit_two_exponentials(x, np.exp(-x / (200 * NM)))
    assert fit(x) == pytest.approx(np.exp(-x / (200 * NM)), rel=1e-6)


@pytest.mark.parametrize("given, rel", [(STRIPS[0], 0.001), (STRIPS[1], 0.01)], ids=str)
def test_slower_length_is_that_of_the_slowest_mode(given, rel):
    """At the contact, from 1.5 um on. The second strip has a mode of 418 nm between the two that are found."""
    d_f, d_n, ratio, p, lambda_f, lambda_n = given
    strip = Bilayer(Layer(d_f * NM, ratio * 1e7, lambda_f * NM), Layer(d_n * NM, 1e7, lambda_n * NM), p)
    k, amplitude = injected(strip.modes(60), -d_n * NM, 0.0)
    x = np.linspace(1500 * NM, 8000 * NM, 101)
    fit = fit_two_exponentials(x - x[0], np.abs(np.exp(-np.outer(x, k)) @ amplitude))
    assert fit.lengths[1] == pytest.approx(1 / k[0], rel=rel)
    assert fit.lengths[0] == pytest.approx(1 / k[2], rel=0.15)  # the fast modes together; that of spin is the third
