"""The device as a lumped element: exact wires, reciprocity and Onsager's relations of random shapes, parts joined to a whole.

Bazaliy, Ramazashvili, PRB 99, 184443 (2019).
"""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.schema import Case
from spinfem.study.simulation import Simulation
from spinfem.theory.lumped_element import LumpedElement
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar
from tests.shapes import TERMINALS, random_device

NM = 1e-9
AREA = 400 * NM**2
COMM = MPI.COMM_WORLD
COPPER = {"conductivity": "3e7 S/m", "spin_diffusion_length": "40 nm"}
COBALT = {"conductivity": "7e6 S/m", "spin_diffusion_length": "12 nm", "polarization": 0.5}
PERMALLOY = {"conductivity": "5e6 S/m", "spin_diffusion_length": "5 nm", "polarization": 0.7}
WEAK = {"dephasing_length": "3 nm", "precession_length": "2 nm"}
TUNNEL = {"resistance_area": "1e-16 ohm m^2", "polarization": 0.4}
CIRCUIT = {"type": "circuit", "conductance_up": "6e15 S/m^2", "conductance_down": "2e15 S/m^2"} | {
    "mixing_conductance": "5e15 S/m^2"
}
TURNING = CIRCUIT | {"mixing_conductance_imaginary": "3e15 S/m^2"}


def simulation_of(device, regions, interfaces=None, terminals=None, **solver):
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened: the tests bring their mesh
            "mesh": {},
            "regions": {name: regions[name] for name in device.regions},
            "interfaces": interfaces or {},
            "terminals": terminals
            or {name: {"voltage": "0 V"} if k == 0 else {"floating": True} for k, name in enumerate(device.terminals)},
            "solver": {"method": "direct"} | solver,
        }
    )
    return Simulation(case, device)


def flipped(simulation):
    regions = simulation.case.regions.items()
    return {name: r.magnetization.flipped() for name, r in regions if r.magnetization is not None}


def layers(*names, dimension=1, cells=24):
    """Layers of 30 nm (magnets: 15 nm) along x, one cross-section for all dimensions; repeated names are one region."""
    thickness = {"n": 30, "f": 15, "g": 15}
    drawing = [(name, thickness[name[0]], cells) for name in names]
    across = 0 if dimension == 1 else 20
    return bar(COMM, drawing, across, 2, dimension, depth=AREA if dimension == 1 else 20 * NM)


def direction(rng):
    return rng.normal(size=3).tolist()


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_a_normal_wire_is_the_closed_formula(dimension):
    device = layers("n", dimension=dimension, cells=24 if dimension < 3 else 8)
    element = simulation_of(device, {"n": {"material": COPPER}}).lumped_element(["left", "right"])
    length, sigma, decay = 30 * NM, 3e7, 40 * NM
    spin = (
        sigma
        * AREA
        / decay
        / np.sinh(length / decay)
        * np.array([[np.cosh(length / decay), -1], [-1, np.cosh(length / decay)]])
    )
    expected = np.zeros((8, 8))
    expected[:2, :2] = sigma * AREA / length * np.array([[1, -1], [-1, 1]])
    expected[2:, 2:] = np.kron(spin, np.eye(3))
    assert np.allclose(element.matrix, expected, rtol=0, atol=2e-7 * element.size)
    assert element.currents == ("I(left)", "I(right)", *(f"Is_{a}({t})" for t in ("left", "right") for a in "xyz"))


