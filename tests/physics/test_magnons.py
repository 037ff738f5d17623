"""Insulating magnets that are drawn: spins travel through them as magnons (docs/insulating_magnets.md)."""

import re

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.magnetization import Uniform
from spinfem.case.reader import read_case
from spinfem.case.scalar_field import MAGNONS
from spinfem.case.schema import Case
from spinfem.geometry.recipe import outline_of
from spinfem.model.drive import Drive
from spinfem.postprocessing.contacts import Flux
from spinfem.postprocessing.temperature import lost
from spinfem.study.run import run
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from spinfem.theory.magnons import Drag, Film
from tests.boxes import sheet
from tests.physics.test_insulating_magnets import film, yig
from tests.physics.test_terminal_conditions import difference

NM = 1e-9
SIGMA, LENGTH, THETA, ALONG = 2e6, 1.5 * NM, 0.11, 9.6e12
MAGNON, DECAY = 5e5, 40 * NM
LOW, MAGNET, HIGH, WIDE, DEPTH = 4 * NM, 60 * NM, 6 * NM, 12 * NM, 10 * NM
OBLIQUE = (0.6, 0.64, -0.48)
PT = {"conductivity": f"{SIGMA} S/m", "spin_diffusion_length": f"{LENGTH} m", "spin_hall_angle": THETA}
INSULATOR = {"magnon_conductivity": f"{MAGNON} S/m", "magnon_diffusion_length": f"{DECAY} m"}
CLOSED = {"type": "circuit", "conductance_up": "0 S/m^2", "conductance_down": "0 S/m^2"}
CONTACT = CLOSED | {
    "mixing_conductance": "1.6e14 S/m^2",
    "mixing_conductance_imaginary": "3e13 S/m^2",
    "spin_conductance": f"{ALONG} S/m^2",
}
DRAG = "nonlocal_resistance: {plus: out_left, minus: out_right, drive: in_left}"


def films(m="+z", degree=3, fineness=1, **more):
    """(Case, Device) of two Pt films below and above a magnet, with currents along x."""
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened
            "regions": {
                "low": {"material": PT},
                "yig": {"material": INSULATOR, "magnetization": m if isinstance(m, str) else list(m)},
                "high": {"material": PT},
            },
            "interfaces": {"low/yig": CONTACT, "yig/high": CONTACT},
            "terminals": {
                "in_left": {"current": "1 mA", "spin": "reflecting"},
                "in_right": {"voltage": "0 V", "spin": "reflecting"},
                "out_left": {"floating": True, "spin": "reflecting"},
                "out_right": {"voltage": "0 V", "spin": "reflecting"},
            },
            "observables": [{"nonlocal_resistance": {"plus": "out_left", "minus": "out_right", "drive": "in_left"}}],
            "solver": {"degree": degree, "method": "direct"},
        }
        | more
    )
    layers = [("low", LOW / NM, 4 * fineness), ("yig", MAGNET / NM, 5 * fineness), ("high", HIGH / NM, 5 * fineness)]
    return case, sheet(MPI.COMM_WORLD, layers, WIDE / NM, 2, {"low": "in", "high": "out"}, depth=DEPTH)


def drag(thickness=MAGNET, decay=DECAY, along=ALONG):
    one, two = (Film(d, SIGMA, LENGTH, THETA, along) for d in (LOW, HIGH))
    return Drag(one, two, MAGNON, decay, thickness)


def resistivity(solution):
    field = (solution.readings["out_left"].potential - solution.readings["out_right"].potential) / WIDE
    return field / (1e-3 / (LOW * DEPTH))


@pytest.mark.parametrize("m", ["+z", "-z"])
def test_a_current_drags_a_voltage_along_the_other_film(m):
    solution = Simulation(*films(m)).solution()
    assert resistivity(solution) == pytest.approx(drag().resistivity, rel=2e-6)


