"""`import spinfem` in a script: the same numbers as the command's, with units, and fields that fit to them."""

import json
import os
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pint
import pytest
import ufl
from dolfinx import fem

import spinfem
from tests.commands import CASES, COARSE, PATIENCE, TREE, run

SMALL = {"mesh.resolution": 3, "mesh.rim": 1, "mesh.growth": 1, "solver.degree": 1, "output.pictures": False}
BARRIER = {"resistance_area": "1 fohm m^2", "polarization": 0.4}


@pytest.fixture(scope="module")
def case():
    return spinfem.load("nonlocal_valve_2d").changed(SMALL)


@pytest.fixture(scope="module")
def tunnel(case):
    """A solved valve with a jump of the potentials."""
    return spinfem.solve(case.changed({"interfaces": {"wire/detector": BARRIER}}))


@pytest.fixture(scope="module")
def pillar():
    """A solved pillar whose spins have all three components."""
    turned = {"regions.free.magnetization": [1, 1, 1], "observables": ["terminals"], "solver.error_estimate": False}
    return spinfem.solve(spinfem.load("gmr_pillar").changed(turned))


# --- cases -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["300 nm", pint.Quantity(0.3, "um"), 3e-7, np.float64(3e-7)])
@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("regions.wire.material.spin_diffusion_length", lambda c: c.regions["wire"].material.spin_diffusion_length),
        ("geometry.parameters.separation", lambda c: c.geometry.parameters["separation"].counted_in("nm") * 1e-9),
        ("observables.3.decay_length.from", lambda c: c.observables[3].start),
    ],
)
def test_a_value_is_text_a_quantity_or_a_number_in_si_units(case, path, found, value):
    changed = case.changed({path: value})
    assert found(changed) == pytest.approx(3e-7, rel=1e-15)
    assert found(case) != pytest.approx(3e-7)
    again = spinfem.read(changed.text, CASES)  # the written case says the same
    assert found(again) == found(changed)


def test_numbers_in_si_units_below_what_is_changed(case):
    held = {"voltage": 2e-3, "spin": {"potential": pint.Quantity([0, 0, 5.0], "uV")}}
    changed = case.changed(
        {"interfaces": {"wire/detector": BARRIER | {"resistance_area": 1e-15}}, "terminals.wire_left": held}
    )
    assert changed.interfaces["wire/detector"].resistance_area == 1e-15
    assert changed.terminals["wire_left"].charge.voltage == 2e-3
    assert changed.terminals["wire_left"].spin.potential == pytest.approx((0, 0, 5e-6))
    turned = case.changed({"regions.detector.magnetization": {"polar": np.pi / 3}})
    assert turned.regions["detector"].magnetization.direction == pytest.approx((np.sqrt(0.75), 0, 0.5))


def test_changes_add_up_and_the_old_case_stays(case):
    before = case.text
    changed = case.changed({"title": "one"}).changed(title="two").changed({"solver.degree": 2})
    assert (changed.title, changed.solver.degree, changed.mesh.resolution) == ("two", 2, 3)
    assert case.text == before and case.title != "two"
    with pytest.raises(ValueError, match="frozen"):
        case.title = "another"


def test_a_bad_change_tells_all_faults_as_the_command_does(case):
    with pytest.raises(spinfem.CaseError) as caught:
        case.changed(
            {"regions.wire.material.conductivity": -1.0, "mesh.resolutoin": 1, "terminals.wire_left.voltage": "1 A"}
        )
    told = {fault.key: str(fault) for fault in caught.value.faults}
    assert set(told) == {"regions.wire.material.conductivity", "mesh.resolutoin", "terminals.wire_left.voltage"}
    assert 'did you mean "resolution"?' in told["mesh.resolutoin"]
    assert told["terminals.wire_left.voltage"] == (
        'terminals.wire_left.voltage (changed): 1 A: is not a voltage; give a voltage, e.g. "1 mV"'
    )
    assert str(caught.value) == "\n".join(map(str, caught.value.faults))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"geometry.parameters.separatoin": "3 nm"}, 'did you mean "separation"?'),
        ({"geometry.parameters.separation": pint.Quantity(3, "V")}, "cannot be counted in nm"),
        ({"geometry.parameters.separation": 3.0}, "must be"),  # three metres
        ({"terminals.lead": {"floating": True}}, "no such terminal in the drawing"),
        ({"solver.degree": 4}, "must be 1, 2 or 3"),
    ],
)
def test_a_change_is_compared_with_the_drawing_at_once(case, change, words):
    with pytest.raises(spinfem.CaseError, match=words.replace("?", r"\?")):
        case.changed(change)


