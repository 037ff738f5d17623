"""Ctrl-C at any moment: the command runs in a child process, and this one, which is never busy, ends and clears up after it.

Compiled code (Gmsh, PETSc, imports) keeps Python from seeing a signal for seconds or minutes. The child takes every signal as a process
without Python would: it dies. What it started dies with it (`die_with_parent`), and what is left of its work is removed here.

Nothing heavy may be imported here: this comes before everything else.
"""

import os
import signal
import time

_INSIDE = "SPINFEM_SUPERVISED"  # set for those spinfem processes that a supervised one starts
_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
_PATIENCE = 20.0  # seconds that mpirun gets to end its ranks and to clear up
_LAUNCHERS = ("mpirun", "mpiexec", "prterun", "orterun", "prte", "srun")
_PDEATHSIG, _SUBREAPER = 1, 36  # prctl(2)
_progress = None  # where the supervisor reads which folders may have to be cleared up


def supervised(work, clear_up):
    """Call `work()` in a child process and end with its exit status; interrupted: say so, clear up, end with 128 + signal.

    `clear_up(folder)` removes what dead processes left unfinished in a folder of results.

    Processes that a supervised one starts, and ranks that mpirun or srun started, are not supervised: they die at once.
    """
    from spinfem.clock import start_clock
    from spinfem.mpi import under_mpi

    heard = {s for s in _SIGNALS if signal.getsignal(s) is not signal.SIG_IGN}  # nohup, `&` in a script: as they wish
    start_clock(inherited=_INSIDE in os.environ)
    if _INSIDE in os.environ or under_mpi():
        _listen(heard)
        return work()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, heard | {signal.SIGCHLD})
    _prctl(_SUBREAPER, 1)
    reports, told = os.pipe()
    scratch, supervisor = _scratch(), os.getpid()
    child = os.fork()
    if child:
        os.close(told)
        _supervise(child, heard, lambda: _clear_up(reports, clear_up), scratch)
    global _progress
    _progress = told
    os.close(reports)
    _prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:
        os._exit(1)
    if scratch:
        os.environ["TMPDIR"] = scratch
    _listen(heard)
    return work()


def may_leave(folder) -> None:
    """Tell the supervisor that an interruption may leave something of `folder`, and of those above it that are not there yet."""
    if _progress is not None:
        folder = os.path.abspath(folder)
        above = [p for p in _above(folder) if not os.path.isdir(p)]
        os.write(_progress, "\t".join([folder, *above]).encode("utf-8", "surrogateescape") + b"\n")


def inside():
    """Environment variables for a spinfem process that a supervised one starts."""
    return {_INSIDE: "1"}


def die_with_parent(sign=signal.SIGTERM) -> None:
    """A `preexec_fn`: the process gets this signal when the one that started it is gone."""
    _prctl(_PDEATHSIG, sign)


def _listen(signals):
    for number in signals:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signals | {signal.SIGCHLD})


def _prctl(option, value):
    """Linux only; elsewhere those that die leave orphans, which end by themselves."""
    import ctypes

    try:
        ctypes.CDLL(None).prctl(option, int(value), 0, 0, 0)
    except (OSError, AttributeError):
        pass


def _scratch():
    """A folder for temporary files of the child and all that it starts, "" where there can be none."""
    place = os.path.join(os.environ.get("TMPDIR") or "/tmp", f"spinfem-{os.getpid()}-{time.time_ns():x}")
    try:
        os.mkdir(place, 0o700)
    except OSError:
        return ""
    return place


def _supervise(child, heard, clear_up, scratch):
    """Wait for the child or for a signal, clear up, end this process."""
    number: int | None = None
    status: int | None = None
    while status is None and number is None:
        number = signal.sigwait(heard | {signal.SIGCHLD})
        if number == signal.SIGCHLD:
            number, status = None, _reaped(child)
    if status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) in heard:
        number = os.WTERMSIG(status)
    if number is not None:
        _say_interrupted()
        _end(child)
    if number is not None or status != 0:
        _end_the_rest()
        clear_up()
    if scratch:
        _remove(scratch)
    if number is not None or status is None:
        os._exit(128 + (number or 0))
    if os.WIFEXITED(status):
        os._exit(os.WEXITSTATUS(status))
    died_of = os.WTERMSIG(status)
    if died_of not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(died_of, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {died_of})
    os.kill(os.getpid(), died_of)
    os._exit(128 + died_of)


def _reaped(child):
    """The status of the child if it has ended; whoever else has ended is forgotten."""
    status = None
    try:
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == child:
                status = ended[1]
    except ChildProcessError:
        pass
    return status


def _say_interrupted():
    # A spinner may have hidden the cursor and stands in the line.
    clean = b"\r\x1b[2K\x1b[?25h" if os.isatty(2) else b""
    try:
        os.write(2, clean + b"interrupted\n")
    except OSError:
        pass


def _end(process):
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _end_the_rest():
    """End what the child had started: orphans are now ours. mpirun ends its ranks by itself."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for orphan in _children():
            if time.monotonic() > deadline or not _name(orphan).startswith(_LAUNCHERS):
                _end(orphan)
        time.sleep(0.02)


def _children():
    """Process ids of our children."""
    me = os.getpid()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    if int(file.read().rpartition(")")[2].split()[1]) == me:
                        yield int(name)
            except (OSError, IndexError):
                continue


def _name(process):
    try:
        with open(f"/proc/{process}/comm") as file:
            return file.read().strip()
    except OSError:
        return ""


def _clear_up(reports, clear_up):
    """Remove what is unfinished in the folders that the child told of, and empty ones above that were not there before."""
    os.set_blocking(reports, False)
    try:
        told = os.read(reports, 1 << 16)
    except BlockingIOError:
        return
    for line in told.decode("utf-8", "surrogateescape").splitlines():
        folder, *above = line.split("\t")
        clear_up(folder)
        for place in above:
            try:
                os.rmdir(place)
            except OSError:
                break


def _above(folder):
    """The folders above, from the inmost."""
    while (above := os.path.dirname(folder)) != folder:
        yield above
        folder = above


def _remove(scratch):
    try:
        os.rmdir(scratch)
    except OSError:
        import shutil

        shutil.rmtree(scratch, ignore_errors=True)
