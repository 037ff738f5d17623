"""Claims on points: one owner at a time, free again when the owner is dead, and lists of numbers in short."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spinfem.batch.claims import Claims
from spinfem.batch.numbers import at_length, in_short
from spinfem.batch.worker import SILENT, at_work, read_worker, started
from tests.commands import PATIENCE


def other_machine(file, silent):
    """A worker's file as another machine would have left it, that many seconds ago."""
    worker = json.loads(file.read_text()) | {"machine": "node7 elsewhere"}
    other = file.with_name("worker-other")
    other.write_text(json.dumps(worker))
    os.utime(other, (time.time() - silent, time.time() - silent))
    return other


def test_one_owner_at_a_time(tmp_path):
    claims = Claims(tmp_path)
    with at_work(tmp_path) as file:
        assert claims.take(7, file)
        assert not claims.take(7, file)
        assert list(claims.living()) == [7] and claims.dead() == {}
        claims.release(7)
        assert claims.living() == {} and claims.take(7, file)


def test_many_at_once_and_one_gets_it(tmp_path):
    with at_work(tmp_path) as file, ThreadPoolExecutor(8) as pool:
        for number in range(1, 20):
            got = list(pool.map(lambda _, n=number: Claims(tmp_path).take(n, file), range(8)))
            assert sum(got) <= 1  # two that look at the same time may both withdraw, to try again


def test_who_dies_leaves_his_claims(tmp_path):
    words = "from pathlib import Path; from spinfem.batch.claims import Claims; import os, signal\n"
    words += "from spinfem.batch.worker import at_work\n"
    words += f"with at_work(Path({str(tmp_path)!r})) as file:\n"
    words += f"    Claims(Path({str(tmp_path)!r})).take(3, file); os.kill(os.getpid(), signal.SIGKILL)\n"
    subprocess.run([sys.executable, "-c", words])
    claims = Claims(tmp_path)
    assert list(claims.dead()) == [3] and claims.living() == {}
    with at_work(tmp_path) as file:
        assert claims.take(3, file)
        assert claims.living()[3].pid == os.getpid() and claims.dead() == {}
        claims.release(3)
        assert not list(tmp_path.glob("0003*"))


@pytest.mark.parametrize(("silent", "lives"), [(0, True), (SILENT / 2, True), (SILENT * 2, False)])
def test_on_another_machine_silence_is_death(silent, lives, tmp_path):
    claims = Claims(tmp_path)
    with at_work(tmp_path) as file:
        other = other_machine(file, silent)
        os.link(other, tmp_path / "0005.1")
        assert (5 in claims.living()) == lives
        assert claims.take(5, file) != lives


def test_a_worker_shows_signs_of_life_and_leaves_nothing(tmp_path):
    with at_work(tmp_path, "attempt") as file:
        assert read_worker(file).attempt == "attempt" and read_worker(file).lives(SILENT * 9)
    assert list(tmp_path.iterdir()) == []


def test_the_heart_beats_until_the_worker_is_gone(tmp_path):
    from spinfem.batch import heartbeat

    file = tmp_path / "worker"
    file.touch()
    os.utime(file, (0, 0))
    program = f"import sys; sys.argv[1:] = [{str(file)!r}]\n" + Path(heartbeat.__file__).read_text().replace(
        "15.0", "0.05"
    )
    beat = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
    deadline = time.time() + PATIENCE
    while file.stat().st_mtime == 0 and time.time() < deadline:
        time.sleep(0.02)
    assert file.stat().st_mtime > 0
    beat.stdin.close()
    assert beat.wait(timeout=PATIENCE) == 0


def test_a_process_that_is_not_there():
    child = subprocess.Popen(["true"])
    child.wait()
    assert started(child.pid) == "" and started(os.getpid()) != ""


@pytest.mark.parametrize(("numbers", "text"), [([3], "3"), ([1, 2, 3, 7], "1-3,7"), ([9, 8, 1], "1,8-9")])
def test_numbers_in_short(numbers, text):
    assert in_short(numbers) == text and at_length(text) == set(numbers)


@pytest.mark.parametrize("text", ["", "0", "3-1", "1,,2", "a", "-4", "1-99999999999"])
def test_what_is_no_list_of_numbers(text):
    with pytest.raises(ValueError, match="1-20"):
        at_length(text)
