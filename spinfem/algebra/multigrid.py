"""The algebraic multigrid that PETSc has here, as options: BoomerAMG of hypre, or PETSc's own GAMG without it (wheels)."""

from petsc4py import PETSc

_BOOMERAMG = {
    "pc_type": "hypre",
    "pc_hypre_type": "boomeramg",
    "pc_hypre_boomeramg_coarsen_type": "HMIS",
    "pc_hypre_boomeramg_interp_type": "ext+i",
    "pc_hypre_boomeramg_P_max": 4,
    "pc_hypre_boomeramg_strong_threshold": 0.5,
}

# Smoothed aggregation, Chebyshev(2)/SSOR on each level: symmetric, so that conjugate gradients may use it.
# (Measured by benchmarks/multigrid.py.)
_GAMG = {
    "pc_type": "gamg",
    "pc_gamg_type": "agg",
    "pc_gamg_agg_nsmooths": 1,
    "pc_gamg_threshold": 0.02,
    "mg_levels_ksp_type": "chebyshev",
    "mg_levels_ksp_max_it": 2,
    "mg_levels_pc_type": "sor",
}


def available():
    """The names of the multigrid methods that PETSc has here, the preferred one first."""
    return ["BoomerAMG", "GAMG"] if PETSc.Sys.hasExternalPackage("hypre") else ["GAMG"]


def precondition(krylov) -> None:
    """Give a KSP with operators multigrid as its preconditioner. PETSc's database of options is left as it was found."""
    prefix = f"spinfem{krylov.handle:x}_"
    database = PETSc.Options(prefix)
    options = multigrid()[1]
    for key, value in options.items():
        database[key] = value
    krylov.setOptionsPrefix(prefix)
    krylov.setFromOptions()
    krylov.setUp()
    for key in options:
        database.delValue(key)


def multigrid(name=None):
    """The name of a multigrid method and its options; without `name`, those of the preferred one."""
    name = name or available()[0]
    return name, dict({"BoomerAMG": _BOOMERAMG, "GAMG": _GAMG}[name])
