"""Commands of the host, called by one that has left it: without a namespace, the host's `squeue` is one of ours."""

import os
import signal
import subprocess
import sys
import time

import pytest
from bootstrap import debian, outside, sandbox

from tests.commands import PATIENCE
from tests.environment import TREE

# As sandbox.run does it, less the namespace: FOLDER is the folder of the test.
ENTER = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, "{TREE}/docker")
from bootstrap import debian, outside, sandbox
folder = Path(sys.argv[1])
places = outside.only_outside(folder / "root")
outside.open_to(outside.stay(places), places, folder / "in")
os.environ["PATH"] = f"{{folder}}/in:{{os.environ['ORDINARY']}}"
os.execvp(sys.argv[2], sys.argv[2:])
"""


@pytest.fixture
def host(tmp_path):
    """Gives the host a command."""

    def make(name, *lines):
        path = tmp_path / "host" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(["#!/bin/sh", *lines]))
        path.chmod(0o755)

    return make


def words(tmp_path, *command):
    return [sys.executable, "-c", ENTER, tmp_path, *command]


def variables(tmp_path):
    return os.environ | {"ORDINARY": os.environ["PATH"], "PATH": f"{tmp_path}/host:{os.environ['PATH']}"}


def inside(tmp_path, *command, **options):
    """Run a command that has left the host."""
    settings = {"capture_output": True, "text": True, "env": variables(tmp_path), "cwd": tmp_path, "timeout": PATIENCE}
    return subprocess.run(words(tmp_path, *command), **settings | options)


def wait_for(condition):
    deadline = time.time() + PATIENCE
    while not condition() and time.time() < deadline:
        time.sleep(0.01)
    assert condition()


def ended(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return (
                file.read().rsplit(")")[-1].split()[0] == "Z"
            )  # not every first process of a container looks after it
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_words_streams_folder_and_status_are_handed_on(host, tmp_path):
    host("squeue", 'printf "%s|" "$@"', "cat", "pwd >&2", "exit 7")
    done = inside(tmp_path, "squeue", "--jobs", "1 2", "", input="question")
    assert (done.returncode, done.stdout, done.stderr) == (7, "--jobs|1 2||question", f"{tmp_path}\n")


def test_the_command_has_the_variables_of_the_host(host, tmp_path):
    host("squeue", 'echo "$PATH|$INNER"')
    done = inside(tmp_path, "sh", "-c", "INNER=1 squeue")
    assert done.stdout == f"{variables(tmp_path)['PATH']}|\n"


def test_a_signal_is_told_as_a_shell_tells_it(host, tmp_path):
    host("squeue", "kill -TERM $$")
    assert inside(tmp_path, "squeue").returncode == 128 + signal.SIGTERM


def test_large_output_comes_whole(host, tmp_path):
    host("squeue", "seq 1000000")
    assert inside(tmp_path, "squeue").stdout.split() == [str(number) for number in range(1, 1000001)]


def test_several_may_ask_at_the_same_time(host, tmp_path):
    host("squeue", 'touch "$1"', 'while ! [ -e "$2" ]; do sleep 0.01; done')
    assert inside(tmp_path, "sh", "-c", "squeue a b & squeue b a && wait").returncode == 0


def test_other_commands_are_refused(host, tmp_path):
    host("squeue")
    host("other", "touch ran")
    done = inside(tmp_path, "sh", "-c", "ln -s squeue in/other; other")
    assert (done.returncode, done.stdout) == (outside.NOT_FOUND, "")
    assert done.stderr == "spinfem: other: not a command that may be called outside\n"
    assert not (tmp_path / "ran").exists()


def test_what_the_folder_has_itself_is_not_asked_for_outside(host, tmp_path, monkeypatch):
    host("squeue")
    host("sbatch")
    monkeypatch.setenv("PATH", f"{tmp_path}/host")
    own = tmp_path / "root/usr/bin/squeue"
    own.parent.mkdir(parents=True)
    own.touch(mode=0o755)
    assert outside.only_outside(tmp_path / "root") == {"sbatch": f"{tmp_path}/host/sbatch"}


@pytest.mark.parametrize("variables_of", [sandbox.environment, sandbox.peers_environment])
def test_commands_of_the_host_are_found_last(variables_of):
    assert variables_of(debian.find(), {})["PATH"].split(":")[-1] == str(outside.FOLDER)


def test_without_a_batch_system_nothing_stays_outside(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    places = outside.only_outside(tmp_path)
    assert places == {} and outside.stay(places) is None
    outside.open_to(None, places, tmp_path / "in")
    assert not (tmp_path / "in").exists()


def test_the_command_has_no_child_that_it_does_not_know(host, tmp_path):
    host("squeue")
    done = inside(tmp_path, sys.executable, "-c", "import os; os.wait()")
    assert "ChildProcessError" in done.stderr


@pytest.fixture
def waiting(host, tmp_path):
    """A process that has left the host and whose squeue waits; the numbers of the client, the process outside and squeue."""
    host("squeue", 'echo "$PPID $$" > pids.part', "mv pids.part pids", "exec sleep 1000")
    script = "squeue & echo $! > client; wait; sleep 1000"
    process = subprocess.Popen(words(tmp_path, "sh", "-c", script), env=variables(tmp_path), cwd=tmp_path)
    try:
        wait_for((tmp_path / "pids").exists)
        yield process, *map(int, [(tmp_path / "client").read_text(), *(tmp_path / "pids").read_text().split()])
    finally:
        process.kill()
        process.wait()


def test_when_the_client_is_killed_its_command_ends(waiting):
    _, client, server, squeue = waiting
    os.kill(client, signal.SIGKILL)
    wait_for(lambda: ended(squeue))
    assert not ended(server)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_when_the_served_command_ends_nothing_is_left(number, waiting):
    process, client, server, squeue = waiting
    process.send_signal(number)
    wait_for(lambda: all(ended(pid) for pid in (client, server, squeue)))


def test_when_nobody_is_outside_any_more_the_client_says_so(waiting, tmp_path):
    _, client, server, _ = waiting
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: ended(client))
    done = subprocess.run([tmp_path / "in/squeue"], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1 and "squeue of the host cannot be reached" in done.stderr
