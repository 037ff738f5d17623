"""1, 2 and 3 ranks give the same numbers."""

import numpy as np
import pytest

from tests.commands import CASES, COARSE, run, spinfem
from tests.physics.test_terminal_conditions import VALVE
from tests.stored_files import box, centres, ovf, write_vtu

TUNNEL = "interfaces={wire/detector: {resistance_area: 10 fohm m^2, polarization: 0.4}}"
LINE = {
    "nonlocal_valve": "{profile: {from: [-1500 nm, 0 nm, 30 nm], to: [1500 nm, 0 nm, 30 nm], points: 40, region: wire}}",
    "nonlocal_valve_2d": "{profile: {from: [-1500 nm, 30 nm, 0 nm], to: [1500 nm, 30 nm, 0 nm], points: 40, region: wire}}",
}
DECAY = "{decay_length: {along: wire, from: 400 nm, to: 1200 nm}}"


@pytest.mark.parametrize(
    ("case", "interfaces"),
    [
        pytest.param("nonlocal_valve_2d", (), id="2d-transparent"),
        pytest.param("nonlocal_valve_2d", (TUNNEL,), id="2d-tunnel", marks=pytest.mark.slow),
        pytest.param("nonlocal_valve", (), id="3d-transparent", marks=pytest.mark.slow),
        pytest.param("nonlocal_valve", (TUNNEL,), id="3d-tunnel"),
    ],
)
def test_every_number_agrees(case, interfaces, tmp_path):
    observables = (
        "observables=[{nonlocal_resistance: {plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}},"
        f" terminals, spin_accumulation, {{injection_efficiency: {{contact: injector/wire}}}}, {LINE[case]}, {DECAY}]"
    )
    settings = (*COARSE, *interfaces, observables, "solver.error_estimate=false", "solver.tolerance=1e-13")
    results = [run(CASES / f"{case}.yaml", tmp_path / f"{n}", *settings, ranks=n) for n in (1, 2, 3)]
    tables = [np.loadtxt(tmp_path / f"{n}" / "profile.csv", delimiter=",", skiprows=1) for n in (1, 2, 3)]
    assert [result["ranks"] for result in results] == [1, 2, 3]
    for other, table in zip(results[1:], tables[1:], strict=True):
        assert other["mesh"] == results[0]["mesh"]
        for name, expected in results[0]["observables"].items():
            found, scale = np.array(other["observables"][name]["value"]), _scale(name, results[0])
            assert np.allclose(found, expected["value"], rtol=1e-8, atol=1e-8 * scale), name
        assert np.allclose(table, tables[0], rtol=1e-8, atol=1e-8 * np.abs(tables[0]).max(axis=0))


def _scale(name, result):
    """Currents that vanish are compared with the drive, a vector with its length, everything else with itself."""
    if name.endswith("spin_current"):
        return result["case"]["terminals"]["injector_end"]["current"] * 1e-3
    value = result["observables"][name]["value"]
    return np.linalg.norm(value) if np.ndim(value) else 0.0


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


def test_magnetizations_from_files(tmp_path):
    observables = (
        "observables=[{nonlocal_resistance: {plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}},"
        " terminals, {spin_torque: {magnet: detector}}]"
    )
    settings = (*COARSE, *write_electrodes(tmp_path), observables, "solver.degree=2", "solver.tolerance=1e-13")
    one, two = (run(CASES / "nonlocal_valve_2d.yaml", tmp_path / f"{n}", *settings, ranks=n) for n in (1, 2))
    assert one["mesh"]["spin_components"] == 3
    for name, expected in one["observables"].items():
        found, scale = np.array(two["observables"][name]["value"]), _scale(name, one)
        assert np.allclose(found, expected["value"], rtol=1e-8, atol=1e-8 * scale), name


TURNING = (
    "interfaces={normal/magnet: {type: circuit, conductance_up: 6e14 S/m^2, conductance_down: 2e14 S/m^2,"
    " mixing_conductance: 5e14 S/m^2, mixing_conductance_imaginary: 1e14 S/m^2}}"
)


SIGNALS = (
    "observables=[{nonlocal_resistance: {plus: absorber_end, minus: absorber_start, drive: injector_end}},"
    " terminals, {spin_torque: {magnet: detector}}, {spin_accumulation: {contact: wire/injector}}]"
)


@pytest.mark.parametrize(
    ("case", "overrides"),
    [
        ("pt_py_bilayer", ("regions.magnet.magnetization=[0.6, 0.3, 0.4]", TURNING)),
        pytest.param(
            "spin_absorption",
            (*COARSE, "mesh.resolution=8", "mesh.size=100 nm", SIGNALS),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_spin_hall_effect(case, overrides, tmp_path):
    settings = (*overrides, "output.pictures=false", "solver.error_estimate=false")
    settings += ("solver.method=iterative", "solver.tolerance=1e-13")
    one, *others = (run(CASES / f"{case}.yaml", tmp_path / f"{n}", *settings, ranks=n) for n in (1, 2, 3))
    assert one["mesh"]["spin_components"] == 3
    for other in others:
        for name, expected in one["observables"].items():
            if not name.endswith("balance"):  # rounding
                found, value = np.array(other["observables"][name]["value"]), np.array(expected["value"])
                # The smallest signals are a millionth of the voltages that drive them.
                assert np.allclose(found, value, rtol=1e-6, atol=1e-6 * np.abs(value).max()), name


@pytest.mark.parametrize("electrode", ["injector", "detector"])
@pytest.mark.parametrize("ranks", [1, 2])
def test_a_file_that_does_not_reach_is_told_by_all_ranks(electrode, ranks, tmp_path):
    magnetized = [word.replace("60 nm", "40 nm") for word in write_electrodes(tmp_path) if electrode in word]
    words = [word for override in (*COARSE, *magnetized) for word in ("--set", override)]
    done = spinfem("run", CASES / "nonlocal_valve_2d.yaml", "-o", tmp_path / "out", "-n", ranks, *words)
    assert done.returncode == 2, done.stderr
    assert f"regions.{electrode}.magnetization.file" in done.stderr and "does not reach (" in done.stderr
    assert done.stderr.count("does not reach") == 1
    assert not (tmp_path / "out").exists()


def test_leads_take_the_same_on_all_ranks(tmp_path):
    (tmp_path / "case.yaml").write_text(VALVE)
    found = [run(tmp_path / "case.yaml", tmp_path / f"{n}", ranks=n)["observables"] for n in (1, 2, 3)]
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