def test_what_finer_meshes_add_falls_as_the_fourth_power():
    """Elements of degree 2: the voltage is a functional of the energy's kind, and has twice the rate of the potentials."""
    found = [resistivity(Simulation(*films(degree=2, fineness=n)).solution()) for n in (1, 2, 4)]
    off = np.abs(np.array(found) - drag().resistivity)
    assert np.log2(off[:-1] / off[1:]) == pytest.approx(4, abs=0.4)


def test_at_short_distance_it_falls_as_one_over_x_and_then_exponentially():
    """Contacts of large conductance: the magnet resists as a wire does, until its magnons relax."""
    near = [drag(thickness, 1e-5, 1e18).transferred for thickness in (200 * NM, 400 * NM)]
    assert near[0] / near[1] == pytest.approx(2, rel=5e-3)
    far = [drag(thickness, 1e-6).transferred for thickness in (10e-6, 11e-6)]
    assert far[1] / far[0] == pytest.approx(np.exp(-1), rel=1e-6)


@pytest.mark.parametrize("m", ["+z", OBLIQUE])
def test_spin_and_power_are_kept(m):
    solution = Simulation(*films(m)).solution()
    direction, layout = solution.problem.regions["yig"].magnetization.direction, solution.layout
    enters, leaves = (
        solution.read(Flux(pair, into)) for pair, into in ((("low", "yig"), "yig"), (("high", "yig"), "high"))
    )
    assert leaves[1:4] == pytest.approx(leaves[4] * np.array(direction), rel=1e-12)  # magnons carry spins along m
    kept = lost(solution, MAGNONS)
    assert enters[1:4] @ direction == pytest.approx(kept + leaves[4], rel=1e-9)
    assert kept / (enters[1:4] @ direction) > 0.1
    assert solution.absorbed("yig") @ direction == pytest.approx(0, abs=1e-12 * abs(kept))
    assert solution.relaxed() + solution.absorbed("yig") == pytest.approx(
        np.zeros(3), abs=1e-9 * abs(kept)
    )  # no terminal lets spins in
    powers = solution.powers()
    assert sum(powers.values()) == pytest.approx(solution.power_in(), rel=1e-11)
    assert min(powers[f"magnon_{part}"] for part in ("transport", "relaxation")) > 0
    assert layout.scalar(MAGNONS).per_volt == 2


def test_there_are_no_electrons_in_the_insulator():
    solution = Simulation(*films(OBLIQUE)).solution()
    inside = np.array([[x * NM, y * NM, 0.0] for x in (1, 6, 11) for y in (10, 34, 60)])
    phi, v = solution.at(inside, "yig")
    assert not phi.any() and not v.any()
    assert np.all(np.abs(solution.scalar_at(MAGNONS, inside)) > 0)
    assert not solution.scalar_at(MAGNONS, np.array([[6 * NM, 2 * NM, 0.0]])).any()


@pytest.mark.parametrize("m", ["+z", OBLIQUE])
def test_magnons_that_relax_at_once_are_those_of_a_magnet_that_is_not_drawn(m):
    """They are at equilibrium at the contact; what is absorbed across m is the same, and the torque."""
    mixing = 1.6e14 + 3e13j
    covered = film(m, mixing, ALONG)
    regions = {"pt": {"material": covered.problem.regions["pt"].material.model_dump(exclude_unset=True)}}
    regions["yig"] = {
        "material": {"magnon_conductivity": "1e12 S/m", "magnon_diffusion_length": "1 nm"},
        "magnetization": list(m) if isinstance(m, tuple) else m,
    }
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},
            "regions": regions,
            "interfaces": {"yig/pt": CONTACT},
            "terminals": {
                "left": {"voltage": "1 mV", "spin": "reflecting"},
                "right": {"voltage": "0 V", "spin": "reflecting"},
            },
            "solver": {"degree": 3, "method": "direct"},
        }
    )
    device = sheet(MPI.COMM_WORLD, [("yig", 4, 2), ("pt", 6, 8)], 12, 3, ["pt"], depth=10 * NM)
    drawn = Simulation(case, device).solution()
    assert yig(m, mixing, ALONG)["spin"]["spin_conductance"] == CONTACT["spin_conductance"]
    assert drawn.readings["left"].current == pytest.approx(covered.readings["left"].current, rel=1e-9)
    scale = max(np.abs(covered.absorbed("bottom")).max(), np.abs(covered.readings["bottom"].spin_current).max())
    assert drawn.absorbed("yig") == pytest.approx(covered.absorbed("bottom"), abs=1e-7 * scale)
    direction = drawn.problem.regions["yig"].magnetization.direction
    assert lost(drawn, MAGNONS) == pytest.approx(-covered.readings["bottom"].spin_current @ direction, rel=1e-6)


