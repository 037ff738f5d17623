"""1 and 2 ranks give the same numbers where carriers drift."""

import pytest

from tests.commands import CASES, run

QUICK = (
    "solver.error_estimate=false",
    "solver.degree=1",
    "output.pictures=false",
    "output.fields=false",
    "terminals.injector_end.current=20 uA",
)


def test_ranks_agree_where_carriers_drift(tmp_path):
    one, two = (run(CASES / "spin_drift.yaml", tmp_path / f"{n}", *QUICK, ranks=n)["observables"] for n in (1, 2))
    assert one["nonlocal_resistance.difference"]["value"] > 100
    for name in ("parallel", "antiparallel", "difference"):
        name = f"nonlocal_resistance.{name}"
        assert two[name]["value"] == pytest.approx(one[name]["value"], rel=1e-5), name
