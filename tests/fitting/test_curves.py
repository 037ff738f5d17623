"""Several curves at once: Hanle curves of two lengths, parallel and antiparallel, from files of their own, in one dimension."""

import json

import numpy as np
import pandas as pd
import pytest
from mpi4py import MPI

from spinfem.case.faults import CaseError
from spinfem.case.fit import unknowns
from spinfem.case.source import CaseSource
from spinfem.fitting.data import read_data
from spinfem.fitting.diagnostics import warnings
from spinfem.fitting.fit import fit, prepare
from spinfem.fitting.full_model import FullModel, settings_of, with_values
from spinfem.fitting.rows import cases_of
from spinfem.fitting.write import summary, table_of
from tests.commands import spinfem

FIELDS = (-400, 0, 150)  # mT
LENGTH = "geometry.layers.1.thickness"
FILES = {"short.csv": "300 nm", "long.csv": "700 nm"}
TRUTH = {"tau": 30e-12, "D": 8e-3, "P": 0.35, "AR": 2e-15}
STACK = f"""
title: Two magnets and what is between them
geometry: {{layers: [{{name: first, thickness: 40 nm}}, {{name: spacer, thickness: 300 nm}}, {{name: second, thickness: 40 nm}}]}}
regions:
  first: &magnet
    material: {{conductivity: 5e6 S/m, spin_diffusion_length: 10 nm, polarization: 0.3}}
    magnetization: +y
  spacer: {{material: {{conductivity: 2e7 S/m, diffusion_constant: 75 cm^2/s, spin_lifetime: 33 ps}}}}
  second: *magnet
interfaces:
  first/spacer: &contact {{resistance_area: 2.4 fohm m^2, polarization: 0.4}}
  spacer/second: *contact
magnetic_field: {{magnitude: 0 T, direction: +z}}
terminals: {{left: {{current: 1e12 A}}, right: {{voltage: 0 V}}}}
observables: [nonlocal_resistance: {{name: R, plus: left, minus: right, drive: left, flip: second}}]
mesh: {{resolution: 4, growth: 2}}
solver: {{method: direct, degree: 2}}
fit:
  data:
    - {{file: short.csv, set: {{{LENGTH}: 300 nm}}}}
    - {{file: long.csv, set: {{{LENGTH}: 700 nm}}}}
  columns: {{B: magnetic_field.magnitude, R_P: R.parallel, R_AP: R.antiparallel}}
  to: [R.parallel, R.antiparallel]
  parameters:
    tau: {{vary: regions.spacer.material.spin_lifetime, between: [1 ps, 1 ns]}}
    D: {{vary: regions.spacer.material.diffusion_constant, between: [1 cm^2/s, 1000 cm^2/s]}}
    P: {{vary: [interfaces.first/spacer.polarization, interfaces.spacer/second.polarization], between: [0.02, 0.98]}}
    AR: {{vary: [interfaces.first/spacer.resistance_area, interfaces.spacer/second.resistance_area], between: [0.1 fohm m^2, 100 fohm m^2]}}
"""
HEAD = "B [mT],R_P [fohm],R_AP [fohm],R_P error [%],R_AP error [%]"


def rows(values=None):
    """The text of a file: values (2 fields, ) parallel first."""
    parallel, antiparallel = np.ones((2, len(FIELDS))) if values is None else values
    lines = [
        f"{b},{p * 1e15!r},{a * 1e15!r},0.1,0.1"
        for b, p, a in zip(FIELDS, map(float, parallel), map(float, antiparallel), strict=True)
    ]
    return "\n".join([HEAD, *lines])


def source(folder, *overrides, files=None):
    """The CaseSource of the stack in a folder with its files."""
    for name in FILES:
        (folder / name).write_text((files or {}).get(name, rows()) + "\n", encoding="utf-8")
    return CaseSource(STACK, folder, overrides)


