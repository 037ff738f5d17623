"""1 and 2 ranks give the same numbers where spins turn as they move."""

import pytest

from tests.parallel.several import run_all

QUICK = ("solver.error_estimate=false", "solver.tolerance=1e-13", "output.pictures=false", "output.fields=false")
GAS = "regions.gas.terms.spin_orbit"


def test_ranks_agree_where_spins_turn_as_they_move(tmp_path):
    strip = (*QUICK, "mesh.size=1 um", f"{GAS}.dresselhaus=0.1 /um", f"{GAS}.along_y=[0 /um, 0 /um, 0.2 /um]")
    channel = (*QUICK, "mesh.size=100 nm", "interfaces.wire/detector.spin_rotation=[0 deg, 0 deg, 40 deg]")
    found = run_all(tmp_path, {"strip": ("spin_helix", strip), "channel": ("spin_transistor", channel)}, (1, 2))
    for name, observable in (("strip", "spin_accumulation.period"), ("strip", "dissipation.transport"),
                             ("channel", "nonlocal_resistance.parallel")):  # fmt: skip
        one, two = (results["observables"][observable]["value"] for results in found[name])
        assert two == pytest.approx(one, rel=1e-7)
