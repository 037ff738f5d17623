"""Closed formulas beside the full model: they agree where they fit, and say why where they do not."""

import pytest
from mpi4py import MPI

from spinfem.case.reader import read_case
from spinfem.formulas.formula import answers
from spinfem.study.run import run
from spinfem.study.session import Session
from tests.commands import CASES, spinfem

STACK = """
geometry: {layers: [{name: first, thickness: 200 nm}, {name: spacer, thickness: 30 nm}, {name: second, thickness: 4 nm}], width: 100 nm, depth: 50 nm}
regions:
  first: {material: {conductivity: 2e6 S/m, spin_diffusion_length: 20 nm, polarization: 0.3}, magnetization: +z}
  spacer: {material: {conductivity: 4e7 S/m, spin_diffusion_length: 100 nm}}
  second: {material: {conductivity: 1e7 S/m, spin_diffusion_length: 20 nm, polarization: 0.6}, magnetization: {polar: 70 deg}}
terminals:
  left: {current: 1 mA, spin: sink}
  right: {voltage: 0 V, spin: sink}
observables:
  - spin_resistance: {plus: left, minus: right, area: 5e-15 m^2}
  - spin_torque: {name: on_first, magnet: first, reference: second, drive: left}
  - spin_torque: {name: on_second, magnet: second, reference: first, drive: right}
solver: {error_estimate: false}
"""
MOVING = """
dynamics:
  magnets:
    second: {damping: 0.01, saturation_magnetization: 8e5 A/m, anisotropy: {axis: +z, field: 20 mT}, demagnetization: [1, 0, 0], start: START}
  drive: {terminal: left, current: 0 A}
  field: [0 T, 0 T, 5 mT]
  until: 0.01 ns
  rows: 11
  threshold: {to: LIMIT}
"""


def beside(text):
    """(title -> its Answer, name -> value by the full model) of a case."""
    outcome = run(read_case(text, CASES), Session(MPI.COMM_SELF))
    found = {answer.formula.title: answer for answer in answers(outcome.case, outcome.simulation.device)}
    return found, {m.name: m.value for m in outcome.results.measurements}


def test_two_magnets_at_an_angle_agree():
    found, full = beside(STACK)
    predictions = found["two magnets at an angle"].predictions
    names = ["spin_resistance", "spin_resistance.area_product", "on_first.efficiency", "on_second.efficiency"]
    assert [p.name for p in predictions] == names
    for prediction in predictions:
        assert prediction.value == pytest.approx(full[prediction.name], rel=1e-6), prediction.name


@pytest.mark.parametrize("contact", ["{resistance_area: 0.3 fohm m^2}", None])
@pytest.mark.parametrize("drive", ["left", "right"])
def test_two_magnets_in_contact_agree(contact, drive):
    text = (CASES / "magnet_junction.yaml").read_text().split("sweep:")[0].replace("200 nm", "12 nm")
    text = text.replace("drive: left", f"drive: {drive}").replace("polar: 90 deg", "polar: 110 deg")
    text = (
        text.replace("{resistance_area: 1 fohm m^2}", contact) if contact else text.replace("  first/second:", "  {} #")
    )
    found, full = beside(text + "solver: {error_estimate: false}")
    (prediction,) = found["two magnets in contact"].predictions
    assert prediction.value == pytest.approx(full[prediction.name], rel=1e-6)


@pytest.mark.parametrize(
    "old, new, why",
    [
        ("resistance_area: 1 fohm m^2", "resistance_area: 1 fohm m^2, polarization: [0.1, 0]", "without polarization"),
        ("polar: 90 deg", "polar: 180 deg", "no torque"),
        ("{name: second, thickness: 200 nm}", "{name: second, thickness: 20 nm}", "one thickness"),
        ("right: {voltage: 0 V, spin: sink}", "right: {voltage: 0 V, spin: reflecting}", "spin sinks at both ends"),
    ],
)
def test_why_two_magnets_in_contact_do_not_fit(old, new, why):
    text = (CASES / "magnet_junction.yaml").read_text().split("sweep:")[0]
    found, _ = beside(text.replace(old, new) + "solver: {error_estimate: false}")
    assert why in found["two magnets in contact"].why_not


@pytest.mark.parametrize("exchange", ["", "exchange: [{between: [first, second], energy: 0.02 mJ/m^2}]"])
@pytest.mark.parametrize(("start", "limit"), [("+z", "8 mA"), ("-z", "-2 mA")])
def test_the_threshold_of_a_macrospin_agrees(start, limit, exchange):
    text = STACK.replace("{polar: 70 deg}", "+z").replace("observables:", "observables: []\nunused:")
    text = text[: text.index("unused:")] + "solver: {error_estimate: false}" + MOVING
    text = text.replace("  until: 0.01 ns", f"  {exchange}\n  until: 0.01 ns")
    found, full = beside(text.replace("START", start).replace("LIMIT", limit))
    (prediction,) = found["threshold of a macrospin"].predictions
    assert prediction.value == pytest.approx(full[prediction.name], rel=1e-6)


