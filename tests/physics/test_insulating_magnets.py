"""Insulating magnets that cover a face: spin Hall magnetoresistance, torque, reciprocity (docs/insulating_magnets.md)."""

import re

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.magnetization import Uniform
from spinfem.case.reader import read_case
from spinfem.case.schema import Case
from spinfem.geometry.recipe import outline_of
from spinfem.model.drive import Drive
from spinfem.study.macrospin.findings import motion_of
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from spinfem.theory.spin_hall_film import Film
from tests.boxes import sheet
from tests.commands import CASES
from tests.physics.test_terminal_conditions import difference

NM = 1e-9
SIGMA, LENGTH, THETA, T, DEPTH = 5.8e6, 3.4 * NM, 0.056, 6 * NM, 10 * NM
PT = {"conductivity": f"{SIGMA} S/m", "spin_diffusion_length": f"{LENGTH} m", "spin_hall_angle": THETA}
MIXING, ALONG = 5e14 + 1e14j, 8e13
EDGES = {"left": {"voltage": "1 mV", "spin": "reflecting"}, "right": {"voltage": "0 V", "spin": "reflecting"}}
DIRECTIONS = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.6, 0.64, -0.48)]


def yig(m, mixing=MIXING, along=0.0):
    """What covers a face."""
    spin = {
        "magnetization": m if isinstance(m, str | dict) else list(m),
        "mixing_conductance": f"{mixing.real} S/m^2",
        "mixing_conductance_imaginary": f"{mixing.imag} S/m^2",
        "spin_conductance": f"{along} S/m^2",
    }
    return {"insulated": True, "spin": spin}


def film(m, mixing=MIXING, along=0.0, cells=8, degree=3):
    """The Solution of a film, 6 nm along y and 12 nm along x, on a magnet; the field is along +x."""
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened
            "regions": {"pt": {"material": PT}},
            "terminals": EDGES | {"bottom": yig(m, mixing, along)},
            "solver": {"degree": degree, "method": "direct"},
        }
    )
    device = sheet(MPI.COMM_WORLD, [("pt", T / NM, cells)], 12, 3, ["pt"], depth=DEPTH)
    return Simulation(case, device).solution()


def exact(mixing=MIXING, along=0.0):
    """The Film of it: the normal is +y."""
    return Film(T, SIGMA, LENGTH, THETA, (0.0, 1.0, 0.0), mixing, along)


def conductivity(solution):
    return solution.readings["left"].current / (1e-3 / (12 * NM) * T * DEPTH)


def test_the_magnetoresistance_is_that_of_chen_and_others():
    across, along = (conductivity(film(m)) for m in ("+x", "+z"))
    assert (along - across) / SIGMA == pytest.approx(3.2467e-4, rel=1e-5)
    assert exact().magnetoresistance.real == pytest.approx(3.2467e-4, rel=1e-5)
    assert exact().magnetoresistance.imag == pytest.approx(3.944e-5, rel=1e-4)


@pytest.mark.parametrize("m", DIRECTIONS)
@pytest.mark.parametrize("along", [0.0, ALONG])
def test_the_conductivity_and_the_torque_of_a_film(m, along):
    solution, of_film = film(m, along=along), exact(along=along)
    assert conductivity(solution) == pytest.approx(of_film.conductivity_tensor(np.array(m))[0, 0], rel=1e-9)
    field = 1e-3 / (12 * NM)
    lost = of_film.taken_by_magnet(np.array(m), (field, 0.0, 0.0)) * 12 * NM * DEPTH
    scale = THETA * SIGMA * field * 12 * NM * DEPTH
    assert solution.readings["bottom"].spin_current == pytest.approx(-lost, abs=1e-7 * scale)
    assert solution.absorbed("bottom") == pytest.approx(lost - (lost @ m) * np.array(m), abs=1e-7 * scale)
    assert solution.power_in() == pytest.approx(sum(solution.powers().values()), rel=1e-12)
    assert solution.readings["bottom"].current == pytest.approx(0, abs=1e-12 * solution.largest_current)


