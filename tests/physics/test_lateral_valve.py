"""The 3D lateral valve against the one-dimensional formula of Takahashi and Maekawa, where that formula holds and where it must not."""

import copy
from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.schema import Case
from spinfem.geometry.build import build_device
from spinfem.model.drive import Drive
from spinfem.study.accuracy import measure
from spinfem.study.simulation import Simulation
from spinfem.theory.lateral_valve import Contact, Wire, nonlocal_resistance

NM = 1e-9
WIRE = {"conductivity": 2e7, "length": 500 * NM}
MAGNET = {"conductivity": 1e6, "length": 20 * NM, "polarization": 0.5}
# Narrow: width and thickness below lambda_N / 10, and below (sigma_N / sigma_F) lambda_F = 400 nm, so that a contact draws a uniform
# current. The wire is much longer than lambda_N, the pillars are much higher than lambda_F: what is injected falls short by 1/cosh(height/lambda_F).
WIDTH, THICKNESS, PILLAR = 40.0, 15.0, 160.0


def valve(separation, contact_width=10.0, barrier=None, observables=None, **solver):
    """The Case of a valve, lengths in nm; barrier: (resistance-area product in ohm m^2, polarization)."""
    magnet = {
        "material": {
            "conductivity": f"{MAGNET['conductivity']} S/m",
            "spin_diffusion_length": f"{MAGNET['length']} m",
            "polarization": MAGNET["polarization"],
        },
        "magnetization": "+y",
    }
    interface = barrier and {"resistance_area": f"{barrier[0]} ohm m^2", "polarization": barrier[1]}
    return Case.model_validate(
        {
            "title": "valve",
            "geometry": {
                "script": str(Path(__file__).with_name("pillar_valve.geo")),
                "parameters": {
                    "separation": f"{separation} nm",
                    "contact_width": f"{contact_width} nm",
                    "wire_width": f"{WIDTH} nm",
                    "wire_thickness": f"{THICKNESS} nm",
                    "pillar_height": f"{PILLAR} nm",
                },
            },
            "mesh": {"resolution": 0.5, "rim": 1.0},
            "regions": {
                "wire": {
                    "material": {
                        "conductivity": f"{WIRE['conductivity']} S/m",
                        "spin_diffusion_length": f"{WIRE['length']} m",
                    }
                },
                "injector": magnet,
                "detector": copy.deepcopy(magnet),
            },
            "interfaces": {"injector/wire": interface, "detector/wire": dict(interface)} if barrier else {},
            "terminals": {
                "injector_end": {"current": "1 mA"},
                "wire_left": {"voltage": "0 V", "spin": "sink"},
                "wire_right": {"floating": True, "spin": "sink"},
                "detector_end": {"floating": True},
            },
            "observables": [
                {
                    "nonlocal_resistance": {
                        "plus": "detector_end",
                        "minus": "wire_right",
                        "drive": "injector_end",
                        "flip": "detector",
                        "name": "R",
                    }
                },
                *(observables or []),
            ],
            "solver": {"error_estimate": False, **solver},
        }
    )


def resistances(case):
    simulation = Simulation(case, build_device(case, MPI.COMM_WORLD))
    return {m.name: m.value for m in measure(case, simulation).measurements}


def formula(separation, contact_width=10.0, barrier=None):
    wire = Wire(WIRE["conductivity"], WIRE["length"], WIDTH * THICKNESS * NM**2)
    contact = Contact(
        MAGNET["conductivity"],
        MAGNET["length"],
        MAGNET["polarization"],
        WIDTH * contact_width * NM**2,
        *(barrier or ()),
    )
    return nonlocal_resistance(wire, contact, contact, separation * NM)


@pytest.mark.parametrize("separation", [150.0, 300.0, 600.0])
@pytest.mark.parametrize("barrier", [None, (1e-12, 0.3)], ids=["transparent", "tunnel"])
def test_narrow_valve_is_the_formula_within_one_per_cent(barrier, separation):
    found = resistances(valve(separation, barrier=barrier))
    expected = formula(separation, barrier=barrier)
    assert found["R.parallel"] == pytest.approx(expected, rel=0.01)
    assert found["R.antiparallel"] == pytest.approx(-expected, rel=0.01)
    assert found["R.difference"] == pytest.approx(2 * expected, rel=0.01)


def test_a_wide_contact_departs_as_its_length_says():
    """Tunnel contacts inject along their whole length w, so exp(-L/lambda) is averaged over both: sinh(w/2 lambda)/(w/2 lambda) for each."""
    separation, width, barrier = 1200.0, 1000.0, (1e-12, 0.3)
    half = width * NM / (2 * WIRE["length"])
    found = resistances(valve(separation, width, barrier))["R.parallel"]
    assert found > 1.3 * formula(separation, width, barrier)
    assert found == pytest.approx(formula(separation, width, barrier) * (np.sinh(half) / half) ** 2, rel=0.01)


def test_reciprocity():
    """Driving the detector and measuring at the injector gives the same resistance (diffusive reciprocity)."""
    case = valve(200.0, barrier=(1e-15, 0.4))
    simulation = Simulation(case, build_device(case, MPI.COMM_WORLD, coarsen=1.5))
    forth = simulation.solution().readings
    back = simulation.solution(drive=Drive(currents={"detector_end": 1e-3, "wire_right": -1e-3})).readings
    r_forth = (forth["detector_end"].potential - forth["wire_right"].potential) / 1e-3
    r_back = (back["injector_end"].potential - back["wire_left"].potential) / 1e-3
    assert r_back == pytest.approx(r_forth, rel=1e-9)


def test_injection_efficiency_follows_the_mismatch():
    """Tunnel contacts inject P_I; transparent ones (P_F r_F/(1-P_F^2)) / (r_F/(1-P_F^2) + r_N/2) for an isolated injector."""
    eta = [{"injection_efficiency": {"contact": "injector/wire", "name": "eta"}}]
    assert resistances(valve(600.0, barrier=(1e-11, 0.3), observables=eta))["eta"] == pytest.approx(0.3, rel=0.02)
    wire = Wire(WIRE["conductivity"], WIRE["length"], WIDTH * THICKNESS * NM**2)
    contact = Contact(MAGNET["conductivity"], MAGNET["length"], MAGNET["polarization"], WIDTH * 10 * NM**2)
    q, s = contact.load(wire)
    assert resistances(valve(600.0, observables=eta))["eta"] == pytest.approx(2 * q / s, rel=0.05)
