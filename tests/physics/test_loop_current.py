"""Currents that go around: none on balance, none where P is everywhere the same, and those of the exact modes of a
strip."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.devices import shipped
from spinfem.case.outline import Outline
from spinfem.case.reader import read_case
from spinfem.observables.loop_current import LoopCurrent
from spinfem.postprocessing.functional import nodal_function
from spinfem.study.accuracy import measure
from spinfem.study.sensitivity import sensitivities
from spinfem.study.simulation import Simulation
from spinfem.theory.bilayer import Bilayer, Layer
from tests.boxes import bar
from tests.cases import stack_case
from tests.exact import Layer as BarLayer
from tests.physics.test_overlayer import simulation_of
from tests.physics.test_sensitivity import difference_quotient

NM = 1e-9
CURRENT = 1e-6  # of spin, in the shipped case
ONE_TERMINAL = "terminals={injector: {voltage: 0 V, spin: {current: [0 A, 0 A, 1 uA]}}}"


def film(*overrides, polarization=0.5):
    """The shipped case with a coarser mesh."""
    case = shipped("cases") / "loop_current.yaml"
    sets = [f"regions.magnet.material.polarization={polarization}", "solver.error_estimate=false", *overrides]
    return read_case(case.read_text(), overrides=sets)


def numbers(case):
    return {m.name: m.value for m in measure(case, simulation_of(case)).measurements}


@pytest.mark.parametrize("axis, position", [(0, -700), (0, 55.5), (0, 225), (1, -150), (1, 0), (1, 290)])
def test_nothing_passes_on_balance(axis, position):
    """Of planes that cut no terminal: in one, current goes around as well, outside of the film."""
    through = simulation_of(film(ONE_TERMINAL)).solution().current_through(axis, position * NM)
    assert through.loop > 1e-5 * CURRENT
    assert abs(through.net) < 1e-10 * through.loop


def test_what_goes_in_one_film_comes_back_in_the_other():
    solution = simulation_of(film()).solution()
    magnet, normal = (solution.current_through(0, 225 * NM, (name,)) for name in ("magnet", "normal"))
    whole = solution.current_through(0, 225 * NM)
    assert magnet.net == pytest.approx(-normal.net, rel=0.002)
    assert (magnet.both_ways + normal.both_ways) / 2 == pytest.approx(whole.loop, rel=1e-9)
    assert abs(magnet.net) == pytest.approx(whole.loop, rel=0.001)


def test_the_vortices_are_what_passes_the_cuts():
    """Both pass the contact up and down. The film is symmetric, but its mesh is not."""
    solution = simulation_of(film("mesh.resolution=0.5")).solution()
    left, right = solution.vortices()
    assert left.current == pytest.approx(-right.current, rel=0.002)
    assert left.place[0] == pytest.approx(-right.place[0], abs=20 * NM)
    contact, middle = solution.current_through(1, 0.0), solution.current_through(0, right.place[0])
    assert contact.loop == pytest.approx(left.current - right.current, rel=0.003)
    assert middle.loop == pytest.approx(-right.current, rel=0.003)


def test_against_the_modes_of_the_strip():
    """The current in the normal film at a distance from a narrow injector, sum over modes of its charge current."""
    strip = Bilayer(Layer(300 * NM, 1e7, 50 * NM), Layer(300 * NM, 1e7, 200 * NM), 0.5)
    solution = simulation_of(film("geometry.parameters.injector_width=5 nm", "mesh.resolution=0.5")).solution()
    points, weights = np.polynomial.legendre.leggauss(60)
    y = -150 * NM * (1 - points)  # the normal film, from its outer face to the contact
    for distance in (100 * NM, 225 * NM, 400 * NM):
        expected = 0.0
        for mode in strip.modes(60):
            sheet = 1e7 * mode.k * np.sum(weights * mode.phi(y)) * 150 * NM  # int sigma k phi dy, per unit amplitude
            expected += mode.v(-300 * NM) / (2 * mode.k) * sheet * np.exp(-mode.k * distance)
        found = solution.current_through(0, distance, ("normal",)).net
        assert found == pytest.approx(expected * CURRENT, rel=0.002)


def test_the_sign_of_p_turns_the_loops_around():
    one, other = (simulation_of(film(polarization=p)).solution().vortices() for p in (0.5, -0.5))
    assert [v.current for v in one] == pytest.approx([-v.current for v in reversed(other)], rel=1e-9)


def test_no_loop_where_p_is_the_same_everywhere():
    """phi + P v is harmonic in all of the device then, and constant, whatever sigma and lambda are."""
    metal = "{{conductivity: 3e7 S/m, spin_diffusion_length: 200 nm, polarization: {p}}}"
    other = f"regions.normal={{{{material: {metal}, magnetization: +z}}}}"
    alike, unlike = (simulation_of(film(ONE_TERMINAL, other.format(p=p))).solution() for p in (0.5, 0.3))
    for axis, position in ((0, 225 * NM), (1, 0.0)):
        loop = unlike.current_through(axis, position).loop
        assert loop > 1e-4 * CURRENT
        assert alike.current_through(axis, position).loop < 1e-10 * loop


def test_loops_grow_like_p():
    """P grad s drives the current, and s at P = 0 is not zero: exponent 1. What loops do to spin is of the order
    P^2."""
    p = np.array([0.02, 0.04, 0.08, 0.16])
    loops = np.array([simulation_of(film(polarization=value)).solution().current_through(1, 0.0).loop for value in p])
    (exponent, _), corrections = np.polyfit(np.log(p[:2]), np.log(loops[:2]), 1), np.diff(loops / p)
    assert exponent == pytest.approx(1, abs=0.002)
    assert np.polyfit(np.log(p[:-1]), np.log(np.abs(corrections)), 1)[0] == pytest.approx(2, abs=0.05)


def test_far_beyond_the_spin_diffusion_length():
    """Films of 1.5 um; against the exact root."""
    case = shipped("cases") / "long_range.yaml"
    line = "along: normal, through: [0 nm, 0 nm, 0 nm]"
    observables = (
        f"observables=[{{two_exponentials: {{{line}, from: -3 um, to: 3 um}}}},"
        f" {{two_exponentials: {{{line}, from: 3 um, to: -3 um, name: backwards}}}},"
        f" {{decay_length: {{{line}, from: 1 um, to: 3 um, name: far_away}}}}]"
    )
    found = numbers(read_case(case.read_text(), overrides=["solver.error_estimate=false", observables]))
    for name in ("L1", "L2", "A1", "A2", "crossover"):
        assert found[f"backwards.{name}"] == pytest.approx(found[f"two_exponentials.{name}"], rel=1e-5)
    k = Bilayer(Layer(1500 * NM, 1e7, 50 * NM), Layer(1500 * NM, 1e7, 200 * NM), 0.5).decay_constants(1)[0]
    assert 1 / k > 3 * 200 * NM
    assert found["two_exponentials.L2"] == pytest.approx(1 / k, rel=0.005)
    assert found["far_away"] == pytest.approx(1 / k, rel=0.005)
    assert found["two_exponentials.L1"] < 1.2 * 200 * NM


@pytest.mark.parametrize("degree", [1, 2])
@pytest.mark.parametrize("dimension", [2, 3])
def test_a_uniform_current_does_not_go_around(dimension, degree):
    """Cuts through cells, along faces of cells (x = 30 nm) and along a resistive interface (x = 50 nm)."""
    layers = [BarLayer(50 * NM, 3e7, 60 * NM, resistance_area=1e-15), BarLayer(40 * NM, 1e7, 60 * NM)]
    depth = {2: 10 * NM, 3: 1.0}[dimension]
    device = bar(MPI.COMM_WORLD, [("a", 50, 5), ("b", 40, 4)], across=10, dimension=dimension, depth=depth)
    solution = Simulation(stack_case(layers, 1e-6, degree, method="direct"), device).solution()
    for position in (7.3, 30.0, 50.0, 71.0):
        through = solution.current_through(0, position * NM)
        assert through.net == pytest.approx(1e-6, rel=1e-9) and through.both_ways == pytest.approx(1e-6, rel=1e-9)
        assert through.loop < 1e-15
    assert solution.current_through(0, 20 * NM, ("b",)).both_ways == 0.0
    assert solution.current_through(1, 4 * NM).both_ways < 1e-14


def test_the_stream_function_of_a_uniform_current():
    device = bar(MPI.COMM_WORLD, [("a", 50, 5)], across=10, dimension=2, depth=20 * NM)
    solution = Simulation(stack_case([BarLayer(50 * NM, 3e7, 60 * NM)], 1e-6, 2, method="direct"), device).solution()
    psi, y = solution.stream.x.array, solution.stream.function_space.tabulate_dof_coordinates()[:, 1]
    assert psi == pytest.approx(1e-6 / (20 * NM) * (y / 10 - 0.5), abs=1e-6 * 50)


def harmonic_flow(degree, cells, dimension):
    """A bar of 50 nm in which phi = 1 mV exp(k x) cos(k y), at the nodes; its current, which reverses at k y = pi/2, and its stream function are known."""
    device = bar(MPI.COMM_WORLD, [("a", 50, cells)], 50, cells, dimension, depth={2: 50 * NM, 3: 1.0}[dimension])
    solution = Simulation(
        stack_case([BarLayer(50 * NM, 3e7, 60 * NM)], 1e-6, degree, method="direct"), device
    ).solution()
    x, y, _ = solution.problem.space.tabulate_dof_coordinates()[: len(solution.reactions)].T
    values = np.zeros(solution.reactions.shape)
    values[:, 0] = 1e-3 * np.exp(0.05 * x) * np.cos(0.05 * y)
    return replace(solution, potentials=nodal_function(solution.problem.space, values))


@pytest.mark.parametrize(("dimension", "degree", "cells"), [(2, 2, 8), (2, 3, 8), (3, 2, 4)])
def test_currents_through_a_plane_and_vortices_converge(dimension, degree, cells):
    """Of the orders p and p + 1, from integrals of what is interpolated at the nodes."""
    unit, far, turns = 3e7 * 1e-3 * 50 * NM, np.exp(0.05 * 0.37 * 50), np.sin(2.5)
    errors = []
    for count in (cells, 4 * cells):
        solution = harmonic_flow(degree, count, dimension)
        through = solution.current_through(0, 0.37 * 50 * NM, ("a",))
        found = [through.both_ways / (unit * far * (2 - turns)), -through.net / (unit * far * turns)]
        if dimension == 2:
            one, other = solution.vortices()
            found.append((one.current - other.current) / (unit * np.exp(2.5)))
        errors.append(np.abs(np.array(found) - 1))
    assert (errors[1] < 0.01).all()
    assert (errors[0][:2] > 4 ** (degree - 0.6) * errors[1][:2]).all()
    assert (errors[0][2:] > 4 ** (degree + 0.5) * errors[1][2:]).all()


def test_lengths_of_a_decay_have_the_derivatives_of_finite_differences():
    observables = (
        "observables=[{two_exponentials: {along: normal, through: [0 nm, 0 nm, 0 nm], from: -3 um, to: 3 um}}]"
    )
    text = (shipped("cases") / "long_range.yaml").read_text()
    simulation = simulation_of(read_case(text, overrides=[observables, "mesh.resolution=1"]))
    found = sensitivities(simulation, simulation.case.observables)
    assert {s.name.rpartition(".")[2] for s in found} == {"L1", "L2", "A1", "A2", "crossover"}
    for path in ("material.polarization", "material.spin_diffusion_length"):
        (number,) = (n for n in found[0].derivatives if n.name == f"regions.magnet.{path}")
        expected = difference_quotient(simulation, number, step=1e-3)
        for s in found:
            assert s.derivatives[number] == pytest.approx(expected[s.name], rel=2e-3), s.name


@pytest.mark.parametrize("dimension, axis", [(1, "x"), (2, "z")])
def test_no_loops_where_there_is_no_plane(dimension, axis):
    outline = Outline(dimension, ("normal",), {}, frozenset())
    ((key, value, _),) = LoopCurrent(axis=axis, position="1 nm").faults(None, outline)
    assert (key, value) == ("axis", axis)


@pytest.mark.parametrize(
    "axis, position, regions, outside",
    [
        ("x", "1500 nm", (), True),
        ("y", "-301 nm", (), True),
        ("y", "0 nm", ("magnet",), True),
        ("y", "0 nm", (), False),
    ],
)
def test_a_plane_must_cut_the_device(axis, position, regions, outside):
    device = simulation_of(film()).device
    faults = list(LoopCurrent(axis=axis, position=position, regions=regions).misplaced(device))
    assert [key for key, *_ in faults] == ["position"] * outside