def test_what_finer_meshes_add_falls_as_the_fourth_power():
    """Elements of degree 2: a current is an energy, and has twice the rate of the potentials."""
    found = [conductivity(film((0.6, 0.64, -0.48), cells=n, degree=2)) for n in (2, 4, 8)]
    off = np.abs(np.array(found) - exact().conductivity_tensor(np.array((0.6, 0.64, -0.48)))[0, 0])
    assert np.log2(off[:-1] / off[1:]) == pytest.approx(4, abs=0.3)


@pytest.mark.parametrize("m", DIRECTIONS)
def test_a_magnet_that_is_drawn_is_the_same(m):
    """A region with a contact of circuit theory that conducts nothing, G_up = G_down = 0."""
    contact = {
        "type": "circuit",
        "conductance_up": "0 S/m^2",
        "conductance_down": "0 S/m^2",
        "mixing_conductance": f"{MIXING.real} S/m^2",
        "mixing_conductance_imaginary": f"{MIXING.imag} S/m^2",
    }
    magnet = {"material": {"conductivity": "1e6 S/m", "spin_diffusion_length": "5 nm"}, "magnetization": list(m)}
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},
            "regions": {"yig": magnet, "pt": {"material": PT}},
            "interfaces": {"yig/pt": contact},
            "terminals": EDGES | {"bottom": {"voltage": "0 V", "spin": "reflecting"}},
            "solver": {"degree": 3, "method": "direct"},
        }
    )
    device = sheet(MPI.COMM_WORLD, [("yig", 4, 2), ("pt", T / NM, 8)], 12, 3, ["pt"], depth=DEPTH)
    drawn, covered = Simulation(case, device).solution(), film(m)
    assert conductivity(drawn) == pytest.approx(conductivity(covered), rel=1e-8)
    scale = np.abs(covered.absorbed("bottom")).max()
    assert drawn.absorbed("yig") == pytest.approx(covered.absorbed("bottom"), abs=1e-6 * scale + 1e-18)


# A Hall bar in three dimensions.

COARSE = (
    "geometry.parameters={length: 60 nm, width: 40 nm, thickness: 6 nm, probe: 10 nm, surface_size: 3 nm, film_size: 15 nm}",
    "solver={degree: 1, method: direct, error_estimate: false}",
    "terminals.bottom.spin.spin_conductance=1e14 S/m^2",
)


def bar():
    text = (CASES / "smr_bar.yaml").read_text()
    case = read_case(text[: text.index("sweep:")], CASES, overrides=COARSE)
    return case, Session(MPI.COMM_SELF).device(case)


def test_onsager_connects_m_with_its_reverse():
    """What the Hall contacts show of a current along the bar, the bar shows of one across it at - m, on any mesh."""
    case, device = bar()
    simulation = Simulation(case, device)

    def shown(m, source, plus, minus):
        drive = Drive(currents={source: 1e-3} | ({"hall_minus": -1e-3} if source == "hall_plus" else {}))
        readings = simulation.solution({"bottom": Uniform(direction=m)}, drive).readings
        return readings[plus].potential - readings[minus].potential

    m, back = (0.6, 0.64, -0.48), (-0.6, -0.64, 0.48)
    along = shown(m, "left", "hall_plus", "hall_minus")
    assert shown(back, "hall_plus", "left", "right") == pytest.approx(along, rel=1e-8)
    assert abs(shown(m, "hall_plus", "left", "right") / along - 1) > 0.05  # G_i tells m from - m
    mirrored = simulation.time_reversed().case.terminals["bottom"].spin.magnet
    assert mirrored.direction == tuple(-c for c in case.terminals["bottom"].spin.magnet.direction)


