"""A view of the file system of our own, for this process and its children: the system calls.

This is what bubblewrap does, less a second process: the command that follows keeps our process id, so that signals,
the exit status and the terminal are the command's own. (Under bubblewrap, Ctrl-C and kill hit bubblewrap first, and
mpirun's ranks outlived it.) No privilege is needed where ordinary users may make user namespaces, as on Debian.
"""

import ctypes
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_BIND, MS_REC, MS_SLAVE = 0x1000, 0x4000, 0x80000
MNT_DETACH = 2
AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = -100, 0x8000, 1
SYS_MOUNT_SETATTR = 442  # the same number on every architecture
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203}

Kind = Literal["bind", "read-only", "link", "empty"]

libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Mount:
    """What is seen at `target`: the folder or file `source` of the host, a link to `source`, or an empty folder."""

    target: str
    source: str = ""
    kind: Kind = "bind"


def call(function, *arguments) -> None:
    encoded = [os.fsencode(value) if isinstance(value, (str, Path)) else value for value in arguments]
    if function(*encoded) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(arguments[1] if len(arguments) > 1 else arguments[0]))


def enter(mounts: Sequence[Mount], place: Path, installing: bool = False) -> None:
    """From here on `/` is what the mounts make it. `place` is an empty folder, which stays empty."""
    separate(as_root=installing)
    call(libc.mount, "none", "/", None, MS_REC | MS_SLAVE, None)
    call(libc.mount, "tmpfs", place, "tmpfs", 0, b"mode=755")
    for mount in mounts:
        perform(mount, place)
    if not installing:
        set_read_only(place, 0)  # what is written beside the folders would be lost
    os.chdir(place)
    call(libc.syscall, SYS_PIVOT_ROOT[os.uname().machine], b".", b".")
    call(libc.umount2, ".", MNT_DETACH)
    os.chdir("/")


def separate(as_root: bool) -> None:
    """An ordinary user may mount only in a user namespace: there he keeps his name, or is called root to install."""
    user, group = os.geteuid(), os.getegid()
    if user == 0 and libc.unshare(CLONE_NEWNS) == 0:  # (root of a container may lack the right to)
        return
    call(libc.unshare, CLONE_NEWNS | CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{0 if as_root else user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{0 if as_root else group} {group} 1")


def perform(mount: Mount, place: Path) -> None:
    target = place / mount.target.lstrip("/")
    if mount.kind == "link":
        target.symlink_to(mount.source)
        return
    if mount.kind == "empty":
        target.mkdir(parents=True, exist_ok=True)
        call(libc.mount, "tmpfs", target, "tmpfs", 0, b"mode=1777")
        return
    source = os.path.realpath(mount.source)
    if os.path.isdir(source):
        target.mkdir(parents=True, exist_ok=True)
    elif not target.exists():
        raise FileNotFoundError(2, "no file to lay this over", mount.target)
    call(libc.mount, source, target, None, MS_BIND | MS_REC, None)
    if mount.kind == "read-only":
        set_read_only(target, AT_RECURSIVE)


def set_read_only(target: Path, flags: int) -> None:
    attributes = (ctypes.c_uint64 * 4)(MOUNT_ATTR_RDONLY, 0, 0, 0)  # set, clear, propagation, user namespace
    call(libc.syscall, SYS_MOUNT_SETATTR, AT_FDCWD, os.fsencode(target), flags, attributes, ctypes.sizeof(attributes))
