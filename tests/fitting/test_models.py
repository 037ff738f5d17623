"""What is fitted: the full model and its adjoint derivatives, and the one-dimensional formula with a device's numbers."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from mpi4py import MPI
from scipy.stats import chi2

from spinfem.case.faults import CaseError
from spinfem.case.fit import unknowns
from spinfem.fitting.data import read_data
from spinfem.fitting.diagnostics import warnings
from spinfem.fitting.fit import fit
from spinfem.fitting.full_model import FullModel, settings_of, with_values
from spinfem.fitting.one_dimensional import NotAValve, OneDimensional
from spinfem.fitting.rows import cases_of
from spinfem.theory import hanle
from spinfem.theory.lateral_valve import Contact, Wire, nonlocal_resistance
from tests.fitting.valves import NAME, POLARIZATIONS, SEPARATION, TUNNEL, WIRE, source

NM = 1e-9
CIRCUIT = "interfaces.wire/injector={type: circuit, conductance_up: 6e14 S/m^2, conductance_down: 2e14 S/m^2, mixing_conductance: 5e14 S/m^2}"
BOTH_AR = [f"interfaces.wire/{name}.resistance_area" for name in ("injector", "detector")]
BOTH_P = [f"interfaces.wire/{name}.polarization" for name in ("injector", "detector")]


def table(separations=(300, 500, 800), values=None, error=None, name=NAME, **columns):
    values = np.ones(len(separations)) if values is None else values
    rows = {f"{SEPARATION} [nm]": list(separations), f"{name} [ohm]": values} | columns
    return pd.DataFrame(rows | ({} if error is None else {f"{name} error [ohm]": error}))


def parameters(**given):
    return f"fit.parameters={json.dumps({name: {'vary': v, 'between': b} for name, (v, b) in given.items()})}"


def prepared(data, *overrides):
    """(Data, Settings, Unknowns)."""
    written = source(*overrides)
    case = written.case()
    measured, wanted = read_data(data, case), unknowns(case)
    return measured, settings_of(cases_of(written, measured, wanted), measured, MPI.COMM_WORLD), wanted


def full_model(data, *overrides):
    measured, settings, wanted = prepared(data, *overrides)
    return FullModel(settings, measured, wanted, MPI.COMM_WORLD), wanted


def formula(data, *overrides):
    measured, settings, wanted = prepared(data, *overrides)
    return OneDimensional(settings, measured, wanted, source(*overrides).case().fit.formula), wanted


# --- the full model --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contacts", "name"),
    [("transparent", "nonlocal_resistance.parallel"), ("tunnel", NAME), ("circuit", NAME)],
)
def test_derivatives_are_those_of_finite_differences(contacts, name):
    given = {"L": (WIRE, ["50 nm", "3 um"]), "P": (POLARIZATIONS, [0.02, 0.98])}
    overrides = ()
    if contacts == "tunnel":
        overrides = TUNNEL
        given |= {"AR": (BOTH_AR[0], ["0.1 fohm m^2", "100 fohm m^2"]), "P_I": (BOTH_P, [0.01, 0.9])}
        overrides = (*overrides, "interfaces.wire/detector.polarization=0.3")
    elif contacts == "circuit":
        overrides = (CIRCUIT,)
        given |= {"G": ("interfaces.wire/injector.conductance_up", ["1e14 S/m^2", "7e14 S/m^2"])}
    model, wanted = full_model(table([300], name=name), parameters(**given), *overrides, "fit.to=" + name)
    at = np.array([u.start for u in wanted])
    slopes = model(at)[1]
    for k, unknown in enumerate(wanted):
        h = 5e-4 * unknown.start * np.eye(len(at))[k]
        quotient = (model(at + h)[0] - model(at - h)[0]) / (2 * h[k])
        assert np.abs(quotient).min() * unknown.start > 1e-4 * np.abs(model(at)[0]).min()
        assert slopes[:, k] == pytest.approx(quotient, rel=1e-5)


def test_equal_rows_share_a_device_and_another_material_keeps_its_mesh():
    cases = {"regions.wire.material.conductivity": ["4e7 S/m", "4e7 S/m", "5e7 S/m", "4e7 S/m"]}
    model, wanted = full_model(table([300, 500, 300, 300], **cases))
    assert [list(setting.rows) for setting in model.settings] == [[0, 3], [1], [2]]
    predicted, _ = model(np.array([u.start for u in wanted]))
    assert predicted[0] == predicted[3] and len(set(predicted)) == 3
    model, _ = full_model(table([300, 300], **{"regions.wire.material.conductivity": ["4e7 S/m", "5e7 S/m"]}))
    assert model.settings[0].device is model.settings[1].device


def test_a_fit_is_made_on_meshes_that_are_as_exact_as_its_case_asks_for():
    rough, fine = (prepared(table([300]), *more)[1][0] for more in ((), ("accuracy=0.1 %", "solver={method: direct}")))
    assert fine.device.mesh.topology.index_map(2).size_global > rough.device.mesh.topology.index_map(2).size_global
    assert rough.error is None and fine.error.name == NAME
    assert fine.error.error < 1e-3 * abs(fine.error.corrected)


def test_the_same_point_is_computed_once():
    model, wanted = full_model(table([300]), parameters(L=(WIRE, ["50 nm", "3 um"])))
    at = np.array([wanted[0].start])
    model(at), model(at.copy())
    assert model.evaluations == 1
    model(at * 1.01)
    assert model.evaluations == 2


@pytest.mark.parametrize(
    ("data", "overrides", "said"),
    [
        (table(name="nonlocal_resistance.diference"), ("fit.to=nonlocal_resistance.diference",), f'did you mean "{NAME}"'),
        (table(name="spin_accumulation"), ("fit.to=spin_accumulation",), 'no such measured number; did you mean "spin_accumulation.'),
        (table(), (parameters(P=("regions.wire.material.spin_hall_angle", [-0.1, 0.1])),), "does not depend on it"),
    ],
)  # fmt: skip
def test_what_cannot_be_fitted_is_told_at_the_first_device(data, overrides, said):
    model, wanted = full_model(
        data, *overrides, "fit.to=null" if not any("fit.to" in o for o in overrides) else "title=x"
    )
    with pytest.raises(CaseError) as caught:
        model(np.array([u.start for u in wanted]))
    assert said in str(caught.value), str(caught.value)
    assert model.evaluations == 1


# --- the formula -----------------------------------------------------------------------------------------------------


def by_hand(separation, lambda_n=300 * NM, polarization=0.5, injector=(0.0, 0.0), detector=(0.0, 0.0)):
    """R_NL of the small valve in the parallel state: cross-section 60 nm x 100 nm, contacts 100 nm x 100 nm."""
    wire = Wire(5e7, lambda_n, 60 * NM * 100 * NM)
    contacts = (Contact(7e6, 12 * NM, polarization, (100 * NM) ** 2, *barrier) for barrier in (injector, detector))
    return nonlocal_resistance(wire, *contacts, separation * NM)


@pytest.mark.parametrize(
    ("name", "share"), [("difference", 2), ("parallel", 1), ("antiparallel", -1)], ids=lambda v: str(v)
)
def test_the_formula_has_the_numbers_of_the_device(name, share):
    name = f"nonlocal_resistance.{name}"
    model, wanted = formula(table(name=name), "fit.to=" + name)
    assert model([u.start for u in wanted]) == pytest.approx([share * by_hand(L) for L in (300, 500, 800)], rel=1e-9)
    expected = [share * by_hand(L, 450 * NM, 0.3) for L in (300, 500, 800)]
    assert model([450 * NM, 0.3]) == pytest.approx(expected, rel=1e-9)


def test_the_formula_knows_contacts():
    model, wanted = formula(table([300]), *TUNNEL)
    expected = 2 * by_hand(300, injector=(3e-15, 0.3), detector=(2e-15, 0.2))
    assert model([u.start for u in wanted]) == pytest.approx([expected], rel=1e-9)
    model, wanted = formula(table([300]), CIRCUIT)  # AR = 1/(G_up + G_down), P = 4/8
    assert model([u.start for u in wanted]) == pytest.approx([2 * by_hand(300, injector=(1.25e-15, 0.5))], rel=1e-9)


def test_a_pair_of_polarizations():
    pairs = ("interfaces.wire/injector.polarization=[0, 0.3]", "interfaces.wire/detector.polarization=[0, 0.2]")
    one, wanted = formula(table([300]), *TUNNEL)
    two, _ = formula(table([300]), *TUNNEL, *pairs)
    at = [u.start for u in wanted]
    assert one(at) == pytest.approx(two(at), rel=1e-12)


HALF_CLOSED = (
    "interfaces.wire/injector={type: circuit, conductance_up: 1e15 S/m^2, conductance_down: 0 S/m^2,"
    " mixing_conductance: 1e15 S/m^2}"
)


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (("interfaces.wire/injector={resistance_area: 1 fohm m^2, spin_memory_loss: 0.3}",), "no spin memory loss"),
        ((HALF_CLOSED,), "both spin directions pass"),
        (("regions.detector.magnetization=+x",), "magnets along one axis"),
    ],
)
def test_the_formula_says_what_it_does_not_describe(overrides, said):
    with pytest.raises(NotAValve, match=said):
        formula(table([300]), *overrides)


def test_the_formula_is_not_for_a_wire_with_pads():
    size = "{separation: 300 nm, wire_length: 800 nm, electrode_length: 200 nm, wire_pad: 300 nm}"
    shape = f"geometry={{script: deposited_valve.geo, parameters: {size}}}"
    with pytest.raises(NotAValve, match="its wire has one cross-section, wire has pads, arms or bends"):
        formula(table([300]), shape, "mesh={resolution: 20, growth: 1}")


def test_the_formula_knows_magnets_as_they_are_drawn():
    name, drawn = "nonlocal_resistance", "observables.0.nonlocal_resistance.flip=null"
    model, wanted = formula(
        table([300], name=name, **{"regions.detector.magnetization": ["-z"]}), drawn, "fit.to=" + name
    )
    assert model([u.start for u in wanted]) == pytest.approx([-by_hand(300)], rel=1e-9)


def test_other_floating_terminals_are_not_of_the_formula():
    name = "nonlocal_resistance.parallel.wire_right"
    with pytest.raises(NotAValve, match="does not give"):
        formula(table([300], name=name), "fit.to=" + name)


def test_narrow_tunnel_contacts_on_a_thin_wire_are_one_dimensional():
    """The case in which the formula is right: full model, formula and formula by hand agree to 1 %."""
    narrow = {
        "geometry.parameters.injector_width": "10 nm",
        "geometry.parameters.detector_width": "10 nm",
        "geometry.parameters.wire_thickness": "10 nm",
        "geometry.parameters.wire_length": "4000 nm",
        "geometry.parameters.electrode_thickness": "80 nm",
        "mesh": "{resolution: 0.5, growth: 0.5}",
        "solver.degree": 2,
    }
    overrides = (*TUNNEL, *(f"{path}={value}" for path, value in narrow.items()))
    model, wanted = full_model(table([500]), *overrides)
    one, _ = formula(table([500]), *overrides)
    at = np.array([u.start for u in wanted])
    assert one(at) == pytest.approx(model(at)[0], rel=1e-2)


METAL = "regions.wire.material={conductivity: 5e7 S/m, spin_diffusion_length: 300 nm, spin_lifetime: 20 ps}"
FIELD = "magnetic_field={magnitude: 100 mT, direction: +x}"


@pytest.mark.parametrize("contacts", [(), TUNNEL], ids=["transparent", "tunnel"])
@pytest.mark.parametrize("kind", ["contacts", "tunnel"])
def test_the_formulas_know_a_field_across_the_magnets(contacts, kind):
    """Fukuma's formula, and that of Johnson, Silsbee and Jedema, by hand."""
    fields = (-200, 0, 50)
    data = table([300] * 3, **{"magnetic_field.magnitude [mT]": fields})
    model, wanted = formula(data, METAL, FIELD, f"fit.formula={kind}", *contacts)
    barriers = [(3e-15, 0.3), (2e-15, 0.2)] if contacts else [(0.0, 0.0)] * 2
    wire = Wire(5e7, 300 * NM, 60 * NM * 100 * NM)
    ends = [Contact(7e6, 12 * NM, 0.5, (100 * NM) ** 2, *barrier) for barrier in barriers]
    turns = hanle.turning(np.array(fields) / 1e3, 20e-12)
    if kind == "contacts":
        expected = hanle.finite_contacts(wire, *ends, 300 * NM, turns)
    else:
        shares = [2 * q / s for q, s in (end.load(wire) for end in ends)]
        expected = hanle.tunnel_valve(shares, wire.spin_resistance, 1.0, turns)
    assert model([u.start for u in wanted]) == pytest.approx(2 * expected, rel=1e-9)


