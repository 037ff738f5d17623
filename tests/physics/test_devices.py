"""Devices as people make them, by what is exact of their shapes."""

from math import exp, log, pi, tan

import numpy as np
import pytest
from mpi4py import MPI
from scipy.special import i0, i1, k0, k1

from spinfem.case.reader import read_case
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.theory.lateral_valve import Contact, Wire, nonlocal_resistance
from tests.physics.test_spreading import squares_of_a_step

NM = 1e-9
SIGMA, THICKNESS = 2e7, 10 * NM
SHEET = 1 / (SIGMA * THICKNESS)


def measured(text, *overrides):
    """Name -> value of all that a case measures."""
    case = read_case(text, overrides=("output={fields: false, pictures: false, report: false}", *overrides))
    return {m.name: np.array(m.value) for m in run(case, Session(MPI.COMM_SELF)).results.measurements}


CROSS = """
geometry: {script: cross.geo, parameters: {thickness: 10 nm, wire_length: 500 nm, arm_length: 200 nm}}
regions: {cross: {material: {conductivity: 2e7 S/m, spin_diffusion_length: 300 nm}}}
terminals: {left: {current: 1 mA}, lower: {voltage: 0 V}, right: {floating: true}, upper: {floating: true}}
observables: [{nonlocal_resistance: {name: r, plus: upper, minus: right, drive: left}}]
accuracy: 0.3 %
solver: {method: direct}
"""


def test_a_cross_measures_the_sheet_resistance():
    """All four arms alike: V/I = R ln(2)/pi (L. J. van der Pauw, Philips Res. Rep. 13, 1 (1958)); long arms are points, up to exp(-pi length/width)."""
    assert measured(CROSS)["r"] == pytest.approx(SHEET * log(2) / pi, rel=0.006)


BAR = """
geometry:
  script: hall_bar.geo
  parameters: {thickness: 10 nm, bar_length: 1800 nm, bar_width: 300 nm, probe_distance: 600 nm, arm_width: 10 nm, arm_length: 30 nm}
regions: {film: {material: {conductivity: 2e7 S/m, spin_diffusion_length: 300 nm}}}
terminals: {left: {current: 1 mA}, right: {voltage: 0 V}, upper_left: {floating: true}, upper_right: {floating: true}, lower_left: {floating: true}}
observables:
  - nonlocal_resistance: {name: r, plus: upper_left, minus: upper_right, drive: left}
  - nonlocal_resistance: {name: across, plus: upper_left, minus: lower_left, drive: left}
accuracy: 0.3 %
solver: {method: direct}
"""


def test_a_hall_bar_counts_squares():
    """Arms of width a on a bar of width w change its resistance by terms of the order (a/w)^2."""
    found = measured(BAR)
    assert found["r"] == pytest.approx(SHEET * 600 / 300, rel=0.005)
    assert abs(found["across"]) < 0.003 * found["r"]


@pytest.mark.slow
def test_any_four_arms_of_a_hall_bar_measure_the_sheet_resistance():
    """van der Pauw: exp(-pi r_1/R) + exp(-pi r_2/R) = 1 for contacts in a row around the film."""
    corners = ("lower_left", "lower_right", "upper_right", "upper_left")
    found = []
    for turn in (0, 1):
        one, two, three, four = (*corners[turn:], *corners[:turn])
        terminals = f"{{{one}: {{current: 1 mA}}, {two}: {{voltage: 0 V}}, {three}: {{floating: true}}, {four}: {{floating: true}}}}"
        observable = f"[{{nonlocal_resistance: {{name: r, plus: {four}, minus: {three}, drive: {one}}}}}]"
        found.append(measured(BAR, f"terminals={terminals}", f"observables={observable}")["r"])
    assert sum(exp(-pi * r / SHEET) for r in found) == pytest.approx(1, abs=0.005)


