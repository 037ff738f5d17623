"""Heat: thermocouples, Peltier and Joule heat, both for each spin, against exact solutions; conservation, reciprocity, derivatives."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.algebra.solver import SolveError
from spinfem.case.parameters import changed, parameters
from spinfem.case.reader import read_case
from spinfem.constants import LORENZ
from spinfem.model.drive import Drive
from spinfem.output.fields import solution_piece
from spinfem.postprocessing.functions import Fields
from spinfem.postprocessing.temperature import MeanScalar, extremes, lost
from spinfem.study.run import run
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation

NM, AREA, T_0 = 1e-9, 100e-9 * 50e-9, 300.0
COUPLE = """
geometry: {layers: [{name: a, thickness: 200 nm}, {name: b, thickness: 300 nm}], width: 100 nm, depth: 50 nm}
mesh: {resolution: 0.5}
heat: 300 K
regions:
  a: {material: {conductivity: 1e7 S/m, spin_diffusion_length: 50 nm, thermal_conductivity: 30 W/m/K, seebeck_coefficient: -20 uV/K}}
  b: {material: {conductivity: 4e7 S/m, spin_diffusion_length: 300 nm, thermal_conductivity: 300 W/m/K, seebeck_coefficient: 2 uV/K}}
terminals:
  left: {current: 1 mA}
  right: {voltage: 0 V}
"""
K_A, K_B = 30 * AREA / 200e-9, 300 * AREA / 300e-9  # W/K
JUNCTION = [[200 * NM, 0, 0]]
MAGNET = (
    "{conductivity: 5e6 S/m, spin_diffusion_length: 8 nm, polarization: 0.6, thermal_conductivity: 30 W/m/K,"
    " seebeck_coefficient: -18 uV/K, spin_seebeck_coefficient: -4 uV/K}"
)
METAL = "{conductivity: 5e7 S/m, spin_diffusion_length: 300 nm, thermal_conductivity: 300 W/m/K, seebeck_coefficient: 1.6 uV/K}"
VALVE = f"""
geometry: {{layers: [{{name: one, thickness: 20 nm}}, {{name: gap, thickness: 40 nm}}, {{name: two, thickness: 20 nm}}], dimension: 2, width: 40 nm, depth: 50 nm}}
mesh: {{resolution: 1}}
heat: 300 K
regions:
  one: {{material: {MAGNET}, magnetization: +z}}
  gap: {{material: {METAL}}}
  two: {{material: {MAGNET}, magnetization: [1, 0, 1]}}
interfaces: {{gap/two: {{resistance_area: 1 fohm m^2, polarization: 0.3}}}}
terminals:
  left: {{current: 0.3 mA, spin: sink}}
  right: {{voltage: 0 V, resistance: 2 ohm, spin: sink, heat: {{conductance: 1 uW/K}}}}
