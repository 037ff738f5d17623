"""`spinfem sweep --slurm`: the script, bad profiles, and a real Slurm of one machine."""

import os
import re
import subprocess
import time

import pytest

from tests.commands import PATIENCE, TREE, spinfem
from tests.peers import needs_peers, peer
from tests.slurm import NoSlurm, cluster
from tests.sweeps import CASE, numbers, rows, sized, sweep, whole

PROFILE = """
partition: main
account: spin
time: "1:00:00"
ranks: 2
nodes: 1
memory: 16G
points_per_task: 2
max_tasks: 4
setup:
  - module purge
  - module load openmpi/5
options: [--qos=short, --mail-type=END]
"""


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    return path


def profile(tmp_path, text=PROFILE):
    path = tmp_path / "profile.yaml"
    path.write_text(text)
    return path


def dry_run(case, folder, profile, *options):
    done = spinfem("sweep", case, "-o", folder, "--slurm", profile, "--dry-run", *options)
    assert done.returncode == 0, done.stderr
    return done


def test_the_dry_run_prints_the_script_and_leaves_nothing(case, tmp_path):
    script = dry_run(case, tmp_path / "out", profile(tmp_path)).stdout
    for line in (
        "#SBATCH --job-name=two_magnets",
        "#SBATCH --array=1-3%4",
        f"#SBATCH --output={tmp_path}/out/slurm/%A_%a.out",
        "#SBATCH --partition=main",
        "#SBATCH --account=spin",
        "#SBATCH --time=1:00:00",
        "#SBATCH --nodes=1",
        "#SBATCH --ntasks=2",
        "#SBATCH --mem=16G",
        "#SBATCH --qos=short",
        "module load openmpi/5",
        f"sbatch --parsable {tmp_path}/out/slurm/job.sh",
    ):
        assert line in script.splitlines()
    assert re.search(r'sweep \S+/out/case.yaml -o \S+/out --points "\$points" -n 2$', script, re.MULTILINE)
    assert blocks(script) == ["1-2", "3-4", "5-6"]
    assert not (tmp_path / "out").exists()


def blocks(script):
    return re.search(r"blocks=\(\n(.*?)\)", script, re.DOTALL)[1].split()


def test_a_task_gets_points_that_share_a_mesh_and_only_those_not_done(case, tmp_path):
    axes = "sweep={terminals.left.current: [1 A, 2 A], geometry.layers.1.thickness: [5 nm, 6 nm, 7 nm]}"
    options = ("--set", axes, "--set", "plots=[]")
    assert blocks(dry_run(case, tmp_path / "out", profile(tmp_path), *options).stdout) == ["1,4", "2,5", "3,6"]
    sweep(case, tmp_path / "out", "--points", "4-5", *options)
    assert blocks(dry_run(case, tmp_path / "out", profile(tmp_path), *options).stdout) == ["1-2", "3,6"]


def test_an_array_has_no_more_tasks_than_slurm_allows(case, tmp_path, monkeypatch):
    scontrol = tmp_path / "bin/scontrol"
    scontrol.parent.mkdir()
    scontrol.write_text("#!/bin/sh\necho 'MaxArraySize            = 4'\n")  # the largest index is one less
    scontrol.chmod(0o755)
    monkeypatch.setenv("PATH", f"{scontrol.parent}:{os.environ['PATH']}")
    small = profile(tmp_path, "{time: 5, points_per_task: 1}")
    done = dry_run(case, tmp_path / "out", small, "--points", "1-3")
    assert blocks(done.stdout) == ["1", "2", "3"] and not done.stderr
    done = dry_run(case, tmp_path / "out", small)
    assert blocks(done.stdout) == ["1-2", "3-4", "5-6"] and "there will be 2 in each task" in done.stderr
    assert "#SBATCH --array=1-3\n" in done.stdout


def test_a_launcher_and_a_command_of_ones_own(case, tmp_path):
    text = "{time: 30, ranks: 8, launcher: 'srun --mpi=pmix -n {ranks}', command: apptainer exec spinfem.sif spinfem}"
    script = dry_run(case, tmp_path / "out", profile(tmp_path, text)).stdout
    assert "srun --mpi=pmix -n 8 apptainer exec spinfem.sif spinfem sweep " in script
    assert '--points "$points"\n' in script and "#SBATCH --ntasks=8" in script


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{partition: main}", ("time", "is missing", "h:mm:ss")),
        ("{time: soon}", ("time", "soon", "h:mm:ss")),
        ("{time: 5, ranks: 0}", ("ranks", "0", "at least 1")),
        ("{time: 5, rank: 2}", ("rank", 'did you mean "ranks"?')),
        ("{time: 5, memory: lots}", ("memory", "lots", "16G")),
        ("{time: 5, options: [--array=1-5]}", ("options", "--array=1-5", "is set by spinfem itself")),
        ("{time: 5, setup: module load x}", ("setup", "must be a list")),
        ("- time", ("must be a mapping with the keys partition, account, time",)),
        ("{time: 5", ("is not YAML",)),
        (None, ("none.yaml", "cannot be read: No such file")),
    ],
)
def test_a_bad_profile_is_refused(text, words, case, tmp_path):
    path = tmp_path / "none.yaml" if text is None else profile(tmp_path, text)
    done = spinfem("sweep", case, "-o", tmp_path / "out", "--slurm", path)
    assert done.returncode == 2
    for word in words:
        assert word in done.stderr
    assert not (tmp_path / "out").exists()


