"""All ways to run a sweep give the same numbers; a worker that dies takes only its point along; looking on while it runs."""

import json
import os
import signal
import time

import pyarrow.parquet
import pytest

from tests.commands import PATIENCE, spinfem
from tests.sweeps import CASE, kill_group, numbers, rows, sized, start, sweep, whole


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    return path


def test_one_process_two_jobs_and_two_ranks_find_the_same(case, tmp_path):
    sweep(case, tmp_path / "one", *sized(2, 3))
    sweep(case, tmp_path / "jobs", "--jobs", 2, *sized(2, 3))
    sweep(case, tmp_path / "ranks", "-n", 2, *sized(2, 3))
    assert (tmp_path / "jobs/table.csv").read_bytes() == (tmp_path / "one/table.csv").read_bytes()
    for one, ranks in zip(rows(tmp_path / "one"), rows(tmp_path / "ranks"), strict=True):
        for column in one:
            if column.startswith("spin_torque.efficiency") and one[column]:
                assert float(ranks[column]) == pytest.approx(float(one[column]), rel=1e-9)


@pytest.mark.slow
def test_jobs_of_several_ranks(case, tmp_path):
    sweep(case, tmp_path / "out", "--jobs", 1, "-n", 2, *sized(2, 2))
    assert {entry["ranks"] for entry in numbers(tmp_path / "out").values()} == {2}


def holds_the_table_with_units(folder):
    """The table as Parquet."""
    table = pyarrow.parquet.read_table(folder / "table.parquet")
    assert table.schema.field("geometry.layers.1.thickness [m]").metadata[b"unit"] == b"m"
    assert table.schema.field("spin_torque.in_plane [N m]").metadata[b"unit"] == b"N m"
    for row, text in zip(table.to_pylist(), rows(folder), strict=True):
        assert row["spin_torque.efficiency"] == float(text["spin_torque.efficiency"])
        assert (folder / row["run"] / "results.json").is_file()


def test_points_in_parts_then_collected(case, tmp_path):
    sweep(case, tmp_path / "one")
    holds_the_table_with_units(tmp_path / "one")
    said = sweep(case, tmp_path / "out", "--points", "2,4-5")
    assert "3 points run, 0 failed" in said
    assert not (tmp_path / "out/table.csv").exists()
    case.unlink()  # the folder has all that is needed
    assert "6 points: 3 done, 0 running, 0 failed, 3 missing" in spinfem("status", tmp_path / "out").stdout
    assert "6 points: 3 done, 0 failed, 3 missing" in spinfem("collect", tmp_path / "out").stdout
    assert [row["status"] == "done" for row in rows(tmp_path / "out")] == [False, True, False, True, True, False]
    assert [row["run"] for row in rows(tmp_path / "out")][:2] == ["", "points/0002"]
    sweep(tmp_path / "out/case.yaml", tmp_path / "out", "--points", "1-6")
    assert spinfem("collect", tmp_path / "out").returncode == 0
    assert (tmp_path / "out/table.csv").read_bytes() == (tmp_path / "one/table.csv").read_bytes()
    assert (tmp_path / "out/spin_torque_efficiency_against_layers_1_thickness.png").is_file()


def test_status_and_collect_while_it_runs(case, tmp_path):
    process = start(case, tmp_path / "out", "--jobs", 2, *sized(10, 20))
    try:
        status = None
        while status is None or " 0 running" in status.stdout:  # both workers may be between two points
            os.killpg(process.pid, signal.SIGCONT)
            time.sleep(0.2)
            os.killpg(process.pid, signal.SIGSTOP)  # in the middle, with all the time to look
            status = spinfem("status", tmp_path / "out") if whole(tmp_path / "out") >= 3 else None
        collected = spinfem("collect", tmp_path / "out")
        there = whole(tmp_path / "out")
        refused = spinfem("sweep", case, "-o", tmp_path / "out", *sized(2, 2))
    finally:
        kill_group(process)
    assert f"200 points: {there} done, " in status.stdout
    assert ": process " in status.stdout, "it tells where they run"
    assert f"200 points: {there} done, 0 failed" in collected.stdout and "missing" in collected.stdout
    assert sum(row["status"] == "done" for row in rows(tmp_path / "out")) == there
    assert refused.returncode == 2 and "another case is being swept" in refused.stderr
    after = spinfem("status", tmp_path / "out").stdout
    assert f"200 points: {there} done, 0 running, 0 failed, {200 - there} missing" in after and "died over it" in after


def test_a_job_that_is_killed_takes_only_its_point_along(case, tmp_path):
    process = start(case, tmp_path / "out", "--jobs", 2, *sized(4, 4))
    victim = None
    while victim is None:
        for claim in (tmp_path / "out/queue").glob("0*"):
            try:
                victim = json.loads(claim.read_text())["pid"]
                os.kill(victim, signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                victim = None
            break
        time.sleep(0.002)
    status = process.wait(timeout=PATIENCE)
    states = [row["status"] for row in rows(tmp_path / "out")]
    failed = [state for state in states if state != "done"]
    assert len(states) == 16 and len(failed) <= 1
    assert status == len(failed), "it may have been killed just after its point was done"
    assert all("killed: SIGKILL" in state for state in failed)
    assert "16 points: " in sweep(case, tmp_path / "out", *sized(4, 4)), "what failed is tried again"
    assert [row["status"] for row in rows(tmp_path / "out")] == ["done"] * 16


def test_jobs_share_out_the_meshes(case, tmp_path):
    """Two workers for two meshes make each mesh once: that a point had to make its mesh is seen by how long that took."""
    sweep(case, tmp_path / "out", "--jobs", 2, *sized(2, 8))
    files = sorted((tmp_path / "out/points").glob("*/results.json"))
    seconds = [json.loads(file.read_text())["seconds"]["mesh"] for file in files]
    made = sum(time > 0.1 * max(seconds) for time in seconds)
    assert 2 <= made <= 4


def test_files_named_by_a_sweep_are_found_from_its_folder(tmp_path):
    from spinfem.case.source import CaseSource

    (tmp_path / "a.ovf").touch()
    (tmp_path / "case.yaml").write_text(
        "geometry: {layers: []}\nregions: {a: {magnetization: {file: a.ovf}}}\n"
        "sweep:\n  regions.a.magnetization.file: [a.ovf, b.ovf]\n  regions.a.magnetization: [{file: a.ovf}, +x]\n"
    )
    text = CaseSource.of_file(tmp_path / "case.yaml").as_it_ran()
    assert text.count(str(tmp_path / "a.ovf")) == 3 and "b.ovf" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--points", "0-3"), ("--points", "0-3", "counted from 1")),
        (("--points", "5-3"), ("--points", "5-3")),
        (("--points", "one"), ("--points", "one", "such as 1-20")),
        (("--points", "5-7"), ("--points", "7", "the sweep has 6 points")),
        (("--dry-run",), ("--dry-run", "--slurm")),
        (("--slurm", "none.yaml", "--jobs", "2"), ("--jobs", "max_tasks")),
    ],
)
def test_options_that_make_no_sense(options, words, case, tmp_path):
    done = spinfem("sweep", case, "-o", tmp_path / "out", *options)
    assert done.returncode == 2
    for word in words:
        assert word in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["status", "collect"])
def test_a_folder_without_a_sweep(command, tmp_path):
    done = spinfem(command, tmp_path)
    assert done.returncode == 2 and "is no sweep" in done.stderr