observables: [terminals]
"""


def simulation_of(text, *overrides):
    case = read_case(text, overrides=overrides)
    return Simulation(case, Session(MPI.COMM_SELF).device(case))


def rise(solution, points):
    return solution.scalar_at("T", points)


def test_a_thermocouple_reads_the_difference_of_seebeck_coefficients():
    simulation = simulation_of(COUPLE, "terminals.left={current: 0 A, heat: {rise: 10 K}}")
    solution = simulation.solution()
    junction = 10 * K_A / (K_A + K_B)
    assert rise(solution, JUNCTION) == pytest.approx(junction, rel=1e-9)
    expected = 20e-6 * (10 - junction) - 2e-6 * junction  # grad phi = - S grad T
    assert solution.readings["left"].potential == pytest.approx(expected, rel=1e-9)
    heat = K_A * (10 - junction)
    assert [r.scalars["T"][1] for r in solution.readings.values()] == pytest.approx([heat, -heat], rel=1e-9)


def test_a_peltier_junction():
    simulation = simulation_of(COUPLE)
    solution = simulation.solution()
    peltier = T_0 * (-20e-6 - 2e-6) * 1e-3
    assert rise(solution, JUNCTION) == pytest.approx(peltier / (K_A + K_B), rel=1e-9)
    assert solution.problem.symmetric and solution.report.method.startswith("CG")
    reversed_ = simulation.solution(drive=Drive(currents={"left": -1e-3}))
    assert rise(reversed_, JUNCTION) == pytest.approx(-rise(solution, JUNCTION), rel=1e-9)


def test_joule_heat_of_a_wire_is_a_parabola():
    wire = COUPLE.replace("[{name: a, thickness: 200 nm}, {name: b", "[{name: a, thickness: 300 nm}]#").replace(
        "]#, thickness: 300 nm}]", "]"
    )
    wire = "\n".join(line for line in wire.splitlines() if not line.startswith("  b:"))
    simulation = simulation_of(wire)
    x = np.array([75, 150, 240]) * NM
    points = np.stack([x, 0 * x, 0 * x], axis=1)
    j, length = 1e-3 / AREA, 300 * NM
    expected = j**2 / 1e7 * x * (length - x) / (2 * 30)
    second = simulation.second_order(simulation.solution())
    assert expected[1] == pytest.approx(j**2 / 1e7 * length**2 / (8 * 30))
    assert rise(second, points) == pytest.approx(expected, rel=1e-9)
    heated = simulation.heated()
    assert rise(heated.solution, points) == pytest.approx(expected, rel=1e-9)
    assert heated.change < 1e-9 and heated.steps == 2


def test_second_order_is_what_is_left_at_small_currents():
    simulation = simulation_of(VALVE)
    linear = simulation.solution()
    second = simulation.second_order(linear).readings
    for factor in (1e-2, -1e-2):
        small = simulation.solution(drive=Drive(currents={"left": 0.3e-3 * factor}))
        state = simulation.heated(small).solution
        left = state.readings["left"].potential - factor * linear.readings["left"].potential
        assert left == pytest.approx(factor**2 * second["left"].potential, rel=2e-2)
        assert state.readings["left"].scalars["T"][1] == pytest.approx(
            factor * linear.readings["left"].scalars["T"][1] + factor**2 * second["left"].scalars["T"][1], rel=1e-4
        )


def test_a_temperature_gradient_drives_spins_out_of_a_magnet():
    """v at the contact is - sigma (1 - P^2) S_s T'/[2 (g_F + g_N)]: A. Slachter et al., Nature Physics 6, 879 (2010), without charge current."""
    magnet = "{material: {conductivity: 5e6 S/m, spin_diffusion_length: 10 nm, polarization: 0.6, thermal_conductivity: 30 W/m/K, spin_seebeck_coefficient: -0.4 uV/K}, magnetization: +z}"
    metal = "{material: {conductivity: 5e7 S/m, spin_diffusion_length: 20 nm, thermal_conductivity: 300 W/m/K}}"
    text = COUPLE.replace("heat: 300 K", "heat: 300 K\nsolver: {degree: 3}").replace("thickness: 300", "thickness: 400")
    simulation = simulation_of(
        text,
        f"regions={{a: {magnet}, b: {metal}}}",
        "terminals={left: {floating: true, spin: sink, heat: {rise: 20 K}}, right: {voltage: 0 V, spin: sink}}",
        "mesh.resolution=0.2",
    )
    solution = simulation.solution()
    slope = np.diff(rise(solution, [[60 * NM, 0, 0], [120 * NM, 0, 0]]))[0] / (60 * NM)
    of_spins = 1 - 0.6**2
    expected = -5e6 * of_spins * -0.4e-6 * slope / (2 * (5e6 * of_spins / 10e-9 + 5e7 / 20e-9))
    assert solution.at(JUNCTION)[1][0, 2] == pytest.approx(expected, rel=1e-5)
    assert expected < 0 and slope < 0


def test_heat_that_enters_and_power_leave_together():
    simulation = simulation_of(VALVE)
    solution = simulation.heated().solution
    power = sum(reading.power for reading in solution.readings.values())
    heat = sum(reading.scalars["T"][1] for reading in solution.readings.values())
    assert power > 0 and abs(heat + power) < 1e-9 * power
    parts = solution.powers()
    assert sum(part for name, part in parts.items() if not name.startswith("lead")) == pytest.approx(power, rel=1e-9)
    assert parts["thermoelectric"] != 0 and parts["interface gap/two"] > 0


def test_heat_is_a_third_channel_of_onsagers():
    """phi_A for each watt at B is T_B/T_0 for each ampere at A; v likewise; and charge and spin with each other."""
    ends = {
        "left": "{current: 0 A, spin: {current: [0 A, 0 A, 0 A]}, heat: {power: 0 W}}",
        "right": "{voltage: 0 V, spin: reflecting}",
    }
    simulation = simulation_of(
        VALVE, *(f"terminals.{name}={given}" for name, given in ends.items()), "regions.two.magnetization=+z"
    )
    amounts = [
        Drive(currents={"left": 1.0}),
        Drive(spin_currents={"left": np.array([0.0, 0.0, 1.0])}),
        Drive(scalars={"T": {"left": T_0}}),
    ]
    shown = [simulation.solution(drive=drive).readings["left"] for drive in amounts]
    matrix = np.array([[r.potential, r.spin_potential[2], r.scalars["T"][0]] for r in shown])
    assert matrix == pytest.approx(matrix.T, rel=1e-8)
    assert (np.abs(matrix) > 0).all()