def exact(written):
    """name of a file -> (2, fields) what the full model gives for the TRUTH."""
    case = written.case()
    data, wanted = read_data(None, case), unknowns(case)
    cases = [with_values(row, wanted, list(TRUTH.values())) for row in cases_of(written, data, wanted)]
    model = FullModel(settings_of(cases, data, MPI.COMM_SELF), data, wanted, MPI.COMM_SELF)
    values = model.predicted(np.array(list(TRUTH.values())))
    return dict(zip(FILES, values.reshape(len(FILES), 2, len(FIELDS)), strict=True))


@pytest.fixture(scope="module")
def curves(tmp_path_factory):
    """(CaseSource with exact data, FitResult)."""
    folder = tmp_path_factory.mktemp("curves")
    files = {name: rows(values) for name, values in exact(source(folder)).items()}
    written = source(folder, files=files)
    return written, fit(written, None, MPI.COMM_SELF)


def test_the_parameters_of_all_curves_are_found(curves):
    _, result = curves
    found = dict(zip(TRUTH, result.full.values, strict=True))
    assert found == pytest.approx(TRUTH, rel=1e-4)
    assert result.full.chi_square < 1e-3 and result.full.degrees_of_freedom == 12 - 4
    assert np.isfinite(result.full.half_widths).all()
    assert result.formula is None  # a stack is no lateral valve


def test_curves_of_one_length_share_a_mesh(curves):
    written, _ = curves
    case = written.case()
    data = read_data(None, case)
    settings = settings_of(cases_of(written, data, unknowns(case)), data, MPI.COMM_SELF)
    assert len(settings) == 2 * len(FIELDS) and len({id(setting.device) for setting in settings}) == 2
    assert [list(setting.rows) for setting in settings[: len(FIELDS)]] == [
        [k, k + len(FIELDS)] for k in range(len(FIELDS))
    ]


def test_how_exact_the_meshes_are_is_told(curves):
    _, result = curves
    assert len(result.meshes) == 2 and all(mesh.error.error_uncorrected > 0 for mesh in result.meshes)
    told = summary(result)["mesh"]
    assert told["remeshed"] == {"largest_change": np.abs(result.remeshed).max(), "of_data_error": result.moved}
    assert not any("mesh" in line for line in warnings(result))
    for mesh, said, first in zip(result.meshes, told["errors"], (0, 6), strict=True):
        assert sorted(mesh.rows) == list(range(first, first + 6))
        values = [abs(result.data.values[k]) for k in mesh.rows if result.data.names[k] == mesh.error.name]
        assert said["of_data_error"] == pytest.approx(mesh.error.error_uncorrected / (1e-3 * min(values)), rel=1e-6)


def test_meshes_for_the_values_found_tell_whether_those_of_the_start_were_good(tmp_path):
    """The mesh follows the length in the magnets, and is far too coarse where that is five times as long."""
    length = {
        "vary": [f"regions.{name}.material.spin_diffusion_length" for name in ("first", "second")],
        "between": ["2 nm", "200 nm"],
    }
    rough = ("mesh={resolution: 20, growth: 20}", "solver={degree: 1, method: direct}", "fit.to=R.difference")
    frame = pd.DataFrame({"R.difference [fohm]": [1.0], "R.difference error [fohm]": [1e-7]})
    near = source(tmp_path, *rough, f"fit.parameters={json.dumps({'l': length})}")
    data, wanted = read_data(frame, case := near.case()), unknowns(case)
    model = FullModel(settings_of([case], data, MPI.COMM_SELF), data, wanted, MPI.COMM_SELF)
    frame["R.difference [fohm]"] = model.predicted([10e-9]) * 1e15
    from_near = fit(near, frame, MPI.COMM_SELF)
    far = source(tmp_path, *rough, f"fit.parameters={json.dumps({'l': length | {'start': '100 nm'}})}")
    from_far = fit(far, frame, MPI.COMM_SELF)
    assert from_near.moved < 0.1 and from_far.moved > 1
    assert any("fit again with the start near these values" in line for line in warnings(from_far))


