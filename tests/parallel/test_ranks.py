"""1, 2 and 3 ranks give the same numbers."""

import numpy as np
import pytest

from tests.cli.test_conductance_matrix import ELECTRODES
from tests.cli.test_trust import AT_THE_RIM
from tests.commands import CASES, COARSE, run, spinfem
from tests.parallel.several import run_all, sets, told
from tests.physics.test_terminal_conditions import VALVE
from tests.stored_files import box, centres, ovf, write_vtu
from tests.unit.test_accuracy import RING

TUNNEL = "interfaces={wire/detector: {resistance_area: 10 fohm m^2, polarization: 0.4}}"
LINE = {
    "nonlocal_valve": "{profile: {from: [-1500 nm, 0 nm, 30 nm], to: [1500 nm, 0 nm, 30 nm], points: 40, region: wire}}",
    "nonlocal_valve_2d": "{profile: {from: [-1500 nm, 30 nm, 0 nm], to: [1500 nm, 30 nm, 0 nm], points: 40, region: wire}}",
}
PLAIN = ("solver.error_estimate=false", "solver.tolerance=1e-13", "output.fields=false")
DECAY = "{decay_length: {along: wire, from: 400 nm, to: 1200 nm}}"


def every_number(case, *interfaces):
    """A scenario that measures all that a valve has."""
    observables = (
        "observables=[{nonlocal_resistance: {plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}},"
        f" terminals, spin_accumulation, {{injection_efficiency: {{contact: injector/wire}}}}, {LINE[case]}, {DECAY}]"
    )
    return case, (*COARSE, *interfaces, observables, *PLAIN)


VALVES = {
    "2d-transparent": every_number("nonlocal_valve_2d"),
    "3d-tunnel": every_number("nonlocal_valve", TUNNEL),
}
SLOW = {
    "2d-tunnel": every_number("nonlocal_valve_2d", TUNNEL),
    "3d-transparent": every_number("nonlocal_valve"),
}


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """Folder of the quick scenarios, and name -> results on 1, 2 and 3 ranks."""
    folder = tmp_path_factory.mktemp("quick")
    (folder / "leads.yaml").write_text(VALVE)
    (folder / "ring.yaml").write_text(AT_THE_RIM)
    (folder / "ring.geo").write_text(RING)
    scenarios = VALVES | {
        "bilayer": BILAYER,
        "matrix": MATRIX,
        "sensitivities": SENSITIVITIES,
        "leads": (folder / "leads", ()),
        "ring": (folder / "ring", ()),
        "weight": ("contact_weight", (*COARSE, *PLAIN)),
        "hall": ("anomalous_hall_cross", (EDGES, *SPIN_HALL)),
        "files": ("nonlocal_valve_2d", (*COARSE, *write_electrodes(folder), *FROM_FILES)),
    }
    return folder, run_all(folder, scenarios)


