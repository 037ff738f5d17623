"""What is said of bad input: the author's own value, the unit that is asked for, what to write instead."""

import pytest

from spinfem.case.describe import name_in_words
from spinfem.case.faults import CaseError, not_among
from spinfem.case.source import CaseSource
from tests.unit.case.test_idle import METAL, STACK

LENGTH = f"{METAL}.spin_diffusion_length"
TABLE = "interfaces.magnet/metal={type: barrier, resistance_area: 1 fohm m^2, table: %s}"
FIT = "fit={parameters: {l: {vary: %s, between: %s}}}"
SAID = {
    "heat=-3 K": 'heat.reference (--set): -3 K: must be greater than 0; give a temperature, e.g. "4.2 K"',
    "temperature=-3 K": 'temperature (--set): -3 K: must be greater than 0; give a temperature, e.g. "4.2 K"',
    "accuracy=-3 %": "accuracy.target (--set): -3 %: must be greater than 0 and less than 1",
    "terminal.left.current=1 mA": "terminal (--set): {left: {current: 1 mA}}: unknown key",
    "time={until: 1 ns}": "time.drive (--set): (nothing): is missing: a run in time needs something that changes",
    "observables.0={conductance_matrix: {terminals: []}}": "has 0 entries; allowed is at least 1",
    TABLE % "{voltage: [1 mV], conductance: [1]}": "table.voltage (--set): [1 mV]: has 1 entry; allowed are 3 to 30",
    TABLE % "nowhere.csv": "table (--set): nowhere.csv: there is no such file beside the case file",
    f"{LENGTH}={{proportional_to: conductivity, factor: 3 nm}}": 'counts in ohm m^2, e.g. "1 ohm m^2"',
    f"{METAL}.spin_hall_angle={{proportional_to: resistivity, factor: 3 nm}}": 'counts in S/m, e.g. "1 S/m"',
    f"{METAL}.diffusion_constant={{proportional_to: conductivity, factor: 3 nm}}": 'e.g. "1 m^2/s ohm m"',
    f"{LENGTH}={{formula: '100', unit: nm, between: [9 K, 2 K]}}": "between (--set): [9 K, 2 K]: goes from high to low; give [2 K, 9 K]",
    FIT % (LENGTH, "[300 nm, 20 nm]"): "between (--set): [300 nm, 20 nm]: goes from high to low; give [20 nm, 300 nm]",
    FIT % (LENGTH, "[20 nm, 20 nm]"): "goes from a value to the same one",
    FIT % (LENGTH, "[20 nm, 30 nm]"): "does not hold what the case says, 100 nm, inside it",
    FIT % (LENGTH.replace("material", "materl"), "[1 nm, 1 um]"): f'did you mean "{LENGTH}"? Of 23 there are: ',
    f"sweep={{{LENGTH.replace('metal', 'metl')}: [1 nm]}}": '[1 nm]: there is no such region of this case; did you mean "metal"?',
    "interfaces.magnet/metal={conductance_up: 1e14 S/m^2, mixing_conductance: 1e15 S/m^2}": (
        "interfaces.magnet/metal.type (--set): (nothing): is missing: conductance_up, mixing_conductance belong to `type: circuit`"
    ),
    "interfaces.magnet/metal={resistance_area: 1 fohm m^2, height: 1 eV, thickness: 1 nm}": (
        "is missing: height, thickness belong to `type: barrier`; without it a contact is `resistive`"
    ),
    "interfaces.magnet/metal={resistance_area: 1 fohm m^2, polarisation: 1}": 'did you mean "polarization"',
    "interfaces.magnet/metal.polarization=[1]": "interfaces.magnet/metal.polarization (--set): [1]: is not a number;",
}


def faults(setting, folder="."):
    with pytest.raises(CaseError) as error:
        CaseSource(STACK, folder, (setting,)).case()
    return str(error.value)


@pytest.mark.parametrize("setting", SAID)
def test_what_is_said(setting):
    if setting.startswith("time"):
        from spinfem.case.cross_check import cross_check
        from spinfem.geometry.recipe import outline_of

        case = CaseSource(STACK, overrides=(setting,)).case()
        told = "\n".join(map(str, cross_check(case, outline_of(case))))
    else:
        told = faults(setting)
    assert SAID[setting] in told
    assert "function-" not in told


def test_a_few_near_ones_stand_for_many_names():
    names = [f"regions.{region}.material.{key}" for region in "abcdefgh" for key in ("length", "lifetime", "angle")]
    told = not_among("regions.c.materal.length", names, "number")
    assert 'did you mean "regions.c.material.length"?' in told and told.count("regions.") == 6 and told.endswith("...")


def test_a_measured_contact_may_be_a_file(tmp_path):
    rows = "voltage [mV], conductance, polarization [%]\n-100, 1.3, 40\n0, 1, 100\n100, 1.2, 50\n"
    (tmp_path / "contact.csv").write_text(rows)
    listed = "{voltage: [-100 mV, 0 V, 100 mV], conductance: [1.3, 1, 1.2], polarization: [0.4, 1, 0.5]}"
    of_file, of_lists = (
        CaseSource(STACK, tmp_path, (TABLE % table,)).case().interfaces["magnet/metal"]
        for table in ("contact.csv", listed)
    )
    assert of_file == of_lists
    text = CaseSource(STACK, tmp_path, (TABLE % "contact.csv",)).as_it_ran()
    assert CaseSource(text).case().interfaces["magnet/metal"] == of_lists  # from any folder


def test_a_file_of_a_contact_with_other_columns_is_refused(tmp_path):
    (tmp_path / "contact.csv").write_text("voltage [mV], current\n-1, 1\n0, 1\n1, 1\n")
    told = faults(TABLE % "contact.csv", tmp_path)
    assert "interfaces.magnet/metal.table (--set): contact.csv: has a column current; its columns are voltage" in told


def test_a_file_of_a_contact_whose_voltages_have_no_unit_is_told_once(tmp_path):
    (tmp_path / "contact.csv").write_text("voltage, conductance\n-1, 1\n0, 1\n1, 1\n")
    told = faults(TABLE % "contact.csv", tmp_path)
    assert told.count("(--set)") == 1
    assert "contact.csv: has voltages without a unit; write it into the head of their column, e.g. voltage [mV]" in told


def test_names_that_the_author_gave_are_no_words():
    case = {
        "terminals": {"hall_plus": {}},
        "observables": [{"terminals": {"name": "terminals"}}, {"spin_torque": {"name": "my_torque"}}],
    }
    assert name_in_words("terminals.hall_plus.spin_current", case) == "terminals.hall_plus.spin current"
    assert name_in_words("my_torque.in_plane", case) == "my_torque.in plane"
    assert name_in_words("spin_torque.in_plane", case) == "spin torque.in plane"
