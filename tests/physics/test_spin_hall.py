"""The spin Hall effect in the bulk: films, bilayers with a magnet, reciprocity (docs/physics.md, section 10)."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.reader import load_case
from spinfem.case.schema import Case
from spinfem.geometry.build import build_device
from spinfem.model.drive import Drive
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar, sheet
from tests.commands import CASES

NM = 1e-9
DEPTH = 10 * NM
SIGMA, LENGTH, THETA = 5e6, 3 * NM, 0.2
PT = {"conductivity": f"{SIGMA} S/m", "spin_diffusion_length": f"{LENGTH} m", "spin_hall_angle": THETA}
X, Y, Z = np.eye(3)


def simulation_of(device, regions, terminals, interfaces=None, **solver):
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened
            "regions": regions,
            "terminals": terminals,
            "interfaces": interfaces or {},
            "solver": solver,
        }
    )
    return Simulation(case, device)


# A film: current along x, thickness t along y (docs/physics.md, section 10).

T = 12 * NM
V = 1e-3
EDGES = {"left": {"voltage": f"{V} V", "spin": "reflecting"}, "right": {"voltage": "0 V", "spin": "reflecting"}}


def film(cells, dimension=2, theta=THETA, **solver):
    """A bar 12 nm x 12 nm in section, 30 nm long: E along +x."""
    device = bar(MPI.COMM_WORLD, [("pt", 30, cells)], 12, cells, dimension, depth=DEPTH)
    return simulation_of(device, {"pt": {"material": PT | {"spin_hall_angle": theta}}}, EDGES, **solver).solution()


def accumulation(y, t=T):
    """v_z at depth y below the middle of a film of thickness t."""
    return THETA * V / (30 * NM) * LENGTH * np.sinh(y / LENGTH) / np.cosh(t / 2 / LENGTH)


EXCESS = 2 * LENGTH / T * np.tanh(T / 2 / LENGTH)  # (mean conductivity / sigma - 1) / theta^2 of a film


def errors_of_a_film(cells, dimension, degree):
    """(of v over its edge value, of the mean conductivity, relative)."""
    solution = film(cells, dimension, degree=degree)
    y = np.linspace(0, T, 41)
    low = 0.37 * T if dimension == 3 else 0.0
    along_y = np.stack([0 * y + 14 * NM, y, 0 * y + low], axis=1)
    _, v = solution.at(along_y)
    expected = np.outer(accumulation(y - T / 2), Z)
    section = T * (T if dimension == 3 else DEPTH)
    if dimension == 3:  # a bar has four sides: v_y(z) = -v_z(y)
        expected -= accumulation(low - T / 2) * Y
    excess = (dimension - 1) * EXCESS
    mean = solution.readings["left"].current * 30 * NM / V / section
    return (
        np.abs(v - expected).max() / abs(accumulation(T / 2)),
        abs(mean / SIGMA - 1 - THETA**2 * excess),
    )


@pytest.mark.parametrize(("dimension", "degree", "cells"), [(2, 1, 12), (2, 2, 8), (3, 2, 6)])
def test_film_converges_to_the_closed_form(dimension, degree, cells):
    """Profile with the order degree + 1, conductivity with twice the degree."""
    coarse, fine = (errors_of_a_film(n, dimension, degree) for n in (cells, 2 * cells))
    assert fine[0] < 3e-3 and fine[1] < 1e-3 * THETA**2
    orders = np.log2(np.array(coarse) / np.array(fine))
    assert orders[0] > degree + 0.6 and orders[1] > 2 * degree - 0.3


def test_film_to_a_thousandth():
    profile, mean = errors_of_a_film(16, 2, 2)
    assert profile < 1e-3 and mean < 1e-5 * THETA**2


def test_the_edge_value_changes_sign_with_the_angle():
    corner = [[14 * NM, T, 0]]
    for theta in (THETA, -THETA):
        _, (v,) = film(16, theta=theta).at(corner)
        assert v[2] == pytest.approx(np.sign(theta) * accumulation(T / 2), rel=1e-3)


def test_currents_of_a_film():
    """No spin current through the insulated sides, J_y,z = theta sigma E (1 - cosh(y/lambda)/cosh(t/2 lambda)) inside."""
    solution = film(24)
    y = np.linspace(0.2, 11.8, 30) * NM
    points = np.stack([0 * y + 14 * NM, y, 0 * y], axis=1)
    flow = THETA * SIGMA * V / (30 * NM)
    expected = flow * (1 - np.cosh((y - T / 2) / LENGTH) / np.cosh(T / 2 / LENGTH))
    assert np.allclose(solution.spin_currents_at(points, Y)[:, 2], expected, atol=0.01 * flow)
    assert np.abs(solution.spin_currents_at(points, X)).max() < 0.01 * flow


@pytest.mark.parametrize(("dimension", "components"), [(1, 1), (2, 1), (3, 3)])
def test_spins_that_are_reached(dimension, components):
    solution = film(6, dimension)
    assert len(solution.problem.basis) == components
    assert ("GMRES" in solution.report.method) == (dimension > 1)
    assert ("hall_conductivity" in solution.problem.coefficients.numbers) == (dimension > 1)


def test_without_an_angle_there_is_no_term():
    problem = film(6, theta=0.0).problem
    assert "hall_conductivity" not in problem.coefficients.numbers and problem.symmetric


def test_spin_hall_magnetoresistance_of_an_insulating_magnet():
    """Chen et al., PRB 87, 144411 (2013): theta^2 (lambda/d) Re{2 lambda G tanh^2(d/2 lambda) / [sigma + 2 lambda G coth(d/lambda)]}, of the
    conductivity, between m along z and m across z. Nothing but what crosses m passes the contact."""
    theta, length, d, sigma, mixing = 0.056, 3.4 * NM, 6 * NM, 5.8e6, 5e14 + 1e14j
    metal = {"conductivity": f"{sigma} S/m", "spin_diffusion_length": f"{length} m"}
    contact = {"type": "circuit", "conductance_up": "0 S/m^2", "conductance_down": "0 S/m^2"} | {
        "mixing_conductance": f"{mixing.real} S/m^2",
        "mixing_conductance_imaginary": f"{mixing.imag} S/m^2",
    }
    device = sheet(MPI.COMM_WORLD, [("pt", 6, 24), ("yig", 4, 2)], 12, 3, ["pt"], depth=DEPTH)

    def current(m):
        regions = {
            "pt": {"material": metal | {"spin_hall_angle": theta}},
            "yig": {"material": metal, "magnetization": m},
        }
        simulation = simulation_of(
            device, regions, EDGES | {"top": {"voltage": "0 V"}}, {"pt/yig": contact}, tolerance=1e-13
        )
        return simulation.solution().readings["left"].current

    ohmic = sigma * V / (12 * NM) * d * DEPTH
    expected = theta**2 * length / d * 2 * length * mixing * np.tanh(d / 2 / length) ** 2
    expected = (expected / (sigma + 2 * length * mixing / np.tanh(d / length))).real
    assert expected == pytest.approx(3.2467e-4, rel=1e-4)
    for across in ("+x", "+y"):
        assert (current("+z") - current(across)) / ohmic == pytest.approx(expected, rel=1e-4)


# Interfaces, conservation, power.

CU = {"material": {"conductivity": "4e7 S/m", "spin_diffusion_length": "100 nm"}}
PY = {"material": {"conductivity": "2e6 S/m", "spin_diffusion_length": "4 nm", "polarization": 0.5}}
RESISTIVE = {"resistance_area": "1e-15 ohm m^2"}
CIRCUIT = {"type": "circuit", "conductance_up": "6e14 S/m^2", "conductance_down": "2e14 S/m^2"} | {
    "mixing_conductance": "5e14 S/m^2",
    "mixing_conductance_imaginary": "2e14 S/m^2",
}
CONTACTS = {
    "Cu transparent": ({"top": CU}, {}),
    "Cu resistive": ({"top": CU}, {"pt/top": RESISTIVE}),
    "Py transparent": ({"top": PY | {"magnetization": "+x"}}, {}),
    "Py resistive": ({"top": PY | {"magnetization": [0.6, 0.3, 0.4]}}, {"pt/top": RESISTIVE | {"polarization": 0.4}}),
    "Py circuit": ({"top": PY | {"magnetization": [0.6, 0.3, 0.4]}}, {"pt/top": CIRCUIT}),
    "Py texture": ({"top": PY | {"magnetization": {"expression": ["sin(x/(9*nm))", "0", "cos(x/(9*nm))"]}}}, {}),
    "weak Py": ({"top": PY | {"magnetization": "+x", "dephasing_length": "1 nm"}}, {}),
}
ENDS = {
    "left": {"current": "1 mA", "spin": "sink"},
    "right": {"voltage": "0 V", "spin": "reflecting"},
    "top": {"floating": True, "spin": {"current": ["0 A", "0 A", "0.1 mA"]}},
}


@pytest.mark.parametrize("theta", [0.056, 0.3])
@pytest.mark.parametrize("contact", CONTACTS)
def test_charge_is_conserved_and_the_skew_part_does_no_work(contact, theta):
    regions, interfaces = CONTACTS[contact]
    device = sheet(MPI.COMM_WORLD, [("pt", 8, 8), ("top", 6, 6), ("cap", 4, 4)], 40, 16, ["pt"], depth=DEPTH)
    regions = {"pt": {"material": PT | {"spin_hall_angle": theta}}, "cap": CU, **regions}
    solution = simulation_of(device, regions, ENDS, interfaces).solution()
    assert solution.conservation_defect < 1e-10
    assert sum(solution.powers().values()) == pytest.approx(solution.power_in(), rel=1e-9)
    for contact, side in (
        (("pt", "top"), "pt"),
        (("top", "cap"), "cap"),
        (("top", "cap"), "top"),
    ):  # to a floating terminal
        assert abs(solution.flux(contact, side)[0]) < 1e-10 * 1e-3


@pytest.mark.parametrize("contact", ["Cu transparent", "Py circuit"])
def test_iterations_stay_bounded_and_close_to_those_without(contact):
    regions, interfaces = CONTACTS[contact]

    def iterations(theta, n):
        device = sheet(MPI.COMM_WORLD, [("pt", 8, 4 * n), ("top", 6, 3 * n)], 40, 8 * n, ["pt"], depth=DEPTH)
        materials = {"pt": {"material": PT | {"spin_hall_angle": theta}}, **regions}
        return simulation_of(device, materials, ENDS, interfaces).solution().report.iterations

    small, large = iterations(0.3, 2), iterations(0.3, 8)
    assert large <= 1.5 * small + 3
    assert large <= 1.5 * iterations(0.0, 8) + 6  # in a plane each field is factored: what couples nothing takes one


# The inverse effect.


def test_a_spin_current_brings_about_a_transverse_voltage():
    """Spins that enter a film through a barrier on top, J downwards, relax in it; with no current along x
    E t [1 + theta^2 (2 lambda/t) tanh(t/2 lambda)] = -theta (J lambda/sigma) tanh(t/2 lambda)."""
    length, t = 40, 6
    device = sheet(MPI.COMM_WORLD, [("pt", t, 24), ("top", 4, 4)], length, 12, ["pt"], depth=DEPTH)
    terminals = {
        "left": {"floating": True},
        "right": {"voltage": "0 V", "spin": "reflecting"},
        "top": {"floating": True, "spin": {"potential": ["0 V", "0 V", "1 V"]}},
    }
    barrier = {"pt/top": {"resistance_area": "1e-9 ohm m^2"}}
    # the voltage is a millionth of the spin potential that drives: a residual of 1e-12 of the drive is not small beside it
    solution = simulation_of(
        device, {"pt": {"material": PT}, "top": CU}, terminals, barrier, tolerance=1e-14
    ).solution()
    down = solution.flux(("pt", "top"), "pt")[1][2] / (length * NM * DEPTH)
    assert down == pytest.approx(1e9, rel=1e-3)
    tanh = np.tanh(t * NM / 2 / LENGTH)
    field = -THETA * (down * LENGTH / SIGMA) * tanh / (t * NM * (1 + THETA**2 * 2 * LENGTH / (t * NM) * tanh))
    voltage = solution.readings["left"].potential  # E points from left to right where it is positive
    assert voltage == pytest.approx(field * length * NM, rel=1e-3)


# Onsager: the response to a current of charge and that to a current of spin.


@pytest.mark.parametrize("contact", CONTACTS)
def test_direct_and_inverse_effect_are_reciprocal(contact):
    """v at B for each ampere of charge at A, with m, is minus phi at A for each ampere of spin at B, with -m."""
    regions, interfaces = CONTACTS[contact]
    device = sheet(
        MPI.COMM_WORLD, [("base", 5, 4), ("pt", 6, 6), ("top", 5, 5), ("cap", 3, 3)], 30, 10, ["pt"], depth=DEPTH
    )
    no_spins = {"current": ["0 A", "0 A", "0 A"]}
    terminals = {
        "left": {"floating": True},
        "right": {"voltage": "0 V", "spin": "sink"},
        "bottom": {"floating": True, "spin": no_spins},
        "top": {"floating": True, "spin": no_spins},
    }
    regions = {"base": CU, "pt": {"material": PT}, "cap": CU, **regions}
    simulation = simulation_of(device, regions, terminals, interfaces)
    magnetization = simulation.case.regions["top"].magnetization
    flipped = magnetization and {"top": magnetization.flipped()}
    ampere = 1e-3
    direct = simulation.solution(drive=Drive(currents={"left": ampere})).readings
    for place in ("bottom", "top"):
        inverse = [
            simulation.solution(flipped, Drive(spin_currents={place: ampere * axis})).readings["left"].potential
            for axis in np.eye(3)
        ]
        scale = max(np.abs(direct[place].spin_potential).max(), np.abs(inverse).max())
        assert scale > 1e-4 * direct["left"].potential
        assert np.allclose(direct[place].spin_potential, -np.array(inverse), atol=1e-8 * scale)


def test_a_valve_that_absorbs_is_reciprocal():
    """Charge at the injector makes a voltage along the platinum; charge along the platinum the same one at the injector, with -m."""
    overrides = ["mesh.resolution=8", "mesh.size=100 nm", "mesh.growth=1", "solver.degree=1", "solver.tolerance=1e-14"]
    case = load_case(CASES / "spin_absorption.yaml", overrides)
    simulation, ampere = Simulation(case, build_device(case, MPI.COMM_WORLD)), 1e-3
    flipped = {name: case.regions[name].magnetization.flipped() for name in ("injector", "detector")}

    def inverse(turned):
        at = simulation.solution(turned, Drive(currents={"injector_end": ampere})).readings
        return at["absorber_end"].potential - at["absorber_start"].potential

    def direct(turned):
        drive = Drive(currents={"absorber_end": ampere, "absorber_start": -ampere})
        return simulation.solution(turned, drive).readings["injector_end"].potential

    signal = inverse(None) - inverse(flipped)
    assert signal > 1e-5 * ampere  # ohm
    assert direct(flipped) == pytest.approx(inverse(None), abs=1e-6 * signal)
    assert direct(None) == pytest.approx(inverse(flipped), abs=1e-6 * signal)


# The torque of platinum on a magnet.


def torque_per_current(m, mixing):
    """(spin current across m into the magnet)/(theta sigma E) from below, shape (3,), of a film of thickness T under a magnet.

    J_y,a = -sigma v_a' + theta sigma E z_a is 0 at the bottom and 2 G_r v_perp + 2 G_i m x v at the top. With the component across m written
    as one complex number w, in which m x is i, and G = G_r + i G_i, v'' = v/lambda^2 gives
    J = (1 - 1/cosh(t/lambda)) 2G / (2G + (sigma/lambda) tanh(t/lambda)) z_perp; Chen et al., PRB 87, 144411 (2013).
    """
    t = T / LENGTH
    passed = 1.0 if mixing is None else 2 * mixing / (2 * mixing + SIGMA / LENGTH * np.tanh(t))
    factor = (1 - 1 / np.cosh(t)) * passed
    across = Z - (m @ Z) * m
    return factor.real * across + np.imag(factor) * np.cross(m, across)


@pytest.mark.parametrize("mixing", [None, 5e14 + 0j, 5e14 + 4e14j, 5e14 - 4e14j])
@pytest.mark.parametrize("m", [X, Y, np.array([0.6, 0.0, 0.8]), np.array([0.6, 0.64, -0.48])])
def test_torque_on_a_magnet_on_top(m, mixing):
    """The magnet conducts too: the current splits, E stays. Damping-like along z_perp, field-like along m x z."""
    device = sheet(MPI.COMM_WORLD, [("pt", 12, 24), ("top", 4, 4)], 30, 8, ["pt", "top"], depth=DEPTH)
    magnet = {
        "material": {"conductivity": "2e6 S/m", "spin_diffusion_length": "4 nm"},
        "magnetization": m.tolist(),
    }
    contact = mixing and {
        "type": "circuit",
        "conductance_up": "3e14 S/m^2",
        "conductance_down": "3e14 S/m^2",
        "mixing_conductance": f"{mixing.real} S/m^2",
        "mixing_conductance_imaginary": f"{mixing.imag} S/m^2",
    }
    simulation = simulation_of(
        device, {"pt": {"material": PT}, "top": magnet}, EDGES, {"pt/top": contact} if contact else {}
    )
    found = simulation.solution().absorbed("top") / (30 * NM * DEPTH * THETA * SIGMA * V / (30 * NM))
    expected = torque_per_current(m, mixing)
    assert np.allclose(found, expected, atol=1e-3)


def measured(case, *overrides):
    """name -> value of everything that a shipped case measures."""
    case = load_case(CASES / f"{case}.yaml", [*overrides, "accuracy=0.1 %"])
    return {item.name: item.value for item in run(case, Session(MPI.COMM_WORLD)).results.measurements}


MIXING = (
    "interfaces={normal/magnet: {type: circuit, conductance_up: 6e14 S/m^2, conductance_down: 2e14 S/m^2,"
    " mixing_conductance: 5e14 S/m^2, mixing_conductance_imaginary: 1e14 S/m^2}}"
)


@pytest.mark.parametrize(("overrides", "damping", "field"), [((), -7.13e-20, 0.0), ((MIXING,), -2.76e-20, 3.35e-21)])
def test_the_bilayer_shows_what_its_case_promises(overrides, damping, field):
    found = measured("pt_py_bilayer", *overrides)
    assert found["spin_torque"] == pytest.approx((0, field, damping), rel=2e-3, abs=1e-27)
    assert found["spin_torque.in_plane"] == pytest.approx(damping, rel=2e-3)  # r_perp = z
    assert found["spin_torque.out_of_plane"] == pytest.approx(-field, rel=2e-3, abs=1e-27)  # m x r = -y
    assert found["dissipation.balance"] < 1e-10
    if not overrides:
        assert found["spin_torque.efficiency"] == pytest.approx(0.354, abs=1e-3)


def test_the_film_shows_what_its_case_promises():
    found = measured("spin_hall_film")
    assert found["spin_accumulation.top"][2] == pytest.approx(1.893e-6, rel=1e-3)
    assert found["spin_accumulation.bottom"][2] == pytest.approx(-1.893e-6, rel=1e-3)
    assert found["terminals.left.current"] == pytest.approx(1.161e-3, rel=1e-3)
    assert found["spin_resistance"] / found["spin_resistance.total"] == pytest.approx(-1.06e-3, rel=1e-3)
