"""Where the running Python imports DOLFINx already (conda, a container, Debian 13), that one is used.

What it lacks from PyPI goes into a virtual environment on top of it, which leaves that Python as it was."""

import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence

from bootstrap import place, venv
from bootstrap.process import become
from bootstrap.report import say

OLDEST_DOLFINX = (0, 9)


def installed(name: str) -> tuple[int, ...] | None:
    from importlib import metadata  # here, because it takes longer than all the rest of a start

    try:
        return venv.numbers(metadata.version(name))
    except metadata.PackageNotFoundError:
        return None


def dolfinx_version() -> tuple[int, ...]:
    """That of the package or of the wheel; (0,) where there is neither."""
    return installed("fenics-dolfinx") or installed("dolfinx-solver-real") or (0,)


def has_dolfinx() -> bool:
    return importlib.util.find_spec("dolfinx") is not None and dolfinx_version() >= OLDEST_DOLFINX


def is_met(requirement: str) -> bool:
    """Enough for the lists in pyproject.toml: a name and the oldest version that does."""
    name, _, oldest = requirement.partition(">=")
    version = installed(name)
    return version is not None and version >= venv.numbers(oldest)


def lacking() -> list[str]:
    return [requirement for requirement in place.python_packages() if not is_met(requirement)]


def find() -> place.Place:
    key = place.key_of(place.RECIPE, sys.prefix, sys.version, dolfinx_version(), sorted(place.python_packages()))
    return place.Place(place.home() / f"python-{key}")


def build(target: place.Place) -> None:
    place.remove_unfinished(target.kind)
    (target.building / "cache").mkdir(parents=True)
    if missing := lacking():
        say(f"{sys.executable} has DOLFINx; a virtual environment on top of it gets {', '.join(missing)}")
        venv.make(target, missing, "constraints.txt", system=True)
    target.building.rename(target.folder)


def environment(target: place.Place, host: Mapping[str, str]) -> dict[str, str]:
    programs = [place.TREE / "bin", target.folder / "venv/bin", host.get("PATH", "/usr/bin:/bin")]
    ours = {
        "PATH": ":".join(map(str, programs)),
        "PYTHONPATH": modules(host),
        "XDG_CACHE_HOME": str(target.cache),
        place.HOME: str(place.home()),
        place.INSIDE: sys.prefix,
    }
    return place.settings() | dict(host) | ours


def modules(host: Mapping[str, str]) -> str:
    """PYTHONPATH: spinfem of this checkout first."""
    return ":".join(filter(None, [str(place.TREE), host.get("PYTHONPATH")]))


def run(target: place.Place, command: Sequence[str]) -> None:
    """Becomes the command."""
    become(command, environment(target, os.environ))
