"""A physical term is one class: what is defined here in a test gets its form, currents, power and derivatives right."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.parameters import parameters
from spinfem.case.plugins import Term
from spinfem.case.quantity import Conductivity, Length, Voltage
from spinfem.case.reader import read_case
from spinfem.geometry.recipe import outline_of
from spinfem.postprocessing.functions import Fields
from spinfem.study.run import run
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session

WIRE = """
geometry: {layers: [{name: wire, thickness: 900 nm}], width: 100 nm, depth: 50 nm}
regions: {wire: {material: {conductivity: 1e7 S/m, spin_diffusion_length: 300 nm}, terms: {TERM}}}
terminals:
  left: {voltage: 1 mV, spin: {potential: [0 V, 0 V, 1 mV]}}
  right: {voltage: 0 V, spin: sink}
observables:
  - terminals
  - dissipation
solver: {error_estimate: false}
"""
AREA, LENGTH = 100e-9 * 50e-9, 900e-9


@pytest.fixture
def shunt():
    """A second channel for charge that knows nothing of spin."""

    class Shunt(Term, kind="shunt"):
        conductivity: Conductivity
        dissipates = "shunt"

        @classmethod
        def numbers(cls, region, scale):
            return {"shunt": scale.conductivity(cls.of(region).conductivity) if cls.of(region) else 0.0}

        @classmethod
        def integrand(cls, u, w, c):
            return c.shunt * ufl.inner(ufl.grad(u.phi), ufl.grad(w.phi))

        @classmethod
        def charge_current(cls, u, c):
            return -c.shunt * ufl.grad(u.phi)

    yield Shunt
    del Term.kinds["shunt"]


@pytest.fixture
def impurities():
    """Magnetic impurities, on which spins relax besides."""

    class Impurities(Term, kind="impurities"):
        length: Length
        dissipates = "spin_relaxation"

        @classmethod
        def numbers(cls, region, scale):
            own = cls.of(region)
            return {"on_impurities": scale.rate(region.material.conductivity, own and own.length)}

        @classmethod
        def integrand(cls, u, w, c):
            return c.on_impurities * ufl.dot(u.v, w.v)

        @classmethod
        def given_to_lattice(cls, u, c):
            return c.on_impurities * u.v

    yield Impurities
    del Term.kinds["impurities"]


def wire(term):
    """The Outcome of the wire with a term."""
    return run(read_case(WIRE.replace("TERM", term)), Session(MPI.COMM_SELF))


def test_a_shunt_adds_its_current_and_its_power(shunt):
    outcome = wire("shunt: {conductivity: 2e6 S/m}")
    solution, found = outcome.solution, {m.name: m.value for m in outcome.results.measurements}
    current = 1.2e7 * AREA / LENGTH * 1e-3
    assert solution.readings["left"].current == pytest.approx(current, rel=1e-10)
    assert Fields(solution).j.x.array == pytest.approx(current / AREA, rel=1e-9)
    assert found["dissipation.shunt"] == pytest.approx(current / 6 * 1e-3, rel=1e-10)
    assert found["dissipation.balance"] < 1e-10


def test_impurities_shorten_the_spin_diffusion_length(impurities):
    outcome = wire("impurities: {length: 400 nm}")
    length = 1 / np.hypot(1 / 300e-9, 1 / 400e-9)
    x = np.array([150e-9, 500e-9])
    _, v = outcome.solution.at(np.stack([x, 0 * x, 0 * x], axis=1))
    assert v[:, 2] == pytest.approx(1e-3 * np.sinh((LENGTH - x) / length) / np.sinh(LENGTH / length), rel=1e-4)
    entering = sum(reading.spin_current for reading in outcome.solution.readings.values())
    assert outcome.solution.relaxed() == pytest.approx(entering, rel=1e-9)


def test_a_term_of_ones_own_has_derivatives(shunt):
    resistance = "nonlocal_resistance: {plus: left, minus: right, drive: left}"
    case = read_case(WIRE.replace("TERM", "shunt: {conductivity: 2e6 S/m}").replace("dissipation", resistance))
    (number,) = (n for n in parameters(case) if n.path[-2:] == ("shunt", "conductivity"))
    measured = sensitivities(run(case, Session(MPI.COMM_SELF)).simulation, case.observables)
    (found,) = (s for s in measured if s.name == "nonlocal_resistance")
    assert found.value == pytest.approx(LENGTH / (1.2e7 * AREA), rel=1e-10)
    assert found.derivatives[number] == pytest.approx(-found.value / 1.2e7, rel=1e-8)


def test_a_term_that_nobody_asks_for_stays_out_of_the_form(shunt):
    case = read_case(WIRE.replace("terms: {TERM}", "").replace("nm}, }", "nm}}"))
    assert shunt not in run(case, Session(MPI.COMM_SELF)).solution.problem.coefficients.terms


def test_an_unknown_term_is_told_with_those_that_have_keys(shunt):
    with pytest.raises(Exception, match="There are: shunt, spin_orbit"):
        read_case(WIRE.replace("TERM", "shant: {conductivity: 2e6 S/m}"))
    with pytest.raises(Exception, match="conductivity"):
        read_case(WIRE.replace("TERM", "shunt: {conductivity: 3 nm}"))


def test_two_terms_do_not_share_the_name_of_a_number(shunt):
    class Other(Term, kind="other"):
        @classmethod
        def numbers(cls, region, scale):
            return {"shunt": 1.0}

        @classmethod
        def integrand(cls, u, w, c):
            return c.shunt * u.phi * w.phi

    try:
        with pytest.raises(TypeError, match="both have a number called shunt"):
            wire("shunt: {conductivity: 2e6 S/m}, other: ")
    finally:
        del Term.kinds["other"]


@pytest.fixture
def crowded():
    """Spins relax faster the more of them there are."""

    class Crowded(Term, kind="crowded"):
        linear = False
        length: Length
        at: Voltage
        """The spin potential at which they relax over `length` alone."""
        dissipates = "spin_relaxation"

        @classmethod
        def numbers(cls, region, scale):
            own = cls.of(region)
            return {"crowded": scale.rate(region.material.conductivity, own.length) / own.at**2 if own else 0.0}

        @classmethod
        def quadrature_degree(cls, degree, texture):
            return 4 * degree

        @classmethod
        def integrand(cls, u, w, c):
            return c.crowded * ufl.dot(u.v, u.v) * ufl.dot(u.v, w.v)

        @classmethod
        def given_to_lattice(cls, u, c):
            return c.crowded * ufl.dot(u.v, u.v) * u.v

    yield Crowded
    del Term.kinds["crowded"]


def test_a_term_that_is_not_linear(crowded):
    """In a wire so short that v is the same everywhere, v/300^2 + v^3/(200^2 (1 mV)^2) is what enters; its derivatives are those of finite differences."""
    text = WIRE.replace("900 nm", "1 nm").replace("{potential: [0 V, 0 V, 1 mV]}", "{current: [0 A, 0 A, 1 uA]}")
    text = text.replace("spin: sink", "spin: reflecting").replace("TERM", "crowded: {length: 200 nm, at: 1 mV}")
    simulation, numbers = _measured(text)
    (_,), ((*_, v),) = simulation.solution().at([[0.5e-9, 0, 0]])
    rate = v / 300**2 + v**3 / (200**2 * 1e-6)
    assert 1e7 * rate * 1e18 * AREA * 1e-9 == pytest.approx(1e-6, rel=1e-4)
    assert simulation.solution().relaxed()[2] == pytest.approx(1e-6, rel=1e-9)
    assert abs(numbers["dissipation.balance"]) < 1e-9
    found = {s.name: s.derivatives for s in sensitivities(simulation, simulation.case.observables)}
    (length,) = (n for n in found["dissipation.total"] if n.path[-1] == "length")
    change = 1e-3 * length.value
    more, less = (
        _measured(text.replace("length: 200 nm", f"length: {value} m"))[1]["dissipation.total"]
        for value in (length.value + change, length.value - change)
    )
    assert found["dissipation.total"][length] == pytest.approx((more - less) / (2 * change), rel=1e-4)
    case = read_case(text + "time: {until: 1 ns}")
    assert any("the crowded in wire is not linear" in fault.message for fault in cross_check(case, outline_of(case)))


def _measured(text):
    outcome = run(read_case(text), Session(MPI.COMM_SELF))
    return outcome.simulation, {m.name: m.value for m in outcome.results.measurements}
