"""The state of a run in time: whole or not there, and of this very case."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.output.checkpoint import Checkpoint


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "out"


def checkpoint(folder, text="case", every=0.0):
    return Checkpoint(folder, text, MPI.COMM_SELF, every)


def test_what_is_kept_last_is_found(folder):
    assert checkpoint(folder).load() is None
    for value in (1.0, 2.0):
        checkpoint(folder).save({"a": np.array([value])})
    assert checkpoint(folder).load()["a"] == [2.0]
    assert [place.name for place in folder.with_name(".out.state").iterdir() if place.is_dir()] == ["2"]


def test_another_case_finds_nothing_and_begins_anew(folder):
    checkpoint(folder).save({"a": np.ones(1)})
    assert checkpoint(folder, "other").load() is None
    checkpoint(folder, "other").save({"a": np.zeros(1)})
    assert checkpoint(folder).load() is None
    assert checkpoint(folder, "other").load()["a"] == [0.0]


def test_half_a_state_does_not_count(folder):
    checkpoint(folder).save({"a": np.ones(1)})
    half = folder.with_name(".out.state") / "2"
    half.mkdir()
    (half / "00000.npz").write_bytes(b"half")
    assert checkpoint(folder).load()["a"] == [1.0]


def test_states_that_follow_soon_are_left_out(folder):
    often = checkpoint(folder, every=3600.0)
    often.save({"a": np.ones(1)})
    assert often.load() is None


def test_a_complete_run_leaves_nothing(folder):
    kept = checkpoint(folder)
    kept.save({"a": np.ones(1)})
    kept.remove()
    assert not folder.with_name(".out.state").exists()