def test_a_contact_passes_heat_as_wiedemann_and_franz_say_or_as_is_given():
    for given, conductance in (("", LORENZ * T_0 * 1e15), (", thermal_conductance: 2e8 W/m^2/K", 2e8)):
        simulation = simulation_of(
            COUPLE,
            f"interfaces={{a/b: {{resistance_area: 1 fohm m^2{given}}}}}",
            "terminals.left={current: 0 A, heat: {power: 1 uW}}",
        )
        solution = simulation.solution()
        (one,), (other,) = (solution.scalar_at("T", JUNCTION, side) for side in "ab")
        assert one - other == pytest.approx(1e-6 / (conductance * AREA), rel=1e-8)


def test_a_thermal_lead_takes_what_its_conductance_lets_pass():
    simulation = simulation_of(
        COUPLE,
        "terminals.left={current: 0 A, heat: {power: 1 uW}}",
        "terminals.right={voltage: 0 V, heat: {conductance: 2 uW/K, rise: 3 K}}",
    )
    readings = simulation.solution().readings
    assert readings["right"].scalars["T"] == pytest.approx((3.5, -1e-6), rel=1e-9)
    assert readings["left"].scalars["T"] == pytest.approx((3.5 + 1e-6 * (1 / K_A + 1 / K_B), 1e-6), rel=1e-9)


def test_a_film_hands_its_heat_to_the_substrate():
    film = "terms: {substrate: {conductance: 1e8 W/m^2/K, thickness: 30 nm}}"
    simulation = simulation_of(
        COUPLE,
        f"regions.a={{material: {METAL}, {film}}}",
        f"regions.b={{material: {METAL}, {film}}}",
        "terminals={left: {voltage: 0 V, heat: {rise: 1 K}}, right: {floating: true}}",
        "mesh.resolution=0.05",
    )
    solution, length = simulation.solution(), np.sqrt(300 * 30e-9 / 1e8)
    x = np.array([0.1, 0.3]) * 1e-6
    expected = np.cosh((500 * NM - x) / length) / np.cosh(500 * NM / length)
    assert rise(solution, np.stack([x, 0 * x, 0 * x], axis=1)) == pytest.approx(expected, rel=1e-5)
    assert lost(solution, "T") == pytest.approx(solution.readings["left"].scalars["T"][1], rel=1e-9)
    mean = np.mean(rise(solution, [[k * NM, 0, 0] for k in np.linspace(0, 200, 2001)]))
    assert solution.read(MeanScalar("T", "a")) == pytest.approx(mean, rel=1e-4)


def test_a_current_whose_peltier_heat_feeds_itself_is_told():
    poor = "{conductivity: 1e6 S/m, spin_diffusion_length: 50 nm, thermal_conductivity: 1 W/m/K, seebeck_coefficient: 300 uV/K}"
    with pytest.raises(SolveError, match="the temperature does not settle"):
        simulation_of(
            COUPLE, f"regions.a={{material: {poor}}}", f"regions.b={{material: {poor.replace('300', '-300')}}}"
        ).heated()


def test_the_quadratic_response_converges_with_the_square_of_the_mesh():
    found = []
    for cuts in range(3):
        mesh = f"mesh={{resolution: 1, growth: 0, refinements: {cuts}}}"
        simulation = simulation_of(VALVE, mesh, "solver.degree=1", "geometry.dimension=1")
        found.append(simulation.second_order(simulation.solution()).readings["left"].potential)
    steps = np.diff(found)
    assert steps[0] / steps[1] == pytest.approx(4, rel=0.01)


