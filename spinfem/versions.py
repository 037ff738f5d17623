"""What a number was computed with: kept in every results.json, since a report may be made later and elsewhere."""

import platform
import sys

import spinfem


def versions():
    """Name -> version of everything that a result depends on; of Gmsh where it took part."""
    import dolfinx
    import numpy
    from mpi4py import MPI
    from petsc4py import PETSc

    return {
        "spinfem": spinfem.__version__,
        "DOLFINx": dolfinx.__version__,
        "PETSc": ".".join(map(str, PETSc.Sys.getVersion())),
        **({"Gmsh": sys.modules["gmsh"].__version__} if "gmsh" in sys.modules else {}),
        "MPI": " ".join([MPI.get_vendor()[0], ".".join(map(str, MPI.get_vendor()[1]))]),
        "numpy": numpy.__version__,
        "Python": platform.python_version(),
    }
