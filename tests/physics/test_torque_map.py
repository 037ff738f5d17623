"""Torque densities: their integral is the total torque, and in one-dimensional states they are the exact ones."""

from types import SimpleNamespace

import numpy as np
import pytest
import pyvista as pv
from mpi4py import MPI

from spinfem.case.reader import load_case
from spinfem.case.schema import Case
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.geometry.build import build_device
from spinfem.output.fields import write_fields
from spinfem.output.outside import outside_of
from spinfem.output.torque import write_torque
from spinfem.output.torque_picture import torque_pictures
from spinfem.output.write import scene_of
from spinfem.postprocessing.torque import is_notable, torque_map
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar
from tests.commands import CASES
from tests.physics import test_noncollinear as pillar

NM = 1e-9
CURRENT = 1e-6
DEPTH = 10 * NM
METAL = {"conductivity": "1e7 S/m", "spin_diffusion_length": "20 nm"}
MAGNET = METAL | {"polarization": 0.5}
TILTED = [0.6, 0.3, 0.4]
WEAK = {"dephasing_length": "1.5 nm", "precession_length": "2 nm"}
# Turns along the current and across it, towards the contacts and towards insulated faces.
TEXTURE = {"expression": [f"{trig}(x/(9*nm) + y/(14*nm))" if trig else "0" for trig in ("sin", "", "cos")]}
TUNNEL = {"resistance_area": "1e-15 ohm m^2", "polarization": 0.4}
CIRCUIT = {"type": "circuit", "conductance_up": "6e14 S/m^2", "conductance_down": "2e14 S/m^2"} | {
    "mixing_conductance": "5e14 S/m^2",
    "mixing_conductance_imaginary": "2e14 S/m^2",
}
JUNCTION = {"resistance_area": "1e-15 ohm m^2", "polarization": [0.6, 0.4]}
STATES = {
    "transparent": ({"f1": "+z", "n": None, "f2": TILTED}, {}),
    "tunnel": ({"f1": "+z", "n": None, "f2": TILTED}, {"f1/n": TUNNEL, "n/f2": TUNNEL}),
    "circuit": ({"f1": "+z", "n": None, "f2": TILTED}, {"n/f2": CIRCUIT}),
    "touching": ({"f1": "+z", "f2": TILTED}, {}),
    "tunnel junction": ({"f1": "+z", "f2": TILTED, "n": None}, {"f1/f2": JUNCTION}),
    "weak": ({"f1": "+z", "n": None, "f2": TILTED}, {}),
    "texture": ({"f1": "+y", "n": None, "f2": TEXTURE}, {"f1/n": TUNNEL}),
    "weak texture": ({"f1": "+y", "n": None, "f2": TEXTURE}, {}),
    "texture on a sink": ({"f1": "+y", "f2": TEXTURE}, {}),
    "texture across a border": ({"f1": TEXTURE, "f2": TEXTURE, "n": None}, {}),
    "three touching": ({"f1": "+z", "f2": TILTED, "f3": "+x"}, {}),
}


def solve(layers, interfaces=None, weak=(), dimension=2, degree=2, across=10, cells=5, spin="sink"):
    """Layers of 10 nm [name -> magnetization or None] between two terminals."""
    device = bar(MPI.COMM_WORLD, [(name, 10, cells) for name in layers], across, 2, dimension, depth=DEPTH)
    regions = {
        name: {"material": METAL}
        if magnetization is None
        else {"material": MAGNET, "magnetization": magnetization} | (WEAK if name in weak else {})
        for name, magnetization in layers.items()
    }
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},
            "mesh": {},
            "regions": regions,
            "interfaces": interfaces or {},
            "terminals": {
                "left": {"current": f"{CURRENT} A", "spin": spin},
                "right": {"voltage": "0 V", "spin": spin},
            },
            "solver": {"degree": degree},
        }
    )
    return Simulation(case, device).solution()


