"""The spaces of errors are the same on 1, 2 and 3 ranks."""

import json
import subprocess
import sys

import pytest

from spinfem.mpi import on_ranks
from tests.commands import PATIENCE, TREE
from tests.parallel.complements import DEVICES


def measured(ranks):
    command = on_ranks(ranks, [sys.executable, "-m", "tests.parallel.complements"])
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def one():
    return measured(1)


@pytest.mark.parametrize("ranks", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_edges_answers_and_energies_agree(ranks, one):
    several = measured(ranks)
    assert several.keys() == one.keys() == set(DEVICES)
    for name, expected in one.items():
        assert min(expected) > 0
        assert several[name] == pytest.approx(expected, rel=1e-8), name
