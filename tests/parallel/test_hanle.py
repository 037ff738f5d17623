"""1, 2 and 3 ranks give the same numbers where spins turn."""

import pytest

from tests.commands import CASES, run

QUICK = (
    "solver.error_estimate=false",
    "solver.tolerance=1e-13",
    "solver.degree=2",
    "output.pictures=false",
    "output.fields=false",
)


@pytest.mark.parametrize(
    ("case", "same"),
    [
        (
            "hanle_oblique",
            2e-6,
        ),  # rounding: electrodes at 33 mV, currents of 2e-10 of the drive through 30 kohm of film (MUMPS leaves as much)
        pytest.param("hanle_valve", 1e-8, marks=pytest.mark.slow),
    ],
)
def test_ranks_agree_where_spins_turn(case, same, tmp_path):
    results = [run(CASES / f"{case}.yaml", tmp_path / f"{n}", *QUICK, ranks=n)["observables"] for n in (1, 2, 3)]
    for other in results[1:]:
        for state in ("parallel", "antiparallel"):
            name = f"nonlocal_resistance.{state}"
            assert other[name]["value"] == pytest.approx(results[0][name]["value"], rel=same)