def test_behind_a_tunnel_barrier_both_formulas_are_one():
    wire, barrier = Wire(5e7, 300 * NM, 60 * NM * 100 * NM), Contact(7e6, 12 * NM, 0.5, (100 * NM) ** 2, 1e-9, 0.3)
    turns = np.array([0.0, 1.0, 3.0])
    expected = hanle.tunnel_valve((0.3, 0.3), wire.spin_resistance, 1.5, turns)
    for one in (hanle.finite_contacts, hanle.independent_contacts):
        assert one(wire, barrier, barrier, 450 * NM, turns) == pytest.approx(expected, rel=1e-4)


def test_a_field_along_the_magnets_turns_nothing_and_an_oblique_one_is_not_of_the_formula():
    fields = {"magnetic_field.magnitude [mT]": [100]}
    along, wanted = formula(table([300], **fields), METAL, FIELD.replace("+x", "+z"))
    assert along([u.start for u in wanted]) == pytest.approx([2 * by_hand(300)], rel=1e-9)
    with pytest.raises(NotAValve, match="fields along the magnets or across them"):
        formula(table([300], **fields), METAL, FIELD.replace("+x", "[1, 0, 1]"))


# --- fits ------------------------------------------------------------------------------------------------------------

TRUTH = {"lambda_N": 420 * NM, "P_F": 0.33}
SEPARATIONS = (250, 350, 550, 800)


