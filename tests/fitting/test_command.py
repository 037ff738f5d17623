"""`spinfem fit` as a person types it: what it leaves behind, what it says of bad input, on one rank and on two."""

import json

import numpy as np
import pandas as pd
import pytest

from tests.commands import CASES, spinfem
from tests.fitting.valves import NAME, SEPARATION, VALVE

ROWS = f"{SEPARATION} [nm],{NAME} [mohm],{NAME} error [mohm]\n300,2.0,0.05\n500,1.0,0.03\n800,0.35,0.02\n"


def files(folder, case=VALVE, data=ROWS):
    """Paths of a case and its data."""
    (folder / "valve.yaml").write_text(case, encoding="utf-8")
    (folder / "data.csv").write_text(data, encoding="utf-8")
    return folder / "valve.yaml", folder / "data.csv"


@pytest.fixture(scope="module")
def fits(tmp_path_factory):
    """Folder of the results and what was said, on one rank and on two."""
    folder = tmp_path_factory.mktemp("fits")
    case, data = files(folder)
    done = {ranks: spinfem("fit", case, data, "-o", folder / f"out{ranks}", "-n", ranks) for ranks in (1, 2)}
    assert all(finished.returncode == 0 for finished in done.values()), [d.stderr for d in done.values()]
    return folder, done


def test_what_it_says(fits):
    _, done = fits
    said = done[1].stdout
    assert "lambda_N" in said and "P_F" in said and "one-dimensional formula" in said and "correlation" in said
    assert "95 % intervals" in said and " nm ± " in said and "warning" not in said


def test_what_it_writes(fits):
    folder, _ = fits
    found = json.loads((folder / "out1/fit.json").read_text())
    assert found["measured"] == NAME and found["unit"] == "ohm" and found["errors_of_data"] == "given"
    full = found["full_model"]
    assert full["converged"] and full["degrees_of_freedom"] == 1 and found["warnings"] == []
    assert 250e-9 < full["values"]["lambda_N"] < 350e-9
    assert 0 < full["half_widths"]["lambda_N"] < 40e-9
    table = pd.read_csv(folder / "out1/fit.csv")
    assert list(table[f"{NAME} [ohm]"]) == [2.0e-3, 1.0e-3, 0.35e-3]
    off = (table["full model [ohm]"] - table[f"{NAME} [ohm]"]) / table[f"{NAME} error [ohm]"]
    assert np.sum(off**2) == pytest.approx(full["chi_square"], rel=1e-9)
    assert (folder / "out1/fit.png").read_bytes().startswith(b"\x89PNG")
    assert not (folder / "out1.unfinished").exists()


def test_the_case_it_writes_holds_the_values(fits):
    folder, _ = fits
    values = json.loads((folder / "out1/fit.json").read_text())["full_model"]["values"]
    case = folder / "out1/case.yaml"
    done = spinfem("check", case)
    assert done.returncode == 0, done.stderr
    assert f"{values['lambda_N'] * 1e9:.4g} nm" in done.stdout and f"{values['P_F']:.4g}" in done.stdout
    run = spinfem("run", case, "-o", folder / "run", "--set", f"{SEPARATION}=500 nm", "--set", "output.fields=false")
    assert run.returncode == 0, run.stderr
    predicted = pd.read_csv(folder / "out1/fit.csv")["full model [ohm]"][1]
    again = json.loads((folder / "run/results.json").read_text())["observables"][NAME]["value"]
    assert again == pytest.approx(predicted, rel=0.02)  # the mesh is made for the values found, the fit's for its start


def test_two_ranks_find_the_same(fits):
    folder, _ = fits
    one, two = (json.loads((folder / f"out{ranks}/fit.json").read_text()) for ranks in (1, 2))
    for model in ("full_model", "formula"):
        for key in ("values", "half_widths"):
            assert list(one[model][key].values()) == pytest.approx(list(two[model][key].values()), rel=1e-5)
        assert one[model]["chi_square"] == pytest.approx(two[model]["chi_square"], rel=1e-4)


@pytest.mark.parametrize(
    ("data", "said", "ranks"),
    [
        (ROWS.replace("mohm", "mV"), f"is given in mV, but {NAME} is counted in ohm", 1),
        (ROWS.replace("mohm", "mV"), f"is given in mV, but {NAME} is counted in ohm", 2),
        (ROWS.replace(f"{SEPARATION} [nm]", "distance [nm]"), "distance [nm]: is neither", 2),
    ],
)
def test_bad_data_are_told_once_on_any_number_of_ranks(data, said, ranks, tmp_path):
    """Which mistakes there are: test_data.py."""
    done = spinfem("fit", *files(tmp_path, data=data), "-o", tmp_path / "out", "-n", ranks)
    assert done.returncode == 2
    assert done.stderr.count(said) == 1 and "Traceback" not in done.stderr, done.stderr
    assert not (tmp_path / "out").exists() and not (tmp_path / "out.unfinished").exists()


def test_a_file_that_is_not_there_and_a_folder_of_others(tmp_path):
    case, data = files(tmp_path)
    done = spinfem("fit", case, tmp_path / "none.csv", "-o", tmp_path / "out")
    assert done.returncode == 2 and "none.csv: cannot be read as a table: No such file" in done.stderr
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    done = spinfem("fit", case, data, "-o", tmp_path / "out")
    assert done.returncode == 2 and "holds files that spinfem did not write" in done.stderr
    assert (tmp_path / "out/mine.txt").read_text() == "mine"


def test_new_brings_the_data_too(tmp_path):
    done = spinfem("new", "wide_contacts", "-o", tmp_path / "mine.yaml")
    assert done.returncode == 0
    assert (tmp_path / "mine.csv").read_text().startswith("# SYNTHETIC")
    (tmp_path / "mine.yaml").unlink()
    again = spinfem("new", "wide_contacts", "-o", tmp_path / "mine.yaml")
    assert again.returncode == 2 and "mine.csv: this file exists" in again.stderr.replace("\n", "")
    assert not (tmp_path / "mine.yaml").exists()


@pytest.mark.slow
def test_wide_contacts_in_3d(tmp_path):
    """The shipped case finds what its data were made with, and the formula does not."""
    done = spinfem("fit", CASES / "wide_contacts.yaml", CASES / "wide_contacts.csv", "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out/fit.json").read_text())
    truth = np.array([400e-9, 0.35])
    values, half_widths = (np.array(list(found["full_model"][key].values())) for key in ("values", "half_widths"))
    correlation = np.array(found["full_model"]["correlation"])
    off = (values - truth) / (half_widths / 1.96)
    assert off @ np.linalg.solve(correlation, off) < 13.8  # chi-square of 2 unknowns, 99.9 %
    by_formula = np.array(list(found["formula"]["values"].values()))
    assert np.abs(by_formula / truth - 1).max() > 0.05