FILM = "geometry.parameters={length: 100 nm, thickness: 10 nm, surface_size: 4 nm, film_size: 5 nm}"
QUICK = ("solver={method: direct, degree: 3, error_estimate: false}", FILM)


@pytest.mark.parametrize(
    ("overrides", "names"),
    [
        ((), {"spin_pumping.voltage", "pumping_damping", "pumping_damping.conductance", "pumping_damping.field_like"}),
        (
            (
                "terminals.left={current: 1 mA, spin: reflecting}",
                "terminals.bottom.spin.magnetization={polar: 50 deg, azimuth: 20 deg}",
                "terminals.bottom.spin.mixing_conductance_imaginary=5e13 S/m^2",
                "terminals.bottom.spin.spin_conductance=3e13 S/m^2",
                "observables=[nonlocal_resistance: {plus: left, minus: right, drive: left}]",
            ),
            {"nonlocal_resistance"},
        ),
    ],
    ids=["pumping", "magnetoresistance"],
)
def test_a_film_on_a_magnet_agrees(overrides, names):
    """Up to what the spin Hall angle adds to the damping, theta^2."""
    text = (CASES / "spin_pumping.yaml").read_text()
    outcome = run(read_case(text, CASES, overrides=[*QUICK, *overrides]), Session(MPI.COMM_SELF))
    found = {answer.formula.title: answer for answer in answers(outcome.case, outcome.simulation.device)}
    full = {m.name: m.value for m in outcome.results.measurements}
    predictions = found["metal film on an insulating magnet"].predictions
    assert {p.name for p in predictions} == names
    for prediction in predictions:
        exact = 1e-3 if "damping" in prediction.name else 1e-5
        assert prediction.value == pytest.approx(full[prediction.name], rel=exact, abs=1e-9), prediction.name


def test_what_a_formula_does_not_know_is_said():
    found, _ = beside(STACK.replace("solver:", "interfaces: {first/spacer: {resistance_area: 1 fohm m^2}}\nsolver:"))
    assert found["two magnets at an angle"].why_not == "its contacts are transparent"
    assert found["lateral spin valve, one-dimensional"].why_not == "the case asks for no nonlocal_resistance"
    assert found["decay along a strip of two films"].why_not == "the case asks for no decay_length or two_exponentials"


def test_the_command_puts_the_lateral_valve_beside_the_formula():
    valve = CASES / "nonlocal_valve_2d.yaml"
    said = spinfem("formula", valve, "--set", "mesh.resolution=2", "--set", "solver.error_estimate=false")
    assert said.returncode == 0, said.stderr
    (line,) = (line for line in said.stdout.splitlines() if line.startswith("nonlocal_resistance.difference"))
    assert float(line.split()[-2]) == pytest.approx(0, abs=3)  # per cent
    assert "does not fit: the case asks for no spin_resistance" in said.stdout


BAR = """
geometry: {{script: hall_bar_2d.geo, depth: 30 nm, parameters: {{arm_width: 10 nm, corner_size: 2 nm}}}}
regions: {{bar: {{material: {{base: Py @ 300 K, amr_ratio: 0.02, anomalous_hall_angle: 0.01, {more}}}, magnetization: {{polar: 50 deg, azimuth: 30 deg}}}}}}
terminals:
  right: {{current: 1 mA, spin: sink}}
  left: {{voltage: 0 V, spin: sink}}
  upper_left: {{floating: true}}
  upper_right: {{floating: true}}
  lower_left: {{floating: true}}
  lower_right: {{floating: true}}
observables:
  - nonlocal_resistance: {{name: along, plus: upper_left, minus: upper_right, drive: right}}
  - nonlocal_resistance: {{name: across, plus: lower_left, minus: upper_left, drive: right, flip: bar}}
  - nonlocal_resistance: {{name: whole, plus: right, minus: left, drive: right}}
solver: {{error_estimate: false, method: direct}}
"""


