import numpy as np
import pytest

from spinfem.theory.demagnetization import ellipsoid, prism


def aharoni(a, b, c):
    """A. Aharoni, J. Appl. Phys. 83, 3432 (1998), eq. (1): the factor along z of a prism with these edges."""
    a, b, c = a / 2, b / 2, c / 2
    r, ab, bc, ac = (np.sqrt(s) for s in (a * a + b * b + c * c, a * a + b * b, b * b + c * c, a * a + c * c))
    terms = (
        (b * b - c * c) / (2 * b * c) * np.log((r - a) / (r + a)),
        (a * a - c * c) / (2 * a * c) * np.log((r - b) / (r + b)),
        b / (2 * c) * np.log((ab + a) / (ab - a)),
        a / (2 * c) * np.log((ab + b) / (ab - b)),
        c / (2 * a) * np.log((bc - b) / (bc + b)),
        c / (2 * b) * np.log((ac - a) / (ac + a)),
        2 * np.arctan(a * b / (c * r)),
        (a**3 + b**3 - 2 * c**3) / (3 * a * b * c),
        (a * a + b * b - 2 * c * c) / (3 * a * b * c) * r,
        c / (a * b) * (ac + bc),
        -(ab**3 + bc**3 + ac**3) / (3 * a * b * c),
    )
    return sum(terms) / np.pi


@pytest.mark.parametrize("edges", [(1, 1, 1), (1, 2, 3), (4.5, 130, 60), (100, 1, 1)])
def test_a_prism_has_the_factors_of_aharoni(edges):
    a, b, c = edges
    assert prism(edges) == pytest.approx([aharoni(b, c, a), aharoni(c, a, b), aharoni(a, b, c)], abs=1e-11)


@pytest.mark.parametrize("shape", [prism, ellipsoid])
@pytest.mark.parametrize("lengths", [(2, 2, 2), (1, 2, 3), (4.5e-9, 1, 1), (1, 1, 1e4)])
def test_factors_add_up_to_one_and_the_shortest_axis_has_the_largest(shape, lengths):
    factors = shape(lengths)
    assert factors.sum() == pytest.approx(1, abs=1e-12)
    assert np.all(np.diff(factors[np.argsort(lengths)]) <= 1e-12)


def test_a_film_keeps_its_moment_in_its_plane():
    assert prism((4.5e-9, 1, 1)) == pytest.approx([1, 0, 0], abs=1e-7)


def test_a_prolate_spheroid_has_the_factor_of_osborn():
    k = 5.0
    root = np.sqrt(k * k - 1)
    exact = (k / root * np.log(k + root) - 1) / (k * k - 1)
    assert ellipsoid((1, 1, k)) == pytest.approx([(1 - exact) / 2, (1 - exact) / 2, exact], rel=1e-13)
