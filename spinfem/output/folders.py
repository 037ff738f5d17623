"""Folders of results: ours alone while we work, whole or not there, never something else's files.

Everything is written into `DIR.unfinished`, which is renamed when it is complete, so a run that was killed leaves nothing that looks
like a result. As long as `.DIR.lock` beside it is locked, nobody else writes there; the lock ends with its process.
"""

import errno
import fcntl
import os
import re
import shutil
import socket
from contextlib import contextmanager, suppress
from pathlib import Path

from spinfem.geometry.root import on_all, on_root

RESULTS = "results.json"
FAILED = "failed.json"
MESH_MARK = "mesh.pvtu"
_UNFINISHED, _OLD = ".unfinished", ".old"
_PROBE = 1 << 16  # bytes that must fit before anything is solved
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
_PROVISIONAL_FILE = re.compile(r"\..+\.(?P<pid>\d+)")
_ours = {}  # folder -> file descriptor of its lock, of the folders that this process has reserved


class FolderInUse(FileExistsError):
    """The output folder holds something that is not a result of spinfem."""


class CannotWrite(OSError):
    """A folder of results cannot be written, in one sentence."""


def cannot_write(folder, error):
    """The CannotWrite that an OSError means."""
    reason = error.strerror or str(error) or type(error).__name__
    return error if isinstance(error, CannotWrite) else CannotWrite(f"{folder} cannot be written: {reason}")


@contextmanager
def reserved(folder, comm, mark=RESULTS):
    """The provisional folder for `folder`, which is ours as long as the block lasts, and can be written. Collective.

    To be entered before anything is computed. Raises FolderInUse, CannotWrite.
    """
    folder = Path(folder)
    provisional = folder.with_name(folder.name + _UNFINISHED)
    if comm.bcast(_key(folder) in _ours):
        yield provisional
        return
    made = on_root(comm, lambda: _take(folder, provisional, mark))
    try:
        yield provisional
    finally:
        if comm.rank == 0:
            _give_back(folder, provisional, made)


@contextmanager
def complete_folder(folder, comm, mark=RESULTS):
    """A provisional folder to write into, which becomes `folder` when the block ends well. Collective.

    An earlier result in `folder` (it holds the file `mark`) is replaced; see `check_folder` for anything else. Raises FolderInUse, CannotWrite.
    """
    folder = Path(folder)
    with reserved(folder, comm, mark) as provisional:
        on_root(comm, lambda: _attempt(folder, lambda: provisional.mkdir(exist_ok=True)))
        problem = None
        try:
            yield provisional
        except OSError as error:
            problem = cannot_write(folder, error)
        on_all(comm, lambda: _raise(problem))
        on_root(comm, lambda: _attempt(folder, lambda: _replace(provisional, folder)))


def try_folder(folder, mark=RESULTS) -> None:
    """Reserve a folder for a moment, to see whether that can be. Raises FolderInUse, CannotWrite."""
    folder = Path(folder)
    provisional = folder.with_name(folder.name + _UNFINISHED)
    _give_back(folder, provisional, _take(folder, provisional, mark))


def check_folder(folder, mark=RESULTS) -> None:
    """Raise FolderInUse if `folder` holds something that spinfem did not leave there: it would be lost."""
    folder = Path(folder)
    ours = any((folder / name).is_file() for name in (mark, FAILED))
    if folder.exists() and not (folder.is_dir() and (ours or not any(folder.iterdir()))):
        what = "holds files that spinfem did not write and would replace" if folder.is_dir() else "is a file"
        raise FolderInUse(f"{what}; name another folder")


def write_whole(path, text) -> None:
    """Write a file that others see either as it was or complete. Raises CannotWrite, and then nothing is left."""
    provisional = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        provisional.write_text(text, encoding="utf-8")
        os.replace(provisional, path)
    except OSError as error:
        with suppress(OSError):
            provisional.unlink(missing_ok=True)
        raise cannot_write(path, error) from None


