"""The device of a case as other programs need it: boxes, materials and the faces where current enters or a voltage is read."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

TREE = Path(__file__).parents[2]
CASE = TREE / "cases/nonlocal_valve.yaml"
NM = 1e-9
REFERENCE = 7.9094e-3  # ohm, P - AP: NGSolve, hp cells, order 5 and 6, to 0.0004 mohm


@dataclass(frozen=True)
class Device:
    """Lengths in nm. `blocks`: region -> ((x0, x1), (y0, y1), (z0, z1)), the wire first; `terminals`: name -> (axis, coordinate, block) of the face;
    `materials`: region -> conductivity (S/nm), polarization, spin diffusion length."""

    blocks: dict[str, list]
    terminals: dict[str, list]
    materials: dict[str, dict[str, float]]

    def save(self, path):
        Path(path).write_text(json.dumps(asdict(self), indent=2))

    @classmethod
    def load(cls, path):
        return cls(**json.loads(Path(path).read_text()))

    def area(self, terminal):
        """nm^2"""
        axis, _, block = self.terminals[terminal]
        sides = [high - low for low, high in block]
        return sides[axis - 1] * sides[axis - 2]


def device_of(case_file=CASE):
    """The Device of the lateral valve's case; what it does not set is the default of the script."""
    from spinfem.case.devices import scripts
    from spinfem.case.reader import load_case

    case = load_case(case_file)
    number = {p.name: float(p.default) for p in scripts()["nonlocal_valve"].parameters} | _chosen(case)
    length, width, thickness = (number[f"wire_{name}"] / 2 for name in ("length", "width", "thickness"))
    wire = [[-length, length], [-width, width], [0, 2 * thickness]]
    blocks = {"wire": wire}
    for name, sign in (("injector", -1), ("detector", 1)):
        middle, half = sign * number["separation"] / 2, number[f"{name}_width"] / 2
        end, top = number["electrode_length"] / 2, wire[2][1] + number["electrode_thickness"]
        blocks[name] = [[middle - half, middle + half], [-end, end], [wire[2][1], top]]
    terminals = {
        "wire_left": [0, -length, wire],
        "wire_right": [0, length, wire],
        "injector_end": [1, blocks["injector"][1][1], blocks["injector"]],
        "detector_end": [1, blocks["detector"][1][1], blocks["detector"]],
    }
    return Device(blocks, terminals, {name: _numbers(case.regions[name].material) for name in blocks})


def _chosen(case):
    return {name: given.counted_in("nm") for name, given in case.geometry.parameters.items()}


def _numbers(material):
    return {
        "conductivity": material.conductivity * NM,
        "polarization": material.polarization,
        "length": material.spin_diffusion_length / NM,
    }
