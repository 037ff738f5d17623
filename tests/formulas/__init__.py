"""(spinfem is imported before any DOLFINx: spinfem/mpi.py says why.)"""

import spinfem  # noqa: F401
