"""The two imbalances of spin, and the bridge of a solved device, where both are known."""

from functools import cache

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.reader import read_case
from spinfem.case.source import CaseSource
from spinfem.constants import ELECTRON_CHARGE, HBAR
from spinfem.geometry.recipe import outline_of
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.theory.two_channels import layer, two_channels
from spinfem.theory.two_magnets import Film
from tests.commands import CASES

PRODUCT = 0.658e-15
STACK = """
geometry: {{layers: [{{name: magnet, thickness: 200 nm}}, {{name: metal, thickness: 4 um}}], width: 100 nm, depth: 100 nm}}
regions:
  magnet: {{material: {{conductivity: 5e6 S/m, spin_diffusion_length: 20 nm, polarization: 0.4}}, magnetization: +x}}
  metal: {{material: {{conductivity: 4e7 S/m, spin_diffusion_length: 300 nm}}}}
terminals: {{left: {{current: 1 mA, spin: sink}}, right: {{voltage: 0 V, spin: sink}}}}
accuracy: 1e-5
observables: [{}]
"""


def numbers(case, *observables):
    return {m.name: m.value for m in run(case, Session(MPI.COMM_SELF)).results.measurements}


@cache
def of_stack():
    return numbers(
        read_case(STACK.format("{spin_imbalance: {contact: magnet/metal, resistivity_mean_free_path: 0.658 fohm m^2}}"))
    )


def test_what_piles_up_before_a_long_lead():
    """2 v = 2 P j/(g_F + g_N)."""
    g = 5e6 * (1 - 0.4**2) / 20e-9 + 4e7 / 300e-9
    assert of_stack()["spin_imbalance.nonlocal"] == pytest.approx(2 * 0.4 * 1e11 / g, rel=1e-5)


def test_the_local_one_is_smaller_by_the_mean_free_path_over_the_spin_diffusion_length():
    assert of_stack()["spin_imbalance.ratio"] == pytest.approx(PRODUCT * 4e7 / 300e-9, rel=1e-5)
    ratio = of_stack()["spin_imbalance.local"] / of_stack()["spin_imbalance.nonlocal"]
    assert of_stack()["spin_imbalance.ratio"] == pytest.approx(ratio, rel=1e-12)


def test_free_electrons_of_copper():
    """The number that the case gives."""
    fermi = 13.6e9
    assert pytest.approx(3 * np.pi**2 * HBAR / (ELECTRON_CHARGE**2 * fermi**2), rel=2e-3) == PRODUCT


def test_the_bridge_of_a_solved_device_is_that_of_its_layers():
    results = run(read_case(STACK.format("conductance_matrix")), Session(MPI.COMM_SELF)).results
    (text,) = [d.text for d in results.documents if d.file_name == "conductance_matrix.bridge.cir"]
    found = {tuple(line.split()[1:3]): float(line.split()[3]) for line in text.splitlines() if line.startswith("R_")}
    films = Film(200e-9, 5e6, 20e-9, 0.4), Film(4e-6, 4e7, 300e-9)
    one, two = (layer(film, 1e-14) for film in films)
    exact = two_channels(one.renamed({"right": "p"}).joined(two.renamed({"left": "q"}), {"p": "q"}), (0, 0, 1))
    expected = {(a, b): ohm for a, b, ohm in exact.resistors()}
    assert found == {pair: pytest.approx(ohm, rel=1e-4) for pair, ohm in expected.items()}


def test_magnets_at_an_angle_have_no_bridge():
    files = {
        d.file_name
        for d in run(CaseSource.of_file(CASES / "lumped_element.yaml").case(), Session(MPI.COMM_SELF)).results.documents
    }
    assert "conductance_matrix.cir" in files and "conductance_matrix.bridge.cir" not in files


@cache
def of_pillar(width):
    settings = (f"geometry.parameters.lead_width={width} nm", "accuracy=0.5 %")
    return numbers(CaseSource.of_file(CASES / "spin_imbalance.yaml", settings).case())


def test_a_lead_that_flares_takes_what_has_piled_up_and_not_the_current():
    """The published case (docs/gallery.md); a lead as wide as the pillar is one of layers."""
    straight, wide = of_pillar(100), of_pillar(3000)
    assert straight["spin_imbalance.ratio"] == pytest.approx(PRODUCT * 3.5e7 / 350e-9 / np.tanh(1500 / 350), rel=1e-3)
    assert wide["spin_imbalance.nonlocal"] / straight["spin_imbalance.nonlocal"] == pytest.approx(0.405, abs=0.004)
    assert wide["spin_imbalance.local"] / straight["spin_imbalance.local"] == pytest.approx(1.58, abs=0.01)


@pytest.mark.parametrize(
    "keys, message",
    [
        ("side: magnet", "must be a normal metal of that contact: metal"),
        ("resistivity_mean_free_path: -1 fohm m^2", "greater than 0"),
        ("resistivity_mean_free_path: 40 nm", "resistance times an area"),
    ],
)
def test_bad_input(keys, message):
    with pytest.raises(CaseError, match=message):
        checked(STACK.format(f"{{spin_imbalance: {{contact: magnet/metal, {keys}}}}}"))


def checked(text):
    case = read_case(text)
    if faults := cross_check(case, outline_of(case)):
        raise CaseError(faults)
