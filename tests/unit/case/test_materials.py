import pytest
from pydantic import ValidationError

from spinfem.case.materials import Material, find, library


@pytest.mark.parametrize("name", library())
def test_every_entry_of_the_library_is_a_material_with_a_source(name):
    material = Material.model_validate(name)
    assert material.name == name
    assert material.source and material.note
    assert 1e6 < material.conductivity < 1e9
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
