"""Magnets whose polarization is near 1, on 1, 2 and 3 ranks: the same numbers."""

import json
import subprocess
import sys

import pytest

from tests.commands import TREE
from tests.parallel.polarized import measures


@pytest.mark.parametrize("ranks", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_every_number_agrees(ranks):
    command = ["mpirun", "-n", str(ranks), sys.executable, "-m", "tests.parallel.polarized"]
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    found, expected = json.loads(done.stdout), measures()
    assert found.keys() == expected.keys()
    for name, numbers in found.items():
        assert numbers == pytest.approx(expected[name], rel=1e-8, abs=1e-7), name