@pytest.mark.parametrize("name", [*VALVES, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_every_number_agrees(name, request, tmp_path):
    slow = name in SLOW
    folder, runs = (tmp_path, run_all(tmp_path, {name: SLOW[name]})) if slow else request.getfixturevalue("quick")
    results = runs[name]
    tables = [np.loadtxt(folder / name / f"{n}" / "profile.csv", delimiter=",", skiprows=1) for n in (1, 2, 3)]
    assert [result["ranks"] for result in results] == [1, 2, 3]
    for other, table in zip(results[1:], tables[1:], strict=True):
        assert other["mesh"] == results[0]["mesh"]
        for number, expected in results[0]["observables"].items():
            found, scale = np.array(other["observables"][number]["value"]), _scale(number, results[0])
            assert np.allclose(found, expected["value"], rtol=1e-8, atol=1e-8 * scale), number
        assert np.allclose(table, tables[0], rtol=1e-8, atol=1e-8 * np.abs(tables[0]).max(axis=0))


def test_what_a_contact_reads_agrees(quick):
    folder, runs = quick
    one, *others = runs["weight"]
    tables = [
        np.loadtxt(folder / "weight" / f"{n}" / "contact_weight.csv", delimiter=",", skiprows=1) for n in (1, 2, 3)
    ]
    for other, table in zip(others, tables[1:], strict=True):
        for number in one["observables"].keys() - {"contact_weight.balance"}:
            value, expected = (result["observables"][number]["value"] for result in (other, one))
            assert value == pytest.approx(expected, rel=1e-6), number
        assert np.allclose(table, tables[0], rtol=1e-6, atol=1e-6 * np.abs(tables[0]).max(axis=0))


def _scale(name, result):
    """Currents that vanish are compared with the drive, a vector with its length, everything else with itself."""
    if name.endswith("spin_current"):
        return result["case"]["terminals"]["injector_end"]["current"] * 1e-3
    value = result["observables"][name]["value"]
    return np.linalg.norm(value) if np.ndim(value) else 0.0


TILTED = "regions.detector.magnetization=[0, 1, 1]"
MATRIX = ("nonlocal_valve_2d", (*COARSE, *PLAIN, ELECTRODES, TILTED, "solver.method=iterative"))
SENSITIVITIES = ("nonlocal_valve_2d", (*COARSE, *PLAIN, "sensitivities=[nonlocal_resistance]"))


@pytest.mark.parametrize(
    ("name", "matrices", "rtol"), [("matrix", {"two", "four"}, 0.0), ("sensitivities", {"sensitivities"}, 1e-6)]
)
def test_every_matrix_agrees(name, matrices, rtol, quick):
    one, *others = (result["matrices"] for result in quick[1][name])
    assert one.keys() >= matrices
    for other in others:
        assert other.keys() == one.keys()
        for matrix, expected in one.items():
            values = np.array(expected["values"])
            assert other[matrix]["rows"] == expected["rows"]
            assert np.allclose(other[matrix]["values"], values, rtol, 1e-9 * np.abs(values).max()), matrix


def test_a_place_that_the_twin_does_not_have_costs_the_errors_alone(quick):
    for found in quick[1]["ring"]:
        (warning,) = [words for words in found["warnings"] if words.startswith("some errors are not known")]
        assert "the coarser twin failed: observables." in warning and warning.endswith(found["error_estimate"][6:])
        assert {entry["error"] for entry in found["observables"].values()} == {None}


NM = 1e-9


def write_electrodes(folder):
    """Overrides that magnetize the injector of the plane valve by an OVF file and its detector by a .vtu."""
    step, base = np.array([5.0, 5.0, 10.0]) * NM, np.array([2.5, 2.5, 0.0]) * NM
    turn = centres(base, step, (20, 5, 1))[0] / (100 * NM)  # from 0 to 1 along x
    (folder / "injector.ovf").write_bytes(ovf(np.stack([0 * turn, np.sin(turn), np.cos(turn)]), base, step))
    points, cells = box((10, 3), (100.0, 25.0), "quad")
    turn = points[:, 0] / 100
    m = np.stack([np.sin(turn), 0 * turn, np.cos(turn)], axis=1)
    write_vtu(folder / "detector.vtu", points, ("quad", cells), point_data={"m": m})
    return (
        f"regions.injector.magnetization={{file: {folder}/injector.ovf, origin: [-300 nm, 60 nm, 0 nm]}}",
        f"regions.detector.magnetization={{file: {folder}/detector.vtu, unit: 1 nm, origin: [200 nm, 60 nm, 0 nm]}}",
    )


FROM_FILES = (
    "observables=[{nonlocal_resistance: {plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}},"
    " terminals, {spin_torque: {magnet: detector}}]",
    "solver.degree=2",
    *PLAIN,
)


def test_magnetizations_from_files(quick):
    one, *others = quick[1]["files"]
    assert one["mesh"]["spin_components"] == 3
    for other in others:
        for name, expected in one["observables"].items():
            found, scale = np.array(other["observables"][name]["value"]), _scale(name, one)
            assert np.allclose(found, expected["value"], rtol=1e-8, atol=1e-8 * scale), name


TURNING = (
    "interfaces={normal/magnet: {type: circuit, conductance_up: 6e14 S/m^2, conductance_down: 2e14 S/m^2,"
    " mixing_conductance: 5e14 S/m^2, mixing_conductance_imaginary: 1e14 S/m^2}}"
)


SIGNALS = (
    "observables=[{nonlocal_resistance: {plus: absorber_end, minus: absorber_start, drive: injector_end}},"
    " terminals, {spin_torque: {magnet: detector}}, {spin_accumulation: {contact: wire/injector}}]"
)


SPIN_HALL = (*PLAIN, "solver.method=iterative", "output.pictures=false")
BILAYER = ("pt_py_bilayer", ("regions.magnet.magnetization=[0.6, 0.3, 0.4]", TURNING, *SPIN_HALL))
ABSORPTION = ("spin_absorption", (*COARSE, "mesh.resolution=8", "mesh.size=100 nm", SIGNALS, *SPIN_HALL))


@pytest.mark.parametrize("name", ["bilayer", pytest.param("absorption", marks=pytest.mark.slow)])
def test_spin_hall_effect(name, request, tmp_path):
    found = run_all(tmp_path, {name: ABSORPTION}) if name == "absorption" else request.getfixturevalue("quick")[1]
    one, *others = found[name]
    assert one["mesh"]["spin_components"] == 3
    for other in others:
        for name, expected in one["observables"].items():
            if not name.endswith("balance"):  # rounding
                found, value = np.array(other["observables"][name]["value"]), np.array(expected["value"])
                # The smallest signals are a millionth of the voltages that drive them.
                assert np.allclose(found, value, rtol=1e-6, atol=1e-6 * np.abs(value).max()), name


EDGES = (  # spins pile up where the channels have different Hall angles
    "regions.cross={material: {conductivity: 5.65e5 S/m, spin_diffusion_length: 400 nm, polarization: 0.3, amr_ratio: 0.1, anomalous_hall_angle: 0.2,"
    " anomalous_hall_polarization: -0.5, spin_hall_angle: 0.05}, magnetization: [0.48, 0.6, 0.64]}"
)


def test_hall_effects_of_a_magnet(quick):
    one, *others = quick[1]["hall"]
    for other in others:
        for name, expected in one["observables"].items():
            if not name.endswith("balance"):  # rounding
                assert other["observables"][name]["value"] == pytest.approx(expected["value"], rel=1e-8), name


def does_not_reach(electrode, folder):
    """The words of a run whose file ends below the top of this electrode."""
    magnetized = [word.replace("60 nm", "40 nm") for word in write_electrodes(folder) if electrode in word]
    return ["run", str(CASES / "nonlocal_valve_2d.yaml"), "-o", f"{folder}/out", *sets(*COARSE, *magnetized)]


@pytest.mark.parametrize("electrode", ["injector", "detector"])
def test_a_file_that_does_not_reach_is_told(electrode, tmp_path):
    done = spinfem(*does_not_reach(electrode, tmp_path))
    assert done.returncode == 2, done.stderr
    assert f"regions.{electrode}.magnetization.file" in done.stderr and done.stderr.count("does not reach (") == 1
    assert not (tmp_path / "out").exists()


def test_it_is_told_once_by_all_ranks(tmp_path):
    electrodes = ("injector", "detector")
    heard = told(2, [does_not_reach(electrode, tmp_path) for electrode in electrodes])
    for electrode, (status, said) in zip(electrodes, heard, strict=True):
        assert status == 2 and f"regions.{electrode}.magnetization.file" in said and said.count("does not reach") == 1
    assert not (tmp_path / "out").exists()


def test_leads_take_the_same_on_all_ranks(quick):
    found = [result["observables"] for result in quick[1]["leads"]]
    assert found[0]["dissipation.lead.left"]["value"] > 0
    for other in found[1:]:
        for name, expected in found[0].items():
            if not name.endswith("balance"):
                assert np.allclose(other[name]["value"], expected["value"], rtol=1e-8, atol=1e-14), name


@pytest.mark.slow
def test_two_ranks_draw_the_pictures_that_one_draws(tmp_path):
    settings = (*COARSE, "output.pictures=true", "solver.error_estimate=false")
    for n in (1, 2):
        run(CASES / "nonlocal_valve_2d.yaml", tmp_path / f"{n}", *settings, ranks=n)
    one, two = ({path.name for path in (tmp_path / f"{n}").glob("*.png")} for n in (1, 2))
    assert one == two and "spin_current.png" in one
