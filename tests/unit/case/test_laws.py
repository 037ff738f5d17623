"""Values of materials that depend on temperature and thickness."""

import json

import numpy as np
import pytest
from pydantic import ValidationError

from spinfem.case.faults import CaseError
from spinfem.case.materials import Material, keys_of_laws

NM, UOHM_CM = 1e-9, 1e-8
FORMULA = {"formula": "1.5 + 0.005*T + 30*nm/thickness", "unit": "uohm cm"}
LENGTH = {"proportional_to": "conductivity", "value": "350 nm", "at": "300 K", "thickness": "60 nm"}


def formula(temperature, thickness):
    return (1.5 + 0.005 * temperature + 30 * NM / thickness) * UOHM_CM


@pytest.fixture
def table(tmp_path):
    """Writes a table of that formula; returns its path."""

    def write(
        temperatures=(4.2, 100, 300),
        thicknesses=(30, 60, 120),
        head="temperature [K], thickness [nm], resistivity [uohm cm]",
    ):
        rows = [f"{t}, {d}, {formula(t, d * NM) / UOHM_CM!r}" for d in thicknesses for t in temperatures]
        path = tmp_path / "rho.csv"
        path.write_text("\n".join(["# made up", head, *rows]) + "\n")
        return path

    return write


def material(**given):
    return Material(**{"resistivity": FORMULA, "spin_diffusion_length": LENGTH} | given)


@pytest.mark.parametrize("temperature", [4.2, 51.3, 100, 299])
@pytest.mark.parametrize("thickness", [30 * NM, 47 * NM, 60 * NM, 119 * NM])
def test_a_table_is_exact_where_its_values_are_linear_in_temperature_and_inverse_thickness(
    temperature, thickness, table
):
    for key in ("resistivity", "conductivity"):
        found = Material(**{key: {"table": table()}, "spin_diffusion_length": "1 nm"}).at(temperature, thickness)
        assert found.conductivity == pytest.approx(1 / formula(temperature, thickness), rel=1e-12)
        assert (found.temperature, found.thickness) == (temperature, thickness)


def test_rounding_does_not_take_the_ends_of_a_table_away(table):
    given = Material(conductivity={"table": table()}, spin_diffusion_length="1 nm")
    assert 120 * NM > 1.2e-7 and given.at(300, 120 * NM).conductivity == given.at(300, 1.2e-7).conductivity


def test_smooth_interpolation_converges_faster_than_linear(tmp_path):
    def error(points, interpolation):
        kelvins = np.linspace(10, 300, points)
        lines = [f"{t!r}, {(t / 100) ** 3 + 1!r}" for t in kelvins.tolist()]
        (tmp_path / "t.csv").write_text("\n".join(["T [K], resistivity [uohm cm]", *lines]))
        law = {"table": tmp_path / "t.csv", "interpolation": interpolation}
        found = Material(resistivity=law, spin_diffusion_length="1 nm")
        return max(abs(found.at(t).resistivity / UOHM_CM - (t / 100) ** 3 - 1) for t in (93.0, 151.0, 222.0))

    assert error(21, "smooth") < error(21, "linear") / 5
    assert error(41, "smooth") < error(21, "smooth") / 5


def test_an_elliott_yafet_length_times_the_resistivity_is_constant():
    there = [material().at(t, d) for t, d in ((4.2, 60 * NM), (300, 60 * NM), (77, 40 * NM))]
    products = [m.spin_diffusion_length / m.conductivity for m in there]
    assert products == pytest.approx([350e-9 * formula(300, 60 * NM)] * 3, rel=1e-12)
    assert there[1].spin_diffusion_length == pytest.approx(350e-9, rel=1e-12)


def test_factors_have_the_dimension_of_what_they_relate():
    given = material(
        spin_diffusion_length={"proportional_to": "conductivity", "factor": "0.91 fohm m^2"},
        spin_hall_angle={"proportional_to": "resistivity", "factor": 3e5},  # in Python: S/m
        diffusion_constant={
            "proportional_to": "conductivity",
            "value": "100 cm^2/s",
            "at": "77 K",
            "thickness": "60 nm",
        },
    )
    found = given.at("77 K", "60 nm")
    rho = formula(77, 60 * NM)
    assert found.spin_diffusion_length == pytest.approx(0.91e-15 / rho, rel=1e-12)
    assert found.spin_hall_angle == pytest.approx(3e5 * rho, rel=1e-12)
    assert found.spin_lifetime == pytest.approx(found.spin_diffusion_length**2 / 0.01, rel=1e-12)
    assert given.at(300, 60e-9).diffusion_constant < 0.01


