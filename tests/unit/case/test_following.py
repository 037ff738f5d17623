"""Magnetizations that follow the field: a single domain with its hysteresis, and a table."""

import numpy as np
import pytest
from pydantic import ValidationError

from spinfem.case.region import Region

COBALT = {"conductivity": 1e7, "spin_diffusion_length": 1e-8, "polarization": 0.4}


def magnet(magnetization, field):
    return Region.model_validate({"material": COBALT, "magnetization": magnetization}).in_field(field).magnetization


def domain(field, **others):
    return np.array(magnet({"easy_axis": "+y", "anisotropy_field": 2.0} | others, field).direction)


@pytest.mark.parametrize("size", [-3, -1.5, -0.2, 0, 0.2, 1.5, 3])
def test_a_field_across_the_easy_axis_turns_by_its_ratio_to_the_anisotropy_field(size):
    m = domain((0, 0, size))
    assert m == pytest.approx([0, np.sqrt(max(0, 1 - (size / 2) ** 2)), np.clip(size / 2, -1, 1)], abs=1e-12)


@pytest.mark.parametrize(("size", "sign"), [(-1.9, 1), (-2.1, -1), (5, 1)])
def test_along_the_easy_axis_it_jumps_at_the_anisotropy_field(size, sign):
    assert domain((0, size, 0)) == pytest.approx([0, sign, 0])


@pytest.mark.parametrize("angle", [15, 45, 80])
def test_at_an_angle_it_jumps_on_the_astroid(angle):
    """H_s = H_K (cos^(2/3) + sin^(2/3))^(-3/2)."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    jump = 2.0 * (c ** (2 / 3) + s ** (2 / 3)) ** -1.5
    before, beyond = (domain((s * size, -c * size, 0)) for size in (0.999 * jump, 1.001 * jump))
    assert before[1] > 0.1 and beyond[1] < -0.3
    for m, size in ((before, 0.999 * jump), (beyond, 1.001 * jump)):
        field = np.array([s, -c, 0]) * size + np.array([0, 2.0 * m[1], 0])
        assert np.cross(m, field) == pytest.approx(np.zeros(3), abs=1e-9)  # no torque


def test_branches_of_the_loop():
    assert domain((0, 0.5, 0), after=[0, -9, 0])[1] == pytest.approx(-1)
    assert domain((0, 0.5, 0), after=[0, 9, 0])[1] == pytest.approx(1)
    assert domain((0, 2.5, 0), after=[0, -9, 0])[1] == pytest.approx(1)


def test_the_other_state_in_the_same_field_and_time_reversed():
    region = Region.model_validate({"material": COBALT, "magnetization": {"easy_axis": "+y", "anisotropy_field": 2.0}})
    region = region.in_field((0, 0, 1.0))
    assert region.magnetization.flipped().direction == pytest.approx([0, -np.sqrt(0.75), 0.5])
    assert region.time_reversed().magnetization.direction == pytest.approx([0, -np.sqrt(0.75), -0.5])


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("field (mT), x, y, z\n100, 0, 1, 1\n-100, 0, 1, -1\n\n")
    return str(path)


def test_a_table(table):
    given = {"table": table, "along": "+z"}
    assert magnet(given, (0.3, 0, 0.05)).direction == pytest.approx([0, 1 / np.hypot(1, 0.5), 0.5 / np.hypot(1, 0.5)])
    assert magnet(given, (0, 0, 0.05)).flipped().direction == pytest.approx(
        [0, -1 / np.hypot(1, 0.5), 0.5 / np.hypot(1, 0.5)]
    )
    with pytest.raises(ValueError, match="goes from -0.1 T to 0.1 T"):
        magnet(given, (0, 0, 0.2))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("field, x, y, z\n0,0,1,0\n1,0,1,0\n", "a field with its unit"),
        ("field (mT), x, y\n0,0,1\n1,0,1\n", "four columns"),
        ("field (mT), x, y, z\n0,0,1,0\n1,0,one,0\n", "is no number"),
        ("field (mT), x, y, z\n0,0,1,0\n0,0,1,0\n", "each field once"),
    ],
)
def test_what_is_no_table(text, reason, tmp_path):
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(ValidationError, match=reason):
        magnet({"table": str(tmp_path / "m.csv"), "along": "+z"}, None)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"easy_axis": "+y"}, "is missing"),
        ({"easy_axis": "up", "anisotropy_field": 1}, "is no magnetization"),
        ({"easy_axis": "+y", "anisotropy_field": 0}, "greater than 0"),
        ({"table": "none.csv", "along": "+z"}, "none.csv"),
        ({"table": "none.csv"}, "needs `along`"),
    ],
)
def test_what_follows_nothing(given, reason):
    with pytest.raises(ValidationError, match=reason):
        magnet(given, None)