def test_what_no_case_can_hold(case):
    with pytest.raises(TypeError, match="pint quantities"):
        case.changed({"regions.wire.material": object()})


def test_names_that_do_not_exist():
    with pytest.raises(spinfem.CaseError, match='did you mean "nonlocal_valve"'):
        spinfem.load("nonlocal_valv")


def test_a_file_still_needs_its_units():
    with pytest.raises(spinfem.CaseError, match="has no unit"):
        spinfem.read((CASES / "nonlocal_valve_2d.yaml").read_text().replace("1 mA", "0.001"))


def test_a_dict_gives_the_case_that_a_file_gives(case):
    from ruamel.yaml import YAML

    data = YAML(typ="safe").load(CASES / "nonlocal_valve_2d.yaml")
    data["terminals"]["injector_end"]["current"] = 1e-3
    assert spinfem.read(data).model_dump() == spinfem.load(CASES / "nonlocal_valve_2d.yaml").model_dump()


def test_a_dict_has_no_lines():
    with pytest.raises(spinfem.CaseError) as caught:
        spinfem.read(
            {"geometry": {"layers": [{"name": "a", "thickness": -1.0}]}, "regions": {"a": "Cu"}, "terminals": {}}
        )
    assert "geometry.layers.0.thickness: -1.0: must be greater than 0" in str(caught.value)
    assert all(fault.where == "" for fault in caught.value.faults)


def test_a_case_travels_to_other_processes(case):
    assert pickle.loads(pickle.dumps(case)).text == case.text


# --- results ---------------------------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_command(case, tmp_path):
    expected = run(CASES / "nonlocal_valve_2d.yaml", tmp_path / "command", *COARSE, "output.report=true")
    result = spinfem.solve(case)
    folder = result.save(tmp_path / "python")
    written = json.loads((folder / "results.json").read_text())
    assert written["observables"] == expected["observables"] and written["case"] == expected["case"]
    for name, entry in expected["observables"].items():
        observed = result[name]
        assert observed.value.units == pint.Unit(entry["unit"])
        assert np.array_equal(observed.value.magnitude, entry["value"]) and observed.error.magnitude == entry["error"]
    assert list(result) == list(expected["observables"])
    files = {path.relative_to(folder) for path in folder.rglob("*")}
    assert files == {path.relative_to(tmp_path / "command") for path in (tmp_path / "command").rglob("*")}
    table = pd.read_csv(tmp_path / "command" / "decay_length.csv", float_precision="round_trip")
    pd.testing.assert_frame_equal(result.tables["decay_length"], table, check_exact=True)
    assert result.tables["decay_length"].attrs["units"] == {"x [m]": "m", "|v| [V]": "V", "fit [V]": "V"}


def test_units_can_be_computed_with(tunnel):
    signal = tunnel["nonlocal_resistance.difference"]
    voltage = (signal.value * pint.Quantity(1, "mA")).to("uV")
    assert voltage.magnitude == pytest.approx(signal.value.to("ohm").magnitude * 1e3)
    assert signal.measurement.error.to("ohm") == signal.error
    assert signal.note == "spin signal, P - AP"
    with pytest.raises(ValueError, match="no single value"):
        _ = tunnel["spin_accumulation.wire/injector"].measurement


def test_an_unknown_observable(tunnel):
    with pytest.raises(KeyError, match='did you mean \\\\?"decay_length'):
        tunnel["decay_lenght"]


