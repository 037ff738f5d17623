from dataclasses import replace

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
            "There are: wire, injector, detector",
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
