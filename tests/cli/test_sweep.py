"""`spinfem sweep` as a person types it: the table, the plot, what is kept, what fails."""

import json

import pytest

from tests.commands import sets, spinfem
from tests.sweeps import CASE, rows


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    return path


def sweep(case, folder, *overrides):
    return spinfem("sweep", case, "-o", folder, *sets(*overrides))


def test_a_table_with_units_and_a_plot(case, tmp_path):
    done = sweep(case, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "6 points: 6 done, 0 failed" in done.stdout
    assert "meshes 3 times" in done.stdout and "operators 3 times" in done.stdout  # the current changes neither
    table = rows(tmp_path / "out")
    assert [row["status"] for row in table] == ["done"] * 6
    assert float(table[2]["geometry.layers.1.thickness [m]"]) == pytest.approx(50e-9)
    once, twice = (float(row["spin_torque.in_plane [N m]"]) for row in table[:2])
    assert twice == pytest.approx(2 * once, rel=1e-9)
    assert (tmp_path / "out" / "spin_torque_efficiency_against_layers_1_thickness.png").is_file()
    assert (tmp_path / "out" / "points" / "0006" / "results.json").is_file()


def test_what_is_there_is_kept_and_what_has_changed_is_not(case, tmp_path):
    sweep(case, tmp_path / "out")
    before = (tmp_path / "out" / "table.csv").read_bytes()
    stamp = (tmp_path / "out/points/0003/results.json").stat().st_mtime_ns
    done = sweep(case, tmp_path / "out")
    assert "0 done, 6 kept from before" in done.stdout
    assert (tmp_path / "out" / "table.csv").read_bytes() == before
    assert (tmp_path / "out/points/0003/results.json").stat().st_mtime_ns == stamp
    done = sweep(case, tmp_path / "out", "regions.fixed.material=Co @ 300 K")
    assert "6 done, 0 failed" in done.stdout


def test_a_point_that_fails_is_recorded_and_the_others_go_on(case, tmp_path):
    changes = ("solver.tolerance=1e-9", 'sweep={"solver.max_iterations": [1, 500]}', "plots=[]")
    done = sweep(case, tmp_path / "out", *changes)
    assert done.returncode == 1
    assert "1 done, 1 failed" in done.stdout and "point 1:" in done.stdout
    table = rows(tmp_path / "out")
    assert table[0]["status"].startswith("failed: the linear solver") and table[1]["status"] == "done"
    assert "max" in json.loads((tmp_path / "out/points/0001/failed.json").read_text())["error"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("sweep={}", ("sweep", "this case has none")),
        ('sweep={"geometry.layers.1.thickness": [5 nm, 6]}', ("geometry.layers.1.thickness", "6", "no unit")),
        ('sweep={"regions.fred.magnetization": [+x]}', ("regions.fred.magnetization", "no such region of this case")),
        ('sweep={"solver.degre": [1]}', ("solver.degre", 'did you mean "degree"?')),
        ('sweep={"geometry.layers.9.thickness": [1 nm]}', ("geometry.layers.9.thickness", "no entry 9")),
    ],
)
def test_a_bad_axis_is_told_before_anything_runs(change, words, case, tmp_path):
    done = sweep(case, tmp_path / "out", change, "plots=[]")
    assert done.returncode == 2
    for word in words:
        assert word in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_plot_of_something_else_is_a_warning(case, tmp_path):
    done = sweep(case, tmp_path / "out", "plots=[{x: thickness, y: voltage}]")
    assert done.returncode == 0
    assert "no plot" in done.stderr and "voltage is not a column" in done.stderr


def check(case, axes):
    done = spinfem("check", case, "--set", f"sweep={json.dumps(axes)}", "--set", "plots=[]")
    return done.returncode, done.stderr