ARMS = """
geometry:
  script: cross.geo
  parameters:
    {electrodes: 2, thickness: 10 nm, wire_width: 40 nm, wire_length: 3 um, arm_width: ARM nm, arm_length: 1500 nm,
     injector_distance: 150 nm, detector_distance: 150 nm, injector_width: 10 nm, detector_width: 10 nm, electrode_length: 60 nm}
regions:
  cross: {material: {conductivity: 2e7 S/m, spin_diffusion_length: 300 nm}}
  injector: &magnet {material: {conductivity: 1e7 S/m, spin_diffusion_length: 5 nm, polarization: 0.5}, magnetization: +y}
  detector: *magnet
interfaces:
  cross/injector: &barrier {resistance_area: 1 ohm um^2, polarization: 0.3}
  cross/detector: *barrier
terminals:
  {injector_end: {current: 1 mA}, left: {voltage: 0 V, spin: sink}, right: {floating: true, spin: sink}, upper: {floating: true, spin: sink},
   lower: {floating: true, spin: sink}, detector_end: {floating: true}}
observables: [{nonlocal_resistance: {name: r, plus: detector_end, minus: right, drive: injector_end, flip: detector}}]
accuracy: {target: 1 %, of: [r]}
"""


@pytest.mark.parametrize("arm", [40, 10])
def test_spins_at_a_cross_go_into_all_arms(arm):
    """Tunnel contacts on a narrow wire: P^2 R_N exp(-L/lambda), of which a junction passes 2 w/(2 w + 2 a) on, a the width of the arms."""
    wire = 300 * NM / (SIGMA * 40 * 10 * NM**2)
    expected = 0.3**2 * wire * exp(-300 / 300) * 40 / (40 + arm)
    assert measured(ARMS.replace("ARM", str(arm)))["r.difference"] == pytest.approx(expected, rel=0.03)


@pytest.mark.slow
def test_narrow_arms_read_the_wire_over_its_width():
    """The voltage across a wire by the inverse effect: theta (I_s/2)/(sigma t) exp(-L/lambda) tan(x)/x, x = w/(2 lambda): the current that the arms
    would drive, the dual field, has the weight tan(x)/x for exp(-x/lambda). (Its transform is 2 tanh(k w/2)/k, at k = i/lambda.)"""
    width, length, polarization, theta = 200, 150, 0.3, 0.01
    found = measured(
        ARMS.replace("ARM", "5"),
        "geometry.parameters={electrodes: 1, thickness: 10 nm, wire_width: 200 nm, wire_length: 2 um, arm_width: 5 nm, arm_length: 15 nm,"
        " injector_distance: 400 nm, injector_width: 20 nm, electrode_length: 210 nm, electrode_thickness: 20 nm}",
        "interfaces={cross/injector: {resistance_area: 0.2 ohm um^2, polarization: 0.3}}",
        f"regions={{cross: {{material: {{conductivity: 2e7 S/m, spin_diffusion_length: {length} nm, spin_hall_angle: {theta}}}}},"
        " injector: {material: {conductivity: 1e8 S/m, spin_diffusion_length: 5 nm, polarization: 0.5}, magnetization: +z}}",
        "terminals={injector_end: {current: 1 mA}, left: {voltage: 0 V, spin: sink}, right: {floating: true, spin: sink},"
        " upper: {floating: true}, lower: {floating: true}}",
        "observables=[{nonlocal_resistance: {name: r, plus: upper, minus: lower, drive: injector_end, flip: injector}}]",
        "accuracy={target: 2 %, of: [r]}",
    )
    weight = tan(width / (2 * length)) / (width / (2 * length))
    expected = theta * polarization * SHEET * exp(-400 / length) * weight
    assert weight > 1.15
    assert found["r.difference"] == pytest.approx(expected, rel=0.05)


RING = """
geometry: {script: corbino_2d.geo, depth: 10 nm, parameters: {inner_radius: 40 nm, outer_radius: 160 nm}}
regions: {film: {material: {conductivity: 2e7 S/m, spin_diffusion_length: 60 nm, spin_hall_angle: 0.1}}}
terminals: {inner: {voltage: 1 mV}, outer: {voltage: 0 V, spin: sink}}
observables: [terminals, {loop_current: {axis: x, position: 0 nm}}]
accuracy: {target: 0.2 %, of: [terminals]}
solver: {method: direct}
"""


def test_resistance_of_a_ring_and_no_spins_in_it():
    """ln(b/a)/(2 pi sigma t). The spin Hall current goes around, so no spins pile up, unlike at the sides of a wire."""
    found = measured(RING)
    assert found["terminals.inner.current"] == pytest.approx(1e-3 * 2 * pi / (SHEET * log(4)), rel=0.004)
    assert np.abs(found["terminals.outer.spin_current"]).max() < 1e-9 * found["terminals.inner.current"]


