"""What a case has to say of heat, and what it must not."""

import pytest

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError

from .valve import OUTLINE, valve

HEAT = "heat=300 K"


def test_a_valve_with_heat_fits():
    case = valve(HEAT)
    assert cross_check(case, OUTLINE) == []
    assert case.heat.reference == 300 and case.regions["wire"].reference_temperature == 300
    assert valve().regions["wire"].reference_temperature is None


def test_what_drives_is_a_bath_and_what_floats_is_insulated():
    terminals = valve(HEAT, "terminals.wire_right.heat={conductance: 1 uW/K}").terminals
    found = {name: terminal.of_scalar("heat").kind for name, terminal in terminals.items()}
    assert found == {
        "injector_end": "bath",
        "wire_left": "bath",
        "detector_end": "insulated",
        "wire_right": "conductance",
    }


def test_what_was_given_is_written_as_it_was():
    case = valve(HEAT, "terminals.wire_right.heat={rise: 2 K}", "terminals.detector_end.heat=bath")
    written = case.as_file()
    assert written["terminals"]["wire_right"]["heat"] == {"rise": "2.0 K"}
    assert written["terminals"]["detector_end"]["heat"] == "bath"
    assert written["heat"] == {"reference": "300.0 K"}
    assert "heat" not in written["terminals"]["wire_left"]
    assert "thermal_conductance" not in written["interfaces"]["wire/detector"]


ALL_INSULATED = [f"terminals.{name}.heat=insulated" for name in ("injector_end", "wire_left")]


@pytest.mark.parametrize(
    ("overrides", "key", "reason"),
    [
        (["terminals.wire_left.heat=bath"], "terminals.wire_left.heat", "the temperature is not computed"),
        (
            ["regions.wire.terms={substrate: {conductance: 1e8 W/m^2/K, thickness: 60 nm}}"],
            "regions.wire.terms.substrate",
            "the temperature is not computed",
        ),
        (["observables.1=temperature"], "observables.1.temperature.name", "is not computed: say so"),
        ([HEAT, *ALL_INSULATED], "terminals", "no terminal there is a bath"),
        (
            [HEAT, "terminals.wire_right.heat={power: 1 uW}"],
            "observables.0.nonlocal_resistance.drive",
            "wire_right is heated, and voltages of that are in no ratio to a current",
        ),
        ([HEAT, "temperature=77 K"], "temperature", "the device is at its heat.reference"),
        ([HEAT, "terminals.wire_right.heat={rise: -400 K}"], "terminals.wire_right.heat.rise", "below absolute zero"),
        (
            [
                HEAT,
                "terminals.detector_end={voltage: 0 V}",
                "interfaces.wire/detector={type: circuit, conductance_up: 0 S/m^2, conductance_down: 0 S/m^2, mixing_conductance: 1e14 S/m^2}",
            ],
            "interfaces.wire/detector.thermal_conductance",
            "1e8 W/m^2/K",
        ),
        (
            [
                HEAT,
                "regions={wire: {material: {base: Cu @ 4 K, spin_lifetime: 1 ps}}, injector: {material: {base: Py @ 4 K, spin_lifetime: 1 ps}, magnetization: +y},"
                " detector: {material: {base: Py @ 4 K, spin_lifetime: 1 ps}, magnetization: +y}}",
                "time={until: 1 ns, drive: {injector_end: step}}",
            ],
            "regions.wire.material.heat_capacity",
            "J/m^3/K",
        ),
    ],
)
def test_what_is_missing_is_told(overrides, key, reason):
    faults = cross_check(valve(*overrides), OUTLINE)
    assert [fault.message for fault in faults if fault.key == key and reason in fault.message], faults


def test_a_substrate_is_a_bath():
    film = "regions.wire.terms={substrate: {conductance: 1e8 W/m^2/K, thickness: 60 nm}}"
    assert cross_check(valve(HEAT, film, *ALL_INSULATED), OUTLINE) == []


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("heat=300", "has no unit"),
        ("heat=0 K", "must be greater than 0"),
        ("heat={referenc: 300 K}", 'did you mean "reference"'),
        ("terminals.wire_left.heat=bathe", "must be bath, insulated, or a mapping with exactly one of"),
        ("terminals.wire_left.heat={rise: 3 mV}", "is not a difference of temperatures"),
        ("terminals.wire_left.heat={rise: 3 degC}", "is not a difference of temperatures"),
        ("terminals.wire_left.heat={conductance: 0 W/K}", "must be greater than 0"),
        ("regions.wire.material={base: Cu @ 4 K, seebeck_coefficient: 2 uV}", 'a thermopower, e.g. "-20 uV/K"'),
        ("regions.wire.material={base: Cu @ 4 K, thermal_conductivity: 0 W/m/K}", "must be greater than 0"),
        ("regions.wire.material={base: Cu @ 4 K, spin_seebeck_coefficient: 2 uV/K}", "so it needs a magnetization"),
    ],
)
def test_bad_values_are_told(override, words):
    with pytest.raises(CaseError, match=words):
        valve(override) if override.startswith("heat") else valve(HEAT, override)