def test_a_length_that_follows_the_conductivity_does_so_when_that_is_varied():
    found = material(spin_lifetime="10 ps").at(77, 60 * NM)
    assert {"conductivity", "spin_diffusion_length", "diffusion_constant"} <= found.following
    other = found.varied("resistivity", 2 * found.resistivity)
    assert other.conductivity == pytest.approx(found.conductivity / 2)
    assert other.spin_diffusion_length == pytest.approx(found.spin_diffusion_length / 2)
    assert other.diffusion_constant == pytest.approx(found.diffusion_constant / 4)


def test_a_length_may_follow_a_conductivity_that_is_a_number():
    found = Material(conductivity=2e7, spin_diffusion_length={"proportional_to": "conductivity", "factor": 1e-15}).at()
    assert found.spin_diffusion_length == pytest.approx(20 * NM)
    assert found.varied("conductivity", 1e7).spin_diffusion_length == pytest.approx(10 * NM)


def test_what_a_material_says_of_its_temperature_counts_first():
    given = material(temperature="77 K", thickness="60 nm")
    assert given.at(300, 1e-6).conductivity == pytest.approx(1 / formula(77, 60 * NM))


def test_numbers_alone_need_no_temperature():
    copper = Material(base="Cu @ 300 K")
    assert copper.at(4.2) is copper and not copper.pending


@pytest.mark.parametrize("resolved", [False, True])
def test_a_law_survives_files(resolved, table):
    given = material(conductivity={"table": table()}, resistivity=None, polarization={"formula": "0.4 - T/1000"})
    given = given.at(100, 50 * NM) if resolved else given
    again = Material.model_validate(given.as_file(), context={"file": True})
    assert again.at(200, 40 * NM) == given.at(200, 40 * NM)
    kept = json.loads(json.dumps(given.model_dump(mode="json")))
    assert kept["laws"].keys() == {"conductivity", "spin_diffusion_length", "polarization"}
    assert kept["polarization"] == pytest.approx(0.3 if resolved else 0.0)


@pytest.mark.parametrize(
    ("given", "conditions", "key", "value", "words"),
    [
        ({"temperature": (4.2, 300)}, (350, 60 * NM), "conductivity", "350 K", "rho.csv goes from 4.2 K to 300 K"),
        ({"temperature": (4.2, 300)}, (77, 20 * NM), "conductivity", "20 nm", "rho.csv goes from 30 nm to 120 nm"),
        ({"temperature": (4.2, 300)}, (None, 60 * NM), "conductivity", None, "rho.csv needs a temperature"),
        ({"temperature": (4.2, 300)}, (77, None), "conductivity", None, "rho.csv needs a thickness"),
        ({"formula": "100 - T"}, (200, None), "conductivity", "-100 MS/m", "must be greater than 0"),
        ({"formula": "100 - T", "unit": "uohm cm"}, (100, None), "conductivity", None, "has a resistivity of 0 there"),
        ({"formula": "1/(100 - T)"}, (100, None), "conductivity", "100 K", "has no value there"),
        ({"formula": "T", "between": ["10 K", "50 K"]}, (77, None), "conductivity", "77 K", "goes from 10 K to 50 K"),
    ],
)
def test_where_a_value_is_not_known(given, conditions, key, value, words, table):
    law = {"table": table()} if "temperature" in given else {"unit": "MS/m"} | given
    with pytest.raises(CaseError) as caught:
        Material(name="my copper", conductivity=law, spin_diffusion_length="1 nm").at(*conditions)
    (fault,) = caught.value.faults
    assert (fault.key, fault.value) == (key, value)
    assert fault.message.startswith("my copper: ") and words in fault.message


def test_values_that_contradict_at_a_temperature():
    lifetime = {"formula": "T", "unit": "ps"}
    given = material(
        resistivity="2 uohm cm", spin_diffusion_length="1 um", diffusion_constant="100 cm^2/s", spin_lifetime=lifetime
    )
    assert given.at(100).spin_lifetime == pytest.approx(1e-10)
    with pytest.raises(CaseError, match="spin_lifetime: 200 ps: .*makes it 100 ps"):
        given.at(200)


