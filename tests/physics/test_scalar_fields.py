"""A term may bring in a scalar unknown of its own, which lives in some regions: one that is defined here, against its exact solution."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI

from spinfem.case.plugins import Interface, Term
from spinfem.case.quantity import InterfaceConductance, Length
from spinfem.case.reader import read_case
from spinfem.case.scalar_field import ScalarField
from spinfem.model.potentials import Tensor
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation

SIGMA, LAMBDA, DECAY, CONTACT, THICK = 1e7, 300e-9, 40e-9, 2e14, 100e-9
STACK = """
geometry: {layers: [{name: metal, thickness: 100 nm}, {name: magnet, thickness: 100 nm}], width: 100 nm, depth: 50 nm, dimension: DIMENSION}
mesh: {resolution: 0.05}
regions:
  metal: {material: {conductivity: 1e7 S/m, spin_diffusion_length: 300 nm}}
  magnet: {material: {conductivity: 1e7 S/m, spin_diffusion_length: 10 nm}, magnetization: +z, terms: {waves: {length: 40 nm}}}
interfaces: {metal/magnet: {type: shaken, conductance: 2e14 S/m^2}}
terminals:
  left: {voltage: 0 V, spin: {potential: [0 V, 0 V, 1 mV]}}
  right: {voltage: 0 V, spin: sink}
"""


@pytest.fixture
def waves():
    """Something that diffuses and decays in magnets, and takes spins along m from a metal beside."""

    class Waves(Term, kind="waves"):
        length: Length

        @classmethod
        def scalar_fields(cls, regions):
            there = tuple(name for name, region in regions.items() if cls.of(region))
            return [ScalarField("w", "", "waves", "V", "J_w", "wave current", "A", 1.0, 1.0, there)] if there else []

        @classmethod
        def numbers(cls, region, scale):
            own = cls.of(region)
            sigma = region.material.conductivity
            return {"stiff": scale.conductivity(sigma) if own else 0.0, "decay": scale.rate(sigma, own and own.length)}

        @classmethod
        def integrand(cls, u, w, c):
            return c.stiff * ufl.inner(ufl.grad(u["w"]), ufl.grad(w["w"])) + c.decay * u["w"] * w["w"]

    class Tensors(Waves, kind="waves_by_tensors"):
        @classmethod
        def tensors(cls, numbers, m, axes):
            return {
                "stiffness": Tensor(between={("w", "w"): numbers["stiff"]}),
                "mass": Tensor(between={("w", "w"): numbers["decay"]}),
            }

    class Shaken(Interface, kind="shaken"):
        conductance: InterfaceConductance

        def integrand(self, u, w, facet):
            m = facet.magnetization_of(1)
            drops = [ufl.dot(m, side.first.v) - side.second["w"] for side in (u, w)]
            return facet.number(self.conductance / facet.conductance_unit) * drops[0] * drops[1]

    yield
    for kind in ("waves", "waves_by_tensors"):
        del Term.kinds[kind]
    del Interface.kinds["shaken"]


@pytest.mark.parametrize("kind", ["waves", "waves_by_tensors"])
@pytest.mark.parametrize("dimension", [1, 2])
def test_a_field_of_one_region_follows_its_own_law(kind, dimension, waves):
    case = read_case(
        STACK.replace("DIMENSION", str(dimension)).replace("waves:", f"{kind}:"), overrides=["solver.degree=2"]
    )
    simulation = Simulation(case, Session(MPI.COMM_SELF).device(case))
    solution = simulation.solution()
    x = np.array([20e-9, 70e-9])
    _, v = solution.at(np.stack([x, 0 * x, 0 * x], axis=1))
    inside, outside = SIGMA / DECAY * np.tanh(THICK / DECAY), SIGMA / LAMBDA
    load = 1 / (1 / CONTACT + 1 / inside)  # of the metal's end, S/m^2
    far = (THICK - x) / LAMBDA
    whole = outside * np.cosh(THICK / LAMBDA) + load * np.sinh(THICK / LAMBDA)
    assert v[:, 2] == pytest.approx(1e-3 * (outside * np.cosh(far) + load * np.sinh(far)) / whole, rel=1e-6)
    at_contact = 1e-3 * outside / whole * load / inside
    found = solution.scalar_at("w", np.stack([THICK + x, 0 * x, 0 * x], axis=1))
    assert found == pytest.approx(at_contact * np.cosh((THICK - x) / DECAY) / np.cosh(THICK / DECAY), rel=1e-6)
    assert not solution.scalar_at("w", np.stack([x, 0 * x, 0 * x], axis=1)).any()
    nodes = len(np.unique(solution.nodal_values[:, solution.layout.fields["w"].start].nonzero()))
    assert simulation.operator(solution.problem).constraints.fields["w"].getSize() == nodes
    assert solution.problem.symmetric


def test_without_the_term_there_is_no_such_field(waves):
    case = read_case(
        STACK.replace("DIMENSION", "1").replace(", terms: {waves: {length: 40 nm}}", ""), overrides=["interfaces={}"]
    )
    problem = Simulation(case, Session(MPI.COMM_SELF).device(case)).problem()
    assert problem.layout.scalars == () and problem.layout.size == 2
