"""1, 2 and 3 ranks give the same numbers where a magnet covers a face, and where one pumps."""

import pytest

from tests.commands import CASES, run
from tests.physics.test_spin_pumping import CIRCUIT, METALLIC

QUICK = ("solver.error_estimate=false", "output.pictures=false", "output.fields=false")
COARSE = (
    "geometry.parameters={length: 60 nm, width: 40 nm, thickness: 6 nm, probe: 10 nm, surface_size: 3 nm, film_size: 15 nm}",
    "solver.tolerance=1e-13",
)
PUMPING = ("spin_pumping.spin_current", "pumping_damping", "spin_torque", "dissipation.total")


def same(case, folder, overrides, names):
    results = [run(case, folder / f"{n}", *QUICK, *overrides, ranks=n)["observables"] for n in (1, 2, 3)]
    for other in results[1:]:
        for name in names:
            first = results[0][name]["value"]
            largest = max(map(abs, first)) if isinstance(first, list) else abs(first)
            assert other[name]["value"] == pytest.approx(first, rel=1e-8, abs=1e-8 * largest), name


@pytest.mark.parametrize(
    ("case", "overrides", "names"),
    [
        ("smr_bar", COARSE, ("longitudinal", "transverse", "spin_torque")),
        (
            "spin_pumping",
            ("geometry.parameters.film_size=5 nm", "solver.degree=2"),
            ("spin_pumping.spin_current", "spin_pumping.voltage", "pumping_damping", "dissipation.total"),
        ),
    ],
)
def test_ranks_agree(case, overrides, names, tmp_path):
    same(CASES / f"{case}.yaml", tmp_path, overrides, names)


def test_ranks_agree_on_a_ferromagnet_that_pumps(tmp_path):
    case = tmp_path / "metallic.yaml"
    text = METALLIC.replace("CONTACT", CIRCUIT).replace("depth: 100 nm}", "depth: 100 nm, dimension: 2}", 1)
    case.write_text(text, encoding="utf-8")
    same(case, tmp_path, ("mesh={resolution: 1}", "solver.tolerance=1e-13"), PUMPING)
