"""What a person sees of a sweep in the terminal."""

from collections import Counter

_MOST = 10  # reasons of failures that are worth a line


def sweep_lines(report, folder):
    """How a sweep went: counts, reasons of failures, where the files are."""
    counts = report.counts
    kept = f", {report.kept} kept from before" if report.kept else ""
    rest = "".join(f", {counts[name]} {name}" for name in ("running", "missing") if counts[name])
    yield f"{len(report.statuses)} points: {counts['done'] - report.kept} done{kept}, {counts['failed']} failed{rest}"
    yield from _reasons(report.statuses, "failed", "in the table")
    reused = [f"{what} {times} times" for what, times in (report.reused or {}).items() if times]
    if reused:
        yield f"used again: {', '.join(reused)}"
    names = ", ".join(["table.csv", "table.parquet", *(path.name for path in report.pictures)])
    yield f"written to {folder}: {names}"


def status_lines(statuses):
    """How far each point of a sweep is, in numbers; where points run, why some failed, over which a worker died."""
    counts = Counter(status.name for status in statuses)
    words = ", ".join(f"{counts[name]} {name}" for name in ("done", "running", "failed", "missing"))
    yield f"{len(statuses)} points: {words}"
    yield from _reasons(statuses, "running", "running")
    yield from _reasons(statuses, "failed", "failed")
    yield from _reasons(statuses, "missing", "interrupted")


def slurm_lines(job, queue):
    """What Slurm says of a job: (task, state, reason) of what it still has; None if it cannot be asked."""
    if queue is None:
        yield f"Slurm job {job}: squeue does not answer here"
    elif not queue:
        yield f"Slurm job {job}: no longer in the queue"
    for task, state, reason in queue or ():
        yield f"Slurm job {task}: {state.lower()}" + (f" ({reason})" if reason not in ("None", "") else "")


def _reasons(statuses, name, where):
    """A line for each of the first points in a status that has something to say."""
    told = [
        (number, status.words)
        for number, status in enumerate(statuses, start=1)
        if status.name == name and status.words
    ]
    for number, words in told[:_MOST]:
        yield f"  point {number}: {words.splitlines()[0]}" if name != "failed" else f"  point {number}: {words}"
    if len(told) > _MOST:
        yield f"  and {len(told) - _MOST} more {where}"
