"""A magnet that moves pumps spins, which damp it (`dynamics.magnets.NAME.pumping`, docs/dynamics.md)."""

import re

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.reader import read_case
from spinfem.geometry.recipe import outline_of
from spinfem.study.macrospin.findings import measure, motion_of
from spinfem.study.macrospin.trajectory import _root
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from spinfem.theory.spin_hall_film import Film

LAYER = """
geometry: {layers: [{name: pt, thickness: 6 nm}], width: 100 nm, depth: 100 nm}
regions: {pt: {material: {conductivity: 5.8e6 S/m, spin_diffusion_length: 3.4 nm}}}
terminals:
  left: {voltage: 0 V, spin: reflecting}
  right: {insulated: true, spin: {magnetization: +z, mixing_conductance: 5e14 S/m^2, mixing_conductance_imaginary: IMAGINARY}}
observables: [pumping_damping: {magnet: right, saturation_magnetization: 140 kA/m, thickness: 3 nm}]
dynamics:
  magnets:
    right: {damping: 0.01, saturation_magnetization: 140 kA/m, thickness: 3 nm, start: [0.5, 0.1, -0.4], pumping: true}
  field: [0 T, 0.02 T, 0.1 T]
  until: 1 ns
  torque: on_demand
  drive: {factor: 0} # the torque of the device is another matter
  rows: 101
solver: {error_estimate: false}
"""
MAGNET = "dynamics.magnets.right"


def simulation_of(imaginary="0 S/m^2", *overrides):
    case = read_case(LAYER.replace("IMAGINARY", imaginary), overrides=overrides)
    return Simulation(case, Session(MPI.COMM_SELF).device(case))


def motion_table(simulation):
    found = {m.name: m for m in measure(simulation)}
    table = found["motion_right"]
    return np.stack([table.columns[f"m_{axis}"][1] for axis in "xyz"]), found


@pytest.mark.parametrize("imaginary", [0.0, 1e14])
def test_m_moves_as_with_the_damping_of_both(imaginary):
    """G_i divides gamma by 1 + b, which here stands for a g factor."""
    pumps, found = motion_table(simulation_of(f"{imaginary} S/m^2"))
    simulation = simulation_of(f"{imaginary} S/m^2")
    damping, _, largest, smallest, field_like = (
        float(m.value) for m in simulation.case.observables[0].measure(simulation)
    )
    film = Film(6e-9, 5.8e6, 3.4e-9, 0.0, mixing_conductance=5e14 + 1j * imaginary)
    assert field_like / damping == pytest.approx(
        film.damping_conductance().imag / film.damping_conductance().real, abs=1e-6
    )
    assert largest == pytest.approx(smallest, rel=1e-8)
    assert found["dynamics.right.pumping_damping"].value == pytest.approx(damping, rel=1e-9)
    assert damping > 0.01
    raised = (0.01 + damping) / (1 + field_like)
    plain = (f"{MAGNET}.pumping=false", f"{MAGNET}.damping={raised!r}", f"{MAGNET}.g_factor={2 / (1 + field_like)!r}")
    expected, _ = motion_table(simulation_of(f"{imaginary} S/m^2", *plain))
    assert pumps == pytest.approx(expected, abs=1e-7)
    without, _ = motion_table(simulation_of(f"{imaginary} S/m^2", f"{MAGNET}.pumping=false"))
    assert np.abs(pumps - without).max() > 0.05


def test_directions_that_are_told_apart_are_damped_differently():
    """D acts on m x dm/dt, component by component."""
    motion = motion_of(simulation_of())
    own = motion.back_action
    own.damping[:] = np.diag([0.05, 0.01, 0.03])
    m = np.array([[1e-6, 0.0, 1.0]])
    rate = own.solved(m, np.array([[1.0, 0.0, 0.0]]), np.array([[0.0]]))
    # dm/dt = T + D (m x dm/dt): u_x = 1 - 0.05 u_y, u_y = 0.01 u_x
    assert rate[0, 0] == pytest.approx(1 / (1 + 0.05 * 0.01), rel=1e-6)
    assert rate[0, 1] == pytest.approx(0.01 * rate[0, 0], rel=1e-6)


def test_the_random_field_has_the_noise_of_all_damping():
    motion = motion_of(simulation_of("1e14 S/m^2"))
    root = _root(motion)[0]
    total = 0.01 * np.eye(3) + motion.back_action.damping[0]
    assert root @ root == pytest.approx(total, rel=1e-12)
    assert np.linalg.eigvalsh(total).min() > 0.02


def test_a_magnet_that_cannot_pump_is_told():
    text = """
geometry: {layers: [{name: f, thickness: 3 nm}, {name: n, thickness: 6 nm}]}
regions:
  f: {material: {conductivity: 5e6 S/m, spin_diffusion_length: 5 nm}, magnetization: +z}
  n: {material: {conductivity: 5e6 S/m, spin_diffusion_length: 5 nm}}
terminals: {left: {voltage: 0 V}, right: {voltage: 0 V}}
dynamics: {magnets: {f: {damping: 0.01, saturation_magnetization: 140 kA/m, pumping: true}}, until: 1 ns}
"""
    case = read_case(text)
    (fault,) = cross_check(case, outline_of(case))
    assert re.search(r"dynamics\.magnets\.f\.pumping.*give f/n an interface", str(fault))
