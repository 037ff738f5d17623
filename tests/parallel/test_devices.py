"""A valve whose electrodes climb over a leaning wire, and its pads, on 1 and 2 ranks."""

import numpy as np

from tests.commands import COARSE
from tests.parallel.several import run_all

SHAPE = {"wire_pad": "400 nm", "middle_width": "60 nm", "wire_length": "1000 nm", "electrode_length": "300 nm"}
SETTINGS = (
    *COARSE,
    *(f"geometry.parameters.{name}={value}" for name, value in SHAPE.items()),
    "regions.middle={material: {conductivity: 5.8e6 S/m, spin_diffusion_length: 3.4 nm}}",
    "mesh={resolution: 8, rim: 1, growth: 1}",
    "accuracy=null",
    "output.fields=false",
    "solver.error_estimate=false",
    "solver.tolerance=1e-13",
)


def test_a_valve_as_it_is_made_on_one_and_two_ranks(tmp_path):
    one, two = run_all(tmp_path, {"valve": ("deposited_valve", SETTINGS)}, ranks=(1, 2))["valve"]
    assert one["mesh"]["cells"] == two["mesh"]["cells"] and set(one["observables"]) == set(two["observables"])
    for name, expected in one["observables"].items():
        found = two["observables"][name]["value"]
        assert np.allclose(found, expected["value"], rtol=1e-8), name
    assert one["observables"]["nonlocal_resistance.difference"]["value"] > 0
