"""Anisotropic magnetoresistance, planar and anomalous Hall effect, spin Hall effect in magnets (docs/hall_effects.md)."""

import json

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.reader import read_case
from spinfem.case.schema import Case
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.postprocessing.torque import torque_map
from spinfem.study.run import run
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from spinfem.theory.resistivity import resistivity_tensor
from tests.boxes import bar, sheet
from tests.commands import spinfem
from tests.physics.test_sensitivity import difference_quotient

NM = 1e-9
SIGMA, LENGTH, P = 5e6, 4 * NM, 0.4
METAL = {"conductivity": f"{SIGMA} S/m", "spin_diffusion_length": f"{LENGTH} m", "polarization": P}
EVERYTHING = {
    "amr_ratio": 0.1,
    "amr_polarization": 0.7,
    "anomalous_hall_angle": 0.1,
    "anomalous_hall_polarization": -0.5,
    "spin_hall_angle": 0.08,
}
WEAK = {"dephasing_length": "1 nm", "precession_length": "2 nm"}
V = 1e-3
ENDS = {
    "left": {"voltage": f"{V} V", "spin": "sink"},
    "right": {"voltage": "0 V", "spin": "sink"},
}  # what the drift carries goes on
CLOSED = {name: end | {"spin": "reflecting"} for name, end in ENDS.items()}
DEPTH = 10 * NM
X, Y, Z = np.eye(3)
TURNING = {"expression": ["0.8*sin(x/(9*nm))", "0.6", "0.8*cos(x/(9*nm))"]}


def simulation_of(device, regions, terminals=ENDS, observables=(), interfaces=None, **solver):
    return Simulation(
        Case.model_validate(
            {
                "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened
                "regions": regions,
                "terminals": terminals,
                "interfaces": interfaces or {},
                "observables": list(observables),
                "solver": {"tolerance": 1e-13} | solver,
            }
        ),
        device,
    )


def magnet(m, effects, **more):
    return {"material": METAL | effects, "magnetization": m if isinstance(m, (str, dict)) else list(m)} | more


