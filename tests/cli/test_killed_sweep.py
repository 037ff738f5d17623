"""A sweep that is killed at any moment goes on, and ends with what an undisturbed one finds."""

import time

import pytest

from tests.sweeps import CASE, kill_at_random, kill_group, numbers, rows, sized, start, sweep, whole

WAYS = [(), ("--jobs", 2)]


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    return path


def killed_and_undisturbed(case, tmp_path, size, kills, seed):
    points = size[0] * size[1]
    sweep(case, tmp_path / "whole", *sized(*size))
    there = kill_at_random(case, tmp_path / "out", [(*way, *sized(*size)) for way in WAYS], points, kills, seed)
    assert there == sorted(there), "what is whole stays"
    assert 0 < there[-1] < points
    stamps = {file: file.stat().st_mtime_ns for file in tmp_path.glob("out/points/*[0-9]/results.json")}
    said = sweep(case, tmp_path / "out", *sized(*size))
    assert f"{there[-1]} kept from before" in said
    assert all(file.stat().st_mtime_ns == stamp for file, stamp in stamps.items()), "nothing whole is repeated"
    for name in ("table.csv", "table.parquet"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert numbers(tmp_path / "out") == numbers(tmp_path / "whole")
    assert not list((tmp_path / "out").rglob("*.unfinished")) and not list((tmp_path / "out").rglob("*.old"))
    print(f"points there after each kill: {there}")


def test_killed_three_times(case, tmp_path):
    killed_and_undisturbed(case, tmp_path, (3, 8), kills=3, seed=3)


@pytest.mark.slow
def test_200_points_killed_ten_times(case, tmp_path):
    killed_and_undisturbed(case, tmp_path, (20, 10), kills=10, seed=5)


def test_what_a_dead_worker_had_claimed_is_free_again(case, tmp_path):
    process = start(case, tmp_path / "out", *sized(4, 12))
    while not whole(tmp_path / "out"):
        time.sleep(0.01)
    while not list((tmp_path / "out/queue").glob("0*")):
        time.sleep(0.001)
    kill_group(process)
    sweep(case, tmp_path / "out", *sized(4, 12))
    assert [row["status"] for row in rows(tmp_path / "out")] == ["done"] * 48
    assert not list((tmp_path / "out/queue").glob("0*"))
