"""F1/N/F2 as a list of layers in one dimension, at any angle, against the closed form, and what follows from it."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI
from scipy.optimize import brentq

from spinfem.case.schema import Case
from spinfem.geometry.build import build_device
from spinfem.study.simulation import Simulation
from spinfem.theory.two_magnets import Film, TwoMagnets
from tests import cases  # noqa: F401  (registers observables and interface types)

NM = 1e-9
PAPER = TwoMagnets(  # g_N = 4 g_1 = 4 g_2, as in the figure of the paper
    Film(200 * NM, 1e14 * 20 * NM / (1 - 0.1**2), 20 * NM, 0.1),
    Film(30 * NM, 4e14 * 100 * NM, 100 * NM),
    Film(200 * NM, 1e14 * 20 * NM / (1 - 0.9**2), 20 * NM, 0.9),
    np.radians(30),
)
UNEQUAL = TwoMagnets(
    Film(40 * NM, 2e6, 20 * NM, 0.4), Film(60 * NM, 7e6, 100 * NM), Film(50 * NM, 3e6, 30 * NM, 0.7), np.radians(75)
)


def directions(angle):
    return np.array([0.0, 0.0, 1.0]), np.array([np.sin(angle), 0.0, np.cos(angle)])


def case_of(system, degree=2, refinements=0, **geometry):
    films = {"first": system.first, "spacer": system.spacer, "second": system.second}
    magnetizations = dict(zip(("first", "second"), directions(system.angle), strict=True))
    return Case.model_validate(
        {
            "geometry": {
                "layers": [{"name": name, "thickness": f"{film.thickness} m"} for name, film in films.items()],
                **geometry,
            },
            "mesh": {"refinements": refinements},
            "regions": {
                name: {
                    "material": {
                        "conductivity": f"{film.conductivity} S/m",
                        "spin_diffusion_length": f"{film.spin_diffusion_length} m",
                        "polarization": film.polarization,
                    }
                }
                | ({"magnetization": magnetizations[name].tolist()} if name in magnetizations else {})
                for name, film in films.items()
            },
            "terminals": {"left": {"current": "1 A", "spin": "sink"}, "right": {"voltage": "0 V", "spin": "sink"}},
            "solver": {"degree": degree, "method": "direct"},
        }
    )


def simulation_of(system, **options):
    case = case_of(system, **options)
    return Simulation(case, build_device(case, MPI.COMM_WORLD))


def measured(simulation, system):
    """s_1, s_2, g_1, g_2 and the spin resistance; one ampere through one square metre."""
    solution = simulation.solution()
    m1, m2 = directions(system.angle)
    d1, d2 = system.first.thickness, system.spacer.thickness
    points = [[d1, 0, 0], [d1 + d2, 0, 0]]
    _, v = solution.at(points)
    c, square = m1 @ m2, np.sin(system.angle) ** 2
    g1 = -solution.absorbed("first") @ (m2 - c * m1) / square
    g2 = solution.absorbed("second") @ (m1 - c * m2) / square
    whole, ohmic = (simulation.solution(spins=spins).readings["left"].potential for spins in (True, False))
    return np.array([v[0] @ m1, v[1] @ m2, g1, g2, whole - ohmic])


def exact(system):
    return np.array([*system.spin_potentials(), *system.efficiencies(), system.spin_resistance()])


@pytest.mark.parametrize("system", [PAPER, UNEQUAL], ids=["paper", "unequal"])
@pytest.mark.parametrize("spacer", [0.1, 5, 60, 300])
@pytest.mark.parametrize("angle", [5, 50, 90, 140, 175])
def test_closed_form_over_angles_and_thicknesses(system, spacer, angle):
    system = replace(system, spacer=replace(system.spacer, thickness=spacer * NM), angle=np.radians(angle))
    expected = exact(system)
    scale = np.abs(expected)
    scale[:2] = scale[:2].max()  # one of two may pass through zero
    scale[2:4] = scale[2:4].max()
    found = measured(simulation_of(system), system)
    tolerance = [1e-6, 1e-6, 1e-6, 1e-6, 1e-4]  # the spin resistance is a difference of nearly equal numbers
    assert np.all(np.abs(found - expected) < tolerance * scale), (found - expected) / scale


@pytest.mark.parametrize("degree", [1, 2])
def test_refinement_shows_the_order(degree):
    """Potentials at nodes and torques are functionals of the solution: their error falls with twice the degree."""
    layers = {"degree": degree}
    errors = [
        np.abs(measured(simulation_of(UNEQUAL, refinements=n, **layers), UNEQUAL) / exact(UNEQUAL) - 1).max()
        for n in (0, 1)
    ]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2 * degree, abs=0.2)


@pytest.mark.parametrize("spacer", [10, 30])
def test_the_torque_changes_sign_where_the_closed_form_says(spacer):
    system = replace(PAPER, spacer=replace(PAPER.spacer, thickness=spacer * NM))

    def g2(degrees):
        turned = replace(system, angle=np.radians(degrees))
        return measured(simulation_of(turned), turned)[3]

    found = brentq(g2, 20.0, 89.0, xtol=1e-4)
    assert found == pytest.approx(np.degrees(system.reversal_angle()), abs=1e-3)
    assert g2(found - 5) < 0 < g2(found + 5)


@pytest.mark.parametrize("polarizations", [(0.1, 0.9), (0.9, 0.1), (-0.1, 0.9), (0.3, 0.3)])
def test_below_the_reversal_angle_one_factor_is_negative(polarizations):
    first, second = (
        replace(film, polarization=p) for film, p in zip((PAPER.first, PAPER.second), polarizations, strict=True)
    )
    system = replace(PAPER, first=first, second=second, spacer=replace(PAPER.spacer, thickness=10 * NM))

    def least(angle):
        return min(replace(system, angle=angle).efficiencies())

    angle = system.reversal_angle()
    if angle is None:
        assert all(least(a) > 0 for a in np.linspace(0.01, 3.13, 50))
    else:
        assert least(angle - 1e-3) < 0 < least(angle + 1e-3)


def random_system(rng):
    def film(polarization):
        thickness, length = 10 ** rng.uniform(0, 2.5, 2) * NM
        return Film(thickness, 10 ** rng.uniform(6, 8), length, polarization)

    return TwoMagnets(
        film(rng.uniform(0, 0.99)), film(0.0), film(rng.uniform(0, 0.99)), rng.uniform(0.01, np.pi - 0.01)
    )


def _never_both_negative(count):
    rng = np.random.default_rng(20)
    signs = []
    for _ in range(count):
        system = random_system(rng)
        _, _, g1, g2, _ = measured(simulation_of(system), system)
        signs.append((g1 < -1e-8, g2 < -1e-8))  # across a thick spacer both are rounding
        assert not all(signs[-1]), system
        assert np.allclose([g1, g2], exact(system)[2:4], rtol=1e-4, atol=1e-6), system
    return signs


def test_the_two_torque_factors_are_never_both_negative():
    signs = _never_both_negative(60)
    assert any(first for first, _ in signs) and any(second for _, second in signs)  # each of them is, at times


@pytest.mark.slow
def test_the_two_torque_factors_are_never_both_negative_in_a_thousand_structures():
    _never_both_negative(1000)


def test_a_pillar_in_three_dimensions_agrees_to_a_percent():
    system = replace(UNEQUAL, angle=np.radians(50))
    case = case_of(system, dimension=3, width="40 nm", depth="30 nm")
    simulation = Simulation(case, build_device(case, MPI.COMM_WORLD, coarsen=2))
    area = 40 * NM * 30 * NM
    found = measured(simulation, system) * np.array([area, area, 1, 1, area])
    assert np.allclose(found, exact(system), rtol=1e-2)