def test_without_slurm_the_script_is_ready(case, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = spinfem("sweep", case, "-o", tmp_path / "out", "--slurm", profile(tmp_path))
    assert done.returncode == 1
    assert f"submit it by: sbatch --parsable {tmp_path}/out/slurm/job.sh" in done.stderr
    assert (tmp_path / "out/slurm/job.sh").read_text().startswith("#!/bin/bash\n")


@pytest.fixture(scope="module")
def slurm():
    try:
        with cluster() as variables:
            yield variables
    except NoSlurm as error:
        pytest.skip(f"Slurm does not start here: {error}")


def beside_slurm(*arguments):
    """Run `spinfem ARGUMENTS` as on a cluster: from a system with Slurm into spinfem's own folder, which has none."""
    return subprocess.run(peer(TREE / "bin/spinfem", *arguments), capture_output=True, text=True, timeout=PATIENCE)


def submit(case, folder, profile, *options):
    """`spinfem sweep --slurm` that has to succeed; returns what it prints."""
    done = beside_slurm("sweep", case, "-o", folder, "--slurm", profile, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wait_for_status(folder, words):
    """What `spinfem status` says as soon as these words are in it."""
    deadline = time.time() + PATIENCE
    while words not in (done := beside_slurm("status", folder)).stdout:
        assert time.time() < deadline, done.stdout + done.stderr
        time.sleep(0.5)
    return done.stdout


@needs_peers
@pytest.mark.parametrize(("ranks", "size"), [(1, (4, 4)), pytest.param(2, (2, 2), marks=pytest.mark.slow)])
def test_a_real_slurm_finds_what_one_process_finds(ranks, size, slurm, case, tmp_path, monkeypatch):
    sweep(case, tmp_path / "one", "-n", ranks, *sized(*size))
    for name, value in slurm.items():
        monkeypatch.setenv(name, value)
    wait = f"while ! [ -e {tmp_path}/go ]; do sleep 0.1; done"
    text = f"{{time: 10, partition: main, ranks: {ranks}, points_per_task: {size[1]}, setup: ['{wait}']}}"
    points = size[0] * size[1]
    said = submit(case, tmp_path / "out", profile(tmp_path, text), *sized(*size))
    job = re.search(rf"job (\d+): {points} points in {size[0]} tasks", said)[1]
    again = beside_slurm("sweep", case, "-o", tmp_path / "out", "--slurm", profile(tmp_path, text), *sized(*size))
    assert again.returncode == 1 and f"job {job} is still at work" in again.stderr
    wait_for_status(tmp_path / "out", f"Slurm job {job}_1: running")
    (tmp_path / "go").touch()
    words = wait_for_status(tmp_path / "out", f"Slurm job {job}: no longer in the queue")
    printed = "".join(file.read_text() for file in (tmp_path / "out/slurm").glob("*.out"))
    assert f"{points} points: {points} done, 0 running, 0 failed, 0 missing" in words, printed
    assert "srun" not in printed
    assert f"{points} done, 0 failed" in spinfem("collect", tmp_path / "out").stdout
    assert (tmp_path / "out/table.csv").read_bytes() == (tmp_path / "one/table.csv").read_bytes()
    assert numbers(tmp_path / "out") == numbers(tmp_path / "one")


@needs_peers
def test_a_cancelled_job_goes_on_in_one_process(slurm, case, tmp_path, monkeypatch):
    for name, value in slurm.items():
        monkeypatch.setenv(name, value)
    said = submit(case, tmp_path / "out", profile(tmp_path, "{time: 10, points_per_task: 30}"), *sized(10, 6))
    job = re.search(r"job (\d+): ", said)[1]
    deadline = time.time() + PATIENCE
    while not whole(tmp_path / "out") and time.time() < deadline:
        time.sleep(0.05)
    subprocess.run(peer("scancel", job), check=True)
    wait_for_status(tmp_path / "out", "no longer in the queue")
    assert 0 < whole(tmp_path / "out") < 60
    sweep(case, tmp_path / "out", *sized(10, 6))
    missing = [row["point"] for row in rows(tmp_path / "out") if row["status"] != "done"]
    # From here the workers of the cluster, in a process namespace of their own, are on another machine: their
    # last points stay theirs until they have been silent for a while.
    assert len(missing) <= 2