def test_what_a_notebook_shows(tunnel):
    html = tunnel._repr_html_()
    assert html.count("<tr>") == len(tunnel) + 1
    assert "spin signal, P - AP" in html and "± " in html
    assert "decay_length" in str(tunnel) and "16 observables" in repr(tunnel)


def test_a_title_is_not_markup(case):
    result = spinfem.solve(case.changed({"title": "<b>", "observables": [], "solver.error_estimate": False}))
    assert "&lt;b&gt;" in result._repr_html_() and "<b>" not in result._repr_html_()


def test_a_session_is_used_again(case):
    quick = case.changed({"solver.error_estimate": False, "observables": ["terminals"]})
    session, potential = spinfem.Session(), {}
    for current in (1e-3, 2e-3):
        result = spinfem.solve(quick.changed({"terminals.injector_end.current": current}), session)
        potential[current] = result["terminals.injector_end.potential"].value.to("V").magnitude
    assert session.reused == {"meshes": 1, "operators": 1}
    assert potential[2e-3] == pytest.approx(2 * potential[1e-3])
    spinfem.solve(quick.changed({"interfaces": {"wire/detector": BARRIER}, "title": "other operators"}), session)
    assert session.reused["operators"] == 1


def test_a_matrix_is_a_frame():
    result = spinfem.solve(spinfem.load("lumped_element").changed({"solver.error_estimate": False}))
    ((name, frame),) = list(result.matrices.items())[:1]
    assert frame.attrs["unit"] == "S"
    row, column = frame.index[0], frame.columns[-1]
    assert frame.loc[row, column] == result.outcome.results.matrices[0].values[0, -1]
    assert result.documents.keys() == {d.file_name for d in result.outcome.results.documents}


# --- fields ----------------------------------------------------------------------------------------------------------


def integral(fields, integrand, measure):
    with spinfem.compiling(fields.mesh.comm):
        form = fem.form(integrand * measure)
    return fem.assemble_scalar(form)


@pytest.mark.parametrize("terminal", ["injector_end", "detector_end", "wire_left", "wire_right"])
def test_potentials_at_a_terminal_are_its_reading(tunnel, terminal):
    fields, device = tunnel.fields, tunnel.simulation.device
    ds = ufl.Measure("ds", domain=fields.mesh, subdomain_data=device.facet_tags)(device.terminals[terminal])
    length = integral(fields, fem.Constant(fields.mesh, 1.0), ds)
    reading = tunnel.terminals[terminal]
    assert integral(fields, fields.phi, ds) / length == pytest.approx(reading.potential.to("V").magnitude, abs=1e-12)
    for k in range(3):
        spin = integral(fields, fields.v[k], ds) / length
        assert spin == pytest.approx(reading.spin_potential.to("V").magnitude[k], abs=1e-12)


def test_the_current_density_carries_the_current(pillar):
    fields = pillar.fields
    area = (80e-9) ** 2
    assert fields.j.x.array == pytest.approx(1e-3 / area, rel=1e-3)
    ends = fields.mesh.geometry.x[:, 0]
    assert (ends.max() - ends.min()) * fields.length_unit == pytest.approx(650e-9)
    ds = ufl.Measure("ds", domain=fields.mesh, subdomain_data=pillar.simulation.device.facet_tags)
    for name in ("left", "right"):
        at = ds(pillar.simulation.device.terminals[name])
        normal = ufl.FacetNormal(fields.mesh)
        leaving = [-integral(fields, ufl.dot(fields.J[k, :], normal), at) * area for k in range(3)]
        expected = pillar.terminals[name].spin_current.to("A").magnitude
        assert np.abs(expected).max() > 1e-6
        assert leaving == pytest.approx(expected, abs=1e-3 * np.abs(expected).max())


