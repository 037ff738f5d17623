"""Layers that repeat: as many as if they stood in a list, and the magnetoresistance of a superlattice in closed form."""

import pytest
from mpi4py import MPI

from spinfem.case.faults import CaseError
from spinfem.case.reader import read_case
from spinfem.study.run import run
from spinfem.study.session import Session

P, MAGNET, SPACER = 0.7, 3.0, 1.0  # nm
LATTICE = """
geometry:
  layers:
    - repeat: {repeat}
      layers:
        - {{name: a, thickness: 3 nm}}
        - {{name: n, thickness: 1 nm}}
        - {{name: b, thickness: 3 nm}}
        - {{name: n, thickness: 1 nm}}
regions:
  a: &magnet {{material: {{conductivity: 1e7 S/m, spin_diffusion_length: {length} um, polarization: 0.7}}, magnetization: +x}}
  n: {{material: {{conductivity: 1e7 S/m, spin_diffusion_length: {length} um}}}}
  b: *magnet
terminals: {{left: {{current: 1 A, spin: sink}}, right: {{voltage: 0 V, spin: sink}}}}
observables: [magnetoresistance: {{plus: left, minus: right, rotate: b}}]
solver: {{method: direct, degree: 2, error_estimate: false}}
mesh: {{resolution: 1000}}
"""


def lattice(repeat=5, length=1000, *overrides):
    return read_case(LATTICE.format(repeat=repeat, length=length), overrides=overrides)


def ratio(case):
    found = run(case, Session(MPI.COMM_SELF)).results.measurements
    return next(m.value for m in found if m.name == "magnetoresistance.ratio")


def without_spin_flips():
    """Two currents that never mix (T. Valet, A. Fert, PRB 48, 7099 (1993), section V): r± of a period, (r- - r+)²/(4 r+ r-)."""
    up, down = (MAGNET / (1 + sign * P) + SPACER for sign in (1, -1))
    return (down - up) ** 2 / (4 * up * down)


def test_a_superlattice_without_spin_flips_is_two_resistors():
    assert without_spin_flips() == pytest.approx(0.5575151, abs=1e-7)
    assert ratio(lattice()) == pytest.approx(0.5575151, rel=1e-6)


def test_spin_flips_take_away_the_square_of_length_over_diffusion_length():
    lost = [without_spin_flips() - ratio(lattice(length=length)) for length in (0.4, 0.8, 1.6)]
    assert lost[0] / lost[1] == pytest.approx(4, rel=0.05) and lost[1] / lost[2] == pytest.approx(4, rel=0.02)


def test_repeated_layers_are_those_of_a_list():
    case = lattice(3, 0.01)
    names = [(layer.name, layer.thickness) for layer in case.geometry.stack]
    assert names == [("a", 3e-9), ("n", 1e-9), ("b", 3e-9), ("n", 1e-9)] * 3
    written = [f"{{name: {name}, thickness: {thickness!r} m}}" for name, thickness in names]
    listed = lattice(3, 0.01, f"geometry.layers=[{', '.join(written)}]")
    assert ratio(case) == pytest.approx(ratio(listed), rel=1e-14)
    nested = "geometry.layers=[{repeat: 3, layers: [{name: a, thickness: 3 nm}, {repeat: 2, layers: [{name: n, thickness: 0.5 nm}]}]}]"
    assert [layer.name for layer in lattice(1, 1, nested).geometry.stack] == ["a", "n", "n"] * 3


@pytest.mark.parametrize(
    ("setting", "key", "words"),
    [
        ("geometry.layers.0.repeat=0", "geometry.layers.0.repeat", "at least 1"),
        ("geometry.layers.0.repeat=2.5", "geometry.layers.0.repeat", "whole number"),
        ("geometry.layers.0.repeat=5000", "geometry.layers", "makes 20,000 layers; 10,000 are allowed"),
        ("geometry.layers.0.layers=[]", "geometry.layers.0.layers", "0 entries"),
        ("geometry.layers.0.layers.1.thickness=1", "geometry.layers.0.layers.1.thickness", "has no unit"),
        ("geometry.layers.0.layers.1.thicknes=1 nm", "geometry.layers.0.layers.1.thicknes", "did you mean"),
        ("geometry.layers.0.layers.1.name=left", "geometry.layers.0.layers.1.name", "one of the two terminals"),
        ("geometry.layers.0.layers.1.width=1 nm", "geometry.layers.0.layers.1.width", "in 1D all layers"),
    ],
)
def test_bad_repetitions(setting, key, words):
    with pytest.raises(CaseError) as caught:
        lattice(5, 1, setting)
    (fault,) = caught.value.faults
    assert fault.key == key and words in fault.message
