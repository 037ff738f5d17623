"""Where the running Python imports DOLFINx already (conda, a container, Debian 13), that one is used.

What it lacks from PyPI goes into a virtual environment on top of it, which leaves that Python as it was."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence

from bootstrap import place
from bootstrap.process import become
from bootstrap.report import say, watch

OLDEST_DOLFINX = (0, 9)


def numbers(version: str) -> tuple[int, ...]:
    """'9.5.2.dev1' -> (9, 5, 2)"""
    start = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in start.group().split(".")) if start else ()


def installed(name: str) -> tuple[int, ...] | None:
    from importlib import metadata  # here, because it takes longer than all the rest of a start

    try:
        return numbers(metadata.version(name))
    except metadata.PackageNotFoundError:
        return None


def has_dolfinx() -> bool:
    return importlib.util.find_spec("dolfinx") is not None and (installed("fenics-dolfinx") or (0,)) >= OLDEST_DOLFINX


def is_met(requirement: str) -> bool:
    """Enough for the lists in pyproject.toml: a name and the oldest version that does."""
    name, _, oldest = requirement.partition(">=")
    version = installed(name)
    return version is not None and version >= numbers(oldest)


def lacking() -> list[str]:
    return [requirement for requirement in place.python_packages() if not is_met(requirement)]


def find() -> place.Place:
    key = place.key_of(
        place.RECIPE, sys.prefix, sys.version, installed("fenics-dolfinx"), sorted(place.python_packages())
    )
    return place.Place(place.home() / f"python-{key}")


def build(target: place.Place) -> None:
    place.remove_unfinished(target.kind)
    (target.building / "cache").mkdir(parents=True)
    if missing := lacking():
        say(f"{sys.executable} has DOLFINx; a virtual environment on top of it gets {', '.join(missing)}")
        make_venv(target, missing)
    target.building.rename(target.folder)


def make_venv(target: place.Place, missing: list[str]) -> None:
    """(It is renamed later. The scripts in it would not survive that; its Python does.)"""
    folder = target.building / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--system-site-packages", folder], check=True)
    constraints = str(place.TREE / "docker/constraints.txt")
    pip = [str(folder / "bin/python3"), "-m", "pip", "install", "--constraint", constraints, *missing]
    watch(pip, target.building / "setup.log", "packages from PyPI", 1, lambda line: line.startswith("Successfully"))


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
