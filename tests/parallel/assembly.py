"""What test_assembly.py launches on several ranks: how far the operator of each device is from that of its form, as JSON."""

import json
import sys

from mpi4py import MPI
from petsc4py import PETSc

from spinfem.algebra.full_operator import submatrices
from spinfem.case.schema import Case
from spinfem.study.simulation import Simulation
from tests.boxes import bar

PY, WEAK = "Py @ 4.2 K", {"dephasing_length": "2 nm", "precession_length": "3 nm"}
TUNNEL = {"b/c": {"resistance_area": "1 fohm m^2", "polarization": 0.4}}
TURNS = {"b/c": {"resistance_area": "1 fohm m^2", "spin_rotation": ["30 deg", "0 deg", "70 deg"]}}
MIXING = {"b/c": {"type": "circuit", "conductance_up": "3e14 S/m^2", "conductance_down": "1e14 S/m^2",
                  "mixing_conductance": "3e14 S/m^2", "mixing_conductance_imaginary": "1e14 S/m^2"}}  # fmt: skip
LEADS = {
    "left": {"voltage": "1 mV", "resistance": "2 ohm", "spin": {"lead": "Cu @ 4.2 K"}},
    "right": {"voltage": "0 V", "spin": "sink"},
}
WARM = {"base": PY, "seebeck_coefficient": "-20 uV/K", "spin_seebeck_coefficient": "-4 uV/K"}
WALL = {"expression": ["sin(x/(7*nm))", "0", "cos(x/(7*nm))"]}
# name -> (magnetization of a, of c, what else stands in the case, dimension, degree)
DEVICES = {
    "1d": ("+z", "+z", {}, 1, 4),
    "2d": ("+z", "-z", {}, 2, 3),
    "3d": ("+z", "+z", {}, 3, 2),
    "3d of degree 3": ("+z", [1, 0, 1], {}, 3, 3),
    "3d of degree 1": ("+z", [1, 0, 1], {}, 3, 1),
    "at an angle, tunnel contact": ("+z", [1, 0, 1], {"interfaces": TUNNEL}, 3, 2),
    "mixing conductance": ("+z", [1, 0, 1], {"interfaces": MIXING}, 2, 2),
    "leads": ("+z", [1, 0, 1], {"terminals": LEADS}, 2, 2),
    "texture": ("+z", WALL, {}, 2, 2),
    "weak": ("+z", [1, 0, 1], {"weak": True}, 2, 2),
    "spin Hall": ("+z", "+z", {"hall": True}, 2, 2),
    "field": ("+z", "+z", {"field": ["20 mT", "0 T", "90 mT"], "metal": {"spin_lifetime": "20 ps", "spin_lifetime_anisotropy": 3}}, 3, 2),
    "spin-orbit": ("+z", [1, 0, 1], {"terms": {"spin_orbit": {"rashba": "40 /um", "dresselhaus": "10 /um"}}}, 2, 2),
    "an interface that turns spins": ("+z", "+z", {"interfaces": TURNS}, 3, 1),
    "current of spins": ("+z", [1, 0, 1], {"terminals": {"left": {"current": "1 mA", "spin": {"current": ["1 uA", "0 A", "1 uA"]}},
                                                         "right": {"voltage": "0 V", "spin": "sink"}}}, 3, 2),
    "heat": ("+z", [1, 0, 1], {"heat": "300 K", "interfaces": TUNNEL, "terminals": LEADS}, 3, 2),
    "heat in a texture": ("+z", WALL, {"heat": "300 K"}, 2, 2),
}  # fmt: skip


def problem_of(name, degree=None):
    """The Problem of one of DEVICES, with elements of its degree or of another one."""
    first, last, more, dimension, own = DEVICES[name]
    metal = {"base": "Cu @ 4.2 K"} | ({"spin_hall_angle": 0.1} if more.get("hall") else more.get("metal", {}))
    magnet = WARM if more.get("heat") else PY
    case = {
        "geometry": {"script": "nonlocal_valve.geo"},  # never opened
        "regions": {
            "a": {"material": magnet, "magnetization": first},
            "b": {"material": metal, "terms": more.get("terms", {})},
            "c": {"material": magnet, "magnetization": last} | (WEAK if more.get("weak") else {}),
        },
        "magnetic_field": more.get("field"),
        "heat": more.get("heat"),
        "interfaces": more.get("interfaces", {}),
        "terminals": more.get("terminals", {"left": {"current": "1 mA"}, "right": {"voltage": "0 V"}}),
    }
    case = Case.model_validate(case)
    solver = case.solver.model_copy(update={"degree": degree or own})  # of any degree that the kernel knows
    layers = [("a", 10, 2), ("b", 30, 3), ("c", 10, 2)]
    device = bar(MPI.COMM_WORLD, layers, across=20, cells_across=3, dimension=dimension)
    return Simulation(case.model_copy(update={"solver": solver}), device).problem()


def differences(problem):
    """(largest difference of the products with a vector, of the transposed, of the blocks of the reduced operator), each relative to the largest number."""
    made, oracle = problem.assemble(), problem.assembled(problem.form)
    x, expected = oracle.createVecs()
    found = made.createVecLeft()
    x.setRandom()
    result = []
    for way in ("mult", "multTranspose"):
        getattr(oracle, way)(x, expected)
        getattr(made, way)(x, found)
        result.append(_off(found, expected))
    blocks = made.getPythonContext().blocks(problem.constraints)
    wanted = submatrices(oracle.ptap(problem.constraints.free), problem.constraints)
    largest = max(block.norm(PETSc.NormType.INFINITY) for block in wanted.values())
    for pair, block in wanted.items():
        if pair in blocks:
            block.axpy(-1.0, blocks[pair], PETSc.Mat.Structure.DIFFERENT_NONZERO_PATTERN)
        result.append(block.norm(PETSc.NormType.INFINITY) / largest)
    return result


def _off(found, expected):
    size = expected.norm(PETSc.NormType.NORM_INFINITY)
    found.axpy(-1.0, expected)
    return found.norm(PETSc.NormType.NORM_INFINITY) / size


def measures():
    """Name of a device -> its largest difference."""
    return {name: float(max(differences(problem_of(name)))) for name in DEVICES}


if __name__ == "__main__":
    told = measures()
    if MPI.COMM_WORLD.rank == 0:
        sys.stdout.write(json.dumps(told))
