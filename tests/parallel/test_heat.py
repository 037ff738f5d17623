"""Heat on 1 and 2 ranks, by the command: a valve with a barrier, a film on its substrate, Joule heat."""

import numpy as np
import pytest

from tests.parallel.several import run_all

VALVE = (
    "spin_seebeck",
    (
        "terminals.injector_end={current: 1 mA, spin: sink}",
        "interfaces={wire/detector: {resistance_area: 1 fohm m^2, polarization: 0.4, thermal_conductance: 5e8 W/m^2/K}}",
        "regions.wire.terms={substrate: {conductance: 1e7 W/m^2/K, thickness: 60 nm}}",
        "observables=[terminals, dissipation, temperature: {points: {under: [-150 nm, 50 nm, 0 nm]}},"
        " harmonics: {plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}]",
        "mesh={resolution: 2}",
        "solver={degree: 2, tolerance: 1e-13, error_estimate: false}",
        "heat.tolerance=1e-11",
        "output={fields: false, pictures: false, report: false}",
    ),
)


def test_every_number_agrees(tmp_path):
    one, two = run_all(tmp_path, {"heat": VALVE}, ranks=(1, 2))["heat"]
    assert (one["ranks"], two["ranks"]) == (1, 2)
    assert one["observables"].keys() == two["observables"].keys()
    numbers = {name: entry["value"] for name, entry in one["observables"].items()}
    assert numbers["temperature.balance"] < 1e-9 and numbers["temperature.to_substrate"] > 0
    assert numbers["harmonics.R_2.baseline"] != 0
    for name, value in numbers.items():
        if not name.endswith(("balance", "defect", "current", "signal")):
            assert np.allclose(two["observables"][name]["value"], value, rtol=1e-7, atol=1e-14), name
    for name in ("harmonics.R_1", "harmonics.R_2"):
        signal, size = (numbers[f"{name}.{part}"] for part in ("signal", "baseline"))
        assert two["observables"][f"{name}.signal"]["value"] == pytest.approx(signal, rel=1e-6, abs=1e-8 * abs(size))
