"""The spaces of errors are the same on 1, 2 and 3 ranks."""

import pytest

from tests.commands import module_on_ranks
from tests.parallel.complements import DEVICES


@pytest.fixture(scope="module")
def one():
    return module_on_ranks(1, "tests.parallel.complements")


@pytest.mark.parametrize("ranks", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_edges_answers_and_energies_agree(ranks, one):
    several = module_on_ranks(ranks, "tests.parallel.complements")
    assert several.keys() == one.keys() == set(DEVICES)
    for name, expected in one.items():
        assert min(expected) > 0
        assert several[name] == pytest.approx(expected, rel=1e-8), name
