"""A second magnetic state begins with the potentials of the first."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.schema import Case
from spinfem.study.simulation import Simulation
from tests.boxes import bar

NM = 1e-9
COPPER = {"material": {"conductivity": "3e7 S/m", "spin_diffusion_length": "40 nm"}}


def magnet(polarization):
    material = {"conductivity": "7e6 S/m", "spin_diffusion_length": "12 nm", "polarization": polarization}
    return {"material": material, "magnetization": "+y"}


def simulation(polarization):
    layers = [("left", 300, 60), ("fixed", 15, 8), ("middle", 100, 30), ("free", 15, 8), ("right", 300, 60)]
    device = bar(MPI.COMM_WORLD, layers, 0, 2, 1, depth=400 * NM**2)
    magnets = {"fixed": magnet(0.5), "free": magnet(polarization)}
    metals = {name: magnets.get(name, COPPER) for name, *_ in layers}
    first, last = device.terminals
    terminals = {first: {"voltage": "0 V"}, last: {"current": "1 mA"}}
    return Simulation(
        Case.model_validate(
            {
                "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened
                "mesh": {},
                "regions": metals,
                "terminals": terminals,
            }
        ),
        device,
    )


@pytest.mark.parametrize(
    ("polarization", "begins"),
    [(0.02, pytest.approx(0.05, abs=0.05)), (0.5, pytest.approx(1.0))],
    ids=["near", "farther than nothing"],
)
def test_it_begins_with_what_is_near_and_ends_at_the_same_numbers(polarization, begins):
    both, alone = simulation(polarization), simulation(polarization)
    reversed_ = {"free": both.case.regions["free"].magnetization.flipped()}
    first, second = both.solution(), both.solution(reversed_)
    expected = alone.solution(reversed_)
    assert first.report.history[0] == pytest.approx(1.0) == expected.report.history[0]
    assert second.report.history[0] == begins
    potentials = expected.potentials.x.array
    assert np.abs(second.potentials.x.array - potentials).max() < 1e-9 * np.abs(potentials).max()


def test_without_spins_it_begins_with_nothing():
    here = simulation(0.02)
    here.solution()
    assert here.solution(spins=False).report.history[0] == pytest.approx(1.0)


def test_a_reversed_magnet_confines_spins_as_before():
    here = simulation(0.5)
    free = here.case.regions["free"].magnetization
    states = [here.problem(), here.problem({"free": free.flipped()})]
    assert states[0].constraints is states[1].constraints
    turned = here.problem({"free": type(free)(direction=(1.0, 0.0, 0.0))})
    assert turned.constraints is not states[0].constraints
