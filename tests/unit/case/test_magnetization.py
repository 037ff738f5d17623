import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from spinfem.case.faults import CaseError
from spinfem.case.magnetization import Magnetization
from spinfem.case.validation import Checked

WALL = {"expression": ["0", "tanh(x/(20*nm))", "sqrt(1 - tanh(x/(20*nm))**2)"]}


class Magnet(Checked):
    m: Magnetization


def magnetization(given):
    return Magnet.model_validate({"m": given}, context={"file": True}).m


@pytest.mark.parametrize(
    ("given", "direction"),
    [
        ("+x", (1, 0, 0)),
        ("-z", (0, 0, -1)),
        ([1, 1, 0], (0.5**0.5, 0.5**0.5, 0)),
        ([0, 0, -1e-300], (0, 0, -1)),
        ([0, 1e300, 0], (0, 1, 0)),
        ({"polar": "90 deg", "azimuth": "90 deg"}, (0, 1, 0)),
        ({"polar": "180 deg"}, (0, 0, -1)),
        ({"direction": [0, 2, 0]}, (0, 1, 0)),
    ],
)
def test_uniform(given, direction):
    m = magnetization(given)
    assert m.uniform
    assert m.direction == pytest.approx(direction, abs=1e-15)
    assert m.at(np.zeros((3, 5))).shape == (3, 5)
    np.testing.assert_allclose(m.at(np.zeros((3, 2)))[:, 1], direction, atol=1e-15)


def test_a_right_angle_is_one():
    assert magnetization({"polar": "90 deg", "azimuth": "30 deg"}).direction[2] == 0.0


@given(st.tuples(*[st.floats(-1e3, 1e3)] * 3).filter(lambda v: np.linalg.norm(v) > 1e-3))
def test_directions_have_length_one_and_flip_twice_is_nothing(vector):
    m = magnetization(list(vector))
    assert np.linalg.norm(m.direction) == pytest.approx(1.0)
    np.testing.assert_array_equal(m.flipped().direction, -np.array(m.direction))
    assert m.flipped().flipped() == m


def test_a_domain_wall():
    m, x = magnetization(WALL), np.array([[-1e-6, 0.0, 1e-6], [0, 0, 0], [0, 0, 0]])
    assert not m.uniform
    np.testing.assert_allclose(m.at(x), [[0, 0, 0], [-1, 0, 1], [0, 1, 0]], atol=1e-12)
    np.testing.assert_array_equal(m.flipped().at(x), -m.at(x))
    assert m.flipped().flipped() == m
    assert m.at(np.zeros((3, 0))).shape == (3, 0)
    assert pickle.loads(pickle.dumps(m)) == m


def test_its_length_is_checked_where_it_is_evaluated():
    m = magnetization({"expression": ["x/nm", "0", "0"]})
    m.at(np.array([[1e-9], [0], [0]]))
    with pytest.raises(CaseError, match=r"has the length 2 at \(2, 0, 0\) nm; it must be 1"):
        m.at(np.array([[1e-9, 2e-9], [0, 0], [0, 0]]))
    with pytest.raises(CaseError, match="nan"):
        magnetization({"expression": ["sqrt(-1 - x)", "0", "0"]}).at(np.zeros((3, 1)))


def test_numbers_may_stand_bare_in_an_expression():
    assert magnetization({"expression": [0, 0, 1]}).at(np.zeros((3, 1))).ravel().tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("up", "is no magnetization; give .* vector"),
        ("x", "is no magnetization"),
        (3, "is no magnetization"),
        ({"theta": "3 deg"}, "is no magnetization"),
        ([0, 0, 0], "must not be zero"),
        ([1, 2], "too short"),
        ([1, 2, 3, 4], "allowed are 3"),
        ([1, "a", 0], "must be a number"),
        ([float("inf"), 0, 0], "finite"),
        ({"polar": 90}, "has no unit; give an angle"),
        ({"azimuth": "90 deg"}, "is missing: an angle"),
        ({"polar": "9 deg", "azimut": "90 deg"}, 'did you mean "azimuth"'),
        ({"expression": ["0", "0"]}, "too short"),
        ({"expression": ["0", "0", "r"]}, "no name r"),
        ({"expression": "x"}, "must be a list"),
    ],
)
def test_what_is_no_magnetization(given, reason):
    with pytest.raises(ValidationError, match=reason):
        magnetization(given)
