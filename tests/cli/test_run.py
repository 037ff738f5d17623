"""`spinfem run` and `spinfem mesh` as a person types them."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.commands import CASES, COARSE, TREE, run, spinfem
from tests.html_page import Page
from tests.parallel.several import sets, told

CASE = CASES / "nonlocal_valve_2d.yaml"
PROFILE = "observables=[{profile: {from: [-1500 nm, 30 nm, 0 nm], to: [1500 nm, 30 nm, 0 nm], points: 11}}]"


def test_run_writes_everything_and_prints_the_table(tmp_path):
    done = spinfem("run", CASE, "-o", tmp_path / "out", *sets(*COARSE[:-1]))
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "out" / "results.json").read_text())
    assert set(result) >= {"spinfem", "case", "observables", "mesh", "solver", "seconds", "ranks", "checks"}
    signal_ = result["observables"]["nonlocal_resistance.difference"]
    assert signal_["unit"] == "ohm" and signal_["value"] > 0 and signal_["error"] > 0
    assert result["checks"]["charge_conservation"] < 1e-10
    assert "nonlocal_resistance.parallel" in done.stdout and "mΩ" in done.stdout
    # No progress display where nobody looks.
    assert done.stderr.splitlines() == [f"warning: {warning}" for warning in result["warnings"]]
    names = {path.name for path in (tmp_path / "out").iterdir()}
    pictures = {"geometry.png", "charge_potential.png", "spin_potential.png", "charge_current.png", "spin_current.png"}
    assert names >= pictures | {"fields.pvtu", "fields", "case.yaml", "results.json", "decay_length.csv"}
    assert not (tmp_path / "out.unfinished").exists()


def test_the_case_that_is_kept_gives_the_same_numbers(tmp_path):
    first = run(CASE, tmp_path / "first", *COARSE, "terminals.injector_end.current=2 mA")
    again = run(tmp_path / "first" / "case.yaml", tmp_path / "again")
    assert again["observables"] == first["observables"]
    assert again["case"] == first["case"]


def test_files_are_found_from_any_folder(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "my.yaml").write_text(CASE.read_text())
    done = spinfem("run", "../my.yaml", *sets(*COARSE), cwd=tmp_path / "elsewhere")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "elsewhere" / "results" / "my" / "results.json").is_file()


def test_tables_are_csv_with_units(tmp_path):
    run(CASE, tmp_path / "out", *COARSE, PROFILE)
    with open(tmp_path / "out" / "profile.csv") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["distance [m]", "x [m]", "y [m]", "z [m]", "phi [V]", "v_x [V]", "v_y [V]", "v_z [V]"]
    assert len(rows) == 12 and float(rows[-1][0]) == pytest.approx(3e-6)


def test_mpirun_typed_by_hand(tmp_path):
    done = spinfem("run", CASE, "-o", tmp_path / "out", *sets(*COARSE), launcher=("mpirun", "-n", "2"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("nonlocal_resistance.parallel") == 1  # rank 0 alone speaks
    result = json.loads((tmp_path / "out" / "results.json").read_text())
    page = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert result["ranks"] == 2 and result["observables"]["nonlocal_resistance.difference"]["value"] in page.numbers


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("three years of work")
    done = spinfem("run", CASE, "-o", tmp_path, *sets(*COARSE))
    assert done.returncode == 2
    assert "--output" in done.stderr and str(tmp_path) in done.stderr and "name another folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_earlier_result_is_replaced_whole(tmp_path):
    run(CASE, tmp_path / "out", *COARSE, PROFILE)
    run(CASE, tmp_path / "out", *COARSE)
    assert not (tmp_path / "out" / "profile.csv").exists()


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_solve_that_does_not_converge_fails_and_keeps_its_history(ranks, tmp_path):
    settings = (*COARSE, "solver.method=iterative", "solver.max_iterations=3", "solver.error_estimate=false")
    done = spinfem("run", CASE, "-o", tmp_path / "out", "-n", ranks, *sets(*settings))
    assert done.returncode == 1
    assert "3 iterations" in done.stderr and "residual" in done.stderr and "1e-12" in done.stderr
    kept = json.loads((tmp_path / "out" / "failed.json").read_text())
    assert len(kept["residuals"]) == 4
    assert not (tmp_path / "out" / "results.json").exists()
    run(CASE, tmp_path / "out", *COARSE)  # a failure does not block the folder


@pytest.mark.parametrize("after", [1.0, 2.5, 4.0])
def test_a_killed_run_leaves_nothing_that_looks_whole(after, tmp_path):
    command = [
        sys.executable,
        "-m",
        "spinfem",
        "run",
        str(CASE),
        "-o",
        str(tmp_path / "out"),
        *sets("mesh.resolution=0.1"),
    ]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(TREE)}, stderr=subprocess.DEVNULL)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "out").exists()
    run(CASE, tmp_path / "out", *COARSE)
    assert not (tmp_path / "out.unfinished").exists()


def test_a_run_that_was_killed_while_it_compiled_does_not_block_the_next(tmp_path, monkeypatch):
    """FFCx leaves a mark for a form that is being compiled, and would wait for the dead process."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run(CASE, tmp_path / "first", *COARSE)
    forms = tmp_path / "cache" / "fenics"
    for compiled in [*forms.glob("*.so"), *forms.glob("*.c.cached"), *forms.glob("*.o")]:
        compiled.unlink()
    assert list(forms.glob("*.c"))  # as if killed in the middle of every form
    run(CASE, tmp_path / "again", *COARSE)


