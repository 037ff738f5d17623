"""Time and frequency on 1, 2 and 3 ranks: the same numbers."""

import numpy as np
import pytest

from tests.evolving import VALVE
from tests.parallel.several import run_all

TIME = "time={until: 30 ps, snapshots: 1, tolerance: 1 %, drive: {left: {step: {rise: 30 ps}}}}"
COARSE = ("mesh.resolution=4", "solver.degree=1", "solver.error_estimate=true")
SCENARIOS = {
    "time": (TIME, *COARSE, "output.fields=true"),
    "frequency": ("frequency=[20 GHz]", "geometry.dimension=2", *COARSE),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ranks")
    (folder / "case.yaml").write_text(VALVE)
    run_all(folder, {name: (folder / "case", overrides) for name, overrides in SCENARIOS.items()})
    return folder


def last_row(table):
    return np.atleast_2d(np.genfromtxt(table, delimiter=",", skip_header=1))[-1]


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_numbers(folder, name):
    table = "frequency.csv" if name == "frequency" else "time.csv"
    first, *others = (last_row(folder / name / f"{n}" / table) for n in (1, 2, 3))
    heads = (folder / name / "1" / table).read_text().splitlines()[0].split(",")
    errors = np.array([".error" in head for head in heads])  # differences: they have fewer digits
    size, off = np.nanmax(np.abs(first[~errors])), np.nanmax(first[errors])
    for other in others:
        assert other[~errors] == pytest.approx(first[~errors], rel=1e-6, abs=1e-9 * size, nan_ok=True)
        assert other[errors] == pytest.approx(first[errors], rel=1e-2, abs=1e-6 * off, nan_ok=True)


def test_a_series_for_paraview(folder):
    for n in (1, 2, 3):
        series = (folder / "time" / f"{n}" / "time" / "fields.pvd").read_text()
        assert series.count("<DataSet") == 2
        assert len(list((folder / "time" / f"{n}" / "time").rglob("*.vtu"))) == 2 * n
