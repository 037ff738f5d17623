import pytest
from pydantic import ValidationError

from spinfem.case.materials import Material, find, library


@pytest.mark.parametrize("name", library())
def test_every_entry_of_the_library_is_a_material_with_a_source(name):
    material = Material.model_validate(name)
    assert material.name == name
    assert material.source and material.note
    assert "confirmed" in material.note
    conductivity = material.magnon_conductivity if material.insulating else material.conductivity
    assert (1e3 if name.split()[0] in ("n-GaAs", "Si") else 1e5) < conductivity < 1e9
    assert 1e-9 < material.spin_diffusion_length < 1e-5


def test_a_temperature_within_ten_per_cent_is_the_same():
    assert find("Cu @ 4 K") == find("Cu@4.2K") == find("Cu @ 4.2 K")
    assert find("Cu @ 20 degC")["name"] == "Cu @ 300 K"


def test_one_temperature_needs_no_name():
    assert Material.model_validate("Pt").temperature == 300.0


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Cu", 'needs a temperature, e.g. "Cu @ 4.2 K"; the library has Cu at 4.2 K and 300 K'),
        ("Cu @ 10 K", "was not measured at 10 K; the library has Cu at 4.2 K and 300 K"),
        ("Cu @ 4", "has no unit"),
        ("Cu @ cold", "the temperature is not a number with a unit"),
        ("Cu @", "is not a number with a unit"),
        ("Pyy @ 4 K", 'did you mean "Py"?'),
        ("", "There are: Cu, Al, Ag, Py, Co, Pt"),
    ],
)
def test_what_is_not_in_the_library(name, reason):
    with pytest.raises(ValueError) as refused:
        find(name)
    assert reason in str(refused.value)


def test_an_entry_with_values_replaced():
    material = Material.model_validate({"base": "Cu @ 300 K", "spin_diffusion_length": "400 nm"})
    assert material.spin_diffusion_length == 4e-7
    assert material.conductivity == 3.5e7
    assert material.name == "Cu @ 300 K, changed"
    assert Material.model_validate({"base": "Cu @ 300 K"}).name == "Cu @ 300 K"


def test_values_given_in_place():
    material = Material.model_validate({"conductivity": "3.5e7 S/m", "spin_diffusion_length": "350 nm"})
    assert (material.polarization, material.spin_hall_angle, material.name) == (0.0, 0.0, "")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"conductivity": "0 S/m", "spin_diffusion_length": "1 nm"}, "must be greater than 0"),
        ({"spin_diffusion_length": "1 nm"}, "is missing: an electric conductivity"),
        ({"base": "Py @ 4 K", "polarization": 1}, "must be greater than -1 and less than 1"),
        ({"base": 3}, "base must be a name of the library"),
        ({"base": "Py @ 4 K", "lambda": "1 nm"}, "unknown key"),
        (3, "must be a mapping with the keys name, base, conductivity"),
    ],
)
def test_what_is_no_material(given, reason):
    with pytest.raises(ValidationError, match=reason):
        Material.model_validate(given)


COPPER = {"conductivity": "3.5e7 S/m", "spin_diffusion_length": "350 nm"}


@pytest.mark.parametrize(
    "given",
    [
        {"spin_diffusion_length": "350 nm", "diffusion_constant": "100 cm^2/s"},
        {"spin_diffusion_length": "350 nm", "spin_lifetime": "12.25 ps"},
        {"diffusion_constant": "0.01 m^2/s", "spin_lifetime": "0.01225 ns"},
        {"spin_diffusion_length": "350 nm", "diffusion_constant": "100 cm^2/s", "spin_lifetime": "12.25 ps"},
    ],
)
def test_two_of_length_diffusion_constant_and_lifetime_give_the_third(given):
    material = Material.model_validate({"conductivity": "3.5e7 S/m"} | given, context={"file": True})
    assert material.spin_diffusion_length == pytest.approx(3.5e-7, rel=1e-12)
    assert material.diffusion_constant == pytest.approx(0.01, rel=1e-12)
    assert material.spin_lifetime == pytest.approx(12.25e-12, rel=1e-12)
    assert material.capacity == pytest.approx(3.5e9, rel=1e-12)
    assert material.as_file().keys() == {"conductivity", *given}
    assert Material.model_validate(material.as_file(), context={"file": True}) == material
    assert Material.model_validate(material.model_dump(mode="json")).capacity == pytest.approx(3.5e9, rel=1e-12)


def test_the_length_alone_is_enough_where_nothing_asks_for_time():
    material = Material.model_validate(COPPER)
    assert material.diffusion_constant is None and material.spin_lifetime is None
    with pytest.raises(ValueError, match="the material needs a spin_lifetime"):
        _ = material.capacity


def test_resistivity_stands_for_conductivity():
    given = {"resistivity": "2.5 uohm cm", "spin_diffusion_length": "350 nm"}
    material = Material.model_validate(given, context={"file": True})
    assert material.conductivity == pytest.approx(4e7, rel=1e-12)
    assert "conductivity" not in material.as_file()
    assert Material.model_validate({"base": "Cu @ 300 K", "resistivity": "2.5 uohm cm"}).conductivity == 1 / 2.5e-8


@pytest.mark.parametrize(
    ("given", "length", "lifetime"),
    [
        ({"spin_lifetime": "50 ps"}, (43e-4 * 50e-12) ** 0.5, 50e-12),  # the diffusion constant stays
        ({"spin_diffusion_length": "400 nm"}, 400e-9, 400e-9**2 / 43e-4),
        ({"diffusion_constant": "20 cm^2/s"}, 650e-9, 650e-9**2 / 20e-4),
        ({"diffusion_constant": "20 cm^2/s", "spin_lifetime": "50 ps"}, (20e-4 * 50e-12) ** 0.5, 50e-12),
    ],
)
def test_what_stays_of_a_base(given, length, lifetime):
    material = Material.model_validate({"base": "Al @ 4.2 K"} | given)
    assert material.spin_diffusion_length == pytest.approx(length, rel=1e-12)
    assert material.spin_lifetime == pytest.approx(lifetime, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            COPPER | {"diffusion_constant": "100 cm^2/s", "spin_lifetime": "20 ps"},
            r"lambda\^2 = D tau makes it 12.25 ps",
        ),
        (COPPER | {"resistivity": "3 uohm cm"}, "is not the inverse of the conductivity"),
        ({"conductivity": "1 S/m", "spin_lifetime": "20 ps"}, "or both diffusion_constant and spin_lifetime"),
        (COPPER | {"spin_lifetime": "0 s"}, "must be greater than 0"),
        (COPPER | {"spin_lifetime_anisotropy": 0}, "must be greater than 0"),
        (COPPER | {"diffusion_constant": "3 m"}, "is not a diffusion constant"),
    ],
)
def test_values_that_contradict(given, reason):
    with pytest.raises(ValidationError, match=reason):
        Material.model_validate(given, context={"file": True})


def test_what_varies_leaves_the_other_given_value_as_it_is():
    material = Material.model_validate({"conductivity": 3.5e7, "diffusion_constant": 0.01, "spin_lifetime": 12.25e-12})
    slower = material.varied("spin_lifetime", 49e-12)
    assert (slower.diffusion_constant, slower.spin_diffusion_length) == (0.01, pytest.approx(7e-7))
    assert slower.varied("diffusion_constant", 0.04).spin_diffusion_length == pytest.approx(14e-7)
    assert material.following == {"resistivity", "spin_diffusion_length", "mobility", "carrier_density"}
