"""Magnets that touch, on 1, 2 and 3 ranks: the same torques, and nothing is lost."""

import numpy as np
import pytest

from tests.commands import module_on_ranks
from tests.parallel.touching_magnets import measures


@pytest.mark.parametrize("ranks", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_every_torque_agrees_and_what_is_lost_is_taken(ranks):
    found, expected = module_on_ranks(ranks, "tests.parallel.touching_magnets"), measures()
    assert found.keys() == expected.keys()
    for state, result in found.items():
        assert result["defect"] < 1e-10, state
        for magnet, absorbed in result["absorbed"].items():
            assert np.allclose(absorbed, expected[state]["absorbed"][magnet], atol=1e-9), (state, magnet)
