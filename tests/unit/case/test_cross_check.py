from dataclasses import replace

import numpy as np
import pytest

from spinfem.case.cross_check import cross_check
from spinfem.case.outline import Meeting, Piece, Shared

from .valve import OUTLINE, VALVE, valve


def test_a_case_that_fits():
    assert cross_check(valve(), OUTLINE) == []


@pytest.mark.parametrize(
    ("override", "key", "value", "reason"),
    [
        ("regions.wirre=Cu @ 4 K", "regions.wirre", "wirre", 'did you mean "wire"?'),
        ("terminals.wire_top={floating: true}", "terminals.wire_top", "wire_top", "no such terminal in the drawing"),
        (
            "observables.0.nonlocal_resistance.plus=detector",
            "observables.0.nonlocal_resistance.plus",
            "detector",
            'did you mean "detector_end"?',
        ),
        (
            "observables.0.nonlocal_resistance.flip=magnet",
            "observables.0.nonlocal_resistance.flip",
            "magnet",
            "There are: injector, detector",
        ),
        (
            "interfaces.wire/magnet={resistance_area: 1 fohm m^2}",
            "interfaces.wire/magnet",
            "wire/magnet",
            "There are: wire, injector, detector (magnet)",
        ),
        (
            "interfaces.injector/detector={resistance_area: 1 fohm m^2}",
            "interfaces.injector/detector",
            "injector/detector",
            "do not touch. Touching: detector/wire, injector/wire",
        ),
        (
            "observables.1={injection_efficiency: {contact: injector/detector}}",
            "observables.1.injection_efficiency.contact",
            "injector/detector",
            "do not touch",
        ),
        (
            "observables.1={spin_torque: {magnet: detector, reference: injector, spins_along: +z}}",
            "observables.1.spin_torque.spins_along",
            "+z",
            "give one of the two",
        ),
        (
            'observables.1={spin_torque: {magnet: detector, spins_along: {expression: ["0", "0", "1"]}}}',
            "observables.1.spin_torque.spins_along",
            "(0, 0, 1)",
            "must be one direction",
        ),
        (
            "observables.1={spin_torque: {magnet: detector, drive: injector_end}}",
            "observables.1.spin_torque.drive",
            "injector_end",
            "needs a `reference` magnet or `spins_along`",
        ),
        ("geometry.parameters.seperation=1 nm", "geometry.parameters.seperation", "1 nm", 'did you mean "separation"?'),
        ("geometry.parameters.separation=500", "geometry.parameters.separation", 500.0, "such as 500 nm"),
        ("geometry.parameters.separation=5 K", "geometry.parameters.separation", "5 K", "cannot be counted in nm"),
        ("geometry.parameters.separation=1 nm", "geometry.parameters.separation", "1 nm", "from 10 to 10000 nm"),
        ("geometry.parameters.turns=0", "geometry.parameters.turns", 0.0, "must be at least 1"),
        ("geometry.parameters.turns=3 nm", "geometry.parameters.turns", "3 nm", "give a bare number"),
        ("geometry.unit=1 um", "geometry.unit", "1e-06 m", "this script draws in nm"),
        ("geometry.depth=1 um", "geometry.depth", "1e-06 m", "only a 2D drawing has a depth"),
    ],
)
def test_what_does_not_fit(override, key, value, reason):
    (fault,) = cross_check(valve(override), OUTLINE)
    assert (fault.key, fault.value) == (key, value)
    assert reason in fault.message


def test_a_magnet_that_lost_its_magnetization_is_missed_by_all_who_need_it():
    faults = {fault.key: fault.message for fault in cross_check(valve("regions.detector=Cu @ 4 K"), OUTLINE)}
    assert "no side has one" in faults["interfaces.wire/detector.polarization"]
    assert "not a ferromagnet" in faults["observables.0.nonlocal_resistance.flip"]


def test_a_polarized_junction_of_weak_magnets_is_refused():
    """With free spins on one side it would be a source of power: P = .5 each, m = x and z, v = (1, 0, 5) and (0, 0, 5) V give -.25 G."""
    first, second = np.eye(3)[0], np.eye(3)[2]
    v, other = np.array([1.0, 0, 5]), np.array([0.0, 0, 5])
    flow = (
        v + 0.5 * 0.5 * (first @ v) * second - other - 0.5 * 0.5 * (second @ other) * first
    )  # the formula of `resistive`, phi = 0
    assert flow @ (v - other) == pytest.approx(-0.25)
    junction = (
        "regions.wire={material: Py @ 4 K, magnetization: +x}",
        "interfaces.wire/detector.polarization=[0.5, 0.5]",
    )
    assert cross_check(valve(*junction), OUTLINE) == []
    weak = "regions.detector={material: Py @ 4 K, magnetization: +y, dephasing_length: 1 nm}"
    (fault,) = cross_check(valve(*junction, weak), OUTLINE)
    assert fault.key == "interfaces.wire/detector.polarization" and "holds for strong ferromagnets" in fault.message


