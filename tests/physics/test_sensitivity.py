"""Derivatives from adjoint states: against finite differences of the whole program, and against scaling laws."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.parameters import changed, parameters
from spinfem.case.reader import load_case
from spinfem.case.schema import Case
from spinfem.study.accuracy import measure
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar
from tests.commands import CASES, COARSE, run, sets, spinfem

NM = 1e-9
COPPER = {"conductivity": "3e7 S/m", "spin_diffusion_length": "40 nm"}
PLATINUM = {"conductivity": "5e6 S/m", "spin_diffusion_length": "4 nm", "spin_hall_angle": 0.1}
COBALT = {"conductivity": "7e6 S/m", "spin_diffusion_length": "12 nm", "polarization": 0.5}
PERMALLOY = {"conductivity": "5e6 S/m", "spin_diffusion_length": "5 nm", "polarization": 0.7}
TUNNEL = {"resistance_area": "1 fohm m^2", "polarization": 0.4}
CIRCUIT = {"type": "circuit", "conductance_up": "6e15 S/m^2", "conductance_down": "2e15 S/m^2"} | {
    "mixing_conductance": "5e15 S/m^2"
}
TURNING = CIRCUIT | {"mixing_conductance_imaginary": "3e15 S/m^2"}
WEAK = {"dephasing_length": "3 nm", "precession_length": "2 nm"}
Z, TILTED = [0, 0, 1], [0.6, 0, 0.8]
WALL = {"expression": ["sin(x/(10*nm))", "0", "cos(x/(10*nm))"]}

# name: metals of f1, n, f2; magnetizations of f1, f2; interfaces
BANDS = {"type": "bands", "normal": "13.6 1/nm", "up": "10 1/nm", "down": "6 1/nm", "mass_down": 1.3}
DEVICES = {
    "transparent": ((COBALT, COPPER, PERMALLOY), (Z, Z), {}),
    "non-collinear": ((COBALT, COPPER, PERMALLOY), (Z, TILTED), {"f1/n": TUNNEL, "n/f2": CIRCUIT}),
    "spin memory loss": ((COBALT, COPPER, PERMALLOY), (Z, TILTED), {"f1/n": TUNNEL | {"spin_memory_loss": 0.6}}),
    "not symmetric": ((COBALT, COPPER, PERMALLOY), (Z, TILTED), {"f1/n": TURNING, "n/f2": TUNNEL}),
    "weak": ((COBALT, COPPER, PERMALLOY | WEAK), (Z, TILTED), {"f1/n": TUNNEL}),
    "wall": ((COBALT, COPPER, PERMALLOY), (WALL, TILTED), {"n/f2": TUNNEL}),
    "bands": ((COBALT, COPPER, PERMALLOY), (Z, TILTED), {"n/f2": BANDS}),
    "spin Hall": ((COBALT, PLATINUM, PERMALLOY), (Z, TILTED), {"f1/n": CIRCUIT}),
}


RESISTANCES = (
    {"spin_resistance": {"plus": "left", "minus": "right"}},
    {"magnetoresistance": {"plus": "left", "minus": "right", "rotate": "f2", "axis": "+y"}},
)
ELSEWHERE = (
    {"spin_torque": {"magnet": "f2", "reference": "f1", "drive": "left"}},
    {"spin_torque": {"magnet": "f1", "name": "other"}},
    "spin_accumulation",
    {"spin_accumulation": {"name": "at", "points": {"a": ["13 nm", "7 nm", "0 nm"], "b": ["3.3 nm", "9 nm", "0 nm"]}}},
    {"injection_efficiency": {"contact": "n/f2"}},
    "dissipation",
    "terminals",
)  # torque, flux, values at points, averages, powers
AROUND = (
    {"loop_current": {"axis": "y", "position": "7 nm"}},
    {"loop_current": {"axis": "y", "position": "12 nm", "regions": ["n"], "name": "part"}},
)
ENTRIES = [["I(left)", "V(right)"], ["Is_m(left)", "v_m(right)"], ["Is_m(right)", "V(left)"]]


def simulation_of(name, terminals=None, observables=RESISTANCES, **solver):
    metals, magnets, interfaces = DEVICES[name]
    device = bar(MPI.COMM_WORLD, [(region, 10, 4) for region in ("f1", "n", "f2")], across=20, cells_across=2, depth=NM)
    regions = {region: _region(metal) for region, metal in zip(("f1", "n", "f2"), metals, strict=True)}
    for region, m in zip(("f1", "f2"), magnets, strict=True):
        regions[region]["magnetization"] = m
    current = {"left": {"current": "1 uA", "spin": "sink"}, "right": {"voltage": "0 V", "spin": "reflecting"}}
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened: the test brings its mesh
            "mesh": {},
            "regions": regions,
            "interfaces": interfaces,
            "terminals": terminals or current,
            "observables": list(observables),
            "solver": {"method": "direct"} | solver,
        }
    )
    return Simulation(case, device)


def _region(given):
    lengths = {key: given[key] for key in WEAK if key in given}
    return {"material": {key: value for key, value in given.items() if key not in WEAK}} | lengths


def with_number(simulation, number, value):
    """A Simulation on the same mesh for the case with another value of a number."""
    group, name, *path = number.path
    models = getattr(simulation.case, group)
    return Simulation(
        simulation.case.model_copy(update={group: models | {name: changed(models[name], path, value)}}),
        simulation.device,
    )


def difference_quotient(simulation, number, step=3e-4):
    """Measurement -> derivative, by two runs of everything."""
    h = step * abs(number.value) or step
    total = {}
    for k, weight in ((1, 1 / 2), (-1, -1 / 2)):
        other = with_number(simulation, number, number.value + k * h)
        for m in measure(other.case, other).measurements:
            for name, value in (
                zip((f"{m.name}.{axis}" for axis in "xyz"), m.value, strict=True)
                if np.ndim(m.value)
                else [(m.name, m.value)]
            ):
                total[name] = total.get(name, 0.0) + weight * value / h
    return total


VOLTAGE = {"left": {"voltage": "1 mV", "spin": "sink"}, "right": {"voltage": "0 V", "spin": "reflecting"}}


def _slow(name):
    return pytest.param(name, "current", ELSEWHERE, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    ("name", "driven_by", "observables"),
    [
        *((name, "current", RESISTANCES) for name in DEVICES),
        ("not symmetric", "voltage", RESISTANCES),
        ("weak", "voltage", ELSEWHERE),
        ("not symmetric", "current", ELSEWHERE),
        ("not symmetric", "current", ({"conductance_matrix": {"entries": ENTRIES}},)),
        *map(_slow, ("transparent", "non-collinear", "spin memory loss", "weak", "spin Hall")),
    ],
)
def test_every_derivative_is_that_of_finite_differences(name, driven_by, observables):
    simulation = simulation_of(name, VOLTAGE if driven_by == "voltage" else None, observables)
    found = [s for s in sensitivities(simulation, simulation.case.observables) if abs(s.value) > s.noise]
    without_torque = {"spin_torque", "other"} if name == "transparent" else set()  # collinear
    assert {s.name.split(".")[0] for s in found} == {o.name for o in simulation.case.observables} - without_torque
    compared = 0
    for number in found[0].derivatives:
        expected = difference_quotient(simulation, number)
        for s in found:
            scale = abs(s.value / number.value if number.value else s.value)
            assert s.derivatives[number] == pytest.approx(expected[s.name], rel=1e-5, abs=1e-8 * scale)
            compared += abs(expected[s.name]) > 1e-5 * scale
    assert compared >= 2 * len(found[0].derivatives)


def test_what_goes_around_has_the_derivatives_of_finite_differences():
    """Those by what is not zero: a first spin Hall angle turns the current around where there was next to none."""
    simulation = simulation_of("spin Hall", observables=AROUND)
    found = [s for s in sensitivities(simulation, simulation.case.observables) if abs(s.value) > s.noise]
    names = {f"loop_current{what}" for what in ("", ".net", ".counterclockwise", ".clockwise")} | {
        "part.net"
    }  # in this part it goes one way
    assert names == {s.name for s in found}
    for number in (number for number in found[0].derivatives if number.value):
        expected = difference_quotient(simulation, number)
        for s in found:
            scale = abs(s.value / number.value)
            assert s.derivatives[number] == pytest.approx(expected[s.name], rel=1e-4, abs=1e-6 * scale), s.name


def test_a_decay_length_follows_the_spin_diffusion_length():
    """In a long wire the two are one, so the derivative is 1, and nothing else matters."""
    device = bar(MPI.COMM_WORLD, [("f", 40, 8), ("n", 400, 60)], across=10, dimension=1)
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},
            "regions": {"f": _region(COBALT) | {"magnetization": "+z"}, "n": _region(COPPER)},
            "terminals": {"left": {"current": "1 uA"}, "right": {"voltage": "0 V"}},
            "observables": [{"decay_length": {"along": "n", "from": "80 nm", "to": "160 nm"}}],
            "solver": {"method": "direct"},
        }
    )
    (found,) = sensitivities(Simulation(case, device), case.observables)
    slopes = {".".join(parameter.path[1:]): slope for parameter, slope in found.derivatives.items()}
    assert found.value == pytest.approx(40 * NM, rel=1e-5)
    assert slopes.pop("n.material.spin_diffusion_length") == pytest.approx(1, abs=1e-4)
    assert max(abs(slope) * p.value for p, slope in found.derivatives.items() if p.path[1] == "f") < 1e-4 * found.value


def test_the_derivative_by_a_conductance_that_is_zero():
    closed = ("interfaces", "n/f2", "conductance_down")
    (number,) = (n for n in parameters(simulation_of("non-collinear").case) if n.path == closed)
    simulation, h = with_number(simulation_of("non-collinear"), number, 0.0), 1e-4 * number.value
    number = replace(number, value=0.0)
    found = sensitivities(simulation, simulation.case.observables[:1])[0].derivatives[number]
    low, high = (with_number(simulation, number, value) for value in (-h, h))
    resistance = [other.solution().resistance("left", "right") for other in (low, high)]
    assert found == pytest.approx((resistance[1] - resistance[0]) / (2 * h), rel=1e-5)
    assert abs(found) * 2e15 > 1e-3 * resistance[0]


@pytest.mark.parametrize("name", DEVICES)
def test_no_parameter_is_forgotten(name):
    simulation = simulation_of(name)
    left_out = set(parameters(simulation.case)) - set(
        sensitivities(simulation, simulation.case.observables)[0].derivatives
    )
    assert {number.path[-1] for number in left_out} <= {
        "polarization",
        "spin_hall_angle",
        "amr_ratio",
        "anomalous_hall_angle",
        "mixing_conductance_imaginary",
        "g_factor",
        "spin_lifetime_anisotropy",
        "seebeck_coefficient",
        "spin_seebeck_coefficient",
    }
    without_effect = {"g_factor": 2, "spin_lifetime_anisotropy": 1}  # there is no magnetic field
    assert all(number.value == without_effect.get(number.path[-1], 0) for number in left_out)


@pytest.mark.parametrize("name", sorted(DEVICES.keys() - {"bands"}))  # whose conductances are no parameters
def test_a_resistance_is_inverse_to_all_conductances_together(name):
    """Euler's theorem: R(c sigma, AR/c, c G) = R/c."""
    simulation = simulation_of(name)
    for s in sensitivities(simulation, simulation.case.observables):
        if s.unit == "ohm":
            power = {"S/m": 1, "S/m^2": 1, "ohm m^2": -1}
            total = sum(power.get(n.unit, 0) * n.value * slope for n, slope in s.derivatives.items())
            assert total == pytest.approx(-s.value, rel=1e-8)


