"""A run in time that is killed goes on where its state was kept, and ends with what an undisturbed one finds."""

import time

import pytest

from tests.commands import run, spinfem
from tests.evolving import WIRE
from tests.sweeps import kill_group, start

TIME = "{until: 40 ps, snapshots: 600, drive: {left: {pulse: {length: 20 ps}}}}"


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(WIRE + f"time: {TIME}\n")
    return path


def test_a_killed_run_goes_on(case, tmp_path):
    state = tmp_path / ".out.state"
    process = start(case, tmp_path / "out", command="run")
    while not (state / "current").exists():
        assert process.poll() is None, "it ended before it was killed"
        time.sleep(0.02)
    kill_group(process)
    assert not (tmp_path / "out").exists()
    done = spinfem("run", case, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "went on from a run that ended early" in done.stdout
    assert not state.exists()
    run(case, tmp_path / "whole")
    assert (tmp_path / "out" / "time.csv").read_bytes() == (tmp_path / "whole" / "time.csv").read_bytes()