def test_the_table_names_what_was_measured(curves, tmp_path):
    _, result = curves
    table = table_of(result)
    assert list(table["measured"]) == (["R.parallel"] * 3 + ["R.antiparallel"] * 3) * 2
    assert list(table[LENGTH]) == ["300 nm"] * 6 + ["700 nm"] * 6
    assert table["value [ohm]"].to_numpy() == pytest.approx(table["full model [ohm]"].to_numpy(), rel=1e-5, abs=0)


def test_the_command_finds_the_files_beside_the_case_on_any_number_of_ranks(curves, tmp_path):
    written, result = curves
    (written.folder / "case.yaml").write_text(written.text, encoding="utf-8")
    few = "fit.parameters={tau: {vary: regions.spacer.material.spin_lifetime, between: [1 ps, 1 ns], prior: {value: 30 ps, sigma: 1 %}}}"
    truth = [
        "regions.spacer.material.diffusion_constant=80 cm^2/s",
        *(
            f"interfaces.{pair}={{resistance_area: 2 fohm m^2, polarization: 0.35}}"
            for pair in ("first/spacer", "spacer/second")
        ),
    ]
    sets = [word for override in (few, *truth) for word in ("--set", override)]
    for ranks in (1, 2):
        done = spinfem("fit", written.folder / "case.yaml", *sets, "-o", tmp_path / f"out{ranks}", "-n", ranks)
        assert done.returncode == 0, done.stderr
    one, two = (json.loads((tmp_path / f"out{ranks}/fit.json").read_text())["full_model"] for ranks in (1, 2))
    for key in ("values", "half_widths"):
        assert two[key] == pytest.approx(one[key], rel=1e-5)
    assert "its prior, 30 ps ± 300 fs" in done.stdout
    assert "meshes made for the values found" in " ".join(done.stdout.split())
    found = json.loads((tmp_path / "out1/fit.json").read_text())
    assert found["full_model"]["values"]["tau"] == pytest.approx(TRUTH["tau"], rel=1e-4)
    assert found["parameters"]["tau"]["prior"] == {"value": 30e-12, "sigma": 0.3e-12} | {
        "sigmas_off": pytest.approx(0, abs=0.01)
    }
    assert found["measured"] == ["R.parallel", "R.antiparallel"]
    assert (tmp_path / "out1/fit.png").read_bytes().startswith(b"\x89PNG")


