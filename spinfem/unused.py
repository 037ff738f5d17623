"""Modules of others that numpy, scipy and DOLFINx import beside what is asked for, and a run has no use for."""

import sys
from importlib.machinery import PathFinder
from importlib.util import LazyLoader

_UNUSED = {
    "dolfinx.utils",
    "numpy.char",
    "numpy.f2py",
    "numpy.ma",
    "numpy.polynomial",
    "numpy.testing",
    "pydoc",
    "scipy.spatial.transform",
}


class _Finder:
    """Finds these as Python does, but to be loaded when somebody first looks into one."""

    @staticmethod
    def find_spec(name, path, target=None):
        spec = PathFinder.find_spec(name, path, target) if name in _UNUSED else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def leave_for_later() -> None:
    """From now on they are loaded by whoever uses them. Scripts that import spinfem keep Python's own way."""
    sys.meta_path.insert(0, _Finder)
