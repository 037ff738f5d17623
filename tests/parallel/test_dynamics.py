"""Magnets that move on 1, 2 and 3 ranks: the same numbers."""

import numpy as np
import pytest

from tests.parallel.several import run_all

QUICK = ("mesh.resolution=2", "solver.error_estimate=false", "output.pictures=false", "output.fields=false", "plots=[]")
SCENARIOS = {
    "tabulated": ("oscillator", (*QUICK, "dynamics.until=5 ns", "dynamics.rows=251")),
    "on demand": ("oscillator", (*QUICK, "dynamics.until=5 ps", "dynamics.rows=11", "dynamics.torque=on_demand")),
    "threshold": ("berger_threshold", (*QUICK, "dynamics.until=0.1 ns", "dynamics.rows=11")),
    "random": (
        "oscillator",
        (*QUICK, "dynamics.until=0.1 ns", "dynamics.rows=11", "dynamics.temperature=300 K", "dynamics.time_step=1 ps"),
    ),
}


QUICKEST = ("on demand", "threshold")


@pytest.mark.parametrize("name", [n if n in QUICKEST else pytest.param(n, marks=pytest.mark.slow) for n in SCENARIOS])
def test_ranks_agree(name, tmp_path):
    one, *others = run_all(tmp_path, {name: SCENARIOS[name]})[name]
    assert one["observables"]
    for other in others:
        assert other["observables"].keys() == one["observables"].keys()
        for number, expected in one["observables"].items():
            if not number.endswith("_defect"):
                found = other["observables"][number]["value"]
                assert np.allclose(found, expected["value"], rtol=1e-6, atol=1e-7), number