THICKNESS, ANGLE = "geometry.layers.1.thickness", "regions.free.magnetization.azimuth"


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ({THICKNESS: ["5 nm", "6 nm", "7"]}, f"sweep.{THICKNESS} (entry 3): 7: has no unit"),
        ({THICKNESS: ["5 nm", "-6 nm"]}, f"sweep.{THICKNESS} (entry 2): -6 nm: must be greater than 0"),
        ({"zip": {THICKNESS: ["5 nm", "6"], ANGLE: ["1 deg", "2 deg"]}}, f"sweep.zip.{THICKNESS} (entry 2): 6: has no unit"),
        ({"regions.spacer.material": ["Cu @ 4.2 K", "Kryptonite @ 4.2 K"]}, "sweep.regions.spacer.material (entry 2): Kryptonite"),
        ({"geometry.layers.1.thicknes": ["5 nm"]}, "sweep.geometry.layers.1.thicknes (entry 1): 5 nm: unknown key"),
        ({THICKNESS: ["5 nm", "6 nm", "0.005 um"]}, "has 0.005 um twice, as entries 1 and 3"),
        ({THICKNESS: []}, ": []: must be a list of values"),
        ({THICKNESS: "5 nm"}, ": 5 nm: must be a list of values"),
        ({THICKNESS: [["5 nm", "6 nm"]]}, f"sweep.{THICKNESS} (entry 1): [5 nm, 6 nm]: is not a number"),
        ({"zip": {THICKNESS: ["5 nm"]}, THICKNESS: ["6 nm"]}, "a value can be swept once"),
        ({"regions.free": ["Cu @ 4.2 K"], ANGLE: ["1 deg"]}, "a value can be swept once"),
        ({"sweep.x": [1]}, "cannot be swept"),
        ({"geometry.mesh": ["a.msh", "b.msh"]}, "sweep.geometry.mesh (entry 1): a.msh"),
    ],
)  # fmt: skip
def test_check_tells_a_bad_axis_by_its_name_and_entry(axes, said, case):
    status, told = check(case, axes)
    assert status == 2 and said in told and "--set" not in told.replace("(--set)", ""), told


def test_points_that_are_bad_only_together_are_told_by_their_values(case):
    axes = {"terminals.right.voltage": ["0 V", None], "terminals.right.floating": [False, True]}
    status, told = check(case, axes)
    assert status == 2 and "terminals.right.floating = true" in told


def test_words_vectors_and_two_parameters_of_one_name_are_axes(case, tmp_path):
    axes = {
        "regions.spacer.material": ["Cu @ 4.2 K", "Al @ 4.2 K"],
        "zip": {"regions.fixed.material.conductivity": ["5e6 S/m", "6e6 S/m"], "regions.free.material.conductivity": ["7e6 S/m", "8e6 S/m"]},
        "regions.fixed.magnetization": [[0, 1, 0], [0, 1, 1]],
    }  # fmt: skip
    plots = [
        {
            "x": "spacer.material",
            "y": "spin_torque.efficiency",
            "curves": "fixed.material.conductivity",
            "name": "words",
        },
        {
            "x": "free.material.conductivity",
            "y": "spin_torque.efficiency",
            "curves": "spacer.material",
            "name": "numbers",
        },
    ]
    more = ("--set", f"plots={json.dumps(plots)}", "--set", "output.report=true")
    done = spinfem("sweep", case, "-o", tmp_path / "out", "--set", f"sweep={json.dumps(axes)}", *more)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert (tmp_path / "out/words.png").is_file() and (tmp_path / "out/numbers.png").is_file()
    table = rows(tmp_path / "out")
    assert [row["regions.spacer.material"] for row in table] == ["Cu @ 4.2 K"] * 4 + ["Al @ 4.2 K"] * 4
    assert {row["regions.fixed.magnetization"] for row in table} == {"0 1 0", "0 1 1"}
    assert [float(table[k]["regions.fixed.material.conductivity [S/m]"]) for k in (0, 2)] == [5e6, 6e6]
    assert [float(table[k]["regions.free.material.conductivity [S/m]"]) for k in (0, 2)] == [7e6, 8e6]
    page = (tmp_path / "out/report.html").read_text()
    assert "fixed.material.conductivity" in page and "free.material.conductivity" in page
    assert '"ticktext":["Cu @ 4.2 K","Al @ 4.2 K"]' in page.replace(", ", ",").replace(": ", ":")
    for command in ("collect", "status", "report"):
        assert spinfem(command, tmp_path / "out").returncode == 0
