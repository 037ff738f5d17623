"""The cases that reproduce a published figure, against its formula."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.batch.points import points_of
from spinfem.case.reader import load_case
from spinfem.case.source import CaseSource
from spinfem.study.accuracy import measure
from spinfem.study.session import Session
from spinfem.theory.two_magnets import Film, TwoMagnets
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.commands import CASES

NM = 1e-9


def found(case, session):
    """name -> value of every measurement of a case."""
    simulation = session.simulation(case, session.device(case))
    return {m.name: m.value for m in measure(case, simulation).measurements}


def film(case, layer):
    """A layer of a case as the formulas know it."""
    layer = case.geometry.layers[layer]
    material = case.regions[layer.name].material
    return Film(layer.thickness, material.conductivity, material.spin_diffusion_length, material.polarization)


def test_spin_resistance_for_eleven_angles():
    """delta r against d_N, thinnest to thickest spacer of the figure, to 1e-4."""
    session, angles, thicknesses = Session(MPI.COMM_WORLD), set(), set()
    points = points_of(CaseSource.of_file(CASES / "spin_resistance.yaml"))
    for point in [p for k, p in enumerate(points) if k % 32 in (0, 12, 20, 31)]:
        case = point.source.case()
        m1, m2 = (case.regions[name].magnetization.direction for name in ("first", "second"))
        angle = float(np.arccos(np.clip(np.dot(m1, m2), -1, 1)))
        expected = TwoMagnets(film(case, 0), film(case, 1), film(case, 2), angle).spin_resistance()
        assert found(case, session)["spin_resistance.area_product"] == pytest.approx(expected, rel=1e-4), point.values
        angles.add(round(np.degrees(angle)))
        thicknesses.add(case.geometry.layers[1].thickness / case.regions["spacer"].material.spin_diffusion_length)
    assert angles == {0, 5, 15, 30, 50, 90, 120, 140, 160, 170, 180}
    assert min(thicknesses) == pytest.approx(1e-3) and max(thicknesses) > 4


def test_torques_that_change_sign():
    case = load_case(CASES / "torque_reversal.yaml")
    system = TwoMagnets(film(case, 0), film(case, 1), film(case, 2), np.pi / 4)
    values = found(case, Session(MPI.COMM_WORLD))
    g1, g2 = system.efficiencies()
    assert values["on_first.efficiency"] == pytest.approx(-g1, rel=1e-6)
    assert values["on_second.efficiency"] == pytest.approx(g2, rel=1e-6)
    assert g2 < 0 < replace(system, angle=np.radians(85)).efficiencies()[1]
    assert np.degrees(system.reversal_angle()) == pytest.approx(82.84, abs=0.01)  # as the case file says


def test_a_domain_wall_takes_up_twice_the_spin_current():
    case = load_case(CASES / "domain_wall.yaml")
    values = found(case, Session(MPI.COMM_WORLD))
    expected = -1.054571817e-34 / (2 * 1.602176634e-19) * 2 * 0.36 * 1e-3
    assert values["spin_torque"][0] == pytest.approx(expected, rel=1e-3)
    assert np.allclose(values["spin_torque"][1:], 0, atol=1e-6 * abs(expected))


def test_a_tunnel_junction_is_its_barrier():
    case = load_case(CASES / "tunnel_junction.yaml")
    values = found(case, Session(MPI.COMM_WORLD))
    barrier = 1e-12 / 1e-14  # ohm, of 1 ohm um^2 and (100 nm)^2
    for name, cosine in (("smallest", 1.0), ("largest", -1.0)):
        assert values[f"magnetoresistance.{name}"] == pytest.approx(barrier / (1 + 0.25 * cosine), rel=0.025)
    cosine = 0.5
    efficiency = 0.5 / (1 + 0.25 * cosine)  # P of the other one over the conductance, in units of I m x (r x m)
    assert values["on_free.efficiency"] == pytest.approx(efficiency, rel=0.01)