def clear_up(folder) -> None:
    """Remove what dead processes left unfinished in and beside `folder`; what living ones are at is not touched."""
    with suppress(OSError):
        if _key(folder) not in _ours and (lock := _locked(folder)) is not None:
            _restore(folder)
            shutil.rmtree(folder.with_name(folder.name + _UNFINISHED), ignore_errors=True)
            _unlock(folder, lock)
    with suppress(OSError):
        for file in folder.iterdir():
            match = _PROVISIONAL_FILE.fullmatch(file.name)
            if match and file.is_file() and not os.path.exists(f"/proc/{match['pid']}"):
                file.unlink()
    for lock in (folder / "points").glob(".*.lock"):
        clear_up(folder / "points" / lock.name.removeprefix(".").removesuffix(".lock"))


def _take(folder, provisional, mark):
    """Check, lock, make and test; returns the folders above that were made for it."""
    made = []
    try:
        check_folder(folder, mark)
        for place in reversed([folder.parent, *folder.parent.parents]):
            if not place.exists():
                place.mkdir(exist_ok=True)
                made.append(place)
        lock = _locked(folder)
        if lock is None:
            raise CannotWrite(f"{folder} cannot be written: another spinfem is writing it now{_who(folder)}")
        _ours[_key(folder)] = lock
        _restore(folder)
        shutil.rmtree(provisional, ignore_errors=True)
        provisional.mkdir()
        probe = provisional / ".probe"
        probe.write_bytes(bytes(_PROBE))
        probe.unlink()
    except FolderInUse:
        raise
    except OSError as error:
        _give_back(folder, provisional, made)
        raise cannot_write(folder, error) from None
    return made


def _give_back(folder, provisional, made):
    lock = _ours.pop(_key(folder), None)
    if lock is not None:
        shutil.rmtree(provisional, ignore_errors=True)
        _unlock(folder, lock)
    for place in reversed(made):
        with suppress(OSError):
            place.rmdir()  # if nothing came of it


def _key(folder):
    return os.path.realpath(folder)


def _lock_file(folder):
    return folder.with_name(f".{folder.name}.lock")


def _locked(folder):
    """The file descriptor of the lock of a folder, now ours; None if it is somebody else's."""
    path = _lock_file(folder)
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # Without locks, on some network file systems, what the file says has to do.
            if error.errno not in _NO_LOCKS or _alive(os.pread(lock, 300, 0)):
                os.close(lock)
                if isinstance(error, BlockingIOError) or error.errno in _NO_LOCKS:
                    return None
                raise
        if _is_still(path, lock):
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()} {socket.gethostname()}".encode(), 0)
            return lock
        os.close(lock)  # whoever had it removed it meanwhile


def _is_still(path, lock):
    with suppress(FileNotFoundError):
        return os.path.samestat(os.stat(path), os.fstat(lock))
    return False


def _alive(owner):
    """Does the process live that a lock file names? On another machine nobody knows: then it does."""
    words = owner.decode(errors="replace").split()
    return len(words) == 2 and (words[1] != socket.gethostname() or os.path.exists(f"/proc/{words[0]}"))


def _who(folder):
    with suppress(OSError, ValueError):
        process, machine = _lock_file(folder).read_text().split()
        return f" (process {process} on {machine})"
    return ""


def _unlock(folder, lock):
    _lock_file(folder).unlink(missing_ok=True)
    os.close(lock)


def _raise(problem):
    if problem is not None:
        raise problem


def _attempt(folder, work):
    try:
        work()
    except OSError as error:
        raise cannot_write(folder, error) from None


def _replace(provisional, folder):
    """Whoever is killed in here leaves the old result, beside it perhaps (see `_restore`), or the new one, never half of one."""
    old = folder.with_name(folder.name + _OLD)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(provisional, folder)
    shutil.rmtree(old, ignore_errors=True)


def _restore(folder):
    """Put an old result back that was moved aside when its process died; remove one that was replaced."""
    old = folder.with_name(folder.name + _OLD)
    if old.is_dir() and not folder.exists():
        os.replace(old, folder)
    shutil.rmtree(old, ignore_errors=True)
