"""Operators are used again as long as memory allows, and never where anything that shapes them has changed."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.magnetization import Uniform
from spinfem.case.reader import read_case
from spinfem.postprocessing.terminals import AtTerminal
from spinfem.study.operators import Operators
from spinfem.study.session import Session, operator_identity
from spinfem.study.simulation import Simulation

PILLAR = """
geometry: {layers: [{name: f1, thickness: 10 nm}, {name: n, thickness: 5 nm}, {name: f2, thickness: 10 nm}], width: 50 nm, depth: 50 nm}
regions:
  f1: {material: Co @ 77 K, magnetization: +z}
  n: Cu @ 4.2 K
  f2: {material: Co @ 77 K, magnetization: +z}
terminals:
  left: {current: 1 mA}
  right: {voltage: 0 V}
mesh: {resolution: 2}
solver: {degree: 1, error_estimate: false}
"""


def angle(k):
    """A magnetization of f2, another one for each k."""
    return {"f2": Uniform(direction=(0.0, 0.6, (0.8, -0.8)[k]))}


def simulation_of(limit):
    case = read_case(PILLAR)
    device = Session(MPI.COMM_SELF).device(case)
    operators = Operators(limit)
    return Simulation(case, device, operators=operators), operators


def test_operators_that_fit_into_the_memory_stay():
    simulation, operators = simulation_of(1e9)
    for k in (0, 1, 0):
        simulation.solution(angle(k), remember=False)
    assert len(operators) == 2


def test_beyond_the_limit_the_one_used_last_stays_and_others_are_made_again():
    simulation, operators = simulation_of(0)
    first = simulation.solution(angle(0), remember=False).resistance("left", "right")
    simulation.solution(angle(1), remember=False)
    assert len(operators) == 1
    assert simulation.solution(angle(0), remember=False).resistance("left", "right") == pytest.approx(first, rel=1e-12)


def test_an_adjoint_state_survives_that_its_operator_was_given_up():
    simulation, operators = simulation_of(0)
    solution = simulation.solution(angle(0))
    before = simulation.adjoint(solution, AtTerminal("left").dual(solution, np.eye(9)[0])).x.array.copy()
    simulation.solution(angle(1))
    assert simulation.adjoint(solution, AtTerminal("left").dual(solution, np.eye(9)[0])).x.array == pytest.approx(
        before, rel=1e-10
    )


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ("title=other", True),
        ("observables=[terminals]", True),
        ("output={pictures: false}", True),
        ("terminals.left.current=2 mA", True),
        ("terminals.left.spin=reflecting", False),
        ("terminals.left={voltage: 1 mV}", False),
        ("regions.n=Cu @ 300 K", False),
        ("regions.f2.magnetization=-z", False),
        ("interfaces={f1/n: {resistance_area: 1 fohm m^2}}", False),
        ("solver.tolerance=1e-10", False),
    ],
)
def test_operators_are_used_again_where_only_the_drive_has_changed(change, same):
    before, after = read_case(PILLAR), read_case(PILLAR, overrides=[change])
    assert (operator_identity(before) == operator_identity(after)) == same


def test_a_drawing_that_was_written_anew_is_meshed_anew(tmp_path):
    def draw(width):
        text = f'SetFactory("OpenCASCADE"); Rectangle(1) = {{0, 0, 0, {width}, 10}}; Mesh.MeshSizeMax = 10;'
        (tmp_path / "a.geo").write_text(f'{text} Physical Surface("a") = {{1}}; Physical Curve("end") = {{4}};\n')

    text = "geometry: {script: a.geo, depth: 10 nm}\nregions: {a: Cu @ 4.2 K}\nterminals: {end: {voltage: 0 V}}"
    session, widths = Session(MPI.COMM_SELF), []
    for width in (50, 50, 120):
        draw(width)
        device = session.device(read_case(text, folder=tmp_path))
        widths.append(device.mesh.geometry.x[:, 0].max())
    assert widths == pytest.approx([50, 50, 120])
