"""Torque where strong ferromagnets touch: what is lost there is shared so that each takes spins across its own magnetization only."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.schema import Case
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.postprocessing.torque import torque_map
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar, patchwork

NM = 1e-9
CURRENT = 1e-6
HARD = {"conductivity": "7e6 S/m", "spin_diffusion_length": "12 nm", "polarization": 0.6}
SOFT = {"conductivity": "5e6 S/m", "spin_diffusion_length": "5 nm", "polarization": 0.3}
METAL = {"conductivity": "3e7 S/m", "spin_diffusion_length": "40 nm"}
WEAK = {"dephasing_length": "3 nm", "precession_length": "2 nm"}
SINKS = {"left": {"current": f"{CURRENT} A", "spin": "sink"}, "right": {"voltage": "0 V", "spin": "sink"}}
ANGLES = np.radians([25, 40, 90, 150])
TILTED = [0.6, 0.3, 0.4]


def direction(angle):
    return [float(np.sin(angle)), 0.0, float(np.cos(angle))]


def wall(centre, width=4.0):
    """A Bloch wall at x = centre, nm: from +z to -z."""
    u = f"(x - {centre}*nm)/({width}*nm)"
    return {"expression": ["0", f"1/cosh({u})", f"-tanh({u})"]}


def solve(device, regions, interfaces=None, terminals=SINKS, **solver):
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened: the tests bring their mesh
            "regions": regions,
            "interfaces": interfaces or {},
            "terminals": terminals,
            "solver": {"tolerance": 1e-13} | solver,
        }
    )
    return Simulation(case, device).solution()


def magnet(material, magnetization, **more):
    return {"material": material, "magnetization": magnetization} | more


def line(regions, dimension=1, interfaces=None, thickness=10, cells=8, **solver):
    """Layers of the regions, 10 nm thick each."""
    device = bar(MPI.COMM_WORLD, [(name, thickness, cells) for name in regions], 10, 2, dimension, depth=10 * NM)
    return solve(device, regions, interfaces, **solver)


def two(angle, dimension=1, first=HARD, second=HARD, interfaces=None, **solver):
    return line({"f1": magnet(first, "+z"), "f2": magnet(second, direction(angle))}, dimension, interfaces, **solver)


def magnets_of(solution):
    return [name for name, region in solution.problem.regions.items() if region.magnetization is not None]


def defect(solution):
    """What enters less what relaxes and what all magnets take, in units of the current."""
    entering = sum(reading.spin_current for reading in solution.readings.values())
    absorbed = sum(solution.absorbed(name) for name in magnets_of(solution))
    return np.abs(entering - solution.relaxed() - absorbed).max() / CURRENT


@pytest.mark.parametrize("dimension", [1, 2])
@pytest.mark.parametrize("angle", ANGLES)
def test_equal_magnets_take_p_j_tan_of_half_the_angle_each(angle, dimension):
    solution = two(angle, dimension)
    size = 0.6 * np.tan(angle / 2) * CURRENT
    for name, m, other in (("f1", direction(0), direction(angle)), ("f2", direction(angle), direction(0))):
        across = np.array(other) - np.cos(angle) * np.array(m)
        sign = 1 if name == "f2" else -1  # f2 takes up spins of f1; f1 is left with too few along m2
        assert np.allclose(solution.absorbed(name), sign * size * across / np.sin(angle), atol=1e-10 * CURRENT)
    lost = np.linalg.norm(solution.absorbed("f1") + solution.absorbed("f2"))
    assert lost == pytest.approx(2 * 0.6 * np.sin(angle / 2) * CURRENT, rel=1e-10)


@pytest.mark.parametrize("dimension", [1, 2])
@pytest.mark.parametrize("angle", ANGLES)
def test_what_is_lost_is_taken(angle, dimension):
    solution = two(angle, dimension, HARD, SOFT)
    assert defect(solution) < 1e-10
    for name, m in (("f1", direction(0)), ("f2", direction(angle))):
        assert abs(solution.absorbed(name) @ m) < 1e-12 * CURRENT < np.linalg.norm(solution.absorbed(name))


@pytest.mark.parametrize("angle", ANGLES)
def test_a_resistive_contact_tends_to_the_transparent_one(angle):
    """Linearly in AR, whatever its polarizations."""
    limit = two(angle, 1, HARD, SOFT)
    scale = np.linalg.norm(limit.absorbed("f2"))
    for polarization in ([0.0, 0.0], [0.5, 0.2]):
        off = []
        for area in (1e-19, 1e-20):
            interface = {"f1/f2": {"resistance_area": f"{area} ohm m^2", "polarization": polarization}}
            near = two(angle, 1, HARD, SOFT, interface, method="direct")
            off.append([np.linalg.norm(near.absorbed(n) - limit.absorbed(n)) / scale for n in ("f1", "f2")])
        assert np.all(np.array(off[1]) < 2e-4)
        assert np.allclose(off[0], 10 * np.array(off[1]), rtol=0.05)


@pytest.mark.parametrize("angle", ANGLES)
def test_a_spacer_that_vanishes_tends_to_the_transparent_contact(angle):
    limit = two(angle, 1, HARD, SOFT)
    regions = {"f1": magnet(HARD, "+z"), "n": {"material": METAL}, "f2": magnet(SOFT, direction(angle))}
    layers = [("f1", 10, 8), ("n", 1e-5, 2), ("f2", 10, 8)]
    near = solve(bar(MPI.COMM_WORLD, layers, 10, dimension=1, depth=10 * NM), regions, method="direct")
    for name in ("f1", "f2"):
        expected = limit.absorbed(name)
        assert np.allclose(near.absorbed(name), expected, atol=1e-4 * np.linalg.norm(expected))


@pytest.mark.parametrize("angle", [0.0, 1e-9, np.pi])
def test_collinear_magnets_that_touch_have_no_torque(angle):
    solution = two(angle, 2, HARD, SOFT)
    assert defect(solution) < 1e-10
    assert all(np.abs(solution.absorbed(name)).max() < 1e-10 * CURRENT for name in ("f1", "f2"))


def test_one_magnet_in_two_pieces_takes_what_it_takes_in_one():
    """Each half takes what its own contact gives it."""

    def stack(*names):
        regions = {"f": magnet(HARD, "+z"), "n": {"material": METAL}} | {name: magnet(SOFT, TILTED) for name in names}
        layers = [("f", 10, 8), ("n", 10, 4)] + [(name, 10 / len(names), 8 // len(names)) for name in names]
        return solve(bar(MPI.COMM_WORLD, layers, 10, 2, depth=10 * NM), regions)

    one, parts = stack("g"), stack("g1", "g2")
    assert np.allclose(parts.absorbed("g1"), one.absorbed("g"), atol=1e-10 * CURRENT)
    assert np.abs(parts.absorbed("g2")).max() < 1e-10 * CURRENT


@pytest.mark.parametrize("degree", [1, 2])
@pytest.mark.parametrize("dimension", [1, 2])
@pytest.mark.parametrize("centre", [8.0, 10.0, 11.5])
def test_a_wall_across_the_border_of_two_materials(centre, dimension, degree):
    """m is continuous there, so each takes what its own cells lose; between two parts of one magnet the border changes nothing."""
    regions = {"f1": magnet(HARD, wall(centre)), "f2": magnet(SOFT, wall(centre))}
    assert defect(line(regions, dimension, degree=degree)) < 1e-10
    same = {name: magnet(HARD, wall(centre)) for name in ("f1", "f2")}
    parts, whole = line(same, dimension), line({"f": same["f1"]}, dimension, thickness=20, cells=16)
    assert np.allclose(parts.absorbed("f1") + parts.absorbed("f2"), whole.absorbed("f"), atol=1e-10 * CURRENT)


@pytest.mark.parametrize("dimension", [1, 2])
def test_a_border_within_one_material_takes_nothing(dimension):
    """m = (sin qx, 0, cos qx) without spin current at the ends: what the first quarter takes up is the integral of the exact torque density
    over it and what ends at its end, q [(2-P^2) sigma s' - P j] e and sigma s q e with e = m'/q (test_torque_map.py)."""
    q, d, p, sigma, diffusion = 0.05 / NM, 40 * NM, HARD["polarization"], 7e6, 12 * NM
    twist = {"expression": [f"sin({q!r}*x)", "0", f"cos({q!r}*x)"]}
    layers, insulated = [("f1", 10, 20), ("f2", 30, 60)], {"spin": "reflecting"}
    ends = {"left": {"current": f"{CURRENT} A"} | insulated, "right": {"voltage": "0 V"} | insulated}
    device = bar(MPI.COMM_WORLD, layers, 10, 2, dimension, depth=10 * NM if dimension == 2 else 100 * NM**2)
    solution = solve(device, {name: magnet(HARD, twist) for name in ("f1", "f2")}, terminals=ends)
    x, area = np.linspace(0, 10, 2001) * NM, 100 * NM**2
    j, length = CURRENT / area, 1 / np.sqrt(1 / diffusion**2 + q**2 / (1 - p**2))
    slope = p * j / (sigma * (1 - p**2)) * np.cosh((x - d / 2) / length) / np.cosh(d / 2 / length)
    s = slope * length * np.tanh((x - d / 2) / length)
    e = np.stack([np.cos(q * x), 0 * x, -np.sin(q * x)], axis=1)
    expected = np.trapezoid(q * ((2 - p**2) * sigma * slope - p * j)[:, None] * e, x, axis=0) + sigma * s[0] * q * e[0]
    found, border = solution.absorbed("f1") / area, sigma * s[-1] * q
    assert np.abs(found - expected).max() < 2e-3 * abs(border)


@pytest.mark.parametrize("dimension", [1, 2])
@pytest.mark.parametrize("angle", ANGLES)
def test_a_wall_beside_a_magnet_at_an_angle(angle, dimension):
    turned = {"expression": [f"sin({angle} + x/(30*nm))", "0", f"cos({angle} + x/(30*nm))"]}
    solution = line({"f1": magnet(HARD, wall(5)), "f2": magnet(SOFT, turned), "f3": magnet(HARD, TILTED)}, dimension)
    assert defect(solution) < 1e-10
    assert all(np.linalg.norm(solution.absorbed(name)) > 1e-3 * CURRENT for name in ("f1", "f2", "f3"))


# Patches of 10 nm that meet in points: rows from below.
QUILTS = {
    "three magnets and a metal": ([["a", "b"], ["n", "c"]], {}),
    "three magnets around a point": ([["a", "b"], ["c", "c"]], {}),
    "two magnets on a metal": ([["n", "n"], ["a", "b"]], {}),
    "four magnets, two of them parallel": ([["a", "b"], ["c", "d"]], {}),
    "a weak one among them": ([["a", "b"], ["w", "c"]], {}),
    "a texture and a metal": ([["a", "t"], ["n", "c"]], {}),
    "a tunnel contact that a third magnet joins": (
        [["a", "b"], ["c", "c"]],
        {"a/b": {"resistance_area": "1e-15 ohm m^2", "polarization": [0.4, 0.2]}},
    ),
}
PATCHES = {
    "a": magnet(HARD, "+z"),
    "b": magnet(SOFT, TILTED),
    "c": magnet(HARD, "+x"),
    "d": magnet(SOFT, "-z"),
    "t": magnet(SOFT, wall(14)),
    "w": magnet(SOFT, "+y", **WEAK),
    "n": {"material": METAL},
}


def quilt(name):
    rows, interfaces = QUILTS[name]
    regions = {patch: PATCHES[patch] for row in rows for patch in row}
    terminals = {"left": SINKS["left"], "upper_right": SINKS["right"]}  # from corner to corner
    return solve(patchwork(MPI.COMM_WORLD, rows, 10, depth=10 * NM), regions, interfaces, terminals)


@pytest.mark.parametrize("name", QUILTS)
def test_what_is_lost_is_taken_where_patches_meet(name):
    solution = quilt(name)
    assert defect(solution) < 1e-10
    for magnet in magnets_of(solution):
        magnetization, absorbed = solution.problem.regions[magnet].magnetization, solution.absorbed(magnet)
        assert np.linalg.norm(absorbed) > 1e-4 * CURRENT
        if magnetization.uniform:
            assert abs(absorbed @ magnetization.direction) < 1e-10 * CURRENT


def test_the_density_at_a_contact_of_two_magnets_is_uniform_and_exact():
    angle, area = np.radians(40), 10 * NM * 10 * NM
    solution = two(angle, 2)
    for name, m in (("f1", direction(0)), ("f2", direction(angle))):
        (surface,) = torque_map(solution, name).surfaces
        on_contact = np.isclose(solution.problem.space.tabulate_dof_coordinates()[:, 0], 10)
        expected = abs(ANGULAR_MOMENTUM) * 0.6 * np.tan(angle / 2) * CURRENT / area
        assert np.allclose(np.linalg.norm(surface.density[on_contact], axis=1), expected, rtol=1e-9)
        assert np.abs(surface.density @ m).max() < 1e-9 * expected