@pytest.mark.parametrize("name", ["tunnel", "pillar"])
def test_the_grid_shows_the_functions(name, request):
    result = request.getfixturevalue(name)
    fields, grid = result.fields, result.grid()
    assert grid.n_points == fields.phi.x.array.size
    straight = grid.cell_centers().points if name == "tunnel" else None
    assert np.array_equal(np.sort(grid["phi [V]"]), np.sort(fields.phi.x.array))
    assert np.array_equal(grid["v [V]"], fields.v.x.array.reshape(-1, 3))
    if straight is not None:  # degree 1: the middle of a cell has the mean of its corners and the one density
        points, cells = straight / fields.length_unit * 1e-9, np.arange(grid.n_cells)
        middle = grid.point_data_to_cell_data()
        assert fields.phi.eval(points, cells).ravel() == pytest.approx(middle["phi [V]"])
        assert fields.j.eval(points, cells) == pytest.approx(grid["j [A/m^2]"][:, :2])
        assert fields.J.eval(points, cells).reshape(-1, 3, 2)[:, 2] == pytest.approx(grid["J_z [A/m^2]"][:, :2])


def test_the_potential_jumps_in_the_function_too(tunnel):
    fields, device = tunnel.fields, tunnel.simulation.device
    contact = device.contacts[frozenset(("wire", "detector"))]
    dS = ufl.Measure("dS", domain=fields.mesh, subdomain_data=device.facet_tags)(contact)
    assert integral(fields, abs(ufl.jump(fields.v[2])), dS) > 0.01 * integral(fields, abs(ufl.avg(fields.v[2])), dS) > 0


# --- the simulation --------------------------------------------------------------------------------------------------


def test_another_magnetization_is_that_of_another_case(tunnel):
    turned = tunnel.solution(magnetizations={"detector": "-z"})
    antiparallel = turned.terminals["detector_end"].potential - turned.terminals["wire_right"].potential
    expected = tunnel["nonlocal_resistance.antiparallel"].value * pint.Quantity(1, "mA")
    assert antiparallel.to("V").magnitude == pytest.approx(expected.to("V").magnitude, rel=1e-9)
    solves = len(tunnel.simulation.solves.records)
    assert tunnel.solution(magnetizations={"detector": "-z"}).solution is turned.solution
    assert len(tunnel.simulation.solves.records) == solves


@pytest.mark.parametrize("current", ["-3 mA", pint.Quantity(-3, "mA"), -3e-3])
def test_another_drive(tunnel, current):
    driven = tunnel.solution(drive={"injector_end": current, "wire_left": "1 mV"})
    drawn = tunnel.terminals["detector_end"].potential.to("V").magnitude
    assert driven.terminals["detector_end"].potential.to("V").magnitude == pytest.approx(1e-3 - 3 * drawn)
    same = tunnel.solution(drive=spinfem.Drive(voltages={"wire_left": 1e-3}, currents={"injector_end": -3e-3}))
    assert np.array_equal(same.fields.phi.x.array, driven.fields.phi.x.array)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"magnetizations": {"wire": "+z"}}, "there is no such ferromagnet. There are: injector, detector"),
        ({"magnetizations": {"detector": "up"}}, "is no magnetization"),
        ({"magnetizations": {"detector": [0, 0, 0]}}, "must not be zero"),
        ({"drive": {"wire": "1 mA"}}, "there is no such terminal in the case"),
        ({"drive": {"wire_left": "1 mA"}}, "is not a voltage"),
        ({"drive": {"injector_end": "much"}}, "is not a number with a unit"),
    ],
)
def test_what_cannot_be_asked(tunnel, asked, words):
    with pytest.raises(spinfem.CaseError, match=words):
        tunnel.solution(**asked)


# --- the import ------------------------------------------------------------------------------------------------------


def test_the_import_is_light():
    script = (
        "import sys, spinfem; print(*sys.modules); assert 'load' in dir(spinfem); from spinfem import CaseError; "
        "assert 'dolfinx' not in sys.modules; from spinfem import load, read, solve, Session, Drive, SolveError, FolderInUse; "
        "assert 'dolfinx' in sys.modules; assert not hasattr(spinfem, 'nothing')"
    )
    environment = os.environ | {"PYTHONPATH": str(TREE)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    heavy = {"dolfinx", "gmsh", "mpi4py", "numpy", "pint", "pydantic", "pandas", "pyvista"}
    assert not heavy & {module.split(".")[0] for module in done.stdout.split()}
