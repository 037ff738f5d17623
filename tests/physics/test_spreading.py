"""Current that spreads from a narrow strip into wide leads: the exact resistance of the step."""

from math import log, pi

import pytest
from mpi4py import MPI

from spinfem.case.reader import read_case
from spinfem.geometry.build import build_device
from spinfem.study.simulation import Simulation

CASE = """
geometry:
  layers:
    - {name: lead, thickness: LONG nm, width: WIDE nm}
    - {name: neck, thickness: 200 nm}
    - {name: lead, thickness: LONG nm, width: WIDE nm}
  dimension: DIMENSION
  width: 50 nm
  depth: 50 nm
regions:
  lead: {material: {conductivity: 2e7 S/m, spin_diffusion_length: 100 nm}}
  neck: {material: {conductivity: 2e7 S/m, spin_diffusion_length: 100 nm}}
terminals:
  left: {current: 1 mA}
  right: {voltage: 0 V}
observables: [terminals]
mesh: {}
"""


def solution(wide, dimension, *overrides, long=400):
    text = CASE.replace("WIDE", str(wide)).replace("LONG", str(long)).replace("DIMENSION", str(dimension))
    case = read_case(text, overrides=overrides)
    return Simulation(case, build_device(case, MPI.COMM_WORLD)).solution()


def squares_of_a_step(ratio):
    """Extra resistance of a symmetric step in the width of a strip, in units of the sheet resistance; ratio: narrow over
    wide. By conformal mapping: P. M. Hall, Thin Solid Films 1, 277 (1968)."""
    return ((1 + ratio**2) / ratio * log((1 + ratio) / (1 - ratio)) - 2 * log(4 * ratio / (1 - ratio**2))) / (2 * pi)


@pytest.mark.parametrize("wide", [100, 200, 400])
def test_a_strip_between_wide_leads(wide):
    found = solution(wide, 2)
    squares = 800 / wide + 200 / 50 + 2 * squares_of_a_step(50 / wide)
    sheet = 1 / (2e7 * 50e-9)
    assert found.readings["left"].potential / 1e-3 == pytest.approx(squares * sheet, rel=5e-4)
    assert found.conservation_defect < 1e-10


def test_leads_that_are_wider_resist_less_but_not_less_than_the_neck():
    overrides = (
        "mesh.growth=1",
        "solver.degree=1",
        "geometry.cross_section=ellipse",
        "geometry.layers.1.thickness=50 nm",
    )
    resistances = [solution(wide, 3, *overrides, long=60).readings["left"].potential / 1e-3 for wide in (75, 150, 300)]
    assert resistances == sorted(resistances, reverse=True)
    assert resistances[-1] > 50e-9 / (2e7 * 3.1416 / 4 * 50e-9**2)
