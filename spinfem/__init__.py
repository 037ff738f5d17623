"""Diffusive spin transport in 2D and 3D nanostructures by finite elements. In Python: docs/python.md."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path

from spinfem.mpi import load_first

__version__ = "0.1.0"


@cache
def _places():
    """Name -> module of what scripts use, as the stub of this file says. Each is imported when it is first used: `spinfem --help` needs none."""
    stub = Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    return {name: module for module, name in re.findall(r"^from (\S+) import (\w+)", stub, re.MULTILINE)}


load_first()


def __getattr__(name):
    if name == "__all__":
        return list(_places())
    if name.startswith("__") or name not in _places():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_places()[name]), name)


def __dir__():
    return [*globals(), *_places()]
