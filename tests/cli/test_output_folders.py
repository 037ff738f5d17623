"""The folder of results: made, locked and tried before anything is solved; what cannot be written is one sentence."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.commands import CASES, COARSE, TREE, run, sets, spinfem

VALVE = CASES / "nonlocal_valve_2d.yaml"
LIGHT = (*COARSE, "output.report=false")


def python(program, folder):
    """The finished process of a program that calls `spinfem(...)`, the command, in this process."""
    head = "import sys\nfrom spinfem.cli import main\ndef spinfem(*words):\n    sys.argv = ['spinfem', *words]\n    main()\n"
    environment = os.environ | {"PYTHONPATH": str(TREE)}
    command = [sys.executable, "-c", head + program]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("command", ["run", "mesh", "sweep", "new"])
def test_a_file_where_a_folder_must_be_is_told_in_one_sentence(command, tmp_path):
    (tmp_path / "file").write_text("mine")
    words = {
        "run": ("run", VALVE, *sets(*LIGHT)),
        "mesh": ("mesh", VALVE),
        "sweep": ("sweep", VALVE, *sets(*LIGHT, 'sweep={"mesh.resolution": [2, 3]}')),
        "new": ("new", "nonlocal_valve"),
    }[command]
    done = spinfem(*words, "-o", tmp_path / "file/out")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1 and str(tmp_path / "file/out") in done.stderr
    assert "Not a directory" in done.stderr
    assert (tmp_path / "file").read_text() == "mine" and os.listdir(tmp_path) == ["file"]


def test_a_name_that_is_too_long_is_told_in_one_sentence(tmp_path):
    done = spinfem("run", VALVE, "-o", tmp_path / "deep" / ("x" * 250), *sets(*LIGHT))
    assert done.returncode == 1 and "File name too long" in done.stderr and len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write everywhere")
def test_no_permission_is_told_in_one_sentence(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    done = spinfem("run", VALVE, "-o", tmp_path / "locked/out", *sets(*LIGHT))
    assert done.returncode == 1 and "Permission denied" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("kilobytes", [16, 48])
def test_a_full_disk_keeps_the_old_result(kilobytes, tmp_path):
    """16: not even the trial fits, and nothing is solved; 48: the fields do not."""
    first = run(VALVE, tmp_path / "out", *LIGHT)
    words = ["run", str(VALVE), "-o", "out", *sets(*LIGHT, "mesh.resolution=1")]
    limit = f"import mpi4py.MPI, resource, spinfem.output.folders as f\nf._PROBE = {32 << 10}\n"
    limit += f"resource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes << 10},) * 2)\nspinfem(*{words!r})"
    done = python(limit, tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stderr.splitlines() == ["out cannot be written: File too large"]
    again = run(VALVE, tmp_path / "again", *LIGHT)
    assert again["observables"] == first["observables"]
    assert sorted(os.listdir(tmp_path)) == ["again", "out"]


def test_a_second_run_into_the_same_folder_is_refused_and_the_first_goes_on(tmp_path):
    words = [sys.executable, "-m", "spinfem", "run", str(VALVE), "-o", "out", *sets("mesh.resolution=0.05")]
    first = subprocess.Popen(words, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(TREE)}, stderr=subprocess.DEVNULL)
    try:
        while not (tmp_path / "out.unfinished").exists() and first.poll() is None:
            time.sleep(0.01)
        second = spinfem("run", VALVE, "-o", "out", *sets(*LIGHT), cwd=tmp_path)
        assert second.returncode == 1
        assert second.stderr.startswith("out cannot be written: another spinfem is writing it now (process ")
        assert (tmp_path / "out.unfinished").is_dir() and first.poll() is None
    finally:
        first.send_signal(signal.SIGTERM)
        assert first.wait() == 128 + signal.SIGTERM
    run(VALVE, tmp_path / "out", *LIGHT)
    assert os.listdir(tmp_path) == ["out"]


def test_an_old_result_that_was_moved_aside_by_a_run_that_died_comes_back(tmp_path):
    run(VALVE, tmp_path / "out", *LIGHT)
    (tmp_path / "out").rename(tmp_path / "out.old")
    done = spinfem(
        "run", VALVE, "-o", tmp_path / "out", *sets(*LIGHT, "solver.method=iterative", "solver.max_iterations=2")
    )
    assert done.returncode == 1
    assert (tmp_path / "out/results.json").is_file() and os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("content", [None, b"\x89PNG\x00\xff", "µ: 1".encode("utf-16")])
def test_a_case_that_cannot_be_read_is_told_in_one_sentence(content, tmp_path):
    case = tmp_path / "case.yaml"
    case.mkdir() if content is None else case.write_bytes(content)
    for command in ("check", "run", "sweep", "mesh"):
        done = spinfem(command, case)
        assert done.returncode == 2
        assert "case.yaml" in done.stderr and "cannot be read" in done.stderr and len(done.stderr.splitlines()) == 1
