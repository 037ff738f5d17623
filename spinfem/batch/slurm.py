"""A sweep as an array of Slurm jobs: the script, its submission, what Slurm says of it later."""

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from spinfem.batch.numbers import in_short
from spinfem.batch.points import families
from spinfem.geometry.recipe import recipe_of
from spinfem.output.folders import write_whole

LARGEST_ARRAY = 1000  # tasks; what Slurm allows unless its administrator says otherwise
_TREE = Path(__file__).resolve().parents[2]


class SlurmError(Exception):
    """Slurm is not there or does not want the job."""


@dataclass(frozen=True)
class Submission:
    """A job array that is ready to be submitted."""

    folder: Path  # of the sweep
    script: str
    tasks: int
    points_per_task: int

    @property
    def path(self):
        """Where the script is."""
        return self.folder / "slurm" / "job.sh"

    @property
    def command(self):
        """What submits it."""
        return ["sbatch", "--parsable", str(self.path)]

    def write(self) -> None:
        """Write the script, and the folder for what the tasks print."""
        self.path.parent.mkdir(exist_ok=True)
        write_whole(self.path, self.script)

    def submit(self):
        """Hand the script, written before, to Slurm; returns the number of the job. Raises SlurmError."""
        if queued := [job for job in jobs(self.folder) if any(queue_of(job) or ())]:
            raise SlurmError(f"job {queued[0]} is still at work on this sweep; `scancel {queued[0]}` ends it")
        try:
            done = subprocess.run(self.command, capture_output=True, text=True)
        except FileNotFoundError:
            submit = shlex.join(self.command)
            raise SlurmError(f"there is no sbatch here; the script is ready, submit it by: {submit}") from None
        if done.returncode != 0:
            raise SlurmError(f"sbatch refuses: {done.stderr.strip()}")
        job = done.stdout.strip().split(";")[0]
        write_whole(self.folder / "slurm" / "jobs.json", json.dumps([*jobs(self.folder), job]) + "\n")
        return job


def submission(folder, points, profile, title):
    """The Submission that runs these points of the sweep in `folder`."""
    per_task = max(profile.points_per_task, -(-len(points) // largest_array()))
    blocks = _blocks(points, per_task)
    array = f"1-{len(blocks)}" + (f"%{profile.max_tasks}" if profile.max_tasks else "")
    folder = folder.resolve()
    options = {
        "job-name": re.sub(r"[^\w.+-]+", "_", title or folder.name)[:60].strip("_") or "spinfem",
        "array": array,
        "output": f"{folder}/slurm/%A_%a.out",
        "partition": profile.partition,
        "account": profile.account,
        "time": profile.time,
        "nodes": profile.nodes,
        "ntasks": profile.ranks,
        "mem": profile.memory,
    }
    directives = [f"--{key}={value}" for key, value in options.items() if value is not None] + profile.options
    program = profile.command or own_command()
    sweep = f'sweep {shlex.quote(f"{folder}/case.yaml")} -o {shlex.quote(str(folder))} --points "$points"'
    if profile.launcher:
        call = f"{profile.launcher.replace('{ranks}', str(profile.ranks))} {program} {sweep}"
    else:
        call = f"{program} {sweep} -n {profile.ranks}"
    lines = [
        "#!/bin/bash",
        *(f"#SBATCH {directive}" for directive in directives),
        "",
        f"# {len(points)} points of the sweep in {folder}, those of a task one after the other",
        "blocks=(",
        *(f"  {in_short(block)}" for block in blocks),
        ")",
        "points=${blocks[SLURM_ARRAY_TASK_ID - 1]}",
        "",
        *profile.setup,
        call,
    ]
    return Submission(folder, "\n".join(lines) + "\n", len(blocks), per_task)


def _blocks(points, size):
    """Numbers of points in blocks of at most `size`, those with the same mesh beside each other."""
    mesh = families(points, recipe_of)
    order = {family: k for k, family in enumerate(dict.fromkeys(mesh[point.number] for point in points))}
    numbers = sorted((point.number for point in points), key=lambda number: (order[mesh[number]], number))
    return [numbers[k : k + size] for k in range(0, len(numbers), size)]


def own_command():
    """How a job calls the spinfem that we are."""
    script = _TREE / "bin" / "spinfem"
    if "SPINFEM_ENVIRONMENT" in os.environ and script.is_file():  # a job starts outside of the folder that we are in
        return shlex.quote(str(script))
    return f"{shlex.quote(sys.executable)} -m spinfem"


def largest_array():
    """How many tasks a job array may have here."""
    said = _said("scontrol", "show", "config")
    match = re.search(r"MaxArraySize\s*=\s*(\d+)", said or "")
    return max(int(match[1]) - 1, 1) if match else LARGEST_ARRAY


def jobs(folder):
    """The numbers of the jobs that were submitted for a sweep."""
    try:
        return json.loads((folder / "slurm" / "jobs.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []


def queue_of(job):
    """(task, state, reason) of what Slurm still has of a job; None where Slurm cannot be asked."""
    said = _said("squeue", "--noheader", "--jobs", str(job), "--format", "%i|%T|%r")
    return None if said is None else [tuple(line.strip().split("|")) for line in said.splitlines() if line.strip()]


def _said(*command):
    """What a command of Slurm's prints; None if there is no answer; "" if it does not know the job any more."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return "" if "Invalid job id" in done.stderr else None
    return done.stdout