def test_radial_spins_make_a_current_around_a_ring():
    """v = A K0(r/lambda) + B I0(r/lambda) between V at a and 0 at b; theta sigma t V goes around, at no voltage."""
    found = measured(RING, "terminals.inner={floating: true, spin: {potential: [0 V, 0 V, 1 mV]}}", "mesh.size=5 nm")
    a, b = 40 / 60, 160 / 60
    outside, inside = np.linalg.solve([[k0(a), i0(a)], [k0(b), i0(b)]], [1e-3, 0])
    expected = 2 * pi * a * (outside * k1(a) - inside * i1(a)) / SHEET
    assert found["terminals.inner.spin_current"][2] == pytest.approx(expected, rel=0.004)
    assert found["loop_current"] == pytest.approx(0.1 / SHEET * 1e-3, rel=0.01)
    assert abs(found["terminals.inner.potential"]) < 1e-12


# As it is made: narrow against lambda_N = 400 nm, magnets with little of a spin resistance of their own.
VALVE = """
geometry:
  script: deposited_valve.geo
  parameters:
    {separation: 150 nm, wire_width: 40 nm, wire_thickness: 30 nm, wire_length: 2400 nm, injector_width: 20 nm, detector_width: 20 nm,
     electrode_thickness: 15 nm, electrode_length: 120 nm}
regions:
  wire: {material: {conductivity: 2e7 S/m, spin_diffusion_length: 400 nm}}
  injector: &magnet {material: {conductivity: 5e7 S/m, spin_diffusion_length: 3 nm, polarization: 0.4}, magnetization: +y}
  detector: *magnet
interfaces:
  wire/injector: &barrier {resistance_area: 30 fohm m^2, polarization: 0.4}
  wire/detector: *barrier
terminals:
  {injector_end: {current: 1 mA}, wire_left: {voltage: 0 V, spin: sink}, wire_right: {floating: true, spin: sink}, detector_end: {floating: true}}
observables: [{nonlocal_resistance: {name: r, plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}}]
accuracy: {target: 1 %, of: [r]}
"""
LEANING = tuple(f"geometry.parameters.{name}=60 deg" for name in ("wire_angle", "electrode_angle"))
CLIMBING = "geometry.parameters.side_coverage=8 nm"


def formula(area):
    """R_P - R_AP of that valve with contacts of this area, nm^2."""
    contact = Contact(5e7, 3 * NM, 0.4, area * NM**2, 30e-15, 0.4)
    return 2 * nonlocal_resistance(Wire(SIGMA, 400 * NM, 40 * 30 * NM**2), contact, contact, 150 * NM)


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        ((), 20 * 40),
        ((CLIMBING,), 20 * (40 + 2 * 30)),
        pytest.param(
            (CLIMBING, *LEANING),
            (20 + 15 / tan(pi / 3)) * (40 - 30 / tan(pi / 3) + 2 * 30 / np.sin(pi / 3)),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["flat", "climbing", "leaning"],
)
def test_the_sides_of_the_wire_are_contact_too(shape, area):
    """Barriers of about the spin resistance of the wire: the formula of Takahashi and Maekawa with the whole area of each contact."""
    assert measured(VALVE, *shape)["r.difference"] == pytest.approx(formula(area), rel=0.03)
    assert formula(20 * 100) < 0.7 * formula(20 * 40)


def wire_resistance(*overrides):
    """From end to end of the wire, with electrodes that take no part."""
    return measured(
        VALVE,
        "interfaces={wire/injector: {resistance_area: 1000 ohm um^2}, wire/detector: {resistance_area: 1000 ohm um^2}}",
        "terminals={wire_left: {current: 1 mA}, wire_right: {voltage: 0 V}, injector_end: {floating: true}, detector_end: {floating: true}}",
        "observables=[{nonlocal_resistance: {name: r, plus: wire_left, minus: wire_right, drive: wire_left}}]",
        "geometry.parameters.wire_length=400 nm",
        "accuracy=0.1 %",
        *overrides,
    )["r"]


def test_a_leaning_wire_has_the_resistance_of_an_upright_one():
    assert wire_resistance(*LEANING, CLIMBING) == pytest.approx(400 * NM / (SIGMA * 40 * 30 * NM**2), rel=0.002)


