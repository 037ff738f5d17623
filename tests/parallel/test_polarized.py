"""Magnets whose polarization is near 1, on 1, 2 and 3 ranks: the same numbers."""

import pytest

from tests.commands import module_on_ranks
from tests.parallel.polarized import measures


@pytest.mark.parametrize("ranks", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_every_number_agrees(ranks):
    found, expected = module_on_ranks(ranks, "tests.parallel.polarized"), measures()
    assert found.keys() == expected.keys()
    for name, numbers in found.items():
        assert numbers == pytest.approx(expected[name], rel=1e-8, abs=1e-7), name
