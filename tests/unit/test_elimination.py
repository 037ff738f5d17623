"""Charge eliminated from spin, for preconditioners: coefficients, nodes, and iterations as P comes near to 1."""

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc
from scipy import sparse

from spinfem.algebra.elimination import eliminated
from spinfem.algebra.preparation import following, uncoupled_where_held
from spinfem.case.schema import Case
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers interface types)
from tests.boxes import bar

FIELDS = {"phi": slice(0, 1), "v": slice(1, 4), "T": slice(4, 5)}
METAL = {"conductivity": "8 MS/m", "spin_diffusion_length": "500 nm"}
MAGNET = {"conductivity": "8 MS/m", "spin_diffusion_length": "20 nm"}
DEVICES = {
    "collinear": {},
    "antiparallel": {"last": {"magnetization": "-z"}},
    "at an angle": {"last": {"magnetization": "+x"}},
    "a weak magnet": {"last": {"magnetization": [1, 1, 1], "dephasing_length": "5 nm"}},
    "a contact": {"interfaces": {"b/c": {"resistance_area": "1 fohm m^2", "polarization": 0.5}}},
    "spins that stay": {
        "terminals": {
            "left": {"current": "1 mA", "spin": "reflecting"},
            "right": {"voltage": "0 V", "spin": "reflecting"},
        }
    },
    "spins that turn": {"metal": {"spin_lifetime": "10 ps"}, "magnetic_field": ["1 T", "0 T", "0 T"]},
    "spin Hall effect": {"metal": {"spin_hall_angle": 0.1}},
}


def valve(polarization, cells=2, middle=None, last=None, metal=None, method="iterative", comm=MPI.COMM_SELF, **more):
    """Magnet, metal (a magnet too, if `middle` is its magnetization), magnet in 3D; `cells` for each 10 nm."""
    magnet = {"material": MAGNET | {"polarization": polarization}, "magnetization": "+z"}
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve.geo"},  # never opened: the test brings its mesh
            "regions": {
                "a": magnet,
                "b": magnet | {"magnetization": middle} if middle else {"material": METAL | (metal or {})},
                "c": magnet | (last or {}),
            },
            "terminals": {"left": {"current": "1 mA", "spin": "sink"}, "right": {"voltage": "0 V", "spin": "sink"}},
            "solver": {"method": method},
            **more,
        }
    )
    return Simulation(case, bar(comm, [(name, 20, 2 * cells) for name in "abc"], 20, 2 * cells, 3))


def blocks_of(simulation):
    """(blocks of the operator as scipy matrices, D, E) of a Simulation."""
    operator = simulation.operator(simulation.problem())
    blocks = {}
    for pair, block in operator.blocks.items():
        entries = block.convert("aij", PETSc.Mat()).getValuesCSR()  # of views too
        blocks[pair] = sparse.csr_matrix(entries[::-1], block.getSize())
    full = operator.matrix.getPythonContext()
    assert uncoupled_where_held(full, operator.constraints) is full
    return blocks, *following(full, operator.constraints, True)["v"]


def iterations(*given, **more):
    return valve(*given, **more).solution().report.iterations


def test_coefficients_are_of_the_schur_complement_of_each_class():
    rng = np.random.default_rng(1)
    root = rng.normal(size=(3, 5, 5))
    tensors = np.stack([root @ root.swapaxes(1, 2), root])
    tensors[0, 2, 0] = tensors[0, 2, :, 0] = 0.0  # an insulator
    found = eliminated(tensors, FIELDS)
    for given, left in list(zip(tensors[0], found[0], strict=True))[:2]:
        for field in ("v", "T"):
            both = np.r_[0, FIELDS[field]]
            expected = np.linalg.inv(np.linalg.inv(given[np.ix_(both, both)])[1:, 1:])
            assert left[FIELDS[field], FIELDS[field]] == pytest.approx(expected)
    assert (found[0, 2] == tensors[0, 2]).all() and (found[0, :, 0] == tensors[0, :, 0]).all()
    assert (found[1] == tensors[1]).all()


def test_in_a_magnet_alone_charge_follows_exactly():
    blocks, D, E = blocks_of(valve(0.95, middle="+z"))
    assert E is D and D.data == pytest.approx(0.95)
    assert abs(blocks["phi", "v"] - blocks["phi", "phi"] @ D).max() < 1e-9


def test_outside_magnets_what_follows_fades():
    blocks, D, _ = blocks_of(valve(0.95, cells=4))
    a = blocks["phi", "phi"]
    jumping = D.copy()
    jumping.data[D.data < 0.95 * (1 - 1e-9)] = 0.0
    fading, sharp = (d @ np.ones(d.shape[1]) for d in (D, jumping))
    assert D.data.min() > -0.05 and D.data.max() == pytest.approx(0.95)
    assert fading @ (a @ fading) < 0.6 * sharp @ (a @ sharp)


@pytest.mark.parametrize("device", [name for name in DEVICES if name != "spins that stay"])
def test_iterations_hardly_grow_as_the_polarization_comes_near_to_1(device):
    few, many, most = (iterations(P, **DEVICES[device]) for P in (0.4, 0.95, 0.99))
    assert many <= 1.5 * few and most <= 2.5 * few


def test_where_charge_is_held_and_spin_is_not_all_stays_as_it_is():
    simulation = valve(0.95, **DEVICES["spins that stay"])
    operator = simulation.operator(simulation.problem())
    assert operator.prepared["v"] is operator.blocks["v", "v"]


@pytest.mark.parametrize("conductivity", ["80 MS/m", "8 MS/m", "0.8 MS/m"])
def test_iterations_at_a_polarization_near_1_stay_as_cells_shrink(conductivity):
    counts = [iterations(0.95, cells=cells, metal={"conductivity": conductivity}) for cells in (1, 2, 4)]
    assert max(counts) < 1.3 * min(counts)


@pytest.mark.parametrize("device", DEVICES)
def test_the_solution_is_that_of_the_direct_solver(device):
    by_steps, at_once = (valve(0.95, method=method, **DEVICES[device]).solution() for method in ("iterative", "direct"))
    expected = at_once.potentials.x.array
    assert by_steps.potentials.x.array == pytest.approx(expected, abs=1e-9 * np.abs(expected).max())