@cache
def synthetic(error=0.02, seed=7):
    """Data of the small valve at TRUTH, with noise: another start than the fit's, the same mesh."""
    measured, settings, wanted = prepared(table(SEPARATIONS))
    cases = [with_values(setting.case, wanted, list(TRUTH.values())) for setting in settings]
    settings = settings_of(cases, measured, MPI.COMM_WORLD)
    exact = FullModel(settings, measured, wanted, MPI.COMM_WORLD)(np.array(list(TRUTH.values())))[0]
    noise = np.random.default_rng(seed).standard_normal(len(exact))
    return exact * (1 + error * noise), error * exact


@cache
def fitted():
    """The FitResult of the synthetic data."""
    values, errors = synthetic()
    return fit(source(), table(SEPARATIONS, values, errors), MPI.COMM_WORLD)


def distance(found):
    """Of the truth from the values found, in the metric of their covariance: chi-square of two unknowns."""
    off = found.values - list(TRUTH.values())
    return off @ np.linalg.solve(found.covariance, off)


def test_noisy_data_give_the_parameters_within_the_interval():
    result = fitted()
    assert distance(result.full) < chi2.ppf(0.999, 2)
    assert result.full.chi_square < chi2.ppf(0.999, 2)
    assert result.full.half_widths[0] < 60 * NM and result.full.half_widths[1] < 0.03  # and they say something
    assert -1 < result.full.correlation[0, 1] < -0.5
    assert not list(warnings(result)) and result.formula is not None


