"""Loop currents on 1, 2 and 3 ranks: one set of numbers, and nothing on balance."""

import numpy as np
import pytest

from tests.commands import CASES, COARSE, run

CUTS = {
    "overlayer_3d": "{loop_current: {axis: z, position: 0 nm}}, {loop_current: {axis: x, position: -60 nm, name: across}}, "
    "{loop_current: {axis: x, position: -60 nm, regions: [magnet], name: in_the_magnet}}",
    "loop_current": "{loop_current: {axis: y, position: 0 nm}}, {loop_current: {axis: x, position: 225 nm, name: across}}, "
    "{loop_current: {axis: x, position: 225 nm, regions: [magnet], name: in_the_magnet}}",
}


@pytest.mark.parametrize("case", CUTS)
def test_every_number_agrees(case, tmp_path):
    settings = (*COARSE, f"observables=[{CUTS[case]}]", "solver.error_estimate=false", "solver.tolerance=1e-14", "plots=[]")
    results = [run(CASES / f"{case}.yaml", tmp_path / f"{n}", *settings, ranks=n)["observables"] for n in (1, 2, 3)]
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
