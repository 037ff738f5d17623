"""Spins pass a ratchet as well one way as the other: diffusive transport is reciprocal."""

from dataclasses import replace
from math import sinh

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.devices import shipped
from spinfem.case.reader import read_case
from spinfem.geometry.build import build_device
from spinfem.geometry.device import make_device
from spinfem.geometry.distribute import distribute
from spinfem.geometry.mesh_data import share
from spinfem.geometry.reading import read
from spinfem.geometry.recipe import recipe_of
from spinfem.study.simulation import Simulation


def spin_currents(name="ratchet_2d", **parameters):
    """What enters at `left` and leaves at `right`, A, for 1 mV of spin potential at `left`."""
    overrides = [f"geometry.parameters.{key}={value}" for key, value in parameters.items()]
    case = read_case(
        (shipped("cases") / f"{name}.yaml").read_text(), overrides=[*overrides, "solver.error_estimate=false"]
    )
    readings = Simulation(case, build_device(case, MPI.COMM_WORLD)).solution().readings
    return readings["left"].spin_current[2], -readings["right"].spin_current[2]


@pytest.mark.parametrize("shape", [{}, {"teeth": 1}, {"teeth": 1, "wide_end": 1}], ids=["ratchet", "tooth", "taper"])
def test_the_mirror_image_transmits_the_same_spin_current(shape):
    (entering, forth), (entering_back, back) = (spin_currents(direction=direction, **shape) for direction in (1, -1))
    assert back == pytest.approx(forth, rel=1e-3)
    assert abs(entering_back / entering - 1) > 0.005  # what enters is not the same: the shape is seen


def test_a_straight_wire_transmits_another_current():
    _, straight = spin_currents(teeth=0)
    _, ratchet = spin_currents()
    assert abs(ratchet / straight - 1) > 0.1


def test_a_straight_wire_is_the_formula():
    """I = sigma A / lambda / sinh(L / lambda) V."""
    _, straight = spin_currents(teeth=0)
    assert straight == pytest.approx(3.5e7 * 100e-9 * 60e-9 / 350e-9 / sinh(2000 / 350) * 1e-3, rel=1e-6)


def test_two_and_three_dimensions_agree():
    _, flat = spin_currents()
    _, solid = spin_currents("ratchet", wire_size="50 nm")
    assert solid == pytest.approx(flat, rel=0.02)


def transfer(device, case):
    """Spin current out of `right` for each volt of spin potential at `left`, S."""
    element = Simulation(case, device).lumped_element(("left", "right"))
    return element.matrix[element.currents.index("Is_z(right)"), element.potentials.index("v_z(left)")]


@pytest.mark.parametrize("dimension", [2, 3])
def test_on_mirrored_meshes_the_transfer_conductance_is_equal(dimension):
    """The mirror image of a mesh has what its original has the other way round; reciprocity makes the two equal."""
    name, size = {2: ("ratchet_2d", "film_size=30 nm"), 3: ("ratchet", "wire_size=90 nm")}[dimension]
    text = (shipped("cases") / f"{name}.yaml").read_text()
    case = read_case(text, overrides=["solver.method=direct", "solver.degree=1", f"geometry.parameters.{size}"])
    drawing, sizing, _ = recipe_of(case)
    data = read(drawing, sizing)
    mirror = replace(
        data,
        points=data.points * np.array([-1.0, 1.0, 1.0])[:dimension],
        terminals={"left": data.terminals["right"], "right": data.terminals["left"]},
    )
    forth, back = (
        transfer(make_device(distribute(MPI.COMM_WORLD, share(MPI.COMM_WORLD, d)), drawing.unit, drawing.depth), case)
        for d in (data, mirror)
    )
    assert back == pytest.approx(forth, rel=1e-9)
    assert forth < 0  # what goes in on the left comes out on the right
