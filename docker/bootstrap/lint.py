"""The programs that read the code (ruff, import-linter, mypy), in a virtual environment of their own: what spinfem runs in has
its packages from elsewhere, and everybody should hear the same from them."""

import os
import sys
from collections.abc import Sequence

from bootstrap import place, venv
from bootstrap.process import become
from bootstrap.report import say

PINS = "constraints-lint.txt"


def packages() -> list[str]:
    return place.extra("lint")


def find() -> place.Place:
    pins = (place.TREE / "docker" / PINS).read_text()
    return place.Place(place.home() / f"lint-{place.key_of(place.RECIPE, sys.prefix, sys.version, packages(), pins)}")


def build(target: place.Place) -> None:
    say(f"ruff, import-linter and mypy go to {target.folder}: half a minute, once")
    place.remove_unfinished(target.kind)
    target.building.mkdir(parents=True)
    venv.make(target, packages(), PINS, "--only-binary", ":all:")
    target.building.rename(target.folder)


def run(target: place.Place, command: Sequence[str]) -> None:
    """Becomes the program. Variables stay as they are: mypy asks the `python3` in PATH where the packages are."""
    become([str(target.folder / "venv/bin" / command[0]), *command[1:]], os.environ)
