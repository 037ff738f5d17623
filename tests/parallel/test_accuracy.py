"""Meshes that follow `accuracy` on 1, 2 and 3 ranks: the same meshes, the same numbers, the same errors."""

import pytest

from spinfem.study.trust import is_check
from tests.parallel.several import run_all

PLAIN = ("output={pictures: false, fields: false, report: false}", "solver.tolerance=1e-13")
TUNNEL = "interfaces={wire/detector: {resistance_area: 1 fohm m^2, polarization: 0.4}}"
SCENARIOS = {
    "valve": ("nonlocal_valve_2d", (*PLAIN, "accuracy=0.005 %")),
    "valve, direct, at an angle": (
        "nonlocal_valve_2d",
        (*PLAIN, "solver.method=direct", "accuracy=0.003 %", "regions.detector.magnetization=[1, 0, 1]", TUNNEL)
        + (
            "observables=[{nonlocal_resistance: {plus: detector_end, minus: wire_right, drive: injector_end}}, terminals]",
        ),
    ),
    "pillar": (
        "gmr_pillar",
        (*PLAIN, "accuracy=0.01 %", "regions.free.magnetization=+x", "geometry.dimension=2", "mesh.resolution=1000"),
    ),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return run_all(tmp_path_factory.mktemp("runs"), SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_levels_numbers_and_errors_agree(name, runs):
    one, *others = runs[name]
    assert len(one["levels"]) > (name != "pillar")  # its layers are fine enough at once
    # Small numbers beside large ones may stay less exact, and are told.
    assert [words for words in one["warnings"] if not words.startswith(("less exact than", "mesh.resolution"))] == []
    for other in others:
        assert other["mesh"] == one["mesh"]
        assert [row["unknowns"] for row in other["levels"]] == [row["unknowns"] for row in one["levels"]]
        for number, expected in one["observables"].items():
            if is_check(number):  # rounding
                continue
            found = other["observables"][number]
            size = _size(number, one)
            assert found["value"] == pytest.approx(expected["value"], rel=1e-8, abs=1e-8 * size), number
            if expected["error"] is not None:
                assert found["error"] == pytest.approx(expected["error"], rel=0.1, abs=1e-8 * size), number


def _size(name, found):
    """Of the largest number of an observable in the same unit."""
    unit, observable = found["observables"][name]["unit"], name.partition(".")[0]
    alike = [
        entry["value"]
        for other, entry in found["observables"].items()
        if entry["unit"] == unit and other.partition(".")[0] == observable
    ]
    return max(max(map(abs, value)) if isinstance(value, list) else abs(value) for value in alike)
