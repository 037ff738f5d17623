"""Potentials that are counted from a reference of each part (`spinfem.study.reference_potentials`): the same on 1, 2 and 3 ranks."""

import pytest

from tests.parallel.several import run_all
from tests.unit.case.test_idle import STACK
from tests.unit.test_strong_contacts import CONTACT, SOLVER, TURNING

PLAIN = ("output.fields=false", "output.pictures=false")


def test_currents_behind_a_strong_contact(tmp_path):
    (tmp_path / "stack.yaml").write_text(STACK)
    (tmp_path / "turning.yaml").write_text(TURNING)
    scenarios = {
        "stack": (tmp_path / "stack", (CONTACT % 1e-6, SOLVER, *PLAIN)),
        "turning": (tmp_path / "turning", ("solver={degree: 2}", "mesh={refinements: 1}", *PLAIN)),
    }
    for found in run_all(tmp_path / "out", scenarios).values():
        one, *others = (result["observables"] for result in found)
        assert one["terminals.right.current"]["value"] == pytest.approx(-1e-3, rel=1e-9)
        for other in others:
            assert other.keys() == one.keys()
            for name, entry in one.items():
                assert other[name]["value"] == pytest.approx(entry["value"], rel=1e-8, abs=1e-20), name