def test_a_long_bar_agrees():
    """What is odd in m is the anomalous Hall resistance, what is even the planar one."""
    found, full = beside(BAR.format(more="name: Py"))
    predictions = {p.name: p.value for p in found["long bar of a ferromagnet"].predictions}
    assert predictions.keys() == {"along", "across.angle_0", "across.angle_180", "across.difference", "whole"}
    for name, value in predictions.items():
        scale = abs(predictions["across.difference"] if name.startswith("across") else value)  # both effects may cancel
        assert value == pytest.approx(full[name], abs=5e-3 * scale), name
    assert predictions["along"] < 0 < predictions["whole"]


@pytest.mark.parametrize("more", ["spin_hall_angle: 0.01", "amr_polarization: 0.1", "anomalous_hall_polarization: 0.1"])
def test_a_bar_in_which_spins_pile_up_does_not_fit(more):
    found, _ = beside(BAR.format(more=more).replace("flip: bar", "flip: null"))
    assert "same amr_ratio and Hall angle" in found["long bar of a ferromagnet"].why_not


def test_no_formula_fits_where_spins_turn_on_their_way():
    text = (CASES / "spin_transistor.yaml").read_text().split("sweep:")[0]
    found, _ = beside(text + "solver: {error_estimate: false}" * ("solver:" not in text))
    assert not any(answer.predictions for answer in found.values())
    assert found["lateral spin valve, one-dimensional"].why_not == "it knows nothing of spin_orbit in wire"


def test_injection_between_two_magnets_agrees():
    """A conductor that the magnets' mismatch leaves something: contacts of r_N t/lambda_N to r_N lambda_N/t."""
    for polar, contact in (("+z", "5 ohm um^2"), ("-z", "0.2 ohm um^2")):
        found, full = beside(
            f"""
geometry: {{layers: [{{name: f1, thickness: 200 nm}}, {{name: n, thickness: 200 nm}}, {{name: f2, thickness: 200 nm}}], width: 1 um, depth: 1 um}}
regions:
  f1: {{material: {{conductivity: 1e5 S/m, spin_diffusion_length: 20 nm, polarization: 0.4}}, magnetization: +z}}
  n: {{material: {{conductivity: 1e4 S/m, spin_diffusion_length: 400 nm}}}}
  f2: {{material: {{conductivity: 1e5 S/m, spin_diffusion_length: 20 nm, polarization: 0.4}}, magnetization: {polar}}}
interfaces: {{f1/n: {{resistance_area: {contact}, polarization: 0.6}}, n/f2: {{resistance_area: {contact}, polarization: 0.6}}}}
terminals: {{left: {{current: 1 uA, spin: sink}}, right: {{voltage: 0 V, spin: sink}}}}
observables: [injection_efficiency: {{contact: n/f2}}, magnetoresistance: {{plus: left, minus: right, rotate: f2, axis: +y}}]
solver: {{error_estimate: false, degree: 3}}
"""
        )
        predictions = found["spin injection between two magnets"].predictions
        assert [p.name for p in predictions] == [
            "injection_efficiency",
            "magnetoresistance.smallest",
            "magnetoresistance.largest",
            "magnetoresistance.ratio",
        ]
        for p in predictions:
            assert full[p.name] == pytest.approx(p.value, rel=1e-5), p.name


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        (
            "base: n-GaAs @ 300 K",
            "base: n-GaAs @ 300 K, mobility: 3800 cm^2/V/s",
            "carriers of channel drift in the electric field",
        ),
        ("magnetization: +z}\n\ninterfaces", "magnetization: +x}\n\ninterfaces", "parallel or antiparallel"),
        ("polarization: 0.5}\n\n", "polarization: 0.4}\n\n", "are alike"),
        ("source, thickness: 50 nm", "source, thickness: 20 nm", "not much thicker"),
    ],
)
def test_injection_says_where_it_does_not_fit(right, wrong, reason):
    text = (CASES / "conductivity_mismatch.yaml").read_text(encoding="utf-8")
    text = text.replace("channel: n-GaAs @ 300 K", "channel: {material: {base: n-GaAs @ 300 K}}")
    assert right in text
    case = read_case(text.replace(right, wrong, 1), CASES)
    (answer,) = (a for a in answers(case, None) if a.formula.title == "spin injection between two magnets")
    assert reason in answer.why_not and not answer.predictions


def test_layers_that_are_repeated_are_no_reason_to_fail():
    text = (CASES / "magnet_junction.yaml").read_text().split("sweep:")[0]
    text = text.replace(
        "    - {name: first, thickness: 200 nm}\n    - {name: second, thickness: 200 nm}",
        "    - {repeat: 2, layers: [{name: first, thickness: 20 nm}, {name: second, thickness: 20 nm}]}",
    )
    found, _ = beside(text.replace("observables:", "observables:\n  - terminals") + "solver: {error_estimate: false}")
    assert "two layers" in found["two magnets in contact"].why_not
