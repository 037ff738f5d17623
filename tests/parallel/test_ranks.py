"""1, 2 and 3 ranks give the same numbers."""

import numpy as np
import pytest

from tests.commands import CASES, COARSE, run

TUNNEL = "interfaces={wire/detector: {resistance_area: 10 fohm m^2, polarization: 0.4}}"
LINE = {
    "nonlocal_valve": "{profile: {from: [-1500 nm, 0 nm, 30 nm], to: [1500 nm, 0 nm, 30 nm], points: 40, region: wire}}",
    "nonlocal_valve_2d": "{profile: {from: [-1500 nm, 30 nm, 0 nm], to: [1500 nm, 30 nm, 0 nm], points: 40, region: wire}}",
}
DECAY = "{decay_length: {along: wire, from: 400 nm, to: 1200 nm}}"


@pytest.mark.parametrize("interfaces", [(), (TUNNEL,)], ids=["transparent", "tunnel"])
@pytest.mark.parametrize("case", ["nonlocal_valve_2d", "nonlocal_valve"])
def test_every_number_agrees(case, interfaces, tmp_path):
    observables = (
        "observables=[{nonlocal_resistance: {plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}},"
        f" terminals, spin_accumulation, {{injection_efficiency: {{contact: injector/wire}}}}, {LINE[case]}, {DECAY}]"
    )
    settings = (*COARSE, *interfaces, observables, "solver.error_estimate=false", "solver.tolerance=1e-13")
    results = [run(CASES / f"{case}.yaml", tmp_path / f"{n}", *settings, ranks=n) for n in (1, 2, 3)]
    tables = [np.loadtxt(tmp_path / f"{n}" / "profile.csv", delimiter=",", skiprows=1) for n in (1, 2, 3)]
    assert [result["ranks"] for result in results] == [1, 2, 3]
    for other, table in zip(results[1:], tables[1:], strict=True):
        assert other["mesh"] == results[0]["mesh"]
        for name, expected in results[0]["observables"].items():
            found, scale = np.array(other["observables"][name]["value"]), _scale(name, results[0])
            assert np.allclose(found, expected["value"], rtol=1e-8, atol=1e-8 * scale), name
        assert np.allclose(table, tables[0], rtol=1e-8, atol=1e-8 * np.abs(tables[0]).max(axis=0))


def _scale(name, result):
    """Currents that vanish are compared with the drive, everything else with itself."""
    return result["case"]["terminals"]["injector_end"]["current"] * 1e-3 if name.endswith("spin_current") else 0.0
