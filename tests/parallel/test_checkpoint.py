"""The state of a run in time on several ranks."""

import json
import subprocess
import sys

from spinfem.mpi import on_ranks
from tests.commands import PATIENCE, TREE


def test_each_rank_finds_what_it_kept_last(tmp_path):
    command = on_ranks(2, [sys.executable, "-m", "tests.parallel.checkpoints", str(tmp_path / "out")])
    for first in (True, False):  # the second time they go on from there
        done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == [[first, [4, 0]], [first, [4, 1]]]
    assert len(list((tmp_path / ".out.state").glob("*/*.npz"))) == 2
