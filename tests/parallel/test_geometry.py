"""The same device on 1, 2 and 3 ranks: every volume and area exact, every tag right, every error on all ranks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import PATIENCE

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=[1, 2, 3])
def result(request):
    command = ["mpirun", "-n", str(request.param), sys.executable, "-m", "tests.parallel.geometry_measures"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["flat", "flat refined"])
def test_flat_device(result, name):
    found = result[name]
    assert found["regions"] == pytest.approx({"wire": 60e3, "injector": 2500, "detector": 2500})
    assert found["terminals"] == pytest.approx(
        {"wire_left": 60, "wire_right": 60, "injector_end": 100, "detector_end": 100}
    )
    assert found["contacts"] == pytest.approx({"injector/wire": 100, "detector/wire": 100})


@pytest.mark.parametrize("name", ["solid", "solid refined", "solid refined, written and read"])
def test_solid_device(result, name):
    found = result[name]
    assert found["regions"] == pytest.approx({"wire": 6e6, "injector": 2.5e6, "detector": 2.5e6})
    assert found["terminals"] == pytest.approx(
        {"wire_left": 6000, "wire_right": 6000, "injector_end": 2500, "detector_end": 2500}
    )
    assert found["contacts"] == pytest.approx({"injector/wire": 1e4, "detector/wire": 1e4})


@pytest.mark.parametrize("name", ["flat", "flat refined", "solid", "solid refined", "solid refined, written and read"])
def test_tags_are_right_on_every_rank(result, name):
    found = result[name]
    assert found["wrong cells"] == 0
    assert found["wrong facets"] == 0
    assert all(tags == found["contact tags"][0] for tags in found["contact tags"])


def test_refinement_divides_every_cell(result):
    assert result["flat refined"]["cells"] == 16 * result["flat"]["cells"]
    assert result["solid refined"]["cells"] == 8 * result["solid"]["cells"]


def test_an_error_on_rank_0_is_an_error_on_all(result):
    assert all("the electrodes overlap" in message for message in result["message"])