def test_the_start_makes_no_difference():
    values, errors = synthetic()
    data = table(SEPARATIONS, values, errors)
    far = fit(source("fit.parameters.lambda_N.start=900 nm", "fit.parameters.P_F.start=0.8"), data, MPI.COMM_WORLD)
    assert far.full.values == pytest.approx(fitted().full.values, rel=5e-3)
    assert far.full.half_widths == pytest.approx(fitted().full.half_widths, rel=0.05)
    assert far.moved == pytest.approx(0, abs=1e-6)  # the mesh is made for the magnets, whose length is known


def test_two_polarizations_that_come_as_a_product_are_told():
    """The signal hardly knows more than the product of injector and detector."""
    values, errors = synthetic()
    ranges = [0.02, 0.98]
    split = parameters(P_1=(POLARIZATIONS[0], ranges), P_2=(POLARIZATIONS[1], ranges))
    known = f"{WIRE}={TRUTH['lambda_N']} m"
    found = fit(source(split, known), table(SEPARATIONS, values, errors), MPI.COMM_WORLD)
    assert (found.full.half_widths > 0.1).all()  # not 0.01, as for the two together
    said = "\n".join(warnings(found))
    assert "do not determine P_1" in said or "hardly tell P_1 and P_2 apart" in said


def test_data_that_the_model_cannot_describe_are_told():
    values, errors = synthetic()
    result = fit(source(), table(SEPARATIONS, values * [1, 2, 1, 2], errors), MPI.COMM_WORLD)
    assert any("misses the data by more than their errors" in line for line in warnings(result))
