"""A magnet on a heavy metal, moved by the spin Hall effect of a current in the plane.

An easy axis in the plane along the spins that arrive: m leaves it where a_J = alpha gamma (B + B_k + mu_0 M_s/2) (L. Liu, T. Moriyama, D. C. Ralph,
R. A. Buhrman, PRL 106, 036601 (2011); docs/dynamics.md), a_J the rate of the torque near the axis.
"""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.api.case import load
from spinfem.constants import VACUUM_PERMEABILITY
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.theory.macrospin import gyromagnetic_ratio

DAMPING, SATURATION, ANISOTROPY, CURRENT = 0.01, 8e5, 0.02, 1e-3
VOLUME = 100e-9 * 4e-9 * 1e-6  # of the permalloy, m^3
TILT = 0.5  # degrees


@pytest.fixture(scope="module")
def session():
    return Session(MPI.COMM_SELF)


@pytest.fixture(scope="module")
def bilayer():
    return load("pt_py_bilayer").changed(
        {
            "terminals.left": {"current": CURRENT, "spin": "reflecting"},
            "observables": [{"spin_torque": {"magnet": "magnet", "spins_along": "+z", "drive": "left"}}],
            "mesh.resolution": 4,
            "solver.error_estimate": False,
            "sweep": {},
            "plots": [],
        }
    )


def moving(bilayer, **more):
    magnet = {
        "damping": DAMPING,
        "saturation_magnetization": SATURATION,
        "anisotropy": {"axis": "+z", "field": ANISOTROPY},
        "demagnetization": [0, 1, 0],  # the normal is y
    }
    dynamics = {"magnets": {"magnet": magnet}, "until": 5e-9, "rows": 101, "torque_error": 1e-3} | more
    return bilayer.changed({"regions.magnet.magnetization": "+z", "observables": [], "dynamics": dynamics})


@pytest.fixture(scope="module")
def critical(bilayer, session):
    """The threshold by the formula, A, from the torque of a magnet that stays where it is, a little off the axis."""
    case = bilayer.changed({"regions.magnet.magnetization": {"polar": f"{TILT} deg", "azimuth": "0 deg"}})
    found = {m.name: m.value for m in run(case, session).results.measurements}

    across = np.array([np.cos(np.radians(TILT)), 0.0, -np.sin(np.radians(TILT))])  # away from the axis
    size = found["spin_torque"] @ across / np.sin(np.radians(TILT))
    rate = gyromagnetic_ratio() * size / (SATURATION * VOLUME)
    needed = DAMPING * gyromagnetic_ratio() * (ANISOTROPY + VACUUM_PERMEABILITY * SATURATION / 2)
    return CURRENT * needed / rate


def test_the_threshold_is_that_of_an_easy_axis_in_the_plane(bilayer, session, critical):
    case = moving(bilayer, drive={"terminal": "left", "current": 0.0}, threshold={"to": 3 * critical})
    found = {m.name: m.value for m in run(case, session).results.measurements}
    assert found["dynamics.critical_current"] == pytest.approx(critical, rel=1e-3)


@pytest.mark.parametrize(("times", "moves"), [(0.8, False), (1.3, True), (-3.0, False)])
def test_beyond_it_m_moves_and_the_other_current_holds_it(bilayer, session, critical, times, moves):
    case = moving(bilayer, drive={"terminal": "left", "current": times * critical}, until=3e-8)
    case = case.changed({"dynamics.magnets.magnet.start": {"polar": "2 deg", "azimuth": "0 deg"}})
    (table,) = (t for t in run(case, session).results.tables if t.name.startswith("motion"))
    least = table.columns["m_z"][1][-20:].min()
    assert least < 0.9 if moves else least > np.cos(np.radians(2.0))
