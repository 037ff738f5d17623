"""check, new, materials, devices, observables: as a person types them."""

from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from typer.testing import CliRunner

from spinfem import __version__ as version
from spinfem.case.devices import shipped
from spinfem.cli import app

CASES = sorted(shipped("cases").glob("*.yaml"))


def spinfem(*arguments):
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_every_shipped_case_is_good(case):
    result = spinfem("check", str(case))
    assert result.exit_code == 0, result.output
    assert "spin components: " in result.output


def test_version():
    assert spinfem("--version").output == f"spinfem {version}\n"


def test_check_tells_what_was_replaced():
    case = next(path for path in CASES if path.stem == "nonlocal_valve")
    result = spinfem("check", str(case), "--set", "regions.wire.material=Al @ 300 K", "--set", "title=aluminium")
    assert result.exit_code == 0
    assert result.output.startswith("aluminium")
    assert "Al @ 300 K" in result.output and "11 MS/m" in result.output


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("switch_on", "until 1 ns, initial steady, snapshots 10, tolerance 0.0001, drive of left pulse length 500 ps"),
        ("ac_valve", "from 10 MHz, to 100 GHz, points 41"),
        ("switching_pillar", "damping 0.01, saturation magnetization 800 kA/m"),
    ],
)
def test_check_tells_what_is_not_steady(case, words):
    said = spinfem("check", str(next(path for path in CASES if path.stem == case)))
    assert said.exit_code == 0 and words in said.output


def test_new_writes_a_case_that_is_good(tmp_path):
    target = tmp_path / "mine.yaml"
    assert spinfem("new", "nonlocal_valve", "-o", str(target)).exit_code == 0
    first = target.read_text().splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=file:///")
    assert Path(unquote(urlparse(first.partition("=")[2]).path)).is_file()  # wherever the case is written to
    assert spinfem("check", str(target)).exit_code == 0


def test_new_overwrites_nothing(tmp_path):
    target = tmp_path / "mine.yaml"
    target.write_text("mine")
    result = spinfem("new", "nonlocal_valve", "-o", str(target))
    assert result.exit_code == 2 and "this file exists" in result.output
    assert target.read_text() == "mine"


def test_new_names_the_nearest_device():
    result = spinfem("new", "nonlocal_vavle")
    assert result.exit_code == 2
    assert 'did you mean "nonlocal_valve"' in result.output


def test_new_lists_what_there_is():
    said = " ".join(spinfem("new").output.split())
    assert "hanle_valve" in said and "Hanle curve of an Al lateral spin valve" in said


def test_what_resembles_nothing_is_answered_with_what_there_is():
    said = " ".join(spinfem("new", "qqqq").output.split())
    assert "there is no such case to start from. There are: ac_valve" in said


def test_materials_have_sources():
    said = spinfem("materials").output
    assert "Cu @ 4.2 K" in said and "Nature 410, 345 (2001)" in said and "71 MS/m" in said


def test_devices_have_parameters():
    said = spinfem("devices").output
    assert "Lateral non-local spin valve" in said
    assert "separation" in said and "500 nm" in said
    assert "geometry.layers" in said and "thickness" in said and "box or ellipse" in said.replace("`", "")


def test_observables_have_keys():
    said = spinfem("observables").output
    assert "nonlocal_resistance" in said and "drive" in said and "the name of a terminal" in said


@pytest.mark.parametrize("command", ["check", "new", "materials", "devices", "observables"])
def test_help_shows_an_example(command):
    assert f"Example: spinfem {command}" in " ".join(spinfem(command, "--help").output.split())
