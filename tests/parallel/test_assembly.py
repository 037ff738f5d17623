"""The operator that is assembled from scalar matrices is that of the compiled form, whatever the device, on 1, 2 and 3 ranks."""

import pytest

from tests.commands import module_on_ranks
from tests.parallel.assembly import DEVICES, differences, problem_of

SAME = 1e-13


@pytest.mark.parametrize("name", DEVICES)
def test_the_operator_is_that_of_the_form(name):
    assert max(differences(problem_of(name))) < SAME


@pytest.mark.parametrize("ranks", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_and_so_it_is_on_several_ranks(ranks):
    found = module_on_ranks(ranks, "tests.parallel.assembly")
    assert found.keys() == DEVICES.keys()
    assert {name: size for name, size in found.items() if size >= SAME} == {}