def test_faults_know_their_line():
    outline = replace(OUTLINE, terminals={**OUTLINE.terminals, "end": ("wire",)})
    del outline.terminals["wire_right"]
    where = {fault.key: fault.where for fault in cross_check(valve(), outline)}
    assert where["terminals.wire_right"] == "line 15"
    assert where["observables.0.nonlocal_resistance.minus"] == "line 17"


def test_every_region_of_the_drawing_has_a_material():
    (fault,) = cross_check(valve(), replace(OUTLINE, regions=(*OUTLINE.regions, "cap")))[:1]
    assert fault.key == "regions.cap" and "needs a material" in fault.message


def test_an_instrument_needs_a_terminal():
    """What an observable reads has to be connected, not only drawn."""
    outline = replace(OUTLINE, terminals={**OUTLINE.terminals, "top": ("wire",)})
    (fault,) = cross_check(valve("observables.0.nonlocal_resistance.minus=top"), outline)
    assert "add top: {floating: true}" in fault.message


def test_each_part_needs_a_voltage():
    outline = replace(
        OUTLINE,
        regions=(*OUTLINE.regions, "island"),
        terminals={**OUTLINE.terminals, "island_end": ("island",)},
        pieces=(*OUTLINE.pieces, Piece("island", ("island_end",), (0.0, 900.0, 0.0), (100.0, 1000.0, 60.0))),
    )
    case = valve("regions.island=Cu @ 4 K", "terminals.island_end={floating: true}")
    (fault,) = cross_check(case, outline)
    assert fault.key == "terminals" and fault.value == ["island_end"]
    assert "the potential of island is not determined" in fault.message
    assert "100 x 100 x 60 nm large, around (50, 950, 30) nm" in fault.message
    assert cross_check(valve("regions.island=Cu @ 4 K", "terminals.island_end={voltage: 0 V}"), outline) == []


def test_an_insulating_contact_joins_no_potentials():
    contact = "type: circuit, conductance_down: 0 S/m^2, mixing_conductance: 5e14 S/m^2"
    for up, apart in (("0 S/m^2", True), ("1 S/m^2", False)):
        case = valve(f"interfaces.wire/injector={{{contact}, conductance_up: {up}}}")
        faults = cross_check(case, OUTLINE)
        assert ["the potential of injector is not determined" in fault.message for fault in faults] == [True] * apart


def test_an_island_of_a_region_needs_a_voltage_of_its_own():
    """What counts is what hangs together, not what has one name."""
    outline = replace(OUTLINE, pieces=(*OUTLINE.pieces, Piece("wire", (), (0.0, 900.0, 0.0), (100.0, 1000.0, 60.0))))
    (fault,) = cross_check(valve(), outline)
    assert fault.key == "terminals" and fault.value == []
    assert "the potential of wire is not determined" in fault.message and "around (50, 950, 30) nm" in fault.message


def test_charge_does_not_reach_what_lies_behind_an_insulating_contact(monkeypatch):
    from spinfem.model.interfaces.resistive import Resistive

    case = valve()
    assert cross_check(case, OUTLINE) == []
    monkeypatch.setattr(Resistive, "conducts", False)
    (fault,) = cross_check(case, OUTLINE)
    assert "the potential of detector is not determined" in fault.message


@pytest.mark.parametrize(
    ("one", "other", "refused"),
    [
        ("{voltage: 0 V}", "{voltage: 0 V}", False),
        ("{voltage: 0 V}", "{voltage: 1 mV}", True),
        ("{voltage: 0 V, spin: reflecting}", "{voltage: 0 V}", True),
        ("{voltage: 0 V}", "{floating: true}", True),
        ("{floating: true}", "{floating: true}", True),
        ("{current: 1 uA}", "{voltage: 0 V}", True),
    ],
)
def test_terminals_that_share_a_node_have_to_be_as_one(one, other, refused):
    outline = replace(
        OUTLINE, shared=(Shared(("wire_left", "wire_right"), ("wire",) * 2, frozenset({"wire"}), (0.0, 50.0, 0.0)),)
    )
    ends = [f"terminals.{name}={given}" for name, given in (("wire_left", one), ("wire_right", other))]
    faults = cross_check(valve("terminals.injector_end={voltage: 0 V}", *ends), outline)
    met = [fault for fault in faults if "meets the terminal wire_left at (0, 50, 0) nm" in fault.message]
    assert [fault.key for fault in met] == ["terminals.wire_right"] * refused