def test_onsager_exchanges_the_films_and_reverses_m():
    case, device = films(OBLIQUE)
    simulation = Simulation(case, device)

    def shown(m, drive, plus, minus):
        readings = simulation.solution({"yig": Uniform(direction=m)}, Drive(currents={drive: 1e-3})).readings
        return readings[plus].potential - readings[minus].potential

    back = tuple(-c for c in OBLIQUE)
    there = shown(OBLIQUE, "in_left", "out_left", "out_right")
    assert shown(back, "out_left", "in_left", "in_right") == pytest.approx(there, rel=1e-8)


def test_derivatives_are_those_of_differences():
    case, device = films(OBLIQUE)
    (found,) = sensitivities(Simulation(case, device), case.observables)
    numbers = [n for n in found.derivatives if n.path[-1].startswith("magnon") or n.path[-1] == "spin_conductance"]
    assert len(numbers) == 4
    for number in numbers:
        expected = difference(case, device, number)[found.name]
        assert abs(expected * number.value) > 1e-3 * abs(found.value)
        assert found.derivatives[number] == pytest.approx(expected, rel=1e-5)


# What a case can say.

STACK = """
geometry: {layers: [{name: low, thickness: 4 nm}, {name: yig, thickness: 60 nm}, {name: high, thickness: 6 nm}]}
regions:
  low: {material: {conductivity: 2e6 S/m, spin_diffusion_length: 1.5 nm}}
  yig: {material: {magnon_conductivity: 5e5 S/m, magnon_diffusion_length: 40 nm}, magnetization: +z}
  high: {material: {conductivity: 2e6 S/m, spin_diffusion_length: 1.5 nm}}
interfaces:
  low/yig: {type: circuit, conductance_up: 0 S/m^2, conductance_down: 0 S/m^2, mixing_conductance: 1e14 S/m^2, spin_conductance: 1e13 S/m^2}
  yig/high: {type: circuit, conductance_up: 0 S/m^2, conductance_down: 0 S/m^2, mixing_conductance: 1e14 S/m^2, spin_conductance: 1e13 S/m^2}
terminals:
  left: {voltage: 0 V, spin: {potential: [0 V, 0 V, 1 mV]}}
  right: {voltage: 0 V, spin: sink}
observables: [terminals]
"""


@pytest.mark.parametrize("dimension", [1, 3])
def test_a_stack(dimension):
    """In three dimensions by multigrid, which sees charge and spin in the metals and magnons in the magnet alone."""
    sizes = "width: 20 nm, depth: 20 nm, dimension"
    case = read_case(
        STACK.replace("6 nm}]", f"6 nm}}], {sizes}: {dimension}", 1),
        overrides=["solver={degree: 2}", "mesh={resolution: 0.4}"],
    )
    solution = Simulation(case, Session(MPI.COMM_SELF).device(case)).solution()
    g, own = 2e6 / 1.5e-9, 2 * MAGNON / DECAY
    ratio = MAGNET / DECAY
    # From the right: film in a sink, contact, magnet, contact, film with a given potential at its left.
    load = 1 / (1 / 2e13 + np.tanh(HIGH / LENGTH) / g)
    load = 1 / (1 / 2e13 + (own + load * np.tanh(ratio)) / (own * (load + own * np.tanh(ratio))))
    tanh = np.tanh(LOW / LENGTH)
    enters = 1e-3 * g * (load + g * tanh) / (g + load * tanh) * 400 * NM**2
    assert solution.readings["left"].spin_current[2] == pytest.approx(enters, rel=1e-4)


