"""Every kind of contact against the circuit that it stands for."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.kinds import read_interface
from spinfem.case.region import Region
from spinfem.case.schema import Case
from spinfem.study.simulation import Simulation
from spinfem.theory.interface import Bands, between_diffusive_metals
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar

NM = 1e-9
AREA = 20 * NM * 10 * NM
CURRENT = 1e-6
THICKNESS = {"f1": 10, "n": 10, "f2": 10}
Z = np.array([0.0, 0.0, 1.0])


def direction(angle, azimuth=0.3):
    return np.array([np.sin(angle) * np.cos(azimuth), np.sin(angle) * np.sin(azimuth), np.cos(angle)])


def solve(interfaces, magnets, materials=None, names=("f1", "n", "f2"), weak=None, layers=None, dimension=2, **solver):
    """Layers f1, n, f2 (10 nm each) that conduct so well that only their interfaces matter, between spin sinks."""
    layers, depth = layers or [(name, 10, 6) for name in names], 10 * NM if dimension == 2 else AREA
    names = [name for name, _, _ in layers]
    device = bar(MPI.COMM_WORLD, layers, across=20, cells_across=2, dimension=dimension, depth=depth)
    good = {"conductivity": "1e12 S/m", "spin_diffusion_length": "1 mm"}
    regions = {name: {"material": good | (materials or {}).get(name, {})} for name in names}
    for name, m in magnets.items():
        regions[name] |= {"magnetization": list(map(float, m))} | (weak or {}).get(name, {})
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},
            "mesh": {},
            "regions": regions,
            "interfaces": interfaces,
            "terminals": {
                "left": {"current": f"{CURRENT} A", "spin": "sink"},
                "right": {"voltage": "0 V", "spin": "sink"},
            },
            "solver": solver,
        }
    )
    return Simulation(case, device).solution()


def circuit(up, down, real, imaginary=0.0):
    keys = ("conductance_up", "conductance_down", "mixing_conductance", "mixing_conductance_imaginary")
    return {"type": "circuit"} | {
        key: f"{value} S/m^2" for key, value in zip(keys, (up, down, real, imaginary), strict=True)
    }


def node_currents(contact, m, phi, v):
    """(j, J) out of a normal node at (phi, v) into a ferromagnet at phi = 0, s = 0, A/m^2."""
    up, down, real, imaginary = contact
    g, p = up + down, (up - down) / (up + down)
    across = v - (m @ v) * m
    return g * phi + p * g * m @ v, (p * g * phi + g * m @ v) * m + 2 * real * across + 2 * imaginary * np.cross(m, v)


def resistance_of_two_contacts(first, second, m1, m2):
    """Resistance-area product of F1|N|F2 by Kirchhoff's laws at the node, and the node's spin potential per j = 1."""

    def balance(phi_1, phi, v):
        left, spin_left = node_currents(first, m1, phi - phi_1, v)
        right, spin_right = node_currents(second, m2, phi, v)
        return np.array([left + right, *(spin_left + spin_right), right])

    columns = [balance(*x) for x in ((1, 0, np.zeros(3)), (0, 1, np.zeros(3)), *((0, 0, e) for e in np.eye(3)))]
    phi_1, _, *v = np.linalg.solve(np.array(columns).T, [0, 0, 0, 0, 1])
    return phi_1, np.array(v)


@pytest.mark.parametrize("imaginary", [0.0, 2e14])
@pytest.mark.parametrize("angle", np.radians([0, 40, 90, 150]))
def test_circuit_contacts_at_any_angle(angle, imaginary):
    first, second = (6e14, 2e14, 5e14, imaginary), (3e14, 2e14, 4e14, -0.5 * imaginary)
    m1, m2 = Z, direction(angle)
    solution = solve({"f1/n": circuit(*first), "n/f2": circuit(*second)}, {"f1": m1, "f2": m2})
    expected, v = resistance_of_two_contacts(first, second, m1, m2)
    assert solution.readings["left"].potential == pytest.approx(expected * CURRENT / AREA, rel=1e-5)
    _, found = solution.at([[15 * NM, 10 * NM, 0]])
    assert np.allclose(found[0], v * CURRENT / AREA, atol=1e-5 * np.abs(v).max() * CURRENT / AREA)
    turned = imaginary != 0 and 0 < angle < np.pi
    assert ("GMRES" in solution.report.method) == turned
    assert len(solution.problem.basis) == (1 if angle == 0 else 3 if turned else 2)


@pytest.mark.parametrize("angle", np.radians([0, 70, 180]))
def test_magnetic_tunnel_junction_is_julliere_at_any_angle(angle):
    solution = solve(
        {"f1/f2": {"resistance_area": "1e-14 ohm m^2", "polarization": [0.6, 0.4]}},
        {"f1": Z, "f2": direction(angle)},
        names=("f1", "f2"),
    )
    conductance = CURRENT / AREA / solution.readings["left"].potential
    assert conductance == pytest.approx(1e14 * (1 + 0.6 * 0.4 * np.cos(angle)), rel=1e-5)


@pytest.mark.parametrize("angle", np.radians([10, 60, 120, 170]))
@pytest.mark.parametrize("xi", [0.03, 0.5, 2.0, 40.0])
def test_an_unpolarized_contact_of_two_magnets_is_the_closed_form(angle, xi):
    """The contact condition (12) of the paper on magnetization currents, J.n = G (s_1 m_1 - s_2 m_2), with xi = G l/sigma and
    l = lambda/sqrt(1-P^2). Equal magnets with v = 0 far away (docs/physics.md, section 12): with c = sqrt(1-P^2) coth(d/lambda)

        s_1 = -s_2 = P j (l/sigma) / [c + xi (1 + cos theta)],    torque on each = P j xi sin(theta) / [c + xi (1 + cos theta)]
    """
    sigma, diffusion, p, j = 5e6, 8 * NM, 0.6, CURRENT / AREA
    metal = {"conductivity": f"{sigma} S/m", "spin_diffusion_length": f"{diffusion} m", "polarization": p}
    length, m2 = diffusion / np.sqrt(1 - p**2), direction(angle)
    conductance = xi * sigma / length
    contact = {"f1/f2": {"resistance_area": f"{1 / conductance} ohm m^2", "polarization": [0, 0]}}
    magnets = {"f1": Z, "f2": m2}
    layers = [("f1", 10, 24), ("f2", 10, 24)]
    solution = solve(contact, magnets, {"f1": metal, "f2": metal}, layers=layers, dimension=1)
    below = np.sqrt(1 - p**2) / np.tanh(10 * NM / diffusion) + xi * (1 + np.cos(angle))
    s = p * j * length / sigma / below
    torque = p * CURRENT * xi / below
    for region, m, other in (("f1", Z, m2), ("f2", m2, Z)):
        sign = 1 if region == "f2" else -1
        expected = sign * torque * (other - (m @ other) * m)
        assert np.allclose(solution.absorbed(region), expected, atol=2e-6 * torque * np.sin(angle))
    resistance = 20 * NM / sigma + 1 / conductance + 2 * p * s / j
    assert solution.readings["left"].potential / CURRENT * AREA == pytest.approx(resistance, rel=1e-6)


@pytest.mark.parametrize("order", ["f1/n", "n/f1"])
def test_polarization_belongs_to_the_magnet_whichever_side_it_is_named_on(order):
    pair = {"f1/n": [0.4, 0.0], "n/f1": [0.0, 0.4]}[order]
    one = solve({order: {"resistance_area": "1e-14 ohm m^2", "polarization": 0.4}}, {"f1": Z}, names=("f1", "n"))
    two = solve({order: {"resistance_area": "1e-14 ohm m^2", "polarization": pair}}, {"f1": Z}, names=("f1", "n"))
    assert one.readings["left"].potential == two.readings["left"].potential
    assert one.readings["right"].spin_current[2] == pytest.approx(-0.4 * CURRENT, rel=1e-4)


def test_spin_memory_loss_is_a_thin_relaxing_layer():
    """An interface with AR and delta equals a real layer of thickness t = delta lambda and resistivity AR / t."""
    delta, polarization = 0.8, 0.5
    interface = {"resistance_area": "1e-14 ohm m^2", "polarization": polarization, "spin_memory_loss": delta}
    outside = {"n": {"conductivity": "1e6 S/m", "spin_diffusion_length": "8 nm"}}
    thin = solve({"f1/n": interface}, {"f1": Z}, outside, names=("f1", "n"))
    layer = {"conductivity": "1e6 S/m", "spin_diffusion_length": f"{10 / delta} nm", "polarization": polarization}
    thick = solve({}, {"f1": Z, "f2": Z}, outside | {"f2": layer}, names=("f1", "f2", "n"))
    for key, value in (("potential", "left"), ("spin_current", "right")):
        found, expected = (getattr(s.readings[value], key) for s in (thin, thick))
        assert np.allclose(found, expected, rtol=2e-4, atol=1e-12)
    (_, v_thin), (_, v_thick) = (s.at([[x * NM, 10 * NM, 0]]) for s, x in ((thin, 12), (thick, 22)))
    assert np.allclose(v_thin, v_thick, rtol=1e-3, atol=1e-12)


@pytest.mark.parametrize("imaginary", [0.0, 2e14])
@pytest.mark.parametrize("angle", np.radians([0, 70, 180]))
def test_two_magnets_in_circuit_contact_are_two_contacts_in_series(angle, imaginary):
    contact = (6e14, 2e14, 5e14, imaginary)
    magnets = {"f1": Z, "f2": direction(angle)}
    joined = solve({"f1/f2": circuit(*contact)}, magnets, names=("f1", "f2"))
    resistance, _ = resistance_of_two_contacts(contact, contact, *magnets.values())
    assert joined.readings["left"].potential / CURRENT * AREA == pytest.approx(resistance, rel=1e-4)
    apart = solve({"f1/n": circuit(*contact), "n/f2": circuit(*contact)}, magnets)
    for region in magnets:
        scale = np.abs(apart.absorbed(region)).max() + 1e-6 * CURRENT
        assert np.allclose(joined.absorbed(region), apart.absorbed(region), atol=1e-4 * scale)


def test_a_circuit_contact_of_two_normal_metals_is_a_resistive_one():
    magnets = {"f1": direction(1.0)}
    readings = []
    for interface in (circuit(1e14, 1e14, 1e14), {"resistance_area": f"{1 / 2e14} ohm m^2"}):
        contacts = {"f1/n": {"resistance_area": "1e-14 ohm m^2", "polarization": 0.5}, "n/f2": interface}
        readings.append(solve(contacts, magnets).readings["right"])
    assert readings[0].potential == readings[1].potential == 0
    assert np.allclose(readings[0].spin_current, readings[1].spin_current, rtol=1e-10)


def test_large_mixing_conductance_is_a_transparent_contact():
    materials = {name: {"conductivity": "1e7 S/m", "spin_diffusion_length": "20 nm"} for name in ("f1", "n", "f2")}
    materials["f1"]["polarization"] = materials["f2"]["polarization"] = 0.5
    magnets = {"f1": Z, "f2": direction(1.2)}
    contact = circuit(1e21, 1e21, 1e21)
    near = solve({"f1/n": contact, "n/f2": contact}, magnets, materials)
    limit = solve({}, magnets, materials)
    assert near.readings["left"].potential == pytest.approx(limit.readings["left"].potential, rel=1e-4)
    assert np.allclose(near.readings["right"].spin_current, limit.readings["right"].spin_current, atol=1e-4 * CURRENT)


@pytest.mark.parametrize("imaginary", [0.0, 2e14])
def test_torque_and_power_at_circuit_contacts(imaginary):
    """The magnet absorbs what crosses m, 2 G_r v_perp + 2 G_i m x v; Joule heat of the contacts is all the power there is."""
    contact = (6e14, 2e14, 5e14, imaginary)
    m1, m2 = Z, direction(1.2)
    solution = solve({"f1/n": circuit(*contact), "n/f2": circuit(*contact)}, {"f1": m1, "f2": m2})
    _, (v,) = solution.at([[15 * NM, 10 * NM, 0]])
    for region, m in (("f1", m1), ("f2", m2)):
        _, spin = node_currents(contact, m, 0.0, v)
        assert np.allclose(solution.absorbed(region) / AREA, spin - (m @ spin) * m, atol=1e-4 * np.abs(spin).max())
    assert sum(solution.powers().values()) == pytest.approx(solution.power_in(), rel=1e-9)


def test_torque_of_a_tunnel_junction():
    """F2 absorbs G P_1 V across m_2 (Slonczewski, PRB 39, 6995 (1989)), whatever its own polarization."""
    m2 = direction(np.radians(70))
    interface = {"f1/f2": {"resistance_area": "1e-14 ohm m^2", "polarization": [0.6, 0.4]}}
    solution = solve(interface, {"f1": Z, "f2": m2}, names=("f1", "f2"))
    voltage = solution.readings["left"].potential
    expected = 1e14 * 0.6 * voltage * (Z - (Z @ m2) * m2)
    assert np.allclose(solution.absorbed("f2") / AREA, expected, rtol=1e-4, atol=1e-6 * np.abs(expected).max())


def beside_an_insulating_magnet(angle, imaginary):
    """Spins along z enter n at its right end; f1 is an insulating magnet at `angle` to them that closes it on the left. 1D."""
    metal = {"conductivity": "5e6 S/m", "spin_diffusion_length": "6 nm"}
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},
            "mesh": {},
            "regions": {"f1": {"material": metal, "magnetization": list(direction(angle))}, "n": {"material": metal}},
            "interfaces": {"f1/n": circuit(0, 0, 5e14, imaginary)},
            "terminals": {
                "left": {"voltage": "7 mV"},
                "right": {"voltage": "0 V", "spin": {"potential": ["0 V", "0 V", "1 mV"]}},
            },
        }
    )
    device = bar(MPI.COMM_WORLD, [("f1", 10, 4), ("n", 10, 40)], across=20, dimension=1, depth=AREA)
    return Simulation(case, device).solution()


@pytest.mark.parametrize("imaginary", [0.0, 1e14])
@pytest.mark.parametrize("angle", np.radians([0, 40, 90]))
def test_an_insulating_magnet_takes_spins_across_m_and_nothing_else(angle, imaginary):
    """In n v = v_0 cosh + .. sinh; across m J = (2 G_r + 2 G_i m x) v there, along m J = 0. Charge does not cross, in spite of 7 mV."""
    solution = beside_an_insulating_magnet(angle, imaginary)
    m, g, d = direction(angle), 5e6 / (6 * NM), 10 / 6
    mixing = 2 * (5e14 + 1j * imaginary)
    across = Z - (m @ Z) * m
    at_contact = 1e-3 / (np.cosh(d) + mixing / g * np.sinh(d))  # of the part across m, 1j for m x
    expected = (mixing * at_contact).real * across + (mixing * at_contact).imag * np.cross(m, across)
    assert np.allclose(solution.absorbed("f1") / AREA, expected, atol=1e-6 * abs(mixing) * 1e-3)
    _, (v,) = solution.at([[10.0001 * NM, 0, 0]], "n")
    along = 1e-3 * (m @ Z) / np.cosh(d) * m
    found = along + at_contact.real * across + at_contact.imag * np.cross(m, across)
    assert np.allclose(v, found, atol=1e-5 * 1e-3)
    conducting = 5e6 / (20 * NM) * AREA * 7e-3  # what 7 mV would drive through that much metal
    for name in ("left", "right"):
        assert abs(solution.readings[name].current) < 1e-11 * conducting


def test_contacts_in_series_that_one_spin_direction_passes_or_none():
    """With G_up = G_down = 0 two strong magnets have nothing that they could send to each other."""
    device = bar(MPI.COMM_WORLD, [("f1", 10, 4), ("f2", 10, 4)], across=20, dimension=1, depth=AREA)
    metal = {"conductivity": "5e6 S/m", "spin_diffusion_length": "6 nm", "polarization": 0.5}
    for up in (0.0, 4e14):
        case = Case.model_validate(
            {
                "geometry": {"script": "nonlocal_valve_2d.geo"},
                "mesh": {},
                "regions": {name: {"material": metal, "magnetization": m} for name, m in (("f1", "+z"), ("f2", "+x"))},
                "interfaces": {"f1/f2": circuit(up, 0.0, 5e14, 1e14)},
                "terminals": {"left": {"voltage": "1 mV", "spin": "sink"}, "right": {"voltage": "0 V", "spin": "sink"}},
            }
        )
        solution = Simulation(case, device).solution()
        assert np.isfinite(solution.potentials.x.array).all()
        assert (abs(solution.readings["left"].current) > 1e-9 * CURRENT) == (up > 0)
        assert (np.abs(solution.absorbed("f2")).max() > 1e-9 * CURRENT) == (up > 0)
        assert sum(solution.powers().values()) == pytest.approx(solution.power_in(), rel=1e-9, abs=1e-20)


def test_a_contact_of_circuit_theory_says_what_cannot_be():
    regions = [Region(material="Py @ 300 K", magnetization="+z"), Region(material="Cu @ 300 K")]
    for conductances, said in (((0, 0, 0, 1e14), "more than 0 where there is a G_i"), ((2, 0, 0.5, 0), "at least")):
        contact = read_interface(circuit(*conductances))
        assert any(said in message for _, _, message in contact.faults(*regions))
    for conductances, conducts in (((0, 0, 5, 1), False), ((0, 0, 0, 0), False), ((0, 2, 1, 0), True)):
        contact = read_interface(circuit(*conductances))
        assert list(contact.faults(*regions)) == [] and contact.conducts == conducts


def test_a_contact_from_bands_is_that_of_its_conductances():
    bands = {"type": "bands", "normal": "13.6 1/nm", "up": "11 1/nm", "down": "6 1/nm"}
    found = between_diffusive_metals(Bands(13.6e9, 11e9, 6e9))
    numbers = circuit(found.up, found.down, found.mixing.real, found.mixing.imag)
    magnets = {"f1": Z, "f2": direction(1.1)}
    one, other = (solve({"f1/n": contact, "n/f2": contact}, magnets) for contact in (bands, numbers))
    assert one.resistance("left", "right") == pytest.approx(other.resistance("left", "right"), rel=1e-9)
    assert np.allclose(one.absorbed("f2"), other.absorbed("f2"), rtol=1e-9, atol=1e-9 * CURRENT)
    assert abs(one.absorbed("f2")).max() > 1e-3 * CURRENT


def test_bands_that_say_nothing_of_a_contact():
    bands = {"type": "bands", "normal": "13.6 1/nm", "up": "13.6 1/nm", "down": "6 1/nm"}
    contact = read_interface(bands)
    metal = {"conductivity": "1e7 S/m", "spin_diffusion_length": "10 nm"}
    magnet, normal = (Region.model_validate({"material": metal, **more}) for more in ({"magnetization": "+z"}, {}))
    assert [(key, message) for key, _, message in contact.faults(magnet, normal)] == [
        ("up", "reflects no spin up, as `normal` is the same: such a contact has no resistance")
    ]
    assert ("type", "bands") in [(key, value) for key, value, _ in contact.faults(normal, normal)]
