"""Bridges of resistors between two spins, against closed formulas of layers."""

import numpy as np
import pytest

from spinfem.theory.lumped_element import LumpedElement
from spinfem.theory.two_channels import contact, layer, two_channels
from spinfem.theory.two_magnets import Film, TwoMagnets
from tests.spice import Circuit

Z = (0, 0, 1)
MAGNET = Film(1e-6, 1e7, 20e-9, 0.4)
METAL = Film(40e-6, 5e7, 500e-9)
CURRENT, AREA = 1e-3, 1e-14


def imbalances(*elements):
    """mu_up - mu_down over e, V, at each joint of elements in a row, for a current from left to right between ends whose spins relax at once."""
    last = len(elements)
    unknown = ["0", *(f"{k}_{spin}" for k in range(1, last) for spin in ("up", "down"))]  # the right end is the ground
    matrix = np.zeros((len(unknown), len(unknown)))
    for k, element in enumerate(elements):
        for *ends, ohm in two_channels(element, Z).resistors():
            places = [end.replace("left", str(k)).replace("right", str(k + 1)) for end in ends]
            places = [place[0] if place[0] in ("0", str(last)) else place for place in places]
            seen = np.array([float(name == places[0]) - float(name == places[1]) for name in unknown])
            matrix += np.outer(seen, seen) / ohm
    potentials = np.linalg.solve(matrix, [CURRENT, *[0.0] * (len(unknown) - 1)])
    return potentials[1::2] - potentials[2::2]


def test_one_cell_is_the_junction_of_a_thick_magnet_and_a_thick_metal():
    """Arms of lambda/sigma_up, lambda/sigma_down and 2 lambda/sigma: 2 v = 2 P j/(g_F + g_N)."""
    up, down = (MAGNET.conductivity * (1 + s * MAGNET.polarization) / 2 for s in (1, -1))
    arms = np.array([MAGNET.spin_diffusion_length / up, MAGNET.spin_diffusion_length / down])
    behind = 2 * METAL.spin_diffusion_length / METAL.conductivity
    shares = (1 / (arms + behind)) / (1 / (arms + behind)).sum()
    by_hand = CURRENT / AREA * (shares[0] - shares[1]) * behind
    g = MAGNET.spin_conductance + METAL.spin_conductance
    assert by_hand == pytest.approx(2 * MAGNET.polarization * CURRENT / AREA / g, rel=1e-14)
    assert imbalances(layer(MAGNET, AREA), layer(METAL, AREA)) == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_spacer_of_two_magnets(sign):
    first, spacer = Film(30e-9, 1e7, 20e-9, 0.4), Film(60e-9, 5e7, 300e-9)
    second = Film(8e-9, 6e6, 15e-9, sign * 0.6)
    found = imbalances(*(layer(film, AREA) for film in (first, spacer, second)))
    exact = TwoMagnets(first, spacer, Film(8e-9, 6e6, 15e-9, 0.6), 0 if sign > 0 else np.pi)
    s1, s2 = exact.spin_potentials(CURRENT / AREA)
    assert found == pytest.approx([2 * s1, 2 * sign * s2], rel=1e-12)


def test_a_layer_is_all_of_its_slices():
    halves = layer(Film(0.3e-6, 1e7, 20e-9, 0.4), AREA), layer(Film(0.7e-6, 1e7, 20e-9, 0.4), AREA)
    joined = halves[0].renamed({"right": "p"}).joined(halves[1].renamed({"left": "q"}), {"p": "q"})
    assert np.allclose(joined.matrix, layer(MAGNET, AREA).matrix, rtol=1e-12, atol=0)


@pytest.mark.parametrize("thickness", [1e-12, 1e-9, 1e-7, 1e-6])
@pytest.mark.parametrize("polarization", [-0.95, 0.0, 0.4])
def test_a_layer_has_no_negative_resistor(thickness, polarization):
    resistors = list(two_channels(layer(Film(thickness, 1e7, 20e-9, polarization), AREA), Z).resistors())
    assert len(resistors) >= 2 and min(ohm for *_, ohm in resistors) > 0


def test_a_contact_is_a_resistor_for_each_spin():
    found = {(one, two): ohm for one, two, ohm in two_channels(contact(1e15, 0.25, AREA), Z).resistors()}
    assert found == {
        ("left_up", "right_up"): pytest.approx(1 / (0.625e15 * AREA)),
        ("left_down", "right_down"): pytest.approx(1 / (0.375e15 * AREA)),
    }


def test_the_netlist_is_the_matrix():
    element = layer(Film(15e-9, 1e7, 20e-9, 0.4), AREA)
    bridge = two_channels(element, Z)
    given = {"left_up": 1.0, "left_down": 0.3, "right_up": 0.1, "right_down": -0.2}
    fed = Circuit(bridge.subcircuit()).currents_fed(given, 1e-9)
    assert list(fed) == list(bridge.nodes)
    assert [fed[n] for n in bridge.nodes] == pytest.approx(bridge.matrix @ list(given.values()), rel=1e-6)


def _xyz(matrix):
    return LumpedElement(("left", "right"), matrix)


def _normal():
    matrix = np.zeros((8, 8))
    matrix[:2, :2] = [[1, -1], [-1, 1]]
    matrix[2:, 2:] = np.eye(6)
    return matrix


def _mixed():
    matrix = _normal()
    matrix[2, 4] = matrix[4, 2] = 0.1
    return matrix


def _skew():
    matrix = _normal()
    matrix[4, 7], matrix[7, 4] = 0.1, -0.1
    return matrix


@pytest.mark.parametrize(
    "element, message",
    [
        (lambda: _xyz(_mixed()), "drive spins across it"),
        (lambda: _xyz(_skew()), "not symmetric"),
        (lambda: _xyz(np.eye(8)), "held at a potential"),
        (lambda: layer(MAGNET, AREA, axis=(1, 0, 0)), "do not point along"),
    ],
)
def test_what_is_no_bridge(element, message):
    with pytest.raises(ValueError, match=message):
        two_channels(element(), Z)