def test_mesh_tells_quality_and_draws(tmp_path):
    done = spinfem("mesh", CASE, "-o", tmp_path / "mesh", *sets("mesh.resolution=2"))
    assert done.returncode == 0, done.stderr
    for words in ("cells", "shape: worst", "shortest lambda", "injector/wire", "edges per lambda"):
        assert words in done.stdout
    assert {"mesh.pvtu", "geometry.png"} <= {path.name for path in (tmp_path / "mesh").iterdir()}


ONLY_THE_MESH_CAN_TELL = {
    "observables=[{decay_length: {along: wire, from: 0 nm, to: 5 um}}]": ("observables.0.decay_length.from", "outside region wire"),
    "observables=[{decay_length: {along: wire, from: 1 nm, to: 1 nm}}]": ("observables.0.decay_length.to", "must differ"),
    "observables=[{profile: {from: [0 nm, 0 nm, 0 nm], to: [0 nm, 1 um, 0 nm]}}]": ("observables.0.profile.from", "outside the device"),
    'regions.injector.magnetization={expression: ["0", "0", "1 + x/(100*nm)"]}': ("regions.injector.magnetization.expression", "must be 1 everywhere"),
    "observables=[{spin_accumulation: {contact: wire/injector, side: detector}}]": ("side", "wire or injector"),
    "observables=[{nonlocal_resistance: {plus: detector_end, minus: wire_right, drive: detector_end}}]": ("drive", "carries no current, for it floats"),
}  # fmt: skip


@pytest.mark.parametrize("override", ONLY_THE_MESH_CAN_TELL)
def test_what_only_the_mesh_can_tell_is_told_before_solving(override, tmp_path):
    done = spinfem("run", CASE, "-o", tmp_path / "out", *sets(*COARSE, override))
    assert done.returncode == 2, done.stderr
    for word in ONLY_THE_MESH_CAN_TELL[override]:
        assert word in done.stderr
    assert not (tmp_path / "out").exists()


def test_it_is_told_once_on_two_ranks(tmp_path):
    runs = [
        ["run", str(CASE), "-o", f"{tmp_path}/out", *sets(*COARSE, override)] for override in ONLY_THE_MESH_CAN_TELL
    ]
    for (status, said), words in zip(told(2, runs), ONLY_THE_MESH_CAN_TELL.values(), strict=True):
        assert status == 2 and len(said.splitlines()) == 1 and all(word in said for word in words), said
    assert not (tmp_path / "out").exists()
