"""Loop currents, fits of decays and matrices on 1, 2 and 3 ranks: one set of numbers and of errors, and nothing on balance."""

import numpy as np
import pytest

from tests.commands import COARSE
from tests.parallel.several import run_all

CUTS = {"overlayer_3d": ("z", "-60 nm"), "loop_current": ("y", "225 nm")}  # axis across the contact, a place along it

ESTIMATED = ("loop_current", "long_range", "ratchet_2d")


def cuts(axis, place):
    return (
        f"observables=[{{loop_current: {{axis: {axis}, position: 0 nm}}}}, "
        f"{{loop_current: {{axis: x, position: {place}, name: across}}}}, "
        f"{{loop_current: {{axis: x, position: {place}, regions: [magnet], name: in_the_magnet}}}}]"
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    solver = ("solver.error_estimate=false", "solver.tolerance=1e-14")
    scenarios = {case: (case, (*COARSE, *solver, cuts(*CUTS[case]), "plots=[]")) for case in CUTS}
    scenarios |= {f"{case} to 1 %": (case, ("accuracy=1 %", "plots=[]")) for case in ESTIMATED}
    return run_all(tmp_path_factory.mktemp("runs"), scenarios)


@pytest.mark.parametrize("case", CUTS)
def test_every_number_agrees(case, runs):
    results = [result["observables"] for result in runs[case]]
    for found in results:
        for name in ("loop_current", "across"):
            assert found[name]["value"] > 1e-11
            assert abs(found[f"{name}.net"]["value"]) < 1e-10 * found[name]["value"]
        assert abs(found["in_the_magnet.net"]["value"]) == pytest.approx(found["across"]["value"], rel=0.2)
        for name, expected in results[0].items():
            if name.endswith("place"):
                assert np.allclose(found[name]["value"], expected["value"], atol=1e-12), name
            elif name not in ("loop_current.net", "across.net"):
                assert found[name]["value"] == pytest.approx(expected["value"], rel=1e-8), name


@pytest.mark.parametrize("case", ESTIMATED)
def test_every_error_agrees(case, runs):
    one, *others = runs[f"{case} to 1 %"]
    for other in others:
        for name, expected in one["observables"].items():
            found, size = other["observables"][name], np.abs(expected["value"]).max()
            if not name.endswith(("place", "_defect")) and size > 1e-15 * (expected["unit"] == "A"):
                assert np.allclose(found["value"], expected["value"], rtol=1e-4), name
                assert found["error"] == pytest.approx(expected["error"], rel=0.02, abs=1e-6 * size), name
        for name, expected in one["matrices"].items():
            largest = np.abs(expected["values"]).max()
            assert np.allclose(other["matrices"][name]["errors"], expected["errors"], rtol=0.02, atol=1e-6 * largest)
