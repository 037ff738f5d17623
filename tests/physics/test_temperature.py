"""Devices of materials that depend on temperature: sweeps, sensitivities and fits, against the numbers put in by hand."""

import numpy as np
import pandas as pd
import pytest
from mpi4py import MPI

from spinfem.case.parameters import changed, parameters
from spinfem.case.reader import load_case, read_case
from spinfem.case.source import CaseSource
from spinfem.fitting.fit import fit
from spinfem.study.accuracy import measure
from spinfem.study.run import run
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from tests.commands import CASES, spinfem
from tests.commands import run as run_command

STACK = """
temperature: 100 K
materials:
  copper: &copper
    resistivity: {formula: "1.5 + T/200", unit: uohm cm}
    spin_diffusion_length: {proportional_to: conductivity, value: 400 nm, at: 300 K}
geometry: {layers: [{name: first, thickness: 30 nm}, {name: spacer, thickness: 300 nm}, {name: second, thickness: 30 nm}]}
regions:
  first: &magnet
    material: {conductivity: 5e6 S/m, spin_diffusion_length: 10 nm, polarization: {formula: "0.5 - T/1000"}}
    magnetization: +y
  spacer: copper
  second: *magnet
terminals: {left: {current: 1e12 A, spin: sink}, right: {voltage: 0 V, spin: {lead: copper}}}
observables: [nonlocal_resistance: {name: R, plus: left, minus: right, drive: left, flip: second}]
mesh: {resolution: 4, growth: 2, temperature: 300 K}
solver: {method: direct, degree: 2, error_estimate: false}
fit:
  to: R.difference
  parameters: {L: {vary: [regions.first.material.spin_diffusion_length, regions.second.material.spin_diffusion_length], between: [1 nm, 100 nm]}}
"""
KELVINS = (4.2, 100, 300)


def signal(case, session):
    found = {m.name: m.value for m in run(case, session).results.measurements}
    return found["R.difference"]


def by_hand(kelvins):
    """The same case in numbers."""
    sigma = 1 / ((1.5 + kelvins / 200) * 1e-8)
    copper = f"{{conductivity: {sigma!r} S/m, spin_diffusion_length: {400 * sigma * 3e-8!r} nm}}"
    magnet = f"{{conductivity: 5e6 S/m, spin_diffusion_length: 10 nm, polarization: {0.5 - kelvins / 1000!r}}}"
    where = ("regions.spacer.material", "terminals.right.spin.lead")
    return [
        *(f"{path}={copper}" for path in where),
        *(f"regions.{name}.material={magnet}" for name in ("first", "second")),
        "mesh={resolution: 1, growth: 0.5}",
    ]


def test_points_of_a_sweep_share_a_mesh_and_have_the_numbers_put_in_by_hand():
    session = Session(MPI.COMM_SELF)
    found = [signal(read_case(STACK, overrides=[f"temperature={t} K"]), session) for t in KELVINS]
    assert session.reused["meshes"] == len(KELVINS) - 1
    expected = [signal(read_case(STACK, overrides=by_hand(t)), Session(MPI.COMM_SELF)) for t in KELVINS]
    assert found == pytest.approx(expected, rel=1e-5)  # on other meshes
    assert expected[0] / expected[-1] > 2


def test_derivatives_take_along_what_follows():
    """By the resistivity of a metal whose length is proportional to its inverse: both change."""
    case = read_case(STACK)
    session = Session(MPI.COMM_SELF)
    simulation = session.simulation(case, session.device(case))
    found = next(s for s in sensitivities(simulation, case.observables) if s.name == "R.difference")
    names = {number.name for number in found.derivatives}
    assert "regions.spacer.material.resistivity" in names
    assert "regions.first.material.polarization" in names
    assert not {"regions.spacer.material.spin_diffusion_length", "regions.spacer.material.conductivity"} & names
    for number in parameters(case):
        if number.path[:2] != ("regions", "spacer") or number not in found.derivatives:
            continue
        step, total = 1e-4 * abs(number.value), 0.0
        for sign in (1, -1):
            regions = dict(case.regions)
            regions[number.path[1]] = changed(regions[number.path[1]], number.path[2:], number.value + sign * step)
            other = case.model_copy(update={"regions": regions})
            measured = measure(other, session.simulation(other, simulation.device)).measurements
            total += sign * next(m.value for m in measured if m.name == "R.difference") / (2 * step)
        scale = abs(found.value / number.value)
        assert found.derivatives[number] == pytest.approx(total, rel=1e-5, abs=1e-7 * scale)


def test_a_fit_of_a_signal_against_temperature_finds_what_made_it():
    session = Session(MPI.COMM_SELF)
    made = [signal(read_case(STACK, overrides=[f"temperature={t} K"]), session) for t in KELVINS]
    table = pd.DataFrame({"temperature [K]": KELVINS, "R.difference [ohm]": made, "R.difference error [%]": 0.1})
    result = fit(CaseSource(STACK.replace("10 nm", "14 nm")), table, MPI.COMM_SELF)
    assert result.full.values == pytest.approx([10e-9], rel=1e-3)  # the mesh was made for 14 nm


def test_the_published_case_falls_with_temperature_as_its_head_says():
    session = Session(MPI.COMM_SELF)
    found = []
    for kelvins in (4.2, 100, 300):
        case = load_case(CASES / "valve_temperature.yaml", [f"temperature={kelvins} K", "output.fields=false"])
        found.append(next(m.value for m in run(case, session).results.measurements if m.name.endswith("difference")))
    assert np.array(found) == pytest.approx([2.272e-3, 1.622e-3, 0.472e-3], rel=5e-3)
    assert session.reused["meshes"] >= 2


def test_ranks_agree(tmp_path):
    (tmp_path / "case.yaml").write_text(STACK)
    found = [run_command(tmp_path / "case.yaml", tmp_path / f"{n}", "output.pictures=false", ranks=n) for n in (1, 2)]
    values = [result["observables"]["R.difference"]["value"] for result in found]
    assert values[1] == pytest.approx(values[0], rel=1e-9)
    kept = found[0]["case"]["regions"]["spacer"]["material"]
    assert (kept["temperature"], kept["conductivity"]) == (100.0, pytest.approx(5e7))


def test_new_hands_out_the_table_that_the_case_names(tmp_path):
    assert spinfem("new", "valve_temperature", "-o", tmp_path / "mine.yaml").returncode == 0
    assert spinfem("check", tmp_path / "mine.yaml").returncode == 0
