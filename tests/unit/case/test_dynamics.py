"""What a case says of magnets that move, and what is refused."""

import pytest

from spinfem.api.case import read
from spinfem.case.faults import CaseError

PILLAR = """
geometry: {layers: [{name: fixed, thickness: 20 nm}, {name: gap, thickness: 10 nm}, {name: free, thickness: 5 nm}], width: 1 um, depth: 1 um}
regions:
  fixed: {material: Py @ 300 K, magnetization: +z}
  gap: Cu @ 300 K
  free: {material: Py @ 300 K, magnetization: +y}
terminals: {left: {current: 1 mA}, right: {voltage: 0 V}}
dynamics: {magnets: {free: {damping: 0.01, saturation_magnetization: 8e5 A/m}}, until: 1 ns}
"""


def changed(path, value):
    return read(PILLAR).changed({f"dynamics.{path}" if path else "dynamics": value})


def test_a_moving_magnet_in_SI_units():
    changes = {"axis": "+z", "constant": "4 kJ/m^3"}
    case = changed("magnets.free.anisotropy", changes)
    magnet = case.dynamics.magnets["free"]
    assert magnet.saturation_magnetization == 8e5 and magnet.saturation_field == pytest.approx(1.00531, rel=1e-5)
    assert magnet.anisotropy_field == pytest.approx(2 * 4e3 / 8e5)
    assert case.dynamics.measured_from == 0.5e-9 and not case.dynamics.temperature
    assert read(case.text) == case


@pytest.mark.parametrize(
    ("path", "value", "key", "message"),
    [
        ("magnets.free", {"saturation_magnetization": "8e5 A/m"}, "magnets.free.damping", "is missing"),
        ("magnets.free", {"damping": 0.01}, "magnets.free.saturation_magnetization", "is missing: a magnetic moment"),
        ("magnets.free.damping", -0.1, "magnets.free.damping", "at least 0"),
        ("magnets.free.saturation_magnetization", "1 T", "magnets.free.saturation_magnetization", "8e5 A/m"),
        ("magnets", {}, "magnets", "entries"),
        ("magnets", {"fre": {"damping": 0.1, "saturation_magnetization": 8e5}}, "magnets.fre", "did you mean"),
        ("magnets", {"gap": {"damping": 0.1, "saturation_magnetization": 8e5}}, "magnets.gap", "is not a ferromagnet"),
        ("magnets.free.demagnetization", "cube", "magnets.free.demagnetization", "`prism` or `ellipsoid`"),
        ("magnets.free.demagnetization", [1, 1, 0], "magnets.free.demagnetization", "together they are 1"),
        ("magnets.free.start", {"expression": ["0", "0", "1"]}, "magnets.free.start", "must be one direction"),
        (
            "magnets.free.start",
            {"easy_axis": "+y", "anisotropy_field": "1 T"},
            "magnets.free.start",
            "must be one direction",
        ),
        ("magnets.free.anisotropy", {"axis": "+z"}, "magnets.free.anisotropy", "needs one of the two"),
        ("until", "0 s", "until", "greater than 0"),
        ("field", ["1 T", "0 A", "0 T"], "field.1", "give"),
        ("settled", "2 ns", "", "before it has `settled`"),
        ("threshold", {"to": "1 mA"}, "", "looks for a `threshold`"),
        ("threshold", {"to": "0 A"}, "threshold", "`to` must differ from `from`"),
        ("time_step", "1 ps", "", "no `temperature`"),
        ("drive", {"current": "1 mA"}, "drive", "no `terminal`"),
        ("drive", {"factor": 2, "terminal": "left", "current": "1 mA"}, "drive", "one of them"),
        ("drive", {"terminal": "right", "current": "1 mA"}, "drive.terminal", "no current in the case"),
        ("drive", {"pulse": {"length": "1 ns", "rise": "2 ns"}}, "drive.pulse", "before it has risen"),
        ("drive", {"profile": {"times": ["0 s", "1 ns"], "factors": [1]}}, "drive.profile", "one factor for each time"),
        ("drive", {"profile": {"times": ["1 ns", "0 ns"], "factors": [1, 0]}}, "drive.profile", "put them in order"),
    ],
)
def test_what_is_wrong_is_said_once(path, value, key, message):
    with pytest.raises(CaseError) as caught:
        changed(path, value)
    (fault,) = caught.value.faults
    assert fault.key == ".".join(filter(None, ("dynamics", key))) and message in fault.message


def test_a_texture_does_not_move_as_one_moment():
    with pytest.raises(CaseError, match="is a texture: a macrospin is uniform"):
        read(PILLAR).changed({"regions.free.magnetization": {"expression": ["0", "0", "1"]}})