def test_a_wire_whose_end_is_warmed_at_once():
    """T/T_end = 1 - x/L - sum of 2/(n pi) sin(n pi x/L) exp(- n^2 pi^2 D t/L^2), D = kappa/(rho c)."""
    metal = METAL.replace("}", ", spin_lifetime: 5 ps, heat_capacity: 3e6 J/m^3/K}")
    time = "{until: 0.5 ns, drive: {left: step}, tolerance: 1e-5, snapshots: 1}"
    case = read_case(
        COUPLE,
        overrides=[
            f"regions={{a: {{material: {metal}}}, b: {{material: {metal}}}}}",
            "terminals={left: {current: 0 A, heat: {rise: 1 K}}, right: {voltage: 0 V}}",
            "observables=[terminals]",
            "solver.error_estimate=false",
            f"time={time}",
        ],
    )
    followed = run(case, Session(MPI.COMM_SELF)).transient
    end, solution = followed.snapshots[-1]
    n, reached = np.arange(1, 50), 300 / 3e6 * end / (500 * NM) ** 2
    expected = 0.6 - np.sum(2 / (n * np.pi) * np.sin(0.4 * n * np.pi) * np.exp(-((n * np.pi) ** 2) * reached))
    assert 0.02 < expected < 0.59
    assert rise(solution, JUNCTION) == pytest.approx(expected, rel=1e-3)


def test_thermal_waves_of_a_wire():
    """T = sinh(k (L - x))/sinh(k L), k^2 = i w rho c/kappa, so K = kappa A k coth(k L) at its end."""
    metal = METAL.replace("}", ", spin_lifetime: 5 ps, heat_capacity: 3e6 J/m^3/K}")
    frequency = 2e8
    case = read_case(
        COUPLE,
        overrides=[
            f"regions={{a: {{material: {metal}}}, b: {{material: {metal}}}}}",
            "terminals={left: {current: 0 A, heat: {power: 1 uW}}, right: {voltage: 0 V}}",
            "observables=[terminals]",
            "solver.error_estimate=false",
            f"frequency=[{frequency} Hz]",
        ],
    )
    (table,) = (t for t in run(case, Session(MPI.COMM_SELF)).results.tables if t.name == "frequency")
    parts = (table.columns[f"terminals.left.temperature_rise.{part}"][1][0] for part in ("real", "imaginary"))
    k = np.sqrt(2j * np.pi * frequency * 3e6 / 300)
    assert complex(*parts) == pytest.approx(1e-6 * np.tanh(k * 500 * NM) / (300 * AREA * k), rel=1e-4)


def test_fields_for_paraview_have_the_temperature():
    simulation = simulation_of(VALVE)
    solution = simulation.heated().solution
    piece = solution_piece(solution)
    highest = max(extremes(solution, "T", region)[1] for region in simulation.case.regions)
    assert piece.point_data["T - T0 [K]"].max() == pytest.approx(highest, rel=1e-12)
    (flow,) = piece.cell_data["Q [W/m^2]"]
    assert Fields(solution).scalar("T").x.array.max() == pytest.approx(highest, rel=1e-12)
    assert np.abs(Fields(solution).scalar_current("T").x.array).max() == pytest.approx(np.abs(flow).max(), rel=0.5)
    area, cells = 40e-9 * 50e-9, np.flatnonzero(piece.points[piece.cells[0].data[:, :3], 0].mean(axis=1) < 1)
    entering = solution.readings["left"].scalars["T"][1]
    assert flow[cells, 0].mean() * area == pytest.approx(entering, rel=0.05)


NAMES = {
    "regions.one.material.thermal_conductivity",
    "regions.one.material.seebeck_coefficient",
    "regions.one.material.spin_seebeck_coefficient",
    "regions.gap.material.seebeck_coefficient",
    "regions.gap.material.thermal_conductivity",
    "regions.one.material.polarization",
    "interfaces.gap/two.thermal_conductance",
    "interfaces.gap/two.resistance_area",
    "terminals.right.heat.conductance",
    "regions.gap.terms.substrate.conductance",
}


def test_derivatives_are_those_of_differences():
    simulation = simulation_of(
        VALVE,
        "interfaces.gap/two.thermal_conductance=3e8 W/m^2/K",
        "terminals.left={current: 0.3 mA, spin: sink, heat: {rise: 2 K}}",
        "regions.gap.terms={substrate: {conductance: 1e9 W/m^2/K, thickness: 30 nm}}",
        "solver.degree=1",
        "geometry.dimension=1",
        "mesh.resolution=3",
    )
    found = {s.name: s for s in sensitivities(simulation, simulation.case.observables)}
    numbers = {number.name: number for number in parameters(simulation.case)}
    assert numbers.keys() >= NAMES
    for name in NAMES:
        values = []
        for sign in (-1, 1):
            number = numbers[name]
            other = with_number(simulation, number, number.value * (1 + sign * 1e-4))
            readings = other.solution().readings
            values.append([readings["left"].potential, readings["right"].scalars["T"][1]])
        slopes = (np.array(values[1]) - values[0]) / (2e-4 * number.value)
        for measured, slope in zip(("terminals.left.potential", "terminals.right.heat_current"), slopes, strict=True):
            size = abs(found[measured].value / number.value)
            assert found[measured].derivatives[number] == pytest.approx(slope, rel=1e-5, abs=1e-8 * size), (
                measured,
                name,
            )


