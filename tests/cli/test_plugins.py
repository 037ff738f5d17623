"""Plugins of users: the page docs/plugins.md as it stands, sweeps, ranks, installed packages."""

import json
import re
import shlex

import numpy as np
import pytest

from tests.commands import TREE, spinfem
from tests.sweeps import rows, sweep

PAGE = (TREE / "docs" / "plugins.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS = [shlex.split(line)[2:] for line in PAGE.splitlines() if line.startswith("$ spinfem ")]
AFRESH = ("env",)  # what is installed is found where a process starts
CONDUCTIVITY, LENGTH, WIRE, LEAD, VOLTAGE = 1e7, 200e-9, 300e-9, 200e-9, 1e-3


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def through_impure_contact(resistance_area, loss):
    """|I_s|/|I| at the left end, with the contact of `impure.py` between wire and lead."""
    wire, lead, own = WIRE / LENGTH, LEAD / LENGTH, CONDUCTIVITY / LENGTH
    passes, half = 1 / resistance_area, loss / 4
    # J_1 = passes (v_1 - v_2) + half (v_1 + v_2), J_2 = passes (v_1 - v_2) - half (v_1 + v_2)
    matrix = [
        [own / np.tanh(wire) + passes + half, half - passes],
        [half - passes, own / np.tanh(lead) + passes + half],
    ]
    v, _ = np.linalg.solve(matrix, [own * VOLTAGE / np.sinh(wire), 0.0])
    spin = own * (VOLTAGE / np.tanh(wire) - v / np.sinh(wire))
    return spin / (VOLTAGE / ((WIRE + LEAD) / CONDUCTIVITY + resistance_area))


def test_the_page(folder):
    """Its commands, with the exact numbers."""
    for words in COMMANDS:
        done = spinfem(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
        if words[0] == "check":
            file = folder / "current_polarization.py"
            assert f"plugin: {file}: current_polarization" in "".join(done.stdout.split("\n")).replace("  ", " ")
    with_impurities = 1 / np.hypot(1 / LENGTH, 1 / 150e-9)
    exact = {
        "observable": (WIRE + LEAD) / LENGTH / np.tanh((WIRE + LEAD) / LENGTH),
        "interface": through_impure_contact(10e-15, 5e13),
        "terminal": (WIRE + LEAD) / LENGTH / np.tanh((WIRE + LEAD + 100e-9) / LENGTH),
        "term": (WIRE + LEAD) / with_impurities / np.tanh((WIRE + LEAD) / with_impurities),
        "unknown": (WIRE + LEAD) / with_impurities / np.tanh((WIRE + LEAD) / with_impurities),
    }
    assert all(f"{exact[name]:.3f}" in PAGE for name in ("observable", "term", "terminal"))
    for name, value in exact.items():
        found = json.loads((folder / "results" / name / "results.json").read_text())["observables"]
        assert found["current_polarization"]["value"] == pytest.approx(value, rel=1e-5)
    again = spinfem("check", folder / "results" / "interface" / "case.yaml", cwd="/")
    assert again.returncode == 0 and "impure.py" in again.stdout


def test_a_sweep_has_its_plugins_in_every_process_and_makes_points_anew_when_they_change(folder):
    (folder / "wire.yaml").write_text(FILES["wire.yaml"].replace("plugins: [current_polarization.py]\n", ""))
    axis = "sweep={regions.*.material.spin_diffusion_length: [100 nm, 200 nm]}".replace("*", "wire")
    light = ("solver.error_estimate=false", "output={fields: false, pictures: false, report: false}", axis)
    plugin = folder / "current_polarization.py"
    words = [word for setting in light for word in ("--set", setting)] + ["--plugin", plugin]

    def signals():
        return [float(row["current_polarization"]) for row in rows(folder / "out")]

    sweep(folder / "wire.yaml", folder / "out", *words, "-j", 2)
    before = signals()
    assert "2 kept" in sweep(folder / "wire.yaml", folder / "out", *words)
    plugin.write_text(FILES[plugin.name].replace("self.name, value,", "self.name, 2 * value,"))
    assert "kept" not in sweep(folder / "out" / "case.yaml", folder / "out")
    assert signals() == pytest.approx([2 * value for value in before], rel=1e-9)


@pytest.mark.slow
def test_a_fit_finds_a_number_of_a_plugin_on_two_ranks(folder):
    area, resistance_area = 100e-9 * 50e-9, 10e-15
    resistances = [((wire + LEAD) / CONDUCTIVITY + resistance_area) / area for wire in (300e-9, 400e-9)]
    (folder / "data.csv").write_text(
        "geometry.layers.0.thickness [nm],nonlocal_resistance [ohm]\n300,{}\n400,{}\n".format(*resistances)
    )
    words = [
        "observables=[nonlocal_resistance: {plus: left, minus: right, drive: left}]",
        "interfaces.wire/lead={type: impure, resistance_area: 30 fohm m^2, loss: 5e13 S/m^2}",
        "fit={parameters: {AR: {vary: interfaces.wire/lead.resistance_area, between: [1 fohm m^2, 100 fohm m^2]}}}",
    ]
    sets = [word for setting in words for word in ("--set", setting)]
    done = spinfem("fit", "wire.yaml", "data.csv", "-n", 2, "-o", "out", "--plugin", "impure.py", *sets, cwd=folder)
    assert done.returncode == 0, done.stderr
    found = json.loads((folder / "out" / "fit.json").read_text())["full_model"]["values"]["AR"]
    assert found == pytest.approx(resistance_area, rel=1e-5)
    assert str(folder / "impure.py") in (folder / "out" / "case.yaml").read_text()


def test_a_plugin_that_fails_on_one_rank_is_refused_by_all(folder):
    (folder / "picky.py").write_text(
        FILES["current_polarization.py"] + "from mpi4py import MPI\nassert MPI.COMM_WORLD.rank == 0, 'not here'\n"
    )
    done = spinfem("run", "wire.yaml", "-n", 2, "--set", "plugins=[picky.py]", cwd=folder)
    assert done.returncode == 2 and "AssertionError: not here" in done.stderr
    assert "Traceback" not in done.stderr and not (folder / "results").exists()


def test_an_installed_package_is_known_to_every_case(folder):
    about = folder / "mine-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[spinfem.plugins]\npolarization = current_polarization\n")
    assert "how much spin comes with the current" in spinfem("observables", cwd=folder, launcher=AFRESH).stdout
    done = spinfem("check", "wire.yaml", "--set", "plugins=[]", cwd=folder, launcher=AFRESH)
    assert done.returncode == 0, done.stderr
    (folder / "current_polarization.py").write_text("import no_such_module\n")
    for words in (("observables",), ("check", "wire.yaml", "--set", "plugins=[]")):
        done = spinfem(*words, cwd=folder, launcher=AFRESH)
        assert done.returncode == 2 and "the package mine cannot be loaded" in done.stderr


def test_the_list_of_observables_takes_plugins(folder):
    done = spinfem("observables", "--plugin", "current_polarization.py", cwd=folder)
    assert "current_polarization" in done.stdout
    done = spinfem("observables", "--plugin", "gone.py", cwd=folder)
    assert done.returncode == 2 and "there is no such file" in done.stderr
