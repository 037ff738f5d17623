"""Points of a sweep that take over what those before them have made: one rank and two agree on what that is."""

import pandas as pd
import pytest

from tests.commands import sets, spinfem
from tests.unit.test_next_points import VALVE

COARSE = ("geometry.dimension=2", "mesh={resolution: 8, growth: 2}", "solver.degree=1")
LEAN = (
    "output={pictures: false, fields: false, report: false}",
    "sweep={magnetic_field.magnitude: [50 mT, 52 mT, -54 mT]}",
)


def test_a_sweep_over_the_field_is_the_same(tmp_path):
    """The barrier is on one rank alone: there the adjoint operator differs from the operator, and nowhere else."""
    (tmp_path / "case.yaml").write_text(VALVE)
    words = sets(*COARSE, *LEAN)
    tables = []
    for ranks in (1, 2):
        done = spinfem("sweep", tmp_path / "case.yaml", *words, "-o", tmp_path / f"{ranks}", "-n", ranks)
        assert done.returncode == 0, done.stderr
        tables.append(pd.read_csv(tmp_path / f"{ranks}" / "table.csv"))
    one, two = tables
    for name in (name for name in one.columns if name.startswith("nonlocal_resistance")):
        rel = 0.05 if "error" in name else 1e-9
        assert two[name].to_numpy() == pytest.approx(one[name].to_numpy(), rel=rel, nan_ok=True), name
