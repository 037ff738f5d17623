"""Gmsh, switched on for a while: quiet, reproducible, and with its own message in every error."""

from contextlib import contextmanager

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.errors import GeometryError


@contextmanager
def gmsh_session():
    """A fresh Gmsh; everything it knows is forgotten afterwards. Only for rank 0."""
    # Without the person's own Gmsh options the same file gives the same mesh everywhere; Ctrl-C stays Python's.
    gmsh.initialize(argv=[], readConfigFiles=False, interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.logger.start()
        yield gmsh
    finally:
        gmsh.logger.stop()
        gmsh.finalize()


@contextmanager
def gmsh_errors(key, value):
    """Turns an exception of Gmsh into a GeometryError about `value` of the case's `key`."""
    try:
        yield
    except Exception as problem:
        if type(problem) is not Exception:  # Gmsh's Python interface raises the bare class
            raise
        errors = [line.removeprefix("Error: ") for line in gmsh.logger.get() if line.startswith("Error: ")]
        said = "; ".join(dict.fromkeys(errors or [str(problem)]))
        raise GeometryError(key, value, f"Gmsh says: {said}") from problem
