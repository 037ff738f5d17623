"""What a Checkpoint keeps of several ranks: python -m tests.parallel.checkpoints FOLDER. Prints what all ranks have found, one after the other."""

import json
import sys

import numpy as np
from mpi4py import MPI

from spinfem.output.checkpoint import Checkpoint

if __name__ == "__main__":
    world = MPI.COMM_WORLD
    checkpoint = Checkpoint(sys.argv[1], "case", world, every=0.0)
    before = checkpoint.load()
    for value in range(1, 5):
        checkpoint.save({"a": np.array([value, world.rank])})
    found = world.gather((before is None, checkpoint.load()["a"].tolist()))
    if world.rank == 0:
        print(json.dumps(found))