def test_one_solve_for_each_drive_and_state_whatever_the_number_of_parameters():
    simulation = simulation_of("non-collinear")
    solved = []
    simulation.adjoint = lambda *given: solved.append(given) or Simulation.adjoint(simulation, *given)
    sensitivities(simulation, simulation.case.observables[:1])  # R and R - R_0: with and without spins
    assert len(solved) == 2


def test_reversed_weights_have_one_adjoint_state():
    """R_NL of both states and their difference need two adjoint solves."""
    case = load_case(CASES / "nonlocal_valve_2d.yaml", COARSE)
    session = Session(MPI.COMM_WORLD)
    simulation = session.simulation(case, session.device(case))
    solved = []
    simulation.adjoint = lambda *given: solved.append(given) or Simulation.adjoint(simulation, *given)
    found = sensitivities(simulation, [o for o in case.observables if o.kind == "nonlocal_resistance"])
    assert len(found) >= 3 and len(solved) == 2


def test_the_iterative_solver_gives_the_same():
    for name in ("non-collinear", "not symmetric"):
        direct, iterative = (simulation_of(name, method=method) for method in ("direct", "iterative"))
        first, second = (
            sensitivities(simulation, simulation.case.observables)[0] for simulation in (direct, iterative)
        )
        for number, slope in first.derivatives.items():
            assert second.derivatives[number] == pytest.approx(slope, rel=1e-6, abs=1e-9 * abs(first.value))


