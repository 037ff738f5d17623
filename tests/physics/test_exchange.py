"""Exchange between magnets of a device: over which area, and what cannot be."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.reader import read_case
from spinfem.geometry.recipe import outline_of
from spinfem.study.macrospin.moments import moments_of
from spinfem.study.session import Session

PILLAR = """
geometry: {{layers: [{{name: fixed, thickness: 20 nm}}, {{name: spacer, thickness: 2 nm}}, {{name: free, thickness: 4 nm}}, {{name: cap, thickness: 5 nm}}, {{name: far, thickness: 4 nm}}], width: 100 nm, depth: 50 nm}}
regions:
  fixed: {{material: Co @ 300 K, magnetization: +y}}
  spacer: Cu @ 300 K
  free: {{material: Py @ 300 K, magnetization: +z}}
  cap: Cu @ 300 K
  far: {{material: Py @ 300 K, magnetization: +z}}
terminals: {{left: {{current: 0 A}}, right: {{voltage: 0 V}}}}
dynamics:
  magnets:
    free: {{damping: 0.01, saturation_magnetization: 8e5 A/m}}
    far: {{damping: 0.01, saturation_magnetization: 4e5 A/m}}
  exchange: [{}]
  until: 1 ns
"""
J, AREA = 1e-4, 100e-9 * 50e-9


def moments(exchange):
    case = read_case(PILLAR.format(exchange))
    if faults := cross_check(case, outline_of(case)):
        raise CaseError(faults)
    session = Session(MPI.COMM_SELF)
    return moments_of(case, session.device(case))


def test_a_magnet_that_stays_is_a_field():
    found = moments("{between: [fixed, free], energy: 0.1 mJ/m^2}")
    assert found.field == pytest.approx(np.array([[0, J / (8e5 * 4e-9), 0], [0, 0, 0]]), rel=1e-9)
    assert not found.exchange.any()


def test_magnets_that_move_are_in_each_others_field():
    found = moments("{between: [free, far], energy: -0.1 mJ/m^2}")
    expected = -J / 4e-9 * np.array([[0, 1 / 8e5], [1 / 4e5, 0]])
    assert found.exchange == pytest.approx(expected, rel=1e-9)


def test_an_area_of_ones_own():
    found = moments(f"{{between: [fixed, far], energy: 0.1 mJ/m^2, area: {AREA / 2} m^2}}")
    assert found.field[1] == pytest.approx([0, J / (4e5 * 4e-9) / 2, 0], rel=1e-9)


@pytest.mark.parametrize(
    "exchange, message",
    [
        ("{between: [fixed, far], energy: 0.1 mJ/m^2}", "give the `area`"),
        ("{between: [free, free], energy: 0.1 mJ/m^2}", "with itself"),
        ("{between: [free, spacer], energy: 0.1 mJ/m^2}", "spacer"),
        ("{between: [free, nothing], energy: 0.1 mJ/m^2}", "nothing"),
        ("{between: [free, far], energy: 0.1 mJ}", "energy per area"),
        ("{between: [free, far], energy: 0.1 mJ/m^2, area: 0 m^2}", "greater than 0"),
    ],
)
def test_bad_input(exchange, message):
    with pytest.raises(CaseError, match=message):
        moments(exchange)
