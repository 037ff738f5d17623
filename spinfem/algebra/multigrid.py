"""The algebraic multigrid that PETSc has here, as options: BoomerAMG of hypre, or PETSc's own GAMG without it (wheels)."""

from contextlib import contextmanager

from petsc4py import PETSc

_BOOMERAMG = {
    "pc_type": "hypre",
    "pc_hypre_type": "boomeramg",
    "pc_hypre_boomeramg_coarsen_type": "HMIS",
    "pc_hypre_boomeramg_interp_type": "ext+i",
    "pc_hypre_boomeramg_P_max": 4,
    "pc_hypre_boomeramg_strong_threshold": 0.5,
}

# On the corners of cells, inside another smoother, half the smoothing does.
_OF_CORNERS: dict[str, object] = {
    "pc_hypre_boomeramg_strong_threshold": 0.25,
    "pc_hypre_boomeramg_relax_type_down": "SOR/Jacobi",
    "pc_hypre_boomeramg_relax_type_up": "backward-SOR/Jacobi",
}
_STRETCHED: dict[str, object] = {
    "pc_hypre_boomeramg_strong_threshold": 0.9
}  # only the strongest couplings are followed

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


@contextmanager
def options_of(thing, options):
    """Meanwhile a KSP or PC reads these options, and no others, from PETSc's database, which is left as it was found."""
    prefix = f"spinfem{thing.handle:x}_"
    database = PETSc.Options(prefix)
    for key, value in options.items():
        database[key] = value
    thing.setOptionsPrefix(prefix)
    try:
        yield
    finally:
        for key in options:
            database.delValue(key)


def precondition(krylov) -> None:
    """Give a KSP with operators multigrid as its preconditioner."""
    with options_of(krylov, multigrid()[1]):
        krylov.setFromOptions()
        krylov.setUp()


def multigrid(name=None, purpose=""):
    """The name of a multigrid method and its options; without `name`, those of the preferred one. purpose: "stretched" for matrices of stretched cells,
    "corners" for what the corners of cells see of a higher degree."""
    name = name or available()[0]
    options = dict({"BoomerAMG": _BOOMERAMG, "GAMG": _GAMG}[name])
    own: dict[str, object] = {"stretched": _STRETCHED, "corners": _OF_CORNERS}.get(purpose, {})
    return name, options | (own if name == "BoomerAMG" else {})