def integrals(path, key, depth):
    """magnet -> integral of the point data of a written grid, in SI; exact for the shape functions of its cells."""
    grid = pv.read(path)
    kind = grid.get_cell(0).type
    dimension, weights = {  # of the nodes of a cell
        pv.CellType.LINE: (1, [1 / 2] * 2),
        pv.CellType.QUADRATIC_EDGE: (1, [1 / 6, 1 / 6, 4 / 6]),
        pv.CellType.TRIANGLE: (2, [1 / 3] * 3),
        pv.CellType.QUADRATIC_TRIANGLE: (2, [0] * 3 + [1 / 3] * 3),
        pv.CellType.TETRA: (3, [1 / 4] * 4),
        pv.CellType.QUADRATIC_TETRA: (3, [-1 / 20] * 4 + [1 / 5] * 6),
    }[kind]
    nodes = grid.cells_dict[kind]
    corners = np.asarray(grid.points)[nodes[:, : dimension + 1]]
    edges = corners[:, 1:] - corners[:, :1]
    gram = np.linalg.det(edges @ edges.transpose(0, 2, 1))
    size = np.sqrt(gram) / {1: 1, 2: 2, 3: 6}[dimension] * NM**dimension * depth
    of_cells = size[:, None] * np.einsum("k,cka->ca", weights, np.asarray(grid[key])[nodes])
    return {int(tag): of_cells[grid["magnet"] == tag].sum(axis=0) for tag in np.unique(grid["magnet"])}


KEYS = {"torque.pvtu": "torque [N/m]", "torque_volume.pvtu": "torque density [N/m^2]"}


@pytest.mark.parametrize("dimension, degree", [(2, 1), (2, 2), (3, 1), (3, 2)])
@pytest.mark.parametrize("state", STATES)
def test_the_integral_is_the_total_torque(state, dimension, degree, tmp_path):
    layers, interfaces = STATES[state]
    weak = layers if state.startswith("weak") else ()
    solution = solve(layers, interfaces, weak, dimension, degree, cells=3 if dimension == 3 else 5)
    paths = write_torque(tmp_path, solution)
    textured = "texture" in state
    assert [path.name for path in paths] == list(KEYS)[bool(weak) :][: 1 + (textured and not weak)]
    found = [integrals(path, KEYS[path.name], DEPTH if dimension == 2 else 1.0) for path in paths]
    for name in layers.keys() & {"f1", "f2", "f3"}:
        tag = solution.device.regions[name]
        total = sum(magnets.get(tag, 0) for magnets in found)
        expected = ANGULAR_MOMENTUM * solution.absorbed(name)
        assert np.abs(expected).max() > 1e-3 * abs(ANGULAR_MOMENTUM) * CURRENT  # there is something to compare
        assert np.allclose(total, expected, atol=1e-10 * np.abs(expected).max())


@pytest.mark.parametrize("angle", np.radians([30, 90, 150]))
def test_the_density_of_a_pillar_is_uniform_and_the_closed_form(angle):
    """hbar/2e times B s_2 [m1 x (m2 x m1)] on f1 and B s_1 [m2 x (m1 x m2)] on f2 (docs/physics.md, section 7)."""
    solution = pillar.solve(angle, cells=16)
    s1, s2, _ = pillar.closed_form(angle)
    b = pillar.SIGMA["n"] / pillar.LAMBDA["n"] / np.sinh(pillar.THICKNESS["n"] * NM / pillar.LAMBDA["n"])
    m1, m2, c = pillar.direction(0.0), pillar.direction(angle), np.cos(angle)
    x = solution.problem.space.tabulate_dof_coordinates()[:, 0]
    for region, contact, jump in (("f1", 40, b * s2 * (m2 - c * m1)), ("f2", 100, b * s1 * (m1 - c * m2))):
        torque, expected = torque_map(solution, region), ANGULAR_MOMENTUM * jump
        on_contact = np.isclose(x, contact)
        assert torque.volume is None
        (surface,) = torque.surfaces
        assert np.allclose(surface.density[on_contact], expected, atol=2e-3 * np.abs(expected).max())
        assert not surface.density[~on_contact].any()


@pytest.mark.parametrize("state", ["transparent", "tunnel", "circuit"])
def test_a_uniform_magnet_takes_up_spins_at_its_contacts_only(state):
    layers, interfaces = STATES[state]
    solution = solve(layers, interfaces)
    x = solution.problem.space.tabulate_dof_coordinates()[: len(solution.reactions), 0]
    spins = solution.reactions[:, 1:] @ solution.problem.basis
    m = np.array(solution.problem.regions["f2"].magnetization.direction)
    across = np.linalg.norm(spins - np.outer(spins @ m, m), axis=1)
    inside = (x > 20 + 1e-9) & (x < 30 - 1e-9)  # insulated faces too; spins leave at the sink on the right
    assert across[inside].max() < 1e-9 * across[np.isclose(x, 20)].max()