def test_derivatives_by_the_conductances_are_those_of_differences():
    case, device = bar()
    found = sensitivities(Simulation(case, device), case.observables)
    of_contact = [n for n in found[0].derivatives if n.path[:2] == ("terminals", "bottom")]
    assert {n.path[-1] for n in of_contact} == {
        "mixing_conductance",
        "mixing_conductance_imaginary",
        "spin_conductance",
    }
    assert {"longitudinal", "transverse", "spin_torque.x", "spin_torque.z"} <= {s.name for s in found}
    for number in of_contact:
        expected = difference(case, device, number)
        for s in found:
            scale = abs(s.value / number.value)
            assert s.derivatives[number] == pytest.approx(expected[s.name], rel=1e-4, abs=1e-8 * scale), s.name


# What a case can say.

LAYER = """
geometry: {layers: [{name: pt, thickness: 6 nm}]}
regions: {pt: {material: {conductivity: 5.8e6 S/m, spin_diffusion_length: 3.4 nm}}}
terminals:
  left: {voltage: 0 V, spin: {potential: [0 V, 0 V, 1 mV]}}
  right: {insulated: true, spin: {magnetization: M, mixing_conductance: 5e14 S/m^2}}
observables: [spin_torque: {magnet: right}]
solver: {error_estimate: false}
"""


def test_the_magnetization_turns_from_one_direction_towards_another():
    case = read_case(LAYER.replace("M,", "{from: +z, towards: [1, 0, 5], angle: 30 deg},"))
    assert case.magnets["right"].direction == pytest.approx((0.5, 0.0, np.sqrt(0.75)), abs=1e-12)


def test_the_magnetization_follows_the_field():
    text = LAYER.replace("M,", "{easy_axis: +z, anisotropy_field: 100 mT},").replace(
        "spin_diffusion_length: 3.4 nm", "spin_diffusion_length: 3.4 nm, spin_lifetime: 1 ps"
    )
    case = read_case(text + "magnetic_field: [60 mT, 0 T, 0 T]\n")
    assert case.magnets["right"].direction == pytest.approx((0.6, 0.0, 0.8), abs=1e-9)
    assert case.time_reversed().magnets["right"].direction == pytest.approx((-0.6, 0.0, -0.8), abs=1e-9)


def test_observables_turn_the_magnet():
    """A magnet that covers a terminal can be turned and flipped like one that is drawn."""
    text = LAYER.replace("M,", "+z,").replace("left: {voltage: 0 V,", "left: {voltage: 0 V,")
    case = read_case(text)
    simulation = Simulation(case, Session(MPI.COMM_SELF).device(case))
    g, tanh = SIGMA / LENGTH, np.tanh(T / LENGTH)
    passed = 1e-3 / np.cosh(T / LENGTH) * 2 * 5e14 / (1 + 2 * 5e14 * tanh / g)  # A/m^2, at right angles
    for angle in (0.0, 0.5, np.pi / 2):
        m = (np.sin(angle), 0.0, np.cos(angle))
        (torque,) = (simulation.solution({"right": Uniform(direction=m)}).absorbed("right") for _ in (0,))
        assert np.linalg.norm(torque) <= passed * 1.0000001
    assert torque == pytest.approx((0, 0, passed), abs=1e-4 * passed)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("terminals.right.spin.mixing_conductance=-1 S/m^2", "mixing_conductance .*at least 0"),
        ("terminals.right.spin.spin_conductance=1 ohm", "conductance per area"),
        ("terminals.right.spin.magnetization={from: +x, towards: -x, angle: 1 deg}", "along the same line"),
        ("terminals.right.spin.magnetization={precessing: +z, frequency: 1 GHz, cone_angle: 200 deg}", "cone_angle"),
        ("terminals.right.spin.mixing_conductanse=1 S/m^2", 'did you mean "mixing_conductance"'),
        (
            'terminals.right.spin.magnetization={expression: ["0", "0", "1"]}',
            "terminals.right.spin.magnetization .*must be one direction",
        ),
        (
            "terminals.right.spin={magnetization: +z, mixing_conductance: 0 S/m^2, mixing_conductance_imaginary: 1 S/m^2}",
            "more than 0 where there is a G_i",
        ),
        ("observables=[spin_torque: {magnet: left}]", "no such magnet of the case. There is: right"),
        ("observables=[spin_torque: {magnet: pt}]", "is not a ferromagnet; give it a magnetization"),
        (
            "observables=[nonlocal_resistance: {plus: right, minus: left, drive: left}]",
            "is insulated: its potential is not one",
        ),
        ("observables=[spin_pumping: {magnet: right}]", "does not precess"),
        (
            "observables=[pumping_damping: {magnet: right, saturation_magnetization: 140 kA/m}]",
            "pumping_damping.thickness .*is not drawn",
        ),
        (
            "dynamics={magnets: {right: {damping: 0.01, saturation_magnetization: 140 kA/m}}, until: 1 ns}",
            "dynamics.magnets.right.thickness .*is not drawn",
        ),
        (
            "dynamics={magnets: {right: {damping: 0.01, saturation_magnetization: 140 kA/m, thickness: 5 nm, demagnetization: prism}}, until: 1 ns}",
            "dynamics.magnets.right.demagnetization .*three factors",
        ),
        (
            "regions.pt={material: {conductivity: 1e6 S/m, spin_diffusion_length: 5 nm}, magnetization: +z}",
            "normal metal",
        ),
    ],
)
def test_what_cannot_be_is_told(override, said):
    try:
        case = read_case(LAYER.replace("M,", "+z,"), overrides=[override])
        faults = cross_check(case, outline_of(case))
    except CaseError as error:
        faults = error.faults
    assert any(re.search(f"(?s){said}", str(fault)) for fault in faults), faults