def test_what_a_terminal_says_in_the_case_does_not_matter_but_unlisted_ones_do():
    device = random_device(COMM, 1, 2, ("n",))
    region = {"n": {"material": COPPER}}
    ways = [
        {"a": {"voltage": "1 V"}, "b": {"current": "2 mA", "spin": "sink"}, "c": {"floating": True}},
        {
            "a": {"floating": True, "spin": {"current": ["1 mA", "0 A", "0 A"]}},
            "b": {"voltage": "3 V"},
            "c": {"floating": True},
        },
        {"a": {"floating": True}, "b": {"voltage": "0 V"}, "c": {"floating": True, "spin": "sink"}},
        {"a": {"floating": True}, "b": {"floating": True}, "c": {"voltage": "1 V"}},
    ]
    found = [simulation_of(device, region, terminals=way).lumped_element(["a", "b"]) for way in ways]
    scale = found[0].size
    assert np.allclose(found[1].matrix, found[0].matrix, rtol=0, atol=1e-12 * scale)
    assert np.abs(found[2].matrix - found[0].matrix).max() > 1e-2 * scale  # c takes spins away
    assert found[2].shift_defect < 1e-10
    assert found[3].shift_defect > 1e-2  # c is grounded: charge leaves through it
    whole = simulation_of(device, region, terminals=ways[2]).lumped_element(TERMINALS)
    open_c = {"a": {"voltage": "0 V"}, "b": {"floating": True}}
    open_c["c"] = {"floating": True, "spin": {"current": ["0 A", "0 A", "0 A"]}}
    opened = simulation_of(device, region, terminals=open_c).lumped_element(["a", "b"])
    assert np.allclose(whole.opened("c").matrix, opened.matrix, rtol=0, atol=1e-10 * scale)


def test_a_terminal_on_a_strong_magnet_has_the_component_along_m():
    m = np.array([0.6, 0.0, -0.8])
    regions = {"f": {"material": COBALT, "magnetization": m.tolist()}, "n": {"material": COPPER}}
    element = simulation_of(layers("f", "n"), regions).lumped_element(["left", "right"])
    assert np.allclose(element.terminals["left"], m[None])
    assert element.currents[2:] == ("Is_m(left)", "Is_x(right)", "Is_y(right)", "Is_z(right)")
    lab_axes = element.in_space()
    assert lab_axes.shape == (8, 8)
    across = np.eye(3) - np.outer(m, m)
    assert np.abs(lab_axes[2:5].T @ across).max() < 1e-12 * element.size
    assert np.allclose(m @ lab_axes[2:5, 5:], element.matrix[2, 3:], rtol=0, atol=1e-12 * element.size)


def random_simulation(seed, dimension, contact=None, weak=False, spin_hall=0.0, **solver):
    rng = np.random.default_rng(seed)
    regions = {
        "f1": {"material": COBALT, "magnetization": direction(rng)},
        "n1": {"material": COPPER},
        "n2": {"material": {"conductivity": "8e6 S/m", "spin_diffusion_length": "4 nm", "spin_hall_angle": spin_hall}},
        "f2": {"material": PERMALLOY, "magnetization": direction(rng)} | (WEAK if weak else {}),
    }
    names = list(regions)[: 4 if weak or spin_hall else 2 + seed % 3]
    device = random_device(COMM, seed, dimension, names, cells=7 if dimension == 2 else 3)
    touching = frozenset(("f1", "n1")) in device.contacts  # one contact, with one tag: the tests share a compiled form
    return simulation_of(device, regions, {"f1/n1": contact} if contact and touching else {}, **solver)


@pytest.mark.parametrize("contact", [None, TUNNEL, CIRCUIT], ids=["transparent", "tunnel", "circuit"])
@pytest.mark.parametrize("dimension", [2, 3])
def test_random_shapes_are_reciprocal_and_dissipate(dimension, contact):
    counted = 0
    for seed in range(7):
        element = random_simulation(seed + 10 * dimension, dimension, contact).lumped_element(TERMINALS)
        assert element.reciprocity_defect < 1e-9
        assert element.shift_defect < 1e-9
        assert element.smallest_eigenvalue > -1e-10 * element.size
        counted += np.abs(element.matrix[: element.n_charge, element.n_charge :]).max() > 1e-4 * element.size
    assert counted >= 3  # charge and spin are coupled in most of them


