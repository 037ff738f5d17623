"""Places of a case file that share one thing by anchor and alias, and --set for one of them."""

import pytest
from ruamel.yaml import YAML

from spinfem.case.reader import read_case
from spinfem.case.source import CaseSource

TEXT = """\
geometry: {script: nonlocal_valve.geo}
regions:
  wire: {material: {conductivity: 5e7 S/m, spin_diffusion_length: 300 nm}}
  injector: &electrode
    material: {conductivity: 5e6 S/m, spin_diffusion_length: 20 nm, polarization: 0.5} # its material
    magnetization: +y
  detector: *electrode
  third:
    <<: *electrode
    magnetization: -y
terminals: {wire_left: {voltage: 0 V}}
"""


@pytest.mark.parametrize("region", ["injector", "detector", "third"])
def test_a_value_is_set_in_one_place_only(region):
    override = f"regions.{region}.material.polarization=0.1"
    expected = {name: 0.1 if name == region else 0.5 for name in ("injector", "detector", "third")}
    written = CaseSource(TEXT, overrides=(override,)).as_it_ran()
    for case in (read_case(TEXT, ".", [override]), read_case(written)):
        assert {name: case.regions[name].material.polarization for name in expected} == expected
        assert [str(case.regions[name].magnetization) for name in expected] == [
            str(read_case(TEXT).regions[name].magnetization) for name in expected
        ]
    assert "# its material" in written


def test_a_part_that_is_not_touched_keeps_its_alias():
    written = CaseSource(TEXT, overrides=("regions.wire.material.conductivity=4e7 S/m",)).as_it_ran()
    assert "detector: *electrode" in written
    assert YAML(typ="safe").load(written)["regions"]["wire"]["material"]["conductivity"] == "4e7 S/m"