def test_derivatives_of_the_quadratic_response_are_those_of_differences():
    simulation = simulation_of(
        VALVE,
        "interfaces.gap/two.thermal_conductance=3e8 W/m^2/K",
        "regions.two.magnetization=+z",
        "observables=[harmonics: {plus: left, minus: right, drive: left}]",
        "solver.degree=1",
        "geometry.dimension=1",
        "mesh.resolution=3",
    )
    harmonics = simulation.case.observables[0]
    found = {s.name: s for s in sensitivities(simulation, [harmonics])}
    slopes = {number.name: slope for number, slope in found["harmonics.R_2"].derivatives.items()}
    numbers = {number.name: number for number in parameters(simulation.case)}
    for name in ("regions.one.material.conductivity", *sorted(NAMES - {"regions.gap.terms.substrate.conductance"})):
        number, values = numbers[name], []
        for sign in (-1, 1):
            other = with_number(simulation, number, number.value * (1 + sign * 1e-4))
            values.append({m.name: m.value for m in harmonics.measure(other)}["harmonics.R_2"])
        slope = (values[1] - values[0]) / (2e-4 * number.value)
        assert slopes[name] == pytest.approx(slope, rel=1e-5, abs=1e-7 * abs(values[0] / number.value)), name


def with_number(simulation, number, value):
    group, name, *path = number.path
    models = getattr(simulation.case, group)
    case = simulation.case.model_copy(update={group: models | {name: changed(models[name], path, value)}})
    return Simulation(case, simulation.device)


PUMPING = """
geometry: {layers: [{name: f, thickness: 10 nm}, {name: n, thickness: 10 nm}], width: 100 nm, depth: 100 nm}
heat: 300 K
regions:
  f: {material: {conductivity: 5e6 S/m, spin_diffusion_length: 5 nm, polarization: 0.4}, magnetization: MOVES}
  n: {material: {conductivity: 5.8e6 S/m, spin_diffusion_length: 3.4 nm}}
interfaces: {f/n: {type: circuit, conductance_up: 3e14 S/m^2, conductance_down: 1e14 S/m^2, mixing_conductance: 5e14 S/m^2}}
terminals:
  left: {current: 0.1 mA, spin: reflecting}
  right: {voltage: 0 V, spin: reflecting}
observables: [temperature, dissipation]
solver: {error_estimate: false}
"""
COVERED = """
geometry: {layers: [{name: n, thickness: 10 nm}], width: 100 nm, depth: 100 nm}
heat: 300 K
regions: {n: {material: {conductivity: 5.8e6 S/m, spin_diffusion_length: 3.4 nm}}}
terminals:
  left: {insulated: true, spin: {magnetization: MOVES, mixing_conductance: 5e14 S/m^2, mixing_conductance_imaginary: 1e14 S/m^2}}
  right: {voltage: 0 V, spin: reflecting}
observables: [temperature, dissipation, {spin_torque: {magnet: left}}]
solver: {error_estimate: false}
"""


@pytest.mark.parametrize("text", [PUMPING, COVERED])
def test_what_a_magnet_spends_on_pumping_becomes_heat(text):
    """What the contact of a covering magnet spends stays outside, as that of a lead."""
    text = text.replace("MOVES", "{precessing: +z, frequency: 5 THz, cone_angle: 40 deg}")
    numbers = {m.name: m.value for m in run(read_case(text), Session(MPI.COMM_SELF)).results.measurements}
    out = -sum(value for name, value in numbers.items() if name.endswith("heat_current"))
    outside = numbers.get("dissipation.lead.left.spin", 0.0)
    assert out == pytest.approx(numbers["dissipation.total"] - outside, rel=1e-7) and out > 1e-7
    assert numbers["temperature.balance"] < 1e-8
    if "spin_torque" in numbers:
        turned = numbers["spin_torque"][2] * 2 * np.pi * 5e12
        assert numbers["dissipation.total"] == pytest.approx(turned, rel=1e-7)
