"""Diffusive spin transport in 2D and 3D nanostructures by finite elements. In Python: docs/python.md."""

from importlib import import_module

from spinfem.mpi import load_first

__version__ = "0.1.0"

# What scripts use, and where it is. It is imported when it is first used: `spinfem --help` needs none of it.
_PLACES = {
    "load": "spinfem.api.case",
    "read": "spinfem.api.case",
    "solve": "spinfem.api.solve",
    "fit": "spinfem.api.fit",
    "Session": "spinfem.study.session",
    "Drive": "spinfem.model.problem",
    "compiling": "spinfem.algebra.compiling",
    "CaseError": "spinfem.case.faults",
    "SolveError": "spinfem.algebra.solver",
    "FolderInUse": "spinfem.output.folders",
}
__all__ = list(_PLACES)


load_first()


def __getattr__(name):
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__():
    return [*globals(), *__all__]