HEADS = "temperature [K], thickness [nm], resistivity [uohm cm]"


@pytest.mark.parametrize(
    ("head", "keys", "words"),
    [
        (HEADS.replace("uohm cm", "kg"), {}, 'its column "resistivity" is counted in "kg", which is not'),
        (HEADS.replace("K", "nm"), {}, 'its column "temperature" is counted in "nm"'),
        (
            HEADS.replace("temperature", "Tc"),
            {},
            "twice for the same thickness; its columns are Tc, thickness, resistivity",
        ),
        (HEADS, {"column": "rho"}, "no such column of values in rho.csv. There is: resistivity"),
        (HEADS, {"temperature": "Tc"}, "no such column in rho.csv.*temperature, thickness, resistivity"),
        ("a, b, resistivity [uohm cm]", {"column": "resistivity"}, "has neither temperatures nor thicknesses"),
        ("temperature [K], thickness [nm]", {}, "line 1 of its numbers has 3 entries, its head has 2"),
        (
            "temperature [K], T [K], resistivity [uohm cm]",
            {"column": "resistivity", "thickness": "T"},
            'column "T" is counted in "K"',
        ),
        (HEADS, {"interpolation": "cubic"}, 'must be "linear" or "smooth"'),
        (HEADS, {"colum": "resistivity"}, "unknown key"),
    ],
)
def test_bad_tables(head, keys, words, table):
    law = {"table": str(table(head=head))} | keys
    given = {"conductivity": law, "spin_diffusion_length": "1 nm"}
    with pytest.raises(ValidationError, match=words):
        Material.model_validate(given, context={"file": True})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("temperature [K]\n", "needs a line of heads"),
        ("T [K], rho [uohm cm]\n1, one\n", 'has "one" as rho, which is no number'),
        ("T [K], rho [uohm cm]\n1, nan\n", "no number"),
        ("T [K], rho [uohm cm]\n1, 2\n1, 3\n", "a row twice for the same temperature"),
        ("T [K], T [K]\n1, 2\n", "two columns T"),
        ("d [nm], rho [uohm cm]\n0, 2\n", "a thickness that is not greater than 0"),
    ],
)
def test_bad_files(text, words, tmp_path):
    (tmp_path / "rho.csv").write_text(text)
    given = {"resistivity": {"table": "rho.csv"}, "spin_diffusion_length": "1 nm"}
    with pytest.raises(ValidationError, match=words):
        Material.model_validate(given, context={"file": True, "folder": tmp_path})


@pytest.mark.parametrize(
    ("key", "law", "words"),
    [
        ("conductivity", {"table": "none.csv"}, "there is no such file beside the case file"),
        ("conductivity", {"tabel": "rho.csv"}, "is no number and no law; give an electric conductivity"),
        ("conductivity", {"formula": "T*x", "unit": "S/m"}, "there is no name x; there are T, thickness, nm, um, pi"),
        ("conductivity", {"formula": "T"}, 'counted in "", which is not an electric conductivity'),
        ("conductivity", {"formula": "T", "unit": "frobs"}, "unit that does not exist"),
        ("conductivity", {"proportional_to": "conductivity", "factor": "1"}, "not proportional to itself"),
        (
            "spin_diffusion_length",
            {"proportional_to": "polarization", "factor": 1},
            'must be "conductivity" or "resistivity"',
        ),
        ("spin_diffusion_length", {"proportional_to": "conductivity"}, "needs one of the two"),
        (
            "spin_diffusion_length",
            {"proportional_to": "conductivity", "value": "3 K"},
            "has the value 3 K, which is not a length",
        ),
        ("spin_diffusion_length", {"proportional_to": "conductivity", "factor": "3 m"}, "has the factor 3 m"),
    ],
)
def test_what_is_no_law(key, law, words):
    given = {"conductivity": "1 S/m", "spin_diffusion_length": "1 nm"} | {key: law}
    with pytest.raises(ValidationError, match=words):
        Material.model_validate(given, context={"file": True})


def test_every_number_of_a_material_can_have_a_law():
    numbers = {
        "conductivity",
        "spin_diffusion_length",
        "diffusion_constant",
        "polarization",
        "spin_hall_angle",
        "g_factor",
    }
    assert numbers < keys_of_laws().keys() and not {"temperature", "thickness"} & keys_of_laws().keys()