def test_what_magnons_lose_warms_the_device():
    """Heat leaves as much as power enters, that of the magnons too."""
    heat = ", thermal_conductance: 1e8 W/m^2/K}\n"
    text = STACK.replace("spin_conductance: 1e13 S/m^2}\n", f"spin_conductance: 1e13 S/m^2{heat}")
    text = text.replace("40 nm}", "40 nm, thermal_conductivity: 7 W/m/K}")
    case = read_case(
        text,
        overrides=[
            "heat=300 K",
            "observables=[temperature]",
            "solver={error_estimate: false}",
            "mesh={resolution: 0.2}",
        ],
    )
    found = {m.name: m.value for m in run(case, Session(MPI.COMM_SELF)).results.measurements}
    assert found["temperature.balance"] < 1e-9
    assert found["temperature.yig.minimum"] > 1e-6


METAL = "conductivity: 2e6 S/m, spin_diffusion_length: 1.5 nm"


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (f"regions.low.material={{{METAL}, magnon_conductivity: 5e5 S/m}}", "conductivity.* belongs to a metal"),
        (f"regions.low.material={{{METAL}, magnon_conductivity: 5e5 S/m}}", "magnon_diffusion_length.* is missing"),
        ("regions.yig.material={base: Cu @ 300 K, magnon_conductivity: 5e5 S/m}", "conductivity.* belongs to a metal"),
        ("regions.yig.material.spin_hall_angle=0.1", "spin_hall_angle.* belongs to a metal"),
        ("regions.yig.magnetization=null", "has magnons, so it needs a magnetization"),
        ('regions.yig.magnetization={expression: ["sin(x/1e-8)", "0", "cos(x/1e-8)"]}', "is one direction"),
        ("regions.yig.dephasing_length=1 nm", "no electrons dephase"),
        (f"regions.yig.material={{{METAL}}}", "spin_conductance.* no magnet has a magnon_conductivity"),
        (
            f"regions.high={{material: {{{METAL}}}, magnetization: +x}}",
            "yig/high.spin_conductance.* between two magnets",
        ),
        ("interfaces.low/yig.spin_conductance=-1 S/m^2", "at least 0"),
        (
            "interfaces.low/yig={type: resistive, resistance_area: 1 fohm m^2}",
            "lets charge pass, and yig is an insulator",
        ),
        ("interfaces.yig/high.conductance_up=1e13 S/m^2", "interfaces.yig/high.* lets charge pass"),
        ("interfaces={}", "interfaces.high/yig.* is missing: an insulating magnet and a metal"),
        ("heat=300 K", "regions.yig.material.thermal_conductivity.* no Wiedemann-Franz law"),
        ("time={until: 1 ns, drive: {left: step}}", "magnon_conductivity.* steady state alone"),
        (
            "geometry.layers=[{name: low, thickness: 4 nm}, {name: yig, thickness: 6 nm}]",
            "terminals.right.* yig is an insulating magnet",
        ),
        (
            "geometry.layers=[{name: yig, thickness: 4 nm}]",
            "regions .*are all insulating magnets",
        ),
    ],
)
def test_what_cannot_be_is_told(override, said):
    try:
        case = read_case(STACK, overrides=[override])
        faults = cross_check(case, outline_of(case))
    except CaseError as error:
        faults = error.faults
    assert any(re.search(f"(?s){said}", str(fault)) for fault in faults), faults


def test_magnets_that_touch_are_of_one_direction():
    text = STACK.replace(
        "{name: high, thickness: 6 nm}", "{name: more, thickness: 9 nm}, {name: high, thickness: 6 nm}"
    )
    text = text.replace("yig/high", "more/high")
    more = "regions.more={material: {magnon_conductivity: 5e5 S/m, magnon_diffusion_length: 40 nm}, magnetization: DIRECTION}"
    for direction, fine in (("+z", True), ("+x", False)):
        case = read_case(text, overrides=[more.replace("DIRECTION", direction)])
        faults = cross_check(case, outline_of(case))
        assert fine == (not faults)
        assert fine or "differs from that of yig" in str(faults[0])
