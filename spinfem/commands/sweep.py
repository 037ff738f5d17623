"""The commands about sweeps: run one, look at it, make its table."""

from pathlib import Path
from typing import Annotated

import typer

from spinfem.case.faults import CaseError, Fault
from spinfem.commands.common import (
    FAILED_SOLVE,
    CaseFile,
    Overrides,
    Plugins,
    Ranks,
    check_output,
    everywhere,
    fail,
    read,
    read_together,
    refuse,
    refusing,
    told_once,
    with_plugins,
)
from spinfem.interruption import may_leave
from spinfem.mpi import under_mpi
from spinfem.tty import console

SweepFolder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a sweep.", show_default=False)]
Jobs = Annotated[
    int | None,
    typer.Option("-j", "--jobs", min=1, help="Points to run at the same time, on this machine.", show_default="1"),
]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="DIR", help="Folder for the results.", show_default="results/CASE_sweep"),
]
Points = Annotated[
    str | None,
    typer.Option("--points", metavar="1-20,25", help="Run only these, make no table.", show_default="all"),
]
ProfileFile = Annotated[
    Path | None,
    typer.Option("--slurm", metavar="PROFILE.yaml", help="Submit an array of Slurm jobs.", show_default=False),
]


def sweep(
    case_file: CaseFile,
    ranks: Ranks = None,
    jobs: Jobs = None,
    output: Output = None,
    overrides: Overrides = None,
    plugins: Plugins = None,
    points: Points = None,
    slurm: ProfileFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --slurm: print the script, submit nothing.")] = False,
    attempt: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run a case at every point of its `sweep`, make one table and its plots. Points that are there already are kept.

    Example: spinfem sweep cases/spin_resistance.yaml -j 4 -o results/spin_resistance
    """
    overrides = with_plugins(overrides, plugins)
    folder = output or Path("results") / f"{case_file.stem}_sweep"  # beside what `spinfem run` leaves
    _check_together(jobs, points, slurm, dry_run, ranks)
    numbers = _numbers(points)
    if slurm:
        _submit(case_file, overrides, folder, slurm, numbers, dry_run)
    elif jobs:
        _in_parallel(case_file, overrides, folder, jobs, ranks or 1, numbers)
    else:
        _here(case_file, overrides, folder, ranks, points, numbers, attempt)


def status(folder: SweepFolder) -> None:
    """How far a sweep is: points done, running, failed, missing. Works while it runs, wherever it runs.

    Example: spinfem status results/separation
    """
    from spinfem.batch.slurm import jobs, queue_of
    from spinfem.output.sweep_lines import slurm_lines, status_lines

    records, _ = _open(folder)
    for line in status_lines(records.statuses(records.points)):
        console().print(line)
    for job in jobs(folder):
        for line in slurm_lines(job, queue_of(job)):
            console().print(line)


def collect(folder: SweepFolder) -> None:
    """Make the table and the plots of a sweep from the points that are there now.

    Example: spinfem collect results/separation
    """
    from spinfem.batch.sweep import finish

    records, case = _open(folder)
    _tell_end(finish(records, case), folder)


def _here(case_file, overrides, folder, ranks, points, numbers, attempt):
    """By this process, or by the ranks of one MPI program."""
    more = [word for key, value in (("--points", points), ("--attempt", attempt)) if value for word in (key, value)]
    with everywhere(ranks, "sweep", [case_file], folder, overrides, *more, mark="sweep.json") as comm:
        from spinfem.batch.records import MARK, Records
        from spinfem.batch.sweep import finish, work
        from spinfem.geometry.root import on_root
        from spinfem.output.console import spinner

        case, _ = read_together(comm, case_file, overrides, folder, MARK)
        records = Records(folder)
        with told_once(comm):
            found = on_root(comm, lambda: _begin(records, case, case_file, numbers))
        todo, kept = found or ((), 0)
        with spinner(comm) as progress:
            reused = work(records, todo, comm, attempt, progress)
        failed = 0
        if comm.rank == 0:
            if points:
                failed = sum(bool(records.failure(point)) for point in todo)
                console().print(f"{len(todo)} points run, {failed} failed; `spinfem collect {folder}` makes the table")
            else:
                failed = _tell_end(finish(records, case, kept, reused), folder)
        if comm.bcast(failed):
            raise typer.Exit(FAILED_SOLVE)


def _in_parallel(case_file, overrides, folder, jobs, ranks, numbers):
    """By worker processes on this machine."""
    from mpi4py import MPI

    from spinfem.batch.jobs import work_in_parallel
    from spinfem.batch.sweep import finish
    from spinfem.output.console import spinner

    records, case, todo, kept = _prepare(case_file, overrides, folder, numbers)
    with spinner(MPI.COMM_SELF) as progress:
        work_in_parallel(records, todo, jobs, ranks, progress)
    if _tell_end(finish(records, case, kept), folder):
        raise typer.Exit(FAILED_SOLVE)


def _submit(case_file, overrides, folder, profile_file, numbers, dry_run):
    """By Slurm."""
    import shlex
    import tempfile

    from spinfem.batch.records import MARK
    from spinfem.batch.slurm import SlurmError, submission
    from spinfem.batch.slurm_profile import read_profile

    with refusing():
        profile = read_profile(profile_file)
    with tempfile.TemporaryDirectory() as elsewhere:  # a dry run leaves nothing behind, not even a folder
        if dry_run:
            check_output(folder, MARK)
            (Path(elsewhere) / "points").symlink_to((folder / "points").absolute())
            (Path(elsewhere) / MARK).touch()
        begun_in = Path(elsewhere) if dry_run else folder
        _, case, todo, _ = _prepare(case_file, overrides, begun_in, numbers)
        if not todo:
            console().print(f"all points are done; `spinfem collect {folder}` makes the table")
            return
        job = submission(folder, todo, profile, case.title)
    if job.points_per_task > profile.points_per_task:
        fail(
            f"points_per_task: {profile.points_per_task}: would need more tasks than an array may have here; "
            f"there will be {job.points_per_task} in each task: look at `time`"
        )
    if dry_run:
        console().print(job.script, markup=False, highlight=False, soft_wrap=True)
        console().print(shlex.join(job.command), markup=False, highlight=False, soft_wrap=True)
        return
    job.write()
    try:
        number = job.submit()
    except SlurmError as error:
        fail(f"--slurm: {error}")
        raise typer.Exit(FAILED_SOLVE) from None
    console().print(f"job {number}: {len(todo)} points in {job.tasks} tasks; look at it by: spinfem status {folder}")
    console().print(f"when it is done: spinfem collect {folder}")


def _prepare(case_file, overrides, folder, numbers):
    """(Records, Case, points to run, how many are whole already) without MPI; faults end the program."""
    from spinfem.batch.records import MARK, Records

    case, _ = read(case_file, overrides)
    check_output(folder, MARK)
    records = Records(folder)
    may_leave(folder)
    with refusing():
        return records, case, *_begin(records, case, case_file, numbers)


def _begin(records, case, case_file, numbers):
    """(points to run, how many are whole already), after the folder was made. Raises CaseError, and then it is not made."""
    from spinfem.batch.points import check_points, points_of

    total = len(case.sweep.points)
    if not total:
        message = "this case has none; `spinfem run` computes it, and docs/case-reference.md tells how to sweep"
        raise CaseError([Fault("sweep", None, message)])
    if numbers and max(numbers) > total:
        raise CaseError([Fault("--points", max(numbers), f"the sweep has {total} points")])
    points = [p for p in points_of(case.source) if not numbers or p.number in numbers]
    check_points(points, case.sweep)
    records.begin(case, case_file)
    points = [p for p in records.points if not numbers or p.number in numbers]
    left = [point for point in points if not records.is_whole(point)]
    return left, len(points) - len(left)


def refuse_bad_points(case) -> None:
    """End the program with the faults of the points of a case's sweep."""
    from spinfem.batch.points import check_points, points_of

    with refusing():
        check_points(points_of(case.source), case.sweep)


def _open(folder):
    """(Records, Case) of a sweep that was begun."""
    from spinfem.batch.records import MARK, Records
    from spinfem.case.reader import load_case

    records = Records(folder)
    if not (folder / MARK).is_file() or not records.case_file.is_file():
        refuse([Fault("DIR", str(folder), "is no sweep; `spinfem sweep CASE.yaml -o DIR` begins one")])
    with refusing():
        return records, load_case(records.case_file)


def _tell_end(report, folder):
    """Print a SweepReport; returns how many points failed."""
    from spinfem.output.sweep_lines import sweep_lines

    for line in sweep_lines(report, folder):
        console().print(line)
    for warning in report.warnings:
        fail(f"warning: {warning}")
    return report.counts["failed"]


def _check_together(jobs, points, slurm, dry_run, ranks):
    """Refuse options that contradict each other."""
    if dry_run and not slurm:
        refuse([Fault("--dry-run", None, "tells what --slurm PROFILE.yaml would submit; name a profile")])
    if slurm and (jobs or ranks):
        name = "--jobs" if jobs else "--ranks"
        refuse([Fault(name, jobs or ranks, "is for this machine; for Slurm set ranks and max_tasks in the profile")])
    if jobs and under_mpi():
        refuse([Fault("--jobs", jobs, "starts processes itself; leave mpirun or srun away, or use -n RANKS")])


def _numbers(points):
    from spinfem.batch.numbers import at_length

    try:
        return at_length(points) if points else None
    except ValueError as error:
        refuse([Fault("--points", points, str(error))])