def test_a_conductance_matrix_holds_each_terminal_at_a_potential_of_its_own():
    shared = Shared(("wire_left", "wire_right"), ("wire",) * 2, frozenset({"wire"}), (0.0, 50.0, 0.0))
    ends = [f"terminals.{name}={{voltage: 0 V}}" for name in shared.terminals]
    case = valve("terminals.injector_end={voltage: 1 mV}", *ends, "observables=[conductance_matrix]")
    assert cross_check(case, OUTLINE) == []
    (fault,) = cross_check(case, replace(OUTLINE, shared=(shared,)))
    assert fault.key == "observables.0.conductance_matrix.terminals" and "share an edge" in fault.message
    others = "observables=[conductance_matrix: {terminals: [injector_end, detector_end]}]"
    assert cross_check(valve(*ends, others), replace(OUTLINE, shared=(shared,))) == []


def test_terminals_that_share_a_node_change_together():
    shared = Shared(("wire_left", "wire_right"), ("wire",) * 2, frozenset({"wire"}), (0.0, 50.0, 0.0))
    ends = [f"terminals.{name}={{voltage: 1 mV}}" for name in shared.terminals]

    def met(drive):
        case = valve(*ends, f"time={{until: 1 ns, drive: {drive}}}")
        return [f.key for f in cross_check(case, replace(OUTLINE, shared=(shared,))) if "meets" in f.message]

    assert met("{wire_left: step, wire_right: step}") == []
    assert met("{wire_left: step}") == ["terminals.wire_right"]


def test_terminals_on_two_sides_of_a_resistive_contact_may_share_a_node():
    """The potential jumps there, so the two can differ."""
    shared = Shared(("detector_end", "wire_right"), ("detector", "wire"), frozenset({"wire", "detector"}), (0.0,) * 3)
    outline = replace(OUTLINE, shared=(shared,))
    assert cross_check(valve(), outline) == []  # the valve has such a contact
    case = valve("interfaces={}")
    assert [fault.key for fault in cross_check(case, outline)] == ["terminals.wire_right"]


def test_a_corner_between_resistive_contacts_is_refused():
    """Four quadrants, two and two of the same region: with transparent contacts current passes beside the corner."""
    ring = frozenset({(0, 2), (0, 3), (1, 2), (1, 3)})
    meeting = Meeting(("detector", "detector", "wire", "wire"), ring, (5.0, 5.0, 0.0))
    outline = replace(OUTLINE, meetings=(meeting,))
    assert cross_check(valve("interfaces={}"), outline) == []
    (fault,) = cross_check(valve(), outline)
    assert fault.key == "interfaces" and "two parts of detector meet in a corner at (5, 5, 0) nm" in fault.message


def test_a_spin_current_into_two_magnets_needs_one_axis():
    current = "terminals.detector_end={floating: true, spin: {current: [0 A, 1 uA, 0 A]}}"
    outline = replace(OUTLINE, terminals={**OUTLINE.terminals, "detector_end": ("detector", "injector")})
    assert cross_check(valve(current), outline) == []
    (fault,) = cross_check(valve(current, "regions.injector.magnetization=+x"), outline)
    assert fault.key == "terminals.detector_end.spin" and "two ferromagnets" in fault.message


def test_a_spin_current_needs_one_magnetization():
    texture = 'regions.detector.magnetization={expression: ["cos(x/(9*nm))", "sin(x/(9*nm))", "0"]}'
    current = "terminals.detector_end={floating: true, spin: {current: [0 A, 1 uA, 0 A]}}"
    assert cross_check(valve(current), OUTLINE) == []
    (fault,) = cross_check(valve(texture, current), OUTLINE)
    assert fault.key == "terminals.detector_end.spin" and "depends on position" in fault.message


def test_all_faults_at_once():
    case = valve("geometry.parameters.turns=0", "regions.wirre=Cu @ 4 K", "geometry.depth=1 um")
    assert len(cross_check(case, OUTLINE)) == 3


def test_a_plane_device_has_a_depth():
    assert cross_check(valve("geometry.depth=1 um"), replace(OUTLINE, dimension=2)) == []


def test_the_drawing_may_be_in_micrometres():
    parameters = {"separation": replace(OUTLINE.parameters["separation"], unit="um")}
    outline = replace(OUTLINE, parameters=parameters)
    assert [f.key for f in cross_check(valve("geometry.parameters.separation=20 um"), outline)] == ["geometry.unit"]
    assert cross_check(valve("geometry.parameters.separation=20 um", "geometry.unit=1 um"), outline) == []


def test_the_valve_is_what_the_tests_think():
    assert VALVE.splitlines()[14].strip() == "wire_right: {floating: true}"
