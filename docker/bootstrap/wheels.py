"""A virtual environment of wheels alone: DOLFINx, PETSc and MPI (MPICH) come from PyPI as everything else does.

It needs a Python that the wheels are made for, and of the machine a C compiler, which FFCx calls while a simulation runs."""

import ctypes
import os
import platform
import shutil
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from bootstrap import place, venv
from bootstrap.process import become
from bootstrap.report import SetupError, say

OLDEST_PYTHON, OLDEST_GLIBC, MACHINE = (3, 12), (2, 34), "x86_64"
PINS = "constraints-wheels.txt"

# Libraries of the system that the wheel of Gmsh loads, and the Debian packages that have them.
GMSH_LIBRARIES = {
    "libGLU.so.1": "libglu1-mesa",
    "libXcursor.so.1": "libxcursor1",
    "libXft.so.2": "libxft2",
    "libXinerama.so.1": "libxinerama1",
    "libgomp.so.1": "libgomp1",
}


def obstacle() -> str | None:
    """In one sentence why this Python and this machine cannot have the environment; None if they can."""
    if sys.version_info < OLDEST_PYTHON:
        return f"wheels of DOLFINx need Python {dotted(OLDEST_PYTHON)} or newer, this is {platform.python_version()}"
    library, version = platform.libc_ver()
    if platform.machine() != MACHINE or library != "glibc" or venv.numbers(version) < OLDEST_GLIBC:
        return f"wheels of DOLFINx need Linux on {MACHINE} with glibc {dotted(OLDEST_GLIBC)} or newer"
    if find_spec("ensurepip") is None:
        return f"{sys.executable} cannot make a virtual environment (Debian: python3-venv)"
    if compiler() is None:
        return "there is no C compiler, and FFCx compiles every form with one (Debian: gcc libc6-dev)"
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        return f"Python.h of {sys.executable} is not there, and what FFCx compiles includes it (Debian: python3-dev)"
    if lacking := [package for library, package in GMSH_LIBRARIES.items() if not loads(library)]:
        return f"the wheel of Gmsh lacks libraries of the system (Debian: {' '.join(lacking)})"
    return None


def dotted(version: Sequence[int]) -> str:
    return ".".join(map(str, version))


def compiler() -> str | None:
    """The one that setuptools will call."""
    command = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    return shutil.which(command.split()[0])


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def packages() -> list[str]:
    return place.python_packages("solver")


def find() -> place.Place:
    pins = (place.TREE / "docker" / PINS).read_text()
    return place.Place(place.home() / f"wheels-{place.key_of(place.RECIPE, sys.prefix, sys.version, packages(), pins)}")


def build(target: place.Place) -> None:
    if reason := obstacle():
        raise SetupError(reason)
    say(f"making an environment of wheels in {target.folder.parent}: one to three minutes, once, and 1.7 GB")
    place.remove_unfinished(target.kind)
    (target.building / "cache").mkdir(parents=True)
    venv.make(target, packages(), PINS, "--only-binary", ":all:")
    target.building.rename(target.folder)


def environment(target: place.Place, host: Mapping[str, str]) -> dict[str, str]:
    folder = target.folder / "venv"
    programs = [place.TREE / "bin", folder / "bin", host.get("PATH", "/usr/bin:/bin")]
    ours = {
        "PATH": ":".join(map(str, programs)),
        "PYTHONPATH": str(place.TREE),
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "",  # many short processes start from the same modules
        "VIRTUAL_ENV": str(folder),
        "XDG_CACHE_HOME": str(target.cache),
        place.HOME: str(place.home()),
        place.INSIDE: str(target.folder),
    }
    return place.settings() | dict(host) | ours


def run(target: place.Place, command: Sequence[str]) -> None:
    """Becomes the command."""
    become(command, environment(target, os.environ))
