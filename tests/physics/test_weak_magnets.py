"""Weak ferromagnets: the lattice takes spins of every direction at one rate, dephasing and precession hand them to the magnet."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.schema import Case
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar
from tests.physics import test_touching_magnets as strong

NM = 1e-9
P, LAMBDA, THICKNESS = 0.6, 9, 30  # nm
METAL = {"conductivity": "1e7 S/m", "spin_diffusion_length": f"{LAMBDA} nm", "polarization": P}
LENGTHS = {"dephasing_length": "6 nm", "precession_length": "4 nm"}


def solve(lengths, spins="x", end="sink", dimension=1, cells=120):
    """A magnet along +z; v = 1 mV along `spins` is given at its left end, no charge current."""
    device = bar(MPI.COMM_WORLD, [("f", THICKNESS, cells)], 5, 1, dimension, depth=10 * NM)
    potential = [f"{int(axis == spins)} mV" for axis in "xyz"]
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened: the tests bring their mesh
            "mesh": {},
            "regions": {"f": {"material": METAL, "magnetization": "+z"} | lengths},
            "terminals": {
                "left": {"floating": True, "spin": {"potential": potential}},
                "right": {"voltage": "0 V", "spin": end},
            },
            "solver": {"tolerance": 1e-13},
        }
    )
    return Simulation(case, device).solution()


@pytest.mark.parametrize("dimension", [1, 2])
@pytest.mark.parametrize("keys", [("dephasing_length",), ("precession_length",), tuple(LENGTHS)])
def test_spins_across_m_decay_and_precess(keys, dimension):
    """v_x + i v_y falls as exp(-x/L), 1/L^2 = (1-P^2)/lambda^2 + 1/lambda_phi^2 + i/lambda_J^2 (docs/physics.md, section 11)."""
    solution = solve({key: LENGTHS[key] for key in keys}, dimension=dimension)
    x = np.linspace(0, THICKNESS * NM, 31)
    _, v = solution.at(np.stack([x, 0 * x + (dimension - 1) * 2 * NM, 0 * x], axis=1))
    rates = {"dephasing_length": 1 / 36, "precession_length": 1j / 16}
    k = np.sqrt((1 - P**2) / LAMBDA**2 + sum(rates[key] for key in keys) + 0j) / NM
    expected = 1e-3 * np.sinh(k * (THICKNESS * NM - x)) / np.sinh(k * THICKNESS * NM)
    assert np.allclose(v[:, 0] + 1j * v[:, 1], expected, atol=2e-6 * 1e-3)
    assert ("GMRES" in solution.report.method) == ("precession_length" in keys)


def test_spins_along_m_decay_over_lambda():
    """No charge current flows: sigma (1-P^2) v'' = sigma (1-P^2)/lambda^2 v."""
    solution = solve(LENGTHS, spins="z")
    x = np.linspace(0, THICKNESS * NM, 31)
    _, v = solution.at(np.stack([x, 0 * x, 0 * x], axis=1))
    expected = 1e-3 * np.sinh((THICKNESS * NM - x) / LAMBDA / NM) / np.sinh(THICKNESS / LAMBDA)
    assert np.allclose(v[:, 2], expected, atol=2e-6 * 1e-3)
    assert np.abs(solution.absorbed("f")).max() < 1e-10 * solution.readings["left"].spin_current[2]


@pytest.mark.parametrize("cells", [6, 60])
def test_precession_alone_hands_over_a_fraction_of_what_enters(cells):
    """lambda_J = lambda: (i/lambda_J^2) / (c/lambda^2 + i/lambda_J^2) = (1 + i c)/(1 + c^2), c = 1 - P^2, 1 being the direction that
    enters and i the turn m x. On any mesh: only the total of v counts."""
    solution = solve({"precession_length": f"{LAMBDA} nm"}, end="reflecting", cells=cells)
    entering, absorbed = solution.readings["left"].spin_current, solution.absorbed("f")
    of_entering = complex(entering[0], entering[1])
    fraction, c = complex(absorbed[0], absorbed[1]) / of_entering, 1 - P**2
    assert fraction == pytest.approx((1 + 1j * c) / (1 + c**2), rel=1e-9)
    assert (fraction.real, fraction.imag) == pytest.approx((0.7094, 0.4540), abs=5e-5)


def test_dephasing_alone_hands_over_a_fraction_of_what_enters():
    """(1/lambda_phi^2) / (c/lambda^2 + 1/lambda_phi^2), along the direction that enters."""
    solution = solve({"dephasing_length": "6 nm"}, end="reflecting", cells=20)
    expected = (1 / 36) / ((1 - P**2) / LAMBDA**2 + 1 / 36) * solution.readings["left"].spin_current
    assert np.allclose(solution.absorbed("f"), expected, atol=1e-9 * np.abs(expected).max())


@pytest.mark.parametrize("lengths", [LENGTHS, {"precession_length": "9 nm"}, {"dephasing_length": "1 nm"}])
@pytest.mark.parametrize("dimension", [1, 2])
def test_what_enters_relaxes_or_is_torque(dimension, lengths):
    """Beside a metal, beside a strong magnet, and with a wall inside."""
    turning = {"expression": ["sin(x/(20*nm))", "0", "cos(x/(20*nm))"]}
    regions = {
        "f1": strong.magnet(strong.HARD, "+z"),
        "w": strong.magnet(strong.SOFT, turning, **lengths),
        "n": {"material": strong.METAL},
        "v": strong.magnet(strong.SOFT, strong.TILTED, **lengths),
    }
    solution = strong.line(regions, dimension)
    assert strong.defect(solution) < 1e-10
    assert sum(solution.powers().values()) == pytest.approx(solution.power_in(), rel=1e-9)
    for name in ("f1", "w", "v"):
        assert np.linalg.norm(solution.absorbed(name)) > 1e-3 * strong.CURRENT


def test_short_dephasing_makes_a_strong_ferromagnet():
    """Torque and resistance of a weak magnet tend to those of a strong one."""

    def stack(**lengths):
        regions = {"f1": strong.magnet(strong.HARD, "+z"), "n": {"material": strong.METAL}}
        return strong.line(regions | {"f2": strong.magnet(strong.SOFT, strong.TILTED, **lengths)}, method="direct")

    limit = stack()
    for length in (1e-2, 1e-3):
        near = stack(dephasing_length=f"{length} nm")
        assert near.readings["left"].potential == pytest.approx(limit.readings["left"].potential, rel=0.01 * length)
        off = np.linalg.norm(near.absorbed("f2") - limit.absorbed("f2")) / np.linalg.norm(limit.absorbed("f2"))
        assert off < length
