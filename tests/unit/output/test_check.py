import io
from dataclasses import replace

import pytest
from rich.console import Console

from spinfem.output.check import description, spin_components
from tests.unit.case.valve import OUTLINE, valve


def text(case, **known):
    out = io.StringIO()
    console = Console(file=out, width=160)
    for part in description(case, OUTLINE, **known):
        console.print(part)
    return " ".join(out.getvalue().split())


def test_a_case_in_words():
    words = text(valve("terminals.wire_right.spin={potential: [0 V, 1 mV, 0 V]}", "regions.wire=Pt"))
    for expected in (
        "valve drawing: nonlocal_valve.geo, 3D, unit 1 nm",
        "separation 500 nm turns 3 default",
        "wire Pt @ 300 K, spin Hall angle 0.056 5.8 MS/m 3.4 nm 0",
        "injector Py @ 4.2 K 8.1 MS/m 5 nm 0.7 +y",
        "wire_left wire voltage 0 V sink",
        "injector_end injector current 1 mA sink (by default)",
        "wire_right wire floating potential [0 V, 1 mV, 0 V]",
        "wire/detector resistive resistance_area = 1 fΩ m², polarization = 0.4",
        "injector/wire transparent",
        "nonlocal_resistance nonlocal_resistance plus = detector_end, minus = wire_right",
        "spin components: 3",
    ):
        assert expected in words


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (
            (),
            "mesh: chosen by the program and refined until the error of each number is below 1 % (at most 400,000 unknowns)",
        ),
        (
            ("mesh.resolution=2",),
            "mesh: cells of 2 spin diffusion lengths at contacts, growing by 0.3 per distance, refined 0 times solver",
        ),
        (
            ("mesh.resolution=2", "accuracy={target: 0.1 %, of: [terminals]}"),
            "refined 0 times, then refined until the error of each number of terminals is below 0.1 %",
        ),
    ],
)
def test_how_the_mesh_comes_about(overrides, words):
    assert words in text(valve(*overrides))


@pytest.mark.parametrize(
    ("drive", "words"),
    [
        ("{terminal: injector_end, current: -2 mA}", "with -2 mA into injector_end instead of what it says above"),
        ("{factor: 3}", "with 3 times what the terminals say above"),
    ],
)
def test_what_drives_a_magnet(drive, words):
    magnet = "magnets: {injector: {damping: 0.01, saturation_magnetization: 8e5 A/m}}"
    assert f"dynamics: until 10 ns, {words}" in text(valve(f"dynamics={{{magnet}, until: 10 ns, drive: {drive}}}"))


def test_places_by_name():
    words = text(
        valve(
            "observables=[{spin_accumulation: {name: at_top, points: {top: [0 nm, 5 nm, 10 nm]}}}, spin_accumulation]"
        )
    )
    assert "points = {top: [0 m, 5 nm, 10 nm]}" in words and "points = {}" not in words


def test_a_terminal_that_is_not_connected_is_insulated():
    case = valve("observables=[]")
    case = case.model_copy(update={"terminals": {"wire_left": case.terminals["wire_left"]}})
    assert "wire_right wire insulated reflecting" in text(case)


@pytest.mark.parametrize(
    ("overrides", "components"),
    [
        ((), 1),
        (("regions.detector.magnetization=-y",), 1),
        (("regions.detector.magnetization=+x",), 2),
        (("regions.detector.magnetization=+x", "regions.wire.magnetization=+z"), 3),
        (("terminals.wire_left.spin={current: [1 uA, 0 A, 0 A]}",), 2),
        (("regions.detector.magnetization={expression: [0, 0, 1]}",), 0),
        (("regions.wire=Pt",), 3),
    ],
)
def test_spin_components(overrides, components):
    assert spin_components(valve(*overrides), 3) == components


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_spins_that_the_spin_hall_effect_reaches(dimension):
    assert spin_components(valve("regions.wire=Pt"), dimension) == dimension


def test_what_a_run_will_take_is_told_where_the_cells_are_known():
    told = text(valve("mesh={}"), cells=123_456.0)
    assert "effort: about 120,000 cells, 370,000 unknowns" in told and "GB" in told
    assert "effort: about 120,000 cells, 1,300,000 unknowns" in text(valve(), cells=123_456.0)  # of degree 3
    assert "effort" not in text(valve())


def test_lists_of_names_are_told_as_the_case_file_has_them():
    words = text(valve("observables=[{loop_current: {axis: x, position: 0 nm, regions: [wire, injector]}}]"))
    assert "position = 0 m, regions = [wire, injector]" in words


def test_what_turns_spins_at_a_contact_makes_three_components_of_two():
    circuit = "{type: circuit, conductance_up: 1e15 S/m^2, conductance_down: 5e14 S/m^2, mixing_conductance: 1e15 S/m^2, mixing_conductance_imaginary: GI}"
    for imaginary, components in (("0 S/m^2", 2), ("1e14 S/m^2", 3)):
        changes = (
            "regions.detector.magnetization=+x",
            f"interfaces={{wire/detector: {circuit.replace('GI', imaginary)}}}",
        )
        assert spin_components(valve(*changes), 3) == components


def test_a_device_without_contacts_has_no_table_of_them():
    out = io.StringIO()
    for part in description(valve(), replace(OUTLINE, contacts=frozenset())):
        Console(file=out, width=160).print(part)
    assert "contact" in text(valve()) and "contact" not in out.getvalue().replace("at contacts", "")