def test_pads_add_their_squares_and_those_of_a_step():
    """Two pads of one square each, and two steps in width (P. M. Hall, Thin Solid Films 1, 277 (1968))."""
    squares = 400 / 40 + 2 + 2 * squares_of_a_step(40 / 200)
    pads = ("geometry.parameters.wire_pad=200 nm", "geometry.parameters.taper_length=1 nm")
    assert wire_resistance(*pads) == pytest.approx(squares / (SIGMA * 30 * NM), rel=0.003)


def test_a_middle_wire_takes_spins_as_its_spin_resistance_says():
    """Between tunnel contacts the signal falls to 1/(1 + R_N/(2 R_M)), R_M = lambda_M coth(t/lambda_M)/(sigma_M A), R_N = lambda_N/(sigma_N A_N)
    (the transmission line of T. Kimura, J. Hamrle, Y. Otani, PRB 72, 014461 (2005)). Its ends hang over the wire by little."""
    tunnel = "interfaces={wire/injector: &b {resistance_area: 1 ohm um^2, polarization: 0.4}, wire/detector: *b}"
    middle = tuple(
        f"geometry.parameters.{name} nm" for name in ("middle_width=10", "middle_thickness=10", "electrode_length=41")
    )
    metal = "regions.middle={material: {conductivity: 1e6 S/m, spin_diffusion_length: 10 nm}}"
    without, with_it = measured(VALVE, tunnel), measured(VALVE, tunnel, *middle, metal)
    middle_resistance = 10 * NM / np.tanh(1) / (1e6 * 40 * 10 * NM**2)
    line = 400 * NM / (SIGMA * 40 * 30 * NM**2)
    expected = 1 / (1 + line / (2 * middle_resistance))
    assert expected < 0.8
    assert with_it["r.difference"] / without["r.difference"] == pytest.approx(expected, rel=0.03)


DISC = """
geometry:
  script: disc.geo
  parameters:
    {separation: 200 nm, wire_width: 150 nm, wire_thickness: 30 nm, wire_length: 1200 nm, injector_width: 50 nm, injector_length: 160 nm,
     disc_radius: 60 nm, disc_thickness: 10 nm}
regions:
  wire: {material: {conductivity: 2e7 S/m, spin_diffusion_length: 3 um}}
  injector: {material: {conductivity: 2e7 S/m, spin_diffusion_length: 5 nm, polarization: 0.4}, magnetization: +y}
  disc: {material: {conductivity: 2e7 S/m, spin_diffusion_length: 20 nm, polarization: 0.4}, magnetization: +y}
interfaces:
  wire/injector: &barrier {resistance_area: 1 ohm um^2, polarization: 0.4}
  wire/disc: *barrier
terminals: {injector_end: {current: 1 mA}, wire_left: {voltage: 0 V, spin: reflecting}, wire_right: {floating: true}, disc_top: {floating: true}}
observables: [{nonlocal_resistance: {name: r, plus: disc_top, minus: wire_right, drive: injector_end, flip: injector}}]
mesh: {resolution: 2, growth: 1, size: 60 nm}
solver: {error_estimate: false}
"""


@pytest.mark.slow
def test_a_vortex_reads_the_mean_of_its_magnetization():
    """Behind a tunnel barrier the voltage of the disc is P times the mean of m.v, and v hardly changes along a wire with closed ends that is short
    against lambda."""
    uniform = measured(DISC)["r.difference"]
    for core, share in ((100, 0.0), (130, _mean_of_a_vortex(0.5))):
        length = f"sqrt((x - {core}*nm)**2 + y**2 + (5*nm)**2)"
        vortex = ", ".join(f'"({part})/{length}"' for part in ("y", f"{core}*nm - x", "5*nm"))
        found = measured(DISC, f"regions.disc.magnetization={{expression: [{vortex}]}}")["r.difference"]
        assert found == pytest.approx(share * uniform, abs=0.03 * uniform)


def _mean_of_a_vortex(shift):
    """The mean of m_y over a disc of radius 1 around a core, 1/12 wide, at x = shift."""
    x, y = np.meshgrid(*2 * [np.linspace(-1, 1, 801)])
    within = x**2 + y**2 < 1
    return ((shift - x) / np.sqrt((x - shift) ** 2 + y**2 + 1 / 144))[within].mean()