def long_bar(m, effects, dimension=2, length=108, cells=4, more=None, terminals=ENDS, **solver):
    """A bar along x, 12 nm x 12 nm in section, or 10 nm in 2D."""
    device = bar(MPI.COMM_WORLD, [("bar", length, length // 12 * cells)], 12, cells, dimension, depth=DEPTH)
    return simulation_of(device, {"bar": magnet(m, effects, **(more or {}))}, terminals, **solver).solution()


def field_for_each_current(solution, dimension):
    """E/j, (dimension,), ohm m, in the middle of the bar, where its ends are far."""
    middle = np.array([54.0, 6.0, 6.0 * (dimension == 3)])
    steps = np.eye(3)[:dimension] * 4
    phi, _ = solution.at(np.concatenate([middle + steps, middle - steps]) * NM)
    section = 12 * NM * (12 * NM if dimension == 3 else DEPTH)
    return -(phi[:dimension] - phi[dimension:]) / (8 * NM) / (solution.readings["left"].current / section)


# A long bar with insulated sides: E is the resistivity times j.

BOTH = {"amr_ratio": 0.1, "anomalous_hall_angle": 0.1}


@pytest.mark.parametrize("more", [{}, WEAK], ids=["strong", "weak"])
@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 120])
def test_longitudinal_and_planar_hall_resistance(degrees, more):
    """rho = rho_across + drho cos² theta; E_y = drho sin theta cos theta j, so that side is positive which m points away from."""
    theta, ratio = np.radians(degrees), 0.1
    found = field_for_each_current(
        long_bar([np.cos(theta), np.sin(theta), 0.0], {"amr_ratio": ratio}, more=more), dimension=2
    )
    across, difference = (1 - ratio / 3) / SIGMA, ratio / SIGMA
    expected = across + difference * np.cos(theta) ** 2, difference * np.sin(theta) * np.cos(theta)
    assert found == pytest.approx(expected, abs=2e-5 * difference)


@pytest.mark.parametrize("more", [{}, WEAK], ids=["strong", "weak"])
def test_anomalous_hall_voltage(more):
    """rho_AH = sigma_AH/(sigma² + sigma_AH²); for m along z the side towards y, z x j, is positive: E_y = - rho_AH j."""
    for sign in (1, -1):
        found = field_for_each_current(long_bar(sign * Z, {"anomalous_hall_angle": 0.1}, more=more), dimension=2)
        hall = 0.1 * SIGMA
        expected = np.array([SIGMA, -sign * hall]) / (SIGMA**2 + hall**2)
        assert found == pytest.approx(expected, abs=2e-5 * 0.1 / SIGMA)


def test_in_a_plane_only_the_magnetization_across_it_sends_currents_sideways():
    found = field_for_each_current(long_bar([0.6, 0.0, 0.8], {"anomalous_hall_angle": 0.1}), dimension=2)
    assert found[1] * SIGMA == pytest.approx(-0.08 / (1 + 0.08**2), rel=1e-4)


@pytest.mark.parametrize("m", [[0.48, 0.6, 0.64], [-0.36, 0.48, 0.8]])
def test_a_bar_has_the_column_of_the_resistivity_tensor(m):
    found = field_for_each_current(long_bar(m, BOTH, dimension=3, cells=2, degree=2), dimension=3)
    expected = resistivity_tensor(SIGMA, 0.1, 0.1, m)[:, 0]
    assert found == pytest.approx(expected, abs=1e-4 * 0.1 / SIGMA)
    assert np.abs(expected[1:]).min() > 0.01 / SIGMA


def test_on_a_line_there_is_magnetoresistance_and_no_hall_effect():
    device = bar(MPI.COMM_WORLD, [("bar", 72, 24)], across=10, dimension=1)
    for m, rho in (("+x", 1 + 0.2 / 3), ("+z", 1 - 0.1 / 3)):
        solution = simulation_of(device, {"bar": magnet(m, BOTH)}).solution()
        assert solution.problem.symmetric and "anomalous_hall_conductivity" not in solution.problem.coefficients.numbers
        conductance = solution.readings["left"].current / V
        assert conductance == pytest.approx(SIGMA / rho * device.depth / (72 * NM), rel=1e-9)


# What spins do at the edges of a film whose channels have different Hall angles.


def accumulation(y, width, theta, q, field):
    """s at depth y below the middle: s' = theta (P_H - P) E/(1 - P²) at both edges, where j_y = J_y = 0."""
    return theta * (q - P) * field * LENGTH / (1 - P**2) * np.sinh(y / LENGTH) / np.cosh(width / 2 / LENGTH)


def errors_at_the_edges(cells, degree, effects, more):
    """(of s over its edge value, of the Hall voltage over its part by spins, of the current over its part by spins)."""
    width, theta, q = 12 * NM, 0.1, -0.5
    solution = long_bar("+z", effects, cells=cells, degree=degree, more=more)
    y = np.linspace(0, width, 25)
    phi, v = solution.at(np.stack([0 * y + 54 * NM, y, 0 * y], axis=1))
    (left, right), _ = solution.at([[50 * NM, 6 * NM, 0], [58 * NM, 6 * NM, 0]])
    field = (left - right) / (8 * NM)
    edge = accumulation(width / 2, width, theta, q, field)
    tanh = np.tanh(width / 2 / LENGTH)
    hall = theta * field * width - 2 * P * edge
    by_spins = theta**2 * (q - P) ** 2 / (1 - P**2) * (2 * LENGTH / width) * tanh
    mean = solution.readings["left"].current / (width * DEPTH) / field / SIGMA
    profile = np.abs(v[:, 2] - accumulation(y - width / 2, width, theta, q, field)).max()
    return profile / edge, abs(phi[-1] - phi[0] - hall) / (2 * P * edge), abs(mean - 1 - theta**2 - by_spins) / by_spins


ONE = {"anomalous_hall_angle": 0.1, "anomalous_hall_polarization": -0.5}
OTHER = {"anomalous_hall_angle": 0.1, "anomalous_hall_polarization": 0.3, "spin_hall_angle": -0.08}


@pytest.mark.parametrize("effects", [ONE, OTHER], ids=["one effect", "two that add up to it"])
@pytest.mark.parametrize("more", [{}, WEAK], ids=["strong", "weak"])
def test_spins_pile_up_at_the_edges_where_the_hall_angles_differ(effects, more):
    coarse, fine = (np.abs(errors_at_the_edges(cells, 2, effects, more)) for cells in (4, 8))
    assert np.log2(coarse[0] / fine[0]) > 2.6
    assert (fine < [2e-3, 1e-3, 2e-3]).all()


def test_equal_angles_pile_up_nothing():
    _, v = long_bar("+z", BOTH).at([[54 * NM, 12 * NM, 0]])
    assert np.abs(v).max() < 1e-5 * V / 6


# The spin Hall effect of a strong magnet is, of spins along m, that of its channels.


def test_the_spin_hall_effect_of_a_magnet_is_a_polarized_anomalous_hall_effect():
    m = [0.48, 0.6, 0.64]
    one, other = (long_bar(m, effects, dimension=3, length=24, cells=2, degree=2) for effects in (ONE, OTHER))
    points = np.random.default_rng(0).uniform([0, 0, 0], [24, 12, 12], (20, 3)) * NM
    for first, second in zip(one.at(points), other.at(points), strict=True):
        assert np.allclose(first, second, rtol=0, atol=1e-9 * np.abs(first).max())
    assert np.abs(one.at(points)[1]).max() > 1e-3 * V


def test_its_spins_across_the_magnetization_end_at_the_faces():
    """J_y,a = theta sigma E z_a: with m along x it arrives at the upper edge and leaves the lower one; together nothing."""
    solution = long_bar("+x", {"spin_hall_angle": 0.1, "polarization": 0.0}, terminals=CLOSED, length=72)
    across = 0.1 * SIGMA * V / (72 * NM)
    surfaces = torque_map(solution, "bar").surfaces
    assert np.abs(solution.absorbed("bar")).max() < 1e-9 * across * 72 * NM * DEPTH
    x, y, _ = solution.problem.space.tabulate_dof_coordinates().T
    (surface,) = surfaces
    for edge, sign in ((12, 1), (0, -1)):
        density = surface.density[(y == edge) & (np.abs(x - 36) < 25)] / (ANGULAR_MOMENTUM * across)
        assert density == pytest.approx(np.outer(np.full(len(density), sign), Z), abs=3e-4)


# Power, charge, Onsager, torque.

KINDS = {
    "uniform": ([0.48, 0.6, 0.64], {}),
    "weak": ([0.48, 0.6, 0.64], WEAK),
    "texture": (TURNING, {}),
    "weak texture": (TURNING, WEAK),
}
STACK = [("base", 4, 3), ("magnet", 6, 4), ("cap", 4, 3)]
CU = {"material": {"conductivity": "4e7 S/m", "spin_diffusion_length": "100 nm"}}


def stack(m, effects, observables=(), interfaces=None, **more):
    device = sheet(MPI.COMM_WORLD, STACK, 40, 12, ["magnet"], depth=DEPTH)
    terminals = {
        "left": {"current": "1 mA", "spin": "sink"},
        "right": {"voltage": "0 V", "spin": "reflecting"},
        "top": {"floating": True, "spin": "sink"},
    }
    regions = {"base": CU, "magnet": magnet(m, effects, **more), "cap": CU}
    return simulation_of(device, regions, terminals, observables, interfaces)


@pytest.mark.parametrize("kind", KINDS)
def test_heat_comes_from_the_symmetric_part_and_charge_is_kept(kind):
    m, more = KINDS[kind]
    solution = stack(m, EVERYTHING, **more).solution()
    assert solution.conservation_defect < 1e-9
    assert sum(solution.powers().values()) == pytest.approx(solution.power_in(), rel=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_spins_that_enter_are_relaxed_or_absorbed(kind):
    m, more = KINDS[kind]
    solution = stack(m, EVERYTHING, **more).solution()
    entering = sum(reading.spin_current for reading in solution.readings.values())
    assert np.linalg.norm(entering) > 1e-3 * 1e-3
    assert np.allclose(entering, solution.relaxed() + solution.absorbed("magnet"), atol=1e-10 * 1e-3)


def test_a_wall_takes_up_what_a_weak_magnet_takes_up_in_which_spins_dephase_at_once():
    """The part of the torque that the effects add to that of the drift: what differs goes with the dephasing length."""

    def added(cells, **more):
        device = bar(MPI.COMM_WORLD, [("bar", 24, cells)], 12, 4, depth=DEPTH)
        simulations = (
            simulation_of(device, {"bar": magnet(TURNING, e, **more)}, CLOSED, degree=2) for e in (EVERYTHING, {})
        )
        one, none = (simulation.solution().absorbed("bar") for simulation in simulations)
        return one - none

    strong = added(24)
    far, near = (added(96, dephasing_length=f"{length} nm") - strong for length in (0.5, 0.25))
    assert np.linalg.norm(near) < 0.03 * np.linalg.norm(strong)
    assert np.linalg.norm(near) < 0.6 * np.linalg.norm(far)


@pytest.mark.parametrize("effects", [EVERYTHING, {"anomalous_hall_angle": 0.1}], ids=["all", "Hall"])
@pytest.mark.parametrize("kind", KINDS)
def test_onsager(kind, effects):
    m, more = KINDS[kind]
    device = sheet(MPI.COMM_WORLD, STACK, 40, 12, ["magnet"], depth=DEPTH)
    regions = {"base": CU, "magnet": magnet(m, effects, **more), "cap": CU}
    held = ["left", "right", "top"]
    simulation = simulation_of(device, regions, {name: {"voltage": "0 V"} for name in held})
    element = simulation.lumped_element(held)
    mirror = simulation.time_reversed().lumped_element(held, axes=element.terminals)
    assert element.onsager_defect(mirror) < 1e-9
    assert element.onsager_defect(element) > 1e-4
    assert element.smallest_eigenvalue > -1e-10 * element.size


def test_anisotropic_magnetoresistance_alone_is_reciprocal():
    simulation = stack([0.48, 0.6, 0.64], {"amr_ratio": 0.1, "amr_polarization": 0.7})
    assert simulation.problem().symmetric
    assert simulation.lumped_element(["left", "right"]).reciprocity_defect < 1e-9


# Derivatives and errors.


@pytest.mark.parametrize("kind", ["uniform", pytest.param("weak texture", marks=pytest.mark.slow)])
def test_derivatives_by_all_coefficients(kind):
    m, more = KINDS[kind]
    wanted = [
        {"nonlocal_resistance": {"plus": "top", "minus": "right", "drive": "left"}},
        {"spin_torque": {"magnet": "magnet"}},
    ]
    simulation = stack(m, EVERYTHING, wanted, **more)
    found = [s for s in sensitivities(simulation, simulation.case.observables) if abs(s.value) > s.noise]
    numbers = {n.path[-1]: n for n in found[0].derivatives if n.path[1] == "magnet"}
    assert numbers.keys() >= EVERYTHING.keys() | {"polarization"}
    for key in (*EVERYTHING, "polarization"):
        expected = difference_quotient(simulation, numbers[key])
        for s in found:
            scale = abs(s.value / numbers[key].value)
            assert s.derivatives[numbers[key]] == pytest.approx(expected[s.name], rel=1e-5, abs=1e-7 * scale), key


def test_a_polarization_that_is_not_given_follows_that_of_the_conductivity():
    wanted = [{"nonlocal_resistance": {"plus": "top", "minus": "right", "drive": "left"}}]
    simulation = stack([0.48, 0.6, 0.64], BOTH, wanted)
    (found,) = sensitivities(simulation, simulation.case.observables)
    (number,) = (n for n in found.derivatives if n.path[-1] == "polarization" and n.path[1] == "magnet")
    assert found.derivatives[number] == pytest.approx(difference_quotient(simulation, number)[found.name], rel=1e-5)


def film(accuracy, effects):
    """A film with a current along it: s at its edges, and currents, with estimates of their errors."""
    return {
        "geometry": {"script": "film.geo", "depth": "10 nm"},
        "regions": {"film": magnet("+z", effects)},
        "terminals": ENDS,
        "observables": [
            {
                "spin_accumulation": {
                    "points": {"edge": ["54 nm", "12 nm", "0 nm"], "inside": ["54 nm", "9 nm", "0 nm"]}
                }
            },
            "terminals",
        ],
        "accuracy": accuracy,
        "solver": {"tolerance": 1e-13},
    }


FILM = """SetFactory("OpenCASCADE");
Rectangle(1) = {0, 0, 0, 108, 12};
Physical Surface("film") = {1};
left() = Curve In BoundingBox{-1, -1, -1, 1, 13, 1};
right() = Curve In BoundingBox{107, -1, -1, 109, 13, 1};
Physical Curve("left") = left();
Physical Curve("right") = right();
Mesh.MeshSizeMax = 6;
"""


def test_errors_are_told_where_nothing_is_symmetric(tmp_path):
    """Numbers of a mesh that follows `accuracy`, against a finer one."""
    (tmp_path / "film.geo").write_text(FILM)

    def numbers(accuracy):
        case = read_case(json.dumps(film(accuracy, ONE | {"amr_ratio": 0.1, "amr_polarization": 0.7})), tmp_path)
        return {m.name: m for m in run(case, Session(MPI.COMM_WORLD)).results.measurements}

    found, exact = numbers("0.1 %"), numbers("0.01 %")
    assert len(found) >= 5
    for name, m in found.items():
        off = np.abs(np.subtract(m.value, exact[name].value)).max()
        assert off < 2 * m.error < 2e-3 * np.abs(m.value).max(), name


FAULTS = {  # keys of a magnet's material -> what is said of it
    "amr_ratio: 3": "amr_ratio (line 3): 3: must be greater than -1.5 and less than 3",
    "anomalous_hall_angle: 1": "anomalous_hall_angle (line 4): 1: must be greater than -1 and less than 1",
    "anomalous_hall_angle: 1 deg": "anomalous_hall_angle (line 5): 1 deg: has a unit",
    "amr_ratio: 0.5, amr_polarization: 9": "amr_polarization (line 6): 9: makes the conductivity of spin up negative",
}
METALS = {  # the same of normal metals
    "amr_ratio: 0.1": "has an amr_ratio, and there is no anisotropic magnetoresistance without a magnetization",
    "anomalous_hall_angle: 0.1": "has an anomalous_hall_angle, and there is no anomalous Hall effect without a magnetization",
}


def test_bad_input_is_told_by_key_and_value(tmp_path):
    def told(regions):
        layers = ", ".join(f"{{name: l{k}, thickness: 30 nm}}" for k in range(len(regions)))
        text = f"geometry: {{layers: [{layers}], width: 10 nm, depth: 10 nm}}\nregions:\n" + "\n".join(regions)
        text += "\nterminals: {left: {voltage: 1 mV}, right: {voltage: 0 V}}\nobservables: [terminals]\n"
        (tmp_path / "case.yaml").write_text(text)
        done = spinfem("check", "case.yaml", cwd=tmp_path)
        assert done.returncode == 2
        return " ".join(done.stderr.split())

    metal = "conductivity: 5e6 S/m, spin_diffusion_length: 4 nm"
    magnetic = f"{metal}, polarization: 0.4"
    magnets = told([f"  l{k}: {{material: {{{magnetic}, {key}}}, magnetization: +z}}" for k, key in enumerate(FAULTS)])
    for k, words in enumerate(FAULTS.values()):
        assert f"regions.l{k}.material.{words}" in magnets
    metals = told([f"  l{k}: {{material: {{{metal}, {key}}}}}" for k, key in enumerate(METALS)])
    for k, words in enumerate(METALS.values()):
        assert f"regions.l{k} " in metals and words in metals