# A magnet that moves.

MOVING = """
geometry: {layers: [{name: f, thickness: 20 nm}, {name: n, thickness: 10 nm}LAYER], width: 100 nm, depth: 100 nm}
regions:
  f: {material: {conductivity: 5e6 S/m, spin_diffusion_length: 50 nm, polarization: 0.6}, magnetization: [0.05, 0, 1]}
  n: {material: {conductivity: 5e7 S/m, spin_diffusion_length: 100 nm}}
terminals:
  left: {voltage: 0 V, spin: {potential: [0 V, 0 V, 0.1 mV]}}
dynamics:
  magnets: {NAME: {damping: 0.01, saturation_magnetization: 140 kA/mTHICK, start: [0.1, 0, 1], anisotropy: {axis: +z, field: 10 mT}}}
  until: 0.3 ns
  torque: on_demand
  rows: 51
solver: {error_estimate: false}
"""
COVERING = (
    MOVING.replace("LAYER", "").replace("NAME", "right").replace("THICK", ", thickness: 3 nm")
    + "terminals.right={insulated: true, spin: {magnetization: +z, mixing_conductance: 5e14 S/m^2, mixing_conductance_imaginary: 5e13 S/m^2}}"
)
DRAWN = (
    "regions.yig={material: {conductivity: 1e6 S/m, spin_diffusion_length: 5 nm}, magnetization: +z}",
    "terminals.right={voltage: 0 V, spin: reflecting}",
    "interfaces={n/yig: {type: circuit, conductance_up: 0 S/m^2, conductance_down: 0 S/m^2, mixing_conductance: 5e14 S/m^2, mixing_conductance_imaginary: 5e13 S/m^2}}",
)


@pytest.mark.parametrize("m", DIRECTIONS)
def test_a_magnet_moves_as_one_that_is_drawn(m):
    text, _, covers = COVERING.rpartition("\n")
    drawn = MOVING.replace("LAYER", ", {name: yig, thickness: 3 nm}").replace("NAME", "yig").replace("THICK", "")
    rates = []
    for case in (read_case(text, overrides=[covers]), read_case(drawn, overrides=DRAWN)):
        motion = motion_of(Simulation(case, Session(MPI.COMM_SELF).device(case)))
        torque = motion.rate(np.array([m]), 1.0) - motion.rate(np.array([m]), 0.0)
        rates.append(np.array([motion.rate(np.array([m]), 0.0), torque]))
    assert np.linalg.norm(rates[0][1]) > 1e8 or abs(m[2]) == 1
    assert rates[0] == pytest.approx(rates[1], rel=1e-6, abs=1e3)