def test_a_steady_twist_has_the_torque_of_the_exact_solution():
    """m = (sin qx, 0, cos qx) and no spin current at the ends: s' = s'_0 cosh((x - d/2)/L) / cosh(d/2L).

    s'_0 = P j / sigma (1-P^2), 1/L^2 = 1/lambda^2 + q^2/(1-P^2). With e = m'/q the volume takes up q [(2-P^2) sigma s' - P j] e, and
    the faces, where the flux across m ends, n sigma s q e with n = 1 on the left and -1 on the right.
    """
    q, p, sigma, diffusion, d = 0.05 / NM, 0.5, 1e7, 20 * NM, 40 * NM
    twist = {"expression": [f"sin({q!r}*x)", "0", f"cos({q!r}*x)"]}
    device = bar(MPI.COMM_WORLD, [("f", 40, 40)], 10, 8, depth=DEPTH)
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},
            "mesh": {},
            "regions": {"f": {"material": MAGNET, "magnetization": twist}},
            "terminals": {
                "left": {"current": f"{CURRENT} A", "spin": "reflecting"},
                "right": {"voltage": "0 V", "spin": "reflecting"},
            },
        }
    )
    solution = Simulation(case, device).solution()
    torque = torque_map(solution, "f")
    points = solution.problem.space.tabulate_dof_coordinates()
    x, j = points[:, 0] * NM, CURRENT / (10 * NM * DEPTH)
    length = 1 / np.sqrt(1 / diffusion**2 + q**2 / (1 - p**2))
    slope = p * j / (sigma * (1 - p**2)) * np.cosh((x - d / 2) / length) / np.cosh(d / 2 / length)
    s = slope * length * np.tanh((x - d / 2) / length)
    e = np.stack([np.cos(q * x), 0 * x, -np.sin(q * x)], axis=1)
    volume = ANGULAR_MOMENTUM * (q * ((2 - p**2) * sigma * slope - p * j))[:, None] * e
    assert np.abs(torque.volume - volume).max() < 2e-3 * np.abs(volume).max()
    (outside,) = torque.surfaces  # it has no contacts
    for end, n in ((0, 1), (40, -1)):
        # In the middle of the end: at its corners it meets faces where nothing flows.
        at = np.isclose(points[:, 0], end) & np.isclose(points[:, 1], 5)
        surface = ANGULAR_MOMENTUM * (n * sigma * s * q)[:, None] * e
        assert np.allclose(outside.density[at], surface[at], atol=0.02 * np.abs(surface[at]).max())


@pytest.mark.parametrize("state, dimension", [("tunnel", 2), ("texture", 3), ("weak", 2)])
def test_pictures(state, dimension, tmp_path):
    layers, interfaces = STATES[state]
    solution = solve(layers, interfaces, layers if state == "weak" else (), dimension, cells=3)
    grid, paths = pv.read(write_fields(tmp_path, solution)), write_torque(tmp_path, solution)
    regions = solution.problem.regions
    case = SimpleNamespace(title=state, geometry=SimpleNamespace(layers=None), observables=(), regions=regions)
    case.kept = {"regions": {name: region.model_dump(mode="json") for name, region in regions.items()}}
    scene = scene_of(case, solution.device, solution.problem.basis)
    drawn = [draw() for draw in torque_pictures(tmp_path, grid, outside_of(grid), scene)]
    assert [path.stem for path in drawn] == [path.stem for path in paths] and all(path.is_file() for path in drawn)


def test_nothing_is_written_without_torque(tmp_path):
    solution = solve({"f1": "+z", "n": None, "f2": "-z"})
    assert not is_notable(solution, "f2")
    assert write_torque(tmp_path, solution) == []
    assert not list(tmp_path.iterdir())


def test_a_point_contact_of_a_line_carries_the_total():
    case = load_case(CASES / "gmr_pillar.yaml", ["regions.free.magnetization=+x"])
    solution = Simulation(case, build_device(case, MPI.COMM_WORLD)).solution()
    torque = torque_map(solution, "free")
    (surface,), area = torque.surfaces, solution.device.depth
    assert np.allclose(surface.density.sum(axis=0) * area, ANGULAR_MOMENTUM * solution.absorbed("free"), rtol=1e-10)