def test_results_json_on_request(tmp_path):
    """On several ranks: tests/parallel/test_ranks.py."""
    wanted = ("sensitivities=[nonlocal_resistance]", "solver.error_estimate=false", *COARSE)
    results = run(CASES / "nonlocal_valve_2d.yaml", tmp_path / "out", *wanted)
    found = results["matrices"]["sensitivities"]
    derivatives = found["derivatives"]["nonlocal_resistance.difference"]
    assert derivatives["regions.wire.material.spin_diffusion_length"]["unit"] == "ohm/m"
    assert derivatives["regions.wire.material.conductivity"]["unit"] == "ohm/(S/m)"
    assert np.abs(found["values"]).max() > 0.1
    assert (tmp_path / "out/sensitivities.csv").is_file()
    assert "adjoint" in results["seconds"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("[nothing]", "sensitivities.0 (--set): nothing: "), ("[profile]", "sensitivities.0")],
)
def test_what_has_no_derivatives_is_said(wanted, said, tmp_path):
    curve = "observables=[{profile: {from: [0 nm, 0 nm, 0 nm], to: [50 nm, 0 nm, 0 nm]}}]"
    overrides = (f"sensitivities={wanted}", curve, *COARSE)
    done = spinfem("run", CASES / "nonlocal_valve_2d.yaml", "-o", tmp_path / "out", *sets(*overrides))
    assert done.returncode == 2
    assert said in done.stderr and "Traceback" not in done.stderr
