"""What a number was computed with: kept in every results.json, since a report may be made later and elsewhere."""

import platform

import spinfem


def versions(gmsh):
    """Name -> version of everything that a result depends on; gmsh: did Gmsh take part?"""
    import dolfinx
    import numpy
    from mpi4py import MPI
    from petsc4py import PETSc

    found = {
        "spinfem": spinfem.__version__,
        "DOLFINx": dolfinx.__version__,
        "PETSc": ".".join(map(str, PETSc.Sys.getVersion())),
        "MPI": " ".join([MPI.get_vendor()[0], ".".join(map(str, MPI.get_vendor()[1]))]),
        "numpy": numpy.__version__,
        "Python": platform.python_version(),
    }
    if gmsh:
        from gmsh import __version__

        found["Gmsh"] = __version__
    return found
