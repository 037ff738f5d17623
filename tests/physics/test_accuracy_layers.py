"""Layers that nobody announces stand at faces that spins do not cross: they are resolved from the first mesh on, and bars hold on every level."""

from math import sqrt, tanh

import pytest
from mpi4py import MPI

import spinfem.observables  # noqa: F401  # their kinds
from spinfem.api.case import load
from spinfem.case.region import Region
from spinfem.case.terms import layer_lengths, with_layers_at_faces
from spinfem.geometry.recipe import metals_of
from spinfem.study.adaptive import levels
from spinfem.study.session import Session

LEAST = 0.5  # a bar over the true error
CHANCE = 0.1  # of what the correction improves: a corrected value may be right by chance


@pytest.mark.parametrize(("target", "most"), [(0.01, 500), (1e-4, 1500)])
def test_bars_of_a_film_with_a_spin_hall_effect_hold_on_every_level(target, most):
    case = load("spin_hall_film").changed(accuracy=target)
    film = case.regions["film"].material
    length, width, thickness, voltage = 100e-9, 1e-6, 20e-9, 1e-3
    half, theta = thickness / (2 * film.spin_diffusion_length), film.spin_hall_angle
    current = voltage / length * film.conductivity * width * thickness * (1 + theta**2 * tanh(half) / half)
    top = theta * voltage / length * film.spin_diffusion_length * tanh(half)
    exact = {"terminals.left.current": current, "spin_accumulation.top.z": top}
    for level in levels(case, Session(MPI.COMM_WORLD)):
        found = {error.name: error for error in level.errors if error.name in exact}
        assert level.unknowns < most and found
        for name, error in found.items():
            true, plain = abs(error.corrected - exact[name]), abs(error.value - exact[name])
            assert error.error >= LEAST * max(true, CHANCE * plain), (level.unknowns, name)


METAL = {"conductivity": "1e7 S/m", "spin_diffusion_length": "10 nm"}
MAGNET = METAL | {"polarization": 0.5}
ANGLES = MAGNET | {"anomalous_hall_angle": 0.1}
RATIOS = MAGNET | {"amr_ratio": 0.02}
WEAK = {"dephasing_length": "3 nm", "precession_length": "1 nm"}
YIG = {"magnon_conductivity": "5e5 S/m", "magnon_diffusion_length": "9 um"}
TURNS = {"spin_orbit": {"along_x": ["0.03 /nm", "0 /nm", "0.04 /nm"]}}


@pytest.mark.parametrize(
    ("material", "more", "lengths", "at_faces"),
    [
        (METAL, {}, (10e-9,), False),
        (METAL | {"spin_hall_angle": 0.1}, {}, (10e-9,), True),
        (METAL | {"spin_lifetime_anisotropy": 0.25}, {}, (10e-9, 5e-9), False),
        (METAL, {"terms": TURNS}, (20e-9, 10e-9), True),
        (MAGNET, {}, (10e-9,), False),
        (MAGNET, WEAK, (10e-9, 3e-9, 1e-9), False),
        (ANGLES, {}, (10e-9,), False),  # both spins have the same angle
        (ANGLES | {"anomalous_hall_polarization": 0.8}, {}, (10e-9,), True),
        (RATIOS, {}, (10e-9,), False),
        (RATIOS | {"amr_polarization": 0.8}, {}, (10e-9,), True),
        (YIG, {}, (9e-6,), False),
    ],
)
def test_the_terms_of_a_region_say_which_layers_it_has(material, more, lengths, at_faces):
    magnetic = {"polarization", "magnon_conductivity"} & material.keys()
    region = Region.model_validate({"material": material} | more | ({"magnetization": "+x"} if magnetic else {}))
    assert layer_lengths({"a": region})["a"] == pytest.approx(lengths)
    assert with_layers_at_faces({"a": region}) == (frozenset("a") if at_faces else frozenset())


def test_a_film_on_a_substrate_has_the_length_over_which_it_loses_heat():
    substrate = {"substrate": {"conductance": "1e8 W/m^2/K", "thickness": "40 nm"}}
    film = Region.model_validate({"material": METAL | {"thermal_conductivity": "250 W/m/K"}, "terms": substrate})
    assert layer_lengths({"a": film})["a"] == (10e-9,)  # no heat flows
    assert layer_lengths({"a": film.at_temperature(300.0)})["a"] == pytest.approx((sqrt(250 * 40e-9 / 1e8), 10e-9))


def test_meshes_follow_them_in_units_of_the_drawing():
    found = metals_of(load("spin_hall_film").changed(accuracy=0.01))
    assert found.layers == {"film": pytest.approx((3.4,))} and found.filled == {"film"}
    assert found.passed == {"left", "right"}
    covered = metals_of(load("smr_bar").changed({"accuracy": 0.01, "solver.error_estimate": True}))
    assert "bottom" not in covered.passed  # a face that no charge crosses