@pytest.mark.parametrize("kind", ["G_i", "weak", "spin Hall"])
@pytest.mark.parametrize("dimension", [2, 3])
def test_what_turns_spins_breaks_reciprocity_and_obeys_onsager(dimension, kind):
    for seed in range(3):
        angle = 0.2 if kind == "spin Hall" else 0.0
        simulation = random_simulation(seed, dimension, TURNING if kind == "G_i" else None, kind == "weak", angle)
        assert not simulation.problem(held=TERMINALS).symmetric
        element = simulation.lumped_element(TERMINALS)
        mirror = simulation.lumped_element(TERMINALS, flipped(simulation), element.terminals)
        assert element.reciprocity_defect > 1e-4
        assert element.onsager_defect(mirror) < 1e-9
        assert element.onsager_defect(element) > 1e-4  # the signs matter
        assert element.smallest_eigenvalue > -1e-10 * element.size


def test_onsager_holds_where_reciprocity_does():
    """Of a symmetric operator reversal changes the sign of the blocks between charge and spin, no more."""
    simulation = random_simulation(2, 2, TUNNEL)
    element = simulation.lumped_element(TERMINALS)
    mirror = simulation.lumped_element(TERMINALS, flipped(simulation), element.terminals)
    assert element.onsager_defect(mirror) < 1e-9
    assert np.abs(element.matrix - mirror.matrix).max() > 1e-4 * element.size


def test_iterative_solver_and_direct_one_agree():
    direct, iterative = (
        random_simulation(2, 3, TUNNEL, method=m).lumped_element(TERMINALS) for m in ("direct", "iterative")
    )
    assert np.allclose(iterative.matrix, direct.matrix, rtol=0, atol=1e-9 * direct.size)


def test_the_matrix_reproduces_a_solution():
    """The currents of given potentials are the matrix times these; the power that enters is their product."""
    from spinfem.model.drive import Drive

    simulation = random_simulation(2, 2, TUNNEL)
    element = simulation.lumped_element(TERMINALS)
    rng = np.random.default_rng(5)
    voltages, spins = dict(zip(TERMINALS, rng.normal(size=3), strict=True)), {t: rng.normal(size=3) for t in TERMINALS}
    solution = simulation.solution(drive=Drive(voltages=voltages, spin_potentials=spins), held=TERMINALS)
    potentials = [*voltages.values(), *(c for t in TERMINALS for c in element.terminals[t] @ spins[t])]
    currents = element.matrix @ potentials
    for k, name in enumerate(TERMINALS):
        charge, _ = solution.currents_at_held(name)
        assert charge == pytest.approx(currents[k], rel=1e-9)
    assert sum(solution.powers().values()) == pytest.approx(potentials @ currents, rel=1e-9)


MAGNETS = {
    "n": {"material": COPPER},
    "n2": {"material": COPPER},
    "n3": {"material": COPPER},
    "f": {"material": COBALT, "magnetization": [0.6, 0.0, 0.8]},
    "g": {"material": PERMALLOY, "magnetization": [0.0, 1.0, 1.0]},
}


@pytest.mark.parametrize("dimension", [1, 2])
@pytest.mark.parametrize(
    "parts",
    [(("n", "f"), ("n2",), ("g", "n3")), (("n",), ("f", "n2"), ("g", "n3")), (("n", "f", "n2"), ("g",), ("n3",))],
    ids=["cut in n2", "cut at f and g", "magnet alone"],
)
def test_a_valve_is_the_sum_of_its_parts(parts, dimension):
    def element(names):
        return simulation_of(layers(*names, dimension=dimension), MAGNETS).lumped_element(["left", "right"])

    whole = element([name for part in parts for name in part])
    first, second, third = (element(part) for part in parts)
    joined = _chained(_chained(first, second), third)
    assert np.allclose(joined.in_space(), whole.in_space(), rtol=0, atol=1e-6 * whole.size)
    without_spin = _chained(_chained(_no_spin(first), _no_spin(second)), _no_spin(third))
    assert np.abs(without_spin.matrix[0, 0] / whole.matrix[0, 0] - 1) > 1e-3  # spins do matter to the charge


def _chained(one, two):
    return one.renamed({"right": "middle"}).joined(two.renamed({"left": "middle2"}), {"middle": "middle2"})


def _no_spin(element):
    n = element.n_charge
    return LumpedElement({name: np.zeros((0, 3)) for name in element.terminals}, element.matrix[:n, :n])
