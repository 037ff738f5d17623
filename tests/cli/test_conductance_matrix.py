"""The observable conductance_matrix as a person uses it: what is written and what is refused (several ranks: tests/parallel/test_ranks.py)."""

import csv

import numpy as np
import pytest

from spinfem.theory.lumped_element import LumpedElement
from tests.commands import CASES, COARSE, run, spinfem
from tests.spice import Circuit

CASE = CASES / "lumped_element.yaml"
VALVE = CASES / "nonlocal_valve_2d.yaml"
G_I = (
    "interfaces={lead/fixed: {type: circuit, conductance_up: 6e15 S/m^2, conductance_down: 2e15 S/m^2, "
    "mixing_conductance: 5e15 S/m^2, mixing_conductance_imaginary: 3e15 S/m^2}}"
)


def matrix_in(results, name="conductance_matrix"):
    return np.array(results["matrices"][name]["values"])


def test_what_a_run_leaves_behind(tmp_path):
    results = run(CASE, tmp_path / "out")
    entry = results["matrices"]["conductance_matrix"]
    matrix, element = matrix_in(results), LumpedElement.read(tmp_path / "out" / "conductance_matrix.json")
    assert entry["unit"] == "S" and entry["axes"]["left"] == np.eye(3).tolist()
    assert np.array_equal(element.matrix, matrix) and list(element.currents) == entry["rows"]
    with open(tmp_path / "out" / "conductance_matrix.csv", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["[S]", *element.potentials]
    assert [row[0] for row in rows] == list(element.currents)
    assert np.array_equal(np.array([row[1:] for row in rows], dtype=float), matrix)
    reduced = results["matrices"]["conductance_matrix.reduced"]
    assert np.shape(reduced["values"]) == (7, 7) and "28 independent numbers" in reduced["note"]
    errors = np.array(entry["errors"])  # against the coarser twin
    assert 0 < errors.max() < 1e-3 * np.abs(matrix).max()
    for name in ("conductance_matrix.png", "conductance_matrix.reduced.png"):
        assert name in [path.name for path in (tmp_path / "out").iterdir()]
    assert Circuit((tmp_path / "out" / "conductance_matrix.cir").read_text()).ports[0] == "left_v"
    across = 7.1e7 * 100e-9 * 50e-9 / 1e-6 / np.tanh(0.1)  # what the case promises
    assert across == pytest.approx(3.56183, abs=5e-6)
    x_left, x_right = (entry["rows"].index(f"Is_x({t})") for t in ("left", "right"))
    assert np.allclose([matrix[x_left, x_left], matrix[x_right, x_right]], across, rtol=1e-6)
    assert abs(matrix[x_left, x_right]) < 1e-12
    observables = {name.split(".")[1]: entry["value"] for name, entry in results["observables"].items()}
    assert set(observables) == {"reciprocity_defect", "smallest_eigenvalue", "shift_defect"}
    assert (
        max(observables["reciprocity_defect"], observables["shift_defect"]) < 1e-9 < observables["smallest_eigenvalue"]
    )


def test_onsager_where_spins_are_turned(tmp_path):
    results = run(
        CASE, tmp_path / "out", G_I, "solver.method=direct", "solver.error_estimate=false", "output.pictures=false"
    )
    defects = {name: entry["value"] for name, entry in results["observables"].items()}
    assert defects["conductance_matrix.onsager_defect"] < 1e-9
    assert defects["conductance_matrix.reciprocity_defect"] > 1e-3
    assert results["matrices"]["conductance_matrix.reduced"]["note"] == "49 numbers"


ELECTRODES = "observables=[{conductance_matrix: {name: four}}, {conductance_matrix: {name: two, terminals: [wire_right, detector_end]}}]"


@pytest.fixture(scope="module")
def valve(tmp_path_factory):
    tilted = "regions.detector.magnetization=[0, 1, 1]"
    settings = (*COARSE, ELECTRODES, tilted, "solver.method=iterative", "solver.error_estimate=false")
    return run(VALVE, tmp_path_factory.mktemp("valve") / "out", *settings)


def test_electrodes_are_contacted_along_m(valve):
    entry = valve["matrices"]["four"]
    spins = [name for name in entry["rows"] if name.startswith("Is")]
    assert spins.count("Is_m(injector_end)") == spins.count("Is_m(detector_end)") == 1 and len(spins) == 8
    assert "detector_end: on a strong ferromagnet, spins along m = (0, 0.7071, 0.7071) alone" in entry["note"]
    assert np.shape(entry["values"]) == (12, 12)


def test_terminals_that_are_not_listed_keep_their_condition(valve):
    """Of `two`, wire_left is at 0 V and a sink, injector_end floats and is a sink."""
    names, matrix = valve["matrices"]["four"]["rows"], matrix_in(valve, "four")
    element = LumpedElement(valve["matrices"]["four"]["axes"], matrix)
    assert element.currents == tuple(names)
    order = [names.index(name) for name in valve["matrices"]["two"]["rows"]]
    floating = names.index("I(injector_end)")  # the rest of the two unlisted terminals is held at zero
    expected = (
        matrix[np.ix_(order, order)]
        - np.outer(matrix[order, floating], matrix[floating, order]) / matrix[floating, floating]
    )
    assert np.allclose(matrix_in(valve, "two"), expected, rtol=0, atol=1e-9 * np.abs(matrix).max())
    assert "two.shift_defect" not in valve["observables"] and "four.shift_defect" in valve["observables"]


@pytest.mark.parametrize(
    "terminals, message",
    [
        ("[left, left]", "observables.0.conductance_matrix.terminals (--set): left: is named twice"),
        ("[left, middle]", "middle"),
        ("[]", "terminals"),
        ("left", "terminals"),
    ],
)
def test_bad_input(terminals, message, tmp_path):
    observables = f"observables=[{{conductance_matrix: {{terminals: {terminals}}}}}]"
    done = spinfem("run", CASE, "-o", tmp_path / "out", "--set", observables)
    assert done.returncode == 2 and message in done.stderr, done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "out").exists()
