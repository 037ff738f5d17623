"""What a wide contact reads: weights that add up to the voltage on any mesh, and detectors whose weight is known."""

from functools import cache

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.reader import read_case
from spinfem.case.source import CaseSource
from spinfem.geometry.recipe import outline_of
from spinfem.study.run import run
from spinfem.study.session import Session
from tests.commands import CASES

ROUGH = ("mesh={resolution: 2, growth: 1, rim: 1}", "solver={method: direct, error_estimate: false}")
WIDTH, DEPTH, LAMBDA, POLARIZATION = 600e-9, 150e-9, 300e-9, 0.35
REAL_BARRIER = "interfaces={wire/detector: {resistance_area: 2 ohm um^2, polarization: 0.35}}"
HIGH_BARRIER = "interfaces={wire/detector: {resistance_area: 1e4 ohm um^2, polarization: 0.35}}"
MIXING = (
    "interfaces={detector/wire: {type: circuit, conductance_up: 3e14 S/m^2, conductance_down: 1e14 S/m^2, mixing_conductance: 3e14 S/m^2, "
    "mixing_conductance_imaginary: 2e14 S/m^2}}"
)
TURNED = ("regions.detector.magnetization=[0, 1, 1]", "regions.wire.material.diffusion_constant=0.01 m^2/s")
FIELD = (*TURNED, "magnetic_field={direction: +y, magnitude: 0.2 T}")
GROUNDED = ("terminals.wire_right={voltage: 0 V, spin: sink}", "terminals.wire_left={floating: true, spin: sink}")

LAYERS = """
geometry: {layers: [{name: metal, thickness: 200 nm}, {name: magnet, thickness: 30 nm}], width: 10 nm, depth: 10 nm}
regions:
  metal: {material: {conductivity: 4e7 S/m, spin_diffusion_length: 150 nm}}
  magnet: {material: {conductivity: 5e6 S/m, spin_diffusion_length: 20 nm, polarization: 0.4}, magnetization: +z}
terminals:
  left: {voltage: 0 V, spin: {potential: [0 V, 0 V, 1 mV]}}
  right: {floating: true, spin: reflecting}
observables: [{contact_weight: {contact: metal/magnet, plus: right, minus: left}}]
solver: {error_estimate: false}
"""


def found(case):
    """(name -> value, the table's columns) of a Case."""
    results = run(case, Session(MPI.COMM_SELF)).results
    (table,) = results.tables
    return {m.name: m.value for m in results.measurements}, {name: v for name, (_, v) in table.columns.items()}


@cache
def of_valve(*overrides):
    """The same of cases/contact_weight.yaml on a rough mesh."""
    return found(CaseSource.of_file(CASES / "contact_weight.yaml", (*ROUGH, *overrides)).case())


def test_a_magnet_on_the_end_of_a_wire_reads_what_reaches_its_far_side_less():
    """Without charge current phi + P s is constant in the magnet, and s falls to s/cosh(d/lambda_F) at its closed end."""
    numbers, table = found(read_case(LAYERS))
    assert numbers["contact_weight.over_mean"] == pytest.approx(1 - 1 / np.cosh(30 / 20), rel=1e-6)
    assert numbers["contact_weight.centre"] == pytest.approx(numbers["contact_weight.mean"], rel=1e-9)
    assert numbers["contact_weight.balance"] < 1e-9
    assert table["charge weight"] == pytest.approx([1e16], rel=1e-9)  # 1 A through 10 nm x 10 nm


def test_behind_a_tunnel_barrier_the_weight_is_uniform_and_the_mean_is_read():
    numbers, table = of_valve(HIGH_BARRIER)
    assert table["spin weight"] == pytest.approx(POLARIZATION / (WIDTH * DEPTH), rel=1e-4)
    assert table["charge weight"] == pytest.approx(1 / (WIDTH * DEPTH), rel=1e-4)
    assert numbers["contact_weight.over_mean"] == pytest.approx(1, abs=1e-3)
    x = WIDTH / (2 * LAMBDA)
    assert numbers["contact_weight.over_centre"] == pytest.approx(np.sinh(x) / x, rel=2e-3)


def test_a_real_barrier_takes_a_little_off():
    numbers, _ = of_valve(REAL_BARRIER)
    assert numbers["contact_weight.over_mean"] == pytest.approx(0.993, abs=1e-3)
    assert numbers["contact_weight.over_centre"] == pytest.approx(1.172, abs=4e-3)


def test_a_wide_transparent_contact_is_read_at_its_far_edge_and_sees_little_of_the_mean():
    numbers, table = of_valve("mesh={resolution: 1, rim: 0.5}")
    assert numbers["contact_weight.over_mean"] == pytest.approx(0.075, abs=2e-3)
    assert np.argmax(table["spin weight"]) == len(table["distance"]) - 1
    assert np.argmax(table["spin potential"]) == 0


@pytest.mark.parametrize(
    "overrides",
    [(), (REAL_BARRIER,), TURNED, FIELD, (MIXING, *FIELD), GROUNDED],
    ids=["transparent", "barrier", "at an angle", "in a field", "turning spins in a field", "grounded"],
)
def test_the_weights_add_up_to_the_voltage_on_any_mesh(overrides):
    numbers, table = of_valve(*overrides)
    voltage = numbers["nonlocal_resistance"] * 1e-3
    over_contact = DEPTH * np.trapezoid(table["read"], table["distance"])
    assert over_contact == pytest.approx(voltage, rel=1e-6)
    assert DEPTH * np.trapezoid(table["charge weight"], table["distance"]) == pytest.approx(1, rel=1e-6)
    assert numbers["contact_weight.balance"] < 1e-7


def test_what_is_read_has_errors_of_its_own():
    case = CaseSource.of_file(CASES / "contact_weight.yaml", ("mesh={resolution: 2, growth: 1, rim: 1}",)).case()
    errors = {m.name: m.error for m in run(case, Session(MPI.COMM_SELF)).results.measurements}
    assert errors.pop("contact_weight.balance") is None
    assert len(errors) == 6
    assert all(0 < error < np.inf for error in errors.values())


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("observables.0.contact_weight.plus=wire_left", "carries a current; a detector is floating"),
        ("observables.0.contact_weight.minus=injector_end", "carries a driven current"),
        ("observables.0.contact_weight.minus=detector_end", "is the same terminal"),
        ("regions.detector.material.polarization=0", "reads no spin potential"),
        ("observables.0.contact_weight.contact=injector/wire", "does not lie on the side of injector"),
        ("terminals.injector_end.current=0 mA", "reads nothing"),
        ("terminals.detector_end={floating: true, spin: {potential: [0 V, 0 V, 1 V]}}", "is not driven"),
    ],
)
def test_what_is_no_detector_is_refused(override, told):
    assert told in faults(CaseSource.of_file(CASES / "contact_weight.yaml", (override,)).case())


def test_two_ways_to_the_detector_are_refused():
    gold = "gold: {material: {conductivity: 4e7 S/m, spin_diffusion_length: 50 nm}}"
    ring = LAYERS.replace("30 nm}]", "30 nm}, {name: gold, thickness: 9 nm}, {name: metal, thickness: 9 nm}]")
    ring = ring.replace("regions:\n", f"regions:\n  {gold}\n")
    assert "metal/magnet: is not the only way from right to left" in faults(read_case(ring))


def faults(case):
    """What is wrong with a Case, in words."""
    return "; ".join(map(str, cross_check(case, outline_of(case))))
