"""The ways to the number that are compared: each peer with the meshes that reached 1 % and 0.1 % in the least processor time of those tried (README.md
of the benchmarks says which), and on the mesh of spinfem."""

from dataclasses import dataclass

ACCURACY = {"1 %": 0.01, "0.1 %": 0.001}
SAME = "same mesh"
GOALS = [*ACCURACY, SAME]
ONE, TENTH = ACCURACY

# module of this package -> a command that succeeds where its program is there
PYTHON = "/usr/local/solvers/bin/python3"
PROGRAMS = {
    "ngsolve": [PYTHON, "-c", "import ngsolve"],
    "scikit_fem": [PYTHON, "-c", "import skfem, pyamg"],
    "freefem": ["which", PYTHON, "FreeFem++"],
    "getdp": ["which", PYTHON, "getdp"],
}


@dataclass(frozen=True)
class Way:
    """A peer's process (`module` of this package) with its options for each goal."""

    name: str
    module: str
    options: dict[str, dict]


def _hp(solver, levels, factor, **drawing):
    usual = {"slab": 12, "contact": 100, "electrode": 100, "far": 400, "grading": 0.7}
    return {"drawing": usual | drawing, "levels": levels, "factor": factor, "order": 3, "solver": solver}


def _grid(strong, weak, ratio, slab=()):
    return {"grid": {"strong": strong, "weak": weak, "ratio": ratio, "slab": slab}}


_COARSE_TETRAHEDRA = _grid(0.7, 8, (5, 5, 3))
_FINE_TETRAHEDRA = _grid(0.1, 5, (6, 3.5, 2), (12,))

WAYS = [
    Way(
        f"NGSolve, {told}",
        "ngsolve",
        {
            ONE: _hp(solver, 1, 0.08, electrode=200, far=1000),
            TENTH: _hp(solver, 4, 0.25),
            SAME: {"order": 2, "solver": solver},
        },
    )
    for told, solver in (("sparse Cholesky", "sparsecholesky"), ("BDDC", "bddc"))
] + [
    Way(
        "scikit-fem, SuperLU",
        "scikit_fem",
        {
            ONE: _grid(1, 8, (5, 5, 3)) | {"inverse": "lu"},
            TENTH: _grid(0.1, 5, (6, 3.5, 2), (12,)) | {"inverse": "lu"},
        },
    ),
    Way("scikit-fem, pyamg", "scikit_fem", {SAME: {"inverse": "sa"}}),
    Way("FreeFEM", "freefem", {ONE: _COARSE_TETRAHEDRA, TENTH: _FINE_TETRAHEDRA, SAME: {}}),
    Way("GetDP", "getdp", {ONE: _COARSE_TETRAHEDRA, TENTH: _FINE_TETRAHEDRA, SAME: {}}),
]
