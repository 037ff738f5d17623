"""What rank 0 finds wrong with a mesh, all ranks raise."""

import subprocess
import sys

import pytest

from tests.commands import TREE
from tests.unions import Block, write_blocks

BUILD = """
from mpi4py import MPI
from spinfem.geometry.build import device_of
from spinfem.geometry.drawing import Drawing
from spinfem.geometry.errors import GeometryError
comm = MPI.COMM_WORLD
try:
    device_of(comm, Drawing(__import__("pathlib").Path("{path}"), "mesh"), None)
except GeometryError as error:
    assert all(comm.allgather("without sharing their nodes" in error.message and "(10, " in error.message))
    if comm.rank == 0:
        print("refused")
"""


@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_faces_that_coincide_are_refused_on_every_rank(tmp_path, ranks):
    blocks = [Block(1, (0.0, 0.0), (10.0, 10.0), 4), Block(2, (10.0, 0.0), (10.0, 10.0), 4, False)]
    path = write_blocks(tmp_path / "blocks.vtu", blocks, [[(0, 0, 0)], [(1, 0, 1)]])
    command = ["mpirun", "-n", str(ranks), sys.executable, "-c", BUILD.format(path=path)]
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["refused"]