BAD = {
    "a file that is not there": ({}, ["fit.data=[none.csv]"], ["none.csv", "cannot be read as a table"]),
    "no file at all": ({}, ["fit.data=[]"], ["fit.data", "names no files"]),
    "an unknown column": ({"long.csv": HEAD.replace("B [", "field [") + "\n1,1,1,1,1"}, [], ["long.csv", "field [mT]", "is neither"]),
    "faults of both files": (
        {"long.csv": HEAD.replace("B [", "b [") + "\n1,1,1,1,1", "short.csv": HEAD.replace("B [", "x [") + "\n1,1,1,1,1"},
        [],
        ["short.csv", "x [mT]", "long.csv", "b [mT]"],
    ),
    "set twice": ({"long.csv": f"{LENGTH} [nm],{HEAD}\n1,1,1,1,1,1"}, [], ["long.csv", "`set` gives it, too"]),
    "an unknown place": ({}, ["fit.data.0.set={geometry.layer.1.thickness: 1 nm}"], ["layer", "thickness"]),
    "not measured anywhere": ({}, ["fit.to=[R.parallel, R.sideways]"], ["fit.to", "R.sideways", "has no column"]),
    "not measured there": ({}, ["fit.data.0.to=R.difference"], ["short.csv", "has no column R.difference"]),
    "errors of some": ({"long.csv": "B [mT],R_P [fohm],R_AP [fohm]\n1,1,1"}, [], ["no column of errors", "give them all"]),
    "set and found": (
        {},
        ["fit.data.1.set={regions.spacer.material.spin_lifetime: 1 ps}"],
        ["is to be found as tau, so it cannot be a column of the data"],
    ),
    "a field set and found": (
        {},
        ["fit.parameters={B_0: {vary: magnetic_field.2, between: [-1 T, 1 T]}}"],
        ["magnetic_field.magnitude", "is to be found as B_0"],
    ),
    "a prior without errors": (
        dict.fromkeys(FILES, "B [mT],R_P [fohm],R_AP [fohm]\n1,1,1\n2,2,2"),
        ["fit.parameters.tau.prior={sigma: 1 ps}"],
        ["fit.parameters.tau.prior", "data without errors"],
    ),
    "a prior in another unit": ({}, ["fit.parameters.tau.prior={sigma: 1 nm}"], ["fit.parameters.tau.prior", "cannot be counted in s"]),
    "a prior of nothing": ({}, ["fit.parameters.tau.prior={sigma: 0 ps}"], ["a sigma above 0"]),
    "percent of what": ({}, ["fit.parameters.P.prior={sigma: 5 %}"], ["percentage points"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_data_and_priors(name, tmp_path):
    files, overrides, said = BAD[name]
    with pytest.raises(CaseError) as caught:
        prepare(source(tmp_path, *overrides, files=files), None)
    assert all(words in str(caught.value) for words in said), str(caught.value)


def test_a_magnetization_may_be_a_column(tmp_path):
    """The states of the magnets as settings instead of numbers: the same mesh, the same signs."""
    table = pd.DataFrame(
        {
            "regions.second.magnetization": ["+y", "-y"],
            "magnetic_field.magnitude [mT]": [60, 60],
            "R [fohm]": [1.0, 1.0],
        }
    )
    plain = source(tmp_path, "observables.0.nonlocal_resistance.flip=null", "fit.to=R")
    case = plain.case()
    data = read_data(table, case)
    settings = settings_of(cases_of(plain, data, unknowns(case)), data, MPI.COMM_SELF)
    assert len(settings) == 2 and settings[0].device is settings[1].device
    wanted = unknowns(case)
    both = FullModel(settings, data, wanted, MPI.COMM_SELF).predicted([unknown.start for unknown in wanted])
    flipped = pd.DataFrame(
        {"magnetic_field.magnitude [mT]": [60], "R.parallel [fohm]": [1.0], "R.antiparallel [fohm]": [1.0]}
    )
    case = (written := source(tmp_path)).case()
    data = read_data(flipped, case)
    settings = settings_of(cases_of(written, data, unknowns(case)), data, MPI.COMM_SELF)
    expected = FullModel(settings, data, wanted, MPI.COMM_SELF).predicted([unknown.start for unknown in wanted])
    assert both == pytest.approx(expected, rel=1e-9, abs=0)
    assert abs(both[1] / both[0] - 1) > 1e-3


def test_a_field_may_be_found(tmp_path):
    """A field that nobody set, as that of a magnet nearby: the case's own, in all regions that have none of their own."""
    parameters = "fit.parameters={B: {vary: magnetic_field.2, between: [10 mT, 1 T], start: 150 mT}}"
    written = source(tmp_path, parameters, "magnetic_field=[0 T, 0 T, 100 mT]", "fit.to=R.parallel")
    case = written.case()
    frame = pd.DataFrame(
        {f"{LENGTH} [nm]": [300, 700], "R.parallel [fohm]": [1.0, 1.0], "R.parallel error [fohm]": [0.01] * 2}
    )
    data, wanted = read_data(frame, case), unknowns(case)
    model = FullModel(settings_of(cases_of(written, data, wanted), data, MPI.COMM_SELF), data, wanted, MPI.COMM_SELF)
    values, slopes = model(np.array([0.1]))
    quotient = (model.predicted([0.101]) - model.predicted([0.099])) / 2e-3
    assert slopes[:, 0] == pytest.approx(quotient, rel=1e-3, abs=0)
    frame["R.parallel [fohm]"] = values * 1e15
    assert fit(written, frame, MPI.COMM_SELF).full.values == pytest.approx([0.1], rel=1e-4)
