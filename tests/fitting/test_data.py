"""What is read from a data file, and what is said about one that cannot be used."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from spinfem.case.faults import CaseError
from spinfem.fitting.data import read_data
from spinfem.fitting.fit import prepare
from tests.commands import TREE
from tests.fitting.valves import NAME, POLARIZATIONS, SEPARATION, TUNNEL, VALVE, WIRE, source

HEAD = f"{SEPARATION} [nm],{NAME} [mohm],{NAME} error [mohm]"
ROWS = "300,2,0.05\n500,1,0.03\n800,0.4,0.02\n"


def read(tmp_path, text, *overrides):
    file = tmp_path / "data.csv"
    file.write_text(text, encoding="utf-8")
    return read_data(file, source(*overrides).case())


def test_units_are_those_of_the_headers(tmp_path):
    data = read(tmp_path, f"# measured on a Monday\n{HEAD}\n{ROWS}")
    assert data.name == NAME and data.unit == "mohm"
    assert data.values == pytest.approx([2e-3, 1e-3, 0.4e-3], rel=1e-15)
    assert data.errors == pytest.approx([5e-5, 3e-5, 2e-5], rel=1e-15)
    assert data.settings == tuple({SEPARATION: f"{x} nm"} for x in (300, 500, 800))
    numbers, unit = data.axis(SEPARATION)
    assert list(numbers) == [300, 500, 800] and unit == "nm"


def test_errors_may_have_a_unit_of_their_own(tmp_path):
    data = read(tmp_path, f"{SEPARATION} [um],{NAME} [ohm],{NAME} error [uohm]\n0.3,2e-3,50\n0.5,1e-3,30\n")
    assert data.errors == pytest.approx([5e-5, 3e-5], rel=1e-15)
    assert data.settings[0] == {SEPARATION: "0.3 um"}


def test_a_table_as_a_spreadsheet_leaves_it(tmp_path):
    """A mark of the encoding, empty lines and columns, rows that were not measured."""
    text = f"\ufeff{HEAD},,\n300,2,0.05,,\n,,,,\n400,,,,\n500,1,0.03,,\n"
    data = read(tmp_path, text)
    assert list(data.values) == [2e-3, 1e-3] and [s[SEPARATION] for s in data.settings] == ["300 nm", "500 nm"]


COLUMNS = f"fit.columns={{L: {SEPARATION}, dR: {NAME}, sigma: {NAME} error}}"
WAYS = {
    "commas": b"L [nm],dR [mohm],dR error [mohm]\n300,5.0,0.1\n600,3.5,0.1\n",
    "Excel in English": b"\xef\xbb\xbfL [nm],dR [mohm],dR error [mohm]\r\n300,5.0,0.1\r\n600,3.5,0.1\r\n",
    "Excel in German": "sep=;\r\nL [nm];dR [mΩ];dR error [mΩ]\r\n300,0;5,0;0,1\r\n600,0;3,5;0,1\r\n".encode("utf-8-sig"),
    "Excel's Unicode text": "L [nm]\tdR [mΩ]\tdR error [mΩ]\r\n300\t5,0\t0,1\r\n600\t3,5\t0,1\r\n".encode("utf-16"),
    "UTF-16 without its mark": "L [nm]\tdR [mΩ]\tdR error [mΩ]\n300\t5.0\t0.1\n600\t3.5\t0.1\n".encode("utf-16-le"),
    "old Windows": "L [µm];dR [mV/A];dR error [µV/A]\r\n0,3;5,0;100\r\n0,6;3,5;100\r\n".encode("cp1252"),
    "tabs": b"L [nm]\tdR [mohm]\tdR error [mohm]\n300\t5.0\t0.1\n600\t3.5\t0.1\n",
    "blanks and decimal commas": b"L [nm]  dR [mohm]  dR error [mohm]\n300,0  5,0  0,1\n600,0  3,5  0,1\n",
    "numpy.savetxt": b"# L [nm] dR [mohm] dR error [mohm]\n3.000e+02 5.0e+00 1e-01\n6.000e+02 3.5e+00 1e-01\n",
    "numpy.savetxt, commas": b"# L [nm],dR [mohm],dR error [mohm]\n300,5.0,0.1\n600,3.5,0.1\n",
    "MATLAB's comments": b"% L [nm],dR [mohm],dR error [mohm]\n300,5.0,0.1\n600,3.5,0.1\n",
    "Origin: units and comments below": b"L\tdR\tsigma\nnm\tmohm\tmohm\n\tsample 3\t\n300\t5.0\t0.1\n600\t3.5\t0.1\n",
    "a row of units": b"L,dR,sigma\n(nm),(mohm),(mohm)\n300,5.0,0.1\n600,3.5,0.1\n",
    "parentheses": b"L (nm),dR (mohm),dR error (mohm)\n300,5.0,0.1\n600,3.5,0.1\n",
    "slashes": "L / nm;dR / mΩ;dR error / mΩ\n300;5,0;0,1\n600;3,5;0,1\n".encode(),
    "a comma at the end": b"L [nm],dR [mohm],dR error [mohm],\n300,5.0,0.1,\n600,3.5,0.1,\n",
    "quotes": b'"L\n[nm]","dR [mohm]","dR error [mohm]"\n"300,0","5,0","0,1"\n"600,0","3,5","0,1"\n',
    "an instrument's first lines": b"Keithley\nDay: Monday\nL [nm],dR [mohm],dR error [mohm]\n300,5.0,0.1\n600,3.5,0.1\n",
    "nothing measured in a row": b"L [nm],dR [mohm],dR error [mohm]\n300,5.0,0.1\n400,-,\n500,n/a,0.1\n600,3.5,0.1\n",
    "thousands": b'L [pm];dR [mohm];dR error [mohm]\n"300,000.0";5.0;0.1\n"600,000.0";3.5;0.1\n',
    "thousands in German": b"L [pm];dR [mohm];dR error [mohm]\n300.000,0;5,0;0,1\n600.000,0;3,5;0,1\n",
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_table_is_read_in_whatever_way_programs_write_it(way, tmp_path):
    (tmp_path / "data.csv").write_bytes(WAYS[way])
    data = read_data(tmp_path / "data.csv", source(COLUMNS).case())
    assert data.values == pytest.approx([5e-3, 3.5e-3], rel=1e-12)
    assert data.errors == pytest.approx([1e-4, 1e-4], rel=1e-12)
    lengths, unit = data.axis(SEPARATION)
    assert lengths * {"pm": 1e-12, "nm": 1e-9, "µm": 1e-6}[unit] == pytest.approx([300e-9, 600e-9], rel=1e-12)


def test_errors_in_per_cent_are_those_of_the_value(tmp_path):
    data = read(tmp_path, f"{SEPARATION} [nm],{NAME} [mohm],{NAME} error [%]\n300,5.0,2\n600,-3.5,4\n")
    assert data.errors == pytest.approx([1e-4, 1.4e-4], rel=1e-12)


def test_a_fault_in_the_data_is_told_before_anything_heavy_is_loaded(tmp_path):
    """DOLFINx and Gmsh take seconds; a typing error in a table needs neither."""
    (tmp_path / "case.yaml").write_text(VALVE)
    (tmp_path / "data.csv").write_text(f"{HEAD}\n300,2,0.05\n500,bad contact,0.03\n")
    program = (
        "import sys\nfrom typer.testing import CliRunner\nfrom spinfem.cli import app\n"
        f"done = CliRunner().invoke(app, ['fit', {str(tmp_path / 'case.yaml')!r}, {str(tmp_path / 'data.csv')!r}])\n"
        "assert done.exit_code == 2 and 'line 3' in done.output and 'holds bad contact' in done.output, done.output\n"
        "assert not {'dolfinx', 'gmsh', 'petsc4py', 'mpi4py'} & sys.modules.keys()"
    )
    subprocess.run(
        [sys.executable, "-c", program], check=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(TREE)}
    )


def test_headers_of_another_kind_are_explained_in_the_case(tmp_path):
    columns = f"fit.columns={{L: {SEPARATION}, signal: {NAME}, sigma: {NAME} error, sample: null}}"
    data = read(tmp_path, "sample,L [nm],signal [mohm],sigma [mohm]\nA1,300,2,0.05\nA2,500,1,0.03\n", columns)
    assert data.name == NAME and list(data.errors) == pytest.approx([5e-5, 3e-5])
    data = read(tmp_path, "sample,L [nm],signal [mohm],signal error [mohm]\nA1,300,2,0.05\nA2,500,1,0.03\n", columns)
    assert list(data.errors) == pytest.approx([5e-5, 3e-5])
    assert data.settings[1] == {SEPARATION: "500 nm"}


def test_settings_may_be_words(tmp_path):
    data = read(tmp_path, f"regions.wire.material,{NAME} [ohm]\nCu @ 4.2 K,1\nCu @ 300 K,2\n")
    assert data.settings == ({"regions.wire.material": "Cu @ 4.2 K"}, {"regions.wire.material": "Cu @ 300 K"})
    assert data.errors is None


def test_no_column_of_settings(tmp_path):
    data = read(tmp_path, f"{NAME} [ohm]\n1\n2\n")
    assert data.settings == ({}, {}) and list(data.values) == [1, 2]


def test_the_table_of_a_sweep_is_data():
    """Points that failed and columns that are nothing to the fit are left out; a fit needs no errors."""
    table = pd.DataFrame(
        {
            "point": [1, 2, 3],
            f"{SEPARATION} [m]": [3e-7, 4e-7, 5e-7],
            "status": ["done", "failed: no", "done"],
            f"{NAME} [ohm]": [2e-3, np.nan, 1e-3],
            f"{NAME} error [ohm]": [np.nan] * 3,
            "nonlocal_resistance.parallel [ohm]": [1e-3, np.nan, 5e-4],
            "spin_accumulation.wire/injector_x [V]": [0.0, np.nan, 0.0],
            "output.something": [1, 2, 3],
        }
    )
    data = read_data(table, source(f"fit.to={NAME}").case())
    assert data.settings == ({SEPARATION: "3e-07 m"}, {SEPARATION: "5e-07 m"})
    assert list(data.values) == [2e-3, 1e-3] and data.errors is None


@pytest.mark.parametrize("first", ["R", "R.NL"])
def test_names_of_observables_may_have_dots(first, tmp_path):
    from spinfem.fitting.data import observable_of

    second = {"R": "R.NL", "R.NL": "R"}[first]
    observable = "{{nonlocal_resistance: {{name: {}, plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}}}}"
    overrides = f"observables=[{observable.format(first)}, {observable.format(second)}]"
    case = source(overrides).case()
    assert observable_of(case, "R.NL.difference").name == "R.NL"
    assert observable_of(case, "R.difference").name == "R"
    assert observable_of(case, "Rx") is None
    assert read(tmp_path, "R.NL.difference [ohm]\n1\n2\n", overrides).name == "R.NL.difference"


BAD = {
    "no such column": (HEAD.replace("separation", "separation").replace(SEPARATION, "distance"), ROWS, ["distance", "fit.columns"]),
    "typing error": (HEAD.replace("nonlocal_resistance.difference [", "nonlocal_resistence.difference ["), ROWS, ["nonlocal_resistence", "fit.columns"]),
    "text": (HEAD, "300,2,0.05\n500,none,0.03\n", ["data.csv, line 3", f"{NAME} [mohm]: holds none, not a number"]),
    "infinite": (HEAD, "300,2,0.05\n500,inf,0.03\n", ["line 3", "holds inf"]),
    "missing setting": (HEAD, "300,2,0.05\n,1,0.03\n", ["line 3", SEPARATION, "has no value"]),
    "setting is no number": (HEAD, "300,2,0.05\nfar,1,0.03\n", ["line 3", "holds far"]),
    "missing error": (HEAD, "300,2,0.05\n500,1,\n", ["line 3", f"{NAME} error", "has no value"]),
    "negative error": (HEAD, "300,2,0.05\n500,1,-0.03\n", ["line 3", "positive"]),
    "decimal commas": (HEAD, '300,2,0,0,05\n500,1,0,0,03\n', ["line 2", "has 5 entries", "decimals commas"]),
    "no headers": ("300,2,0.05", ROWS, ["line 1", "has no headers"]),
    "thousands or decimals": (HEAD, '300,2,0.05\n"1,234",1,0.03\n', ["1,234 in line 3", "1234 or 1.234"]),
    "thousands or decimals, points": (HEAD.replace(",", ";"), "300;2,5;0,05\n1.234;1,5;0,03\n", ["1.234 in line 3"]),
    "thousands or decimals, nothing else": (HEAD.replace(",", ";"), "300;2;1\n1,234;1;1\n", ["1,234 in line 3"]),
    "commas and points": (HEAD.replace(",", ";"), "300;2,5;0,05\n500;1.5;0.05\n", ["decimal comma in line 2", "line 3"]),
    "other quantity": (HEAD.replace("mohm", "mV"), ROWS, ["is given in mV", "counted in ohm"]),
    "no unit": (f"{SEPARATION} [nm],{NAME}", "300,2\n", ["is given without unit", f"{NAME} is counted in ohm"]),
    "per cent of zero": (HEAD.replace("error [mohm]", "error [%]"), "300,0,2\n", ["line 2", "which is 0 here"]),
    "two units": (HEAD, "um,mohm,mohm\n300,2,0.05\n", ["line 2", "gives the unit um"]),
    "ragged": (HEAD, "300,2,0.05\n500,1,0.03,7,8\n", ["line 3", "has 5 entries"]),
    "empty": ("", "", ["has no rows"]),
    "only headers": (HEAD, "", ["has no rows"]),
    "unit of errors": (HEAD.replace("error [mohm]", "error"), ROWS, ["without unit", "mohm"]),
    "errors in volts": (HEAD.replace("error [mohm]", "error [mV]"), ROWS, ['"mV"', "mohm"]),
    "strange unit": (HEAD.replace("[mohm]", "[mOhhm]"), ROWS, ["mOhhm", "does not exist"]),
    "two measured": (f"{HEAD},nonlocal_resistance.parallel [ohm]", "300,2,1,1\n500,1,1,1\n", ["fit.to", "nonlocal_resistance.parallel"]),
    "the same twice": (f"{SEPARATION} [nm],{SEPARATION} [um],{NAME} [ohm]", "300,0.3,1\n400,0.4,1\n", ["name it once"]),
    "errors of settings": (f"{SEPARATION} [nm],{SEPARATION} error [nm],{NAME} [ohm]", "300,5,1\n400,5,1\n", ["errors of settings"]),
    "nothing measured": (f"{SEPARATION} [nm]", "300\n400\n", ["fit.to", "none"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_tables(name, tmp_path):
    head, rows, said = BAD[name]
    with pytest.raises(CaseError) as caught:
        read(tmp_path, f"{head}\n{rows}" if head else "")
    assert all(words in str(caught.value) for words in said), str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(CaseError, match="cannot be read as a table"):
            read_data(path, source().case())
    (tmp_path / "picture.csv").write_bytes(bytes(range(256)))
    with pytest.raises(CaseError, match="cannot be read as a table"):
        read_data(tmp_path / "picture.csv", source().case())


# --- the data beside the case ----------------------------------------------------------------------------------------


def frame(separations=(300, 500, 800), **columns):
    rows = {f"{SEPARATION} [nm]": list(separations), f"{NAME} [mohm]": np.linspace(2, 1, len(separations))}
    return pd.DataFrame({header: values for header, values in (rows | columns).items() if values is not None})


def lambda_n(**changes):
    return {"vary": WIRE, "between": ["50 nm", "3 um"]} | changes


def fitted(**parameters):
    import json

    return f"fit.parameters={json.dumps(parameters)}"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, "fit.parameters: (nothing): says what to find"),
        ({"L": lambda_n(vary="regions.wire.material.spin_difusion_length")}, 'did you mean "regions.wire.material.spin_'),
        ({"L": lambda_n(between=["50 S/m", "3 um"])}, "50 S/m cannot be counted in m"),
        ({"L": lambda_n(between=[50, "3 um"])}, "50 has no unit"),
        ({"L": lambda_n(between=["3 um", "50 nm"])}, "goes from high to low; give [50 nm, 3 um]"),
        ({"L": lambda_n(between=["300 nm", "3 um"])}, "does not hold what the case says, 300 nm, inside it"),
        ({"L": lambda_n(start="3 um")}, "does not hold its `start`, 3 µm, inside it"),
        ({"L": lambda_n(start="5 S/m")}, "5 S/m cannot be counted in m"),
        ({"L": lambda_n(between=["-50 nm", "3 um"])}, "fit.parameters.L.between"),
        ({"P": {"vary": POLARIZATIONS, "between": [0.1, 1.5]}}, "fit.parameters.P.between: 1.5: "),
        ({"P": {"vary": [WIRE, *POLARIZATIONS], "between": [0.1, 0.9]}}, "count different things"),
        ({"one": lambda_n(), "two": lambda_n()}, "fit.parameters.two.vary.0 (--set): " + WIRE + ": is found by one already"),
        ({"one": lambda_n(vary=[WIRE, WIRE])}, "is found by one already"),
    ],
)  # fmt: skip
def test_bad_parameters(parameters, said):
    with pytest.raises(CaseError) as caught:
        prepare(source(fitted(**parameters)), frame())
    assert said in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (frame([300]), "has 1 values for 2 unknowns"),
        (frame([300, 50, 800]), "overlap"),
        (frame(**{f"{WIRE} [nm]": [300, 400, 500]}), "is to be found as lambda_N, so it cannot be a column"),
        (frame(**{"regions.wire.material": ["Cu @ 4.2 K", "Cu @ 300 K", "Kryptonite"]}), "Kryptonite"),
        (frame(**{"geometry.parameters.seperation [nm]": [1, 2, 3]}), 'did you mean "separation"'),
        (frame(**{f"{SEPARATION} [nm]": None, SEPARATION: [300, 500, 800]}), "has no unit"),
        (frame(**{f"{SEPARATION} [nm]": None, f"{SEPARATION} [S]": [300, 500, 800]}), "cannot be counted in nm"),
    ],
)
def test_rows_that_make_no_case(table, said):
    with pytest.raises(CaseError) as caught:
        prepare(source(), table)
    assert said in str(caught.value), str(caught.value)


def test_each_row_is_a_case_with_the_overrides_of_all():
    table = frame(
        [300, 500, 300, 500], **{"regions.wire.material.conductivity": ["4e7 S/m", "4e7 S/m", "5e7 S/m", "5e7 S/m"]}
    )
    _, data, cases = prepare(source("geometry.parameters.wire_thickness=80 nm", *TUNNEL), table)
    assert [case.regions["wire"].material.conductivity for case in cases] == [4e7, 4e7, 5e7, 5e7]
    assert [str(case.geometry.parameters["separation"]) for case in cases] == ["300 nm", "500 nm", "300 nm", "500 nm"]
    assert {str(case.geometry.parameters["wire_thickness"]) for case in cases} == {"80 nm"}
    assert all(case.interfaces["wire/injector"].resistance_area == 3e-15 for case in cases)
