"""Carriers of a semiconductor: sigma = n e mu, Einstein's relation, and what contradicts them."""

import pytest
from pydantic import ValidationError

from spinfem.case.faults import CaseError
from spinfem.case.materials import Material
from spinfem.case.reader import read_case

E, K = 1.602176634e-19, 1.380649e-23
GAAS = {"mobility": "5000 cm^2/V/s", "carrier_density": "1e16 1/cm^3", "spin_lifetime": "10 ns"}
EINSTEIN = GAAS | {"non_degenerate": True}
CASE = """
temperature: {}
geometry: {{layers: [{{name: wire, thickness: 10 um}}]}}
regions: {{wire: {{material: {{mobility: 5000 cm^2/V/s, carrier_density: 1e16 1/cm^3, spin_lifetime: 10 ns, non_degenerate: true}}}}}}
terminals: {{left: {{voltage: 0 V}}, right: {{voltage: 0 V}}}}
"""


def read(given):
    return Material.model_validate(given, context={"file": True})


def test_density_and_mobility_give_the_conductivity():
    material = read(GAAS | {"diffusion_constant": "100 cm^2/s"})
    assert material.conductivity == pytest.approx(1e22 * E * 0.5, rel=1e-12)
    assert "conductivity" not in material.as_file() and read(material.as_file()) == material
    twice = material.varied("mobility", 1.0)
    assert twice.conductivity == pytest.approx(2 * material.conductivity) and twice.carrier_density == 1e22


@pytest.mark.parametrize("given", [{"conductivity": "800 S/m"}, {"resistivity": "1.25e-3 ohm m"}])
def test_conductivity_and_mobility_give_the_density(given):
    material = read(
        given | {"mobility": "0.5 m^2/V/s", "spin_diffusion_length": "1 um", "diffusion_constant": "0.01 m^2/s"}
    )
    assert material.carrier_density == pytest.approx(800 / E / 0.5, rel=1e-12)
    assert material.varied("mobility", 0.25).carrier_density == pytest.approx(2 * material.carrier_density, rel=1e-12)


def test_the_relation_of_einstein_holds_where_it_is_asked_for():
    material = read(EINSTEIN | {"temperature": "300 K"})
    assert material.diffusion_constant == pytest.approx(0.5 * K * 300 / E, rel=1e-12)
    assert material.spin_diffusion_length == pytest.approx((0.5 * K * 300 / E * 1e-8) ** 0.5, rel=1e-12)
    # c = n e^2/kT, and P_s = v/(kT/e)
    assert material.capacity == pytest.approx(1e22 * E**2 / (K * 300), rel=1e-12)
    assert material.varied("mobility", 1.0).diffusion_constant == pytest.approx(K * 300 / E, rel=1e-12)
    length = read(
        {k: v for k, v in EINSTEIN.items() if k != "spin_lifetime"}
        | {"spin_diffusion_length": "2 um", "temperature": "77 K"}
    )
    assert length.spin_lifetime == pytest.approx(4e-12 / (0.5 * K * 77 / E), rel=1e-12)


def test_it_waits_for_the_temperature_of_the_case():
    material = read_case(CASE.format("77 K")).regions["wire"].material
    assert material.diffusion_constant == pytest.approx(0.5 * K * 77 / E, rel=1e-12)
    assert read(EINSTEIN).pending and read(EINSTEIN).at("77 K").spin_diffusion_length == material.spin_diffusion_length
    case = read_case(CASE.format("77 K"))
    assert read_case(CASE.format("77 K")).as_file() == case.as_file()
    with pytest.raises(CaseError, match="needs a temperature for Einstein's relation"):
        read_case(CASE.replace("temperature: {}", "").format())


@pytest.mark.parametrize(
    ("given", "conductivity", "density"),
    [
        ({"mobility": "1000 cm^2/V/s"}, 1e22 * E * 0.1, 1e22),
        ({"carrier_density": "2e16 1/cm^3"}, 2e22 * E * 0.5, 2e22),
        ({"conductivity": "400 S/m"}, 400.0, 400 / E / 0.5),  # the mobility stays
        ({"resistivity": "0.0025 ohm m"}, 400.0, 400 / E / 0.5),
        ({"conductivity": "400 S/m", "mobility": "1000 cm^2/V/s"}, 400.0, 400 / E / 0.1),
    ],
)
def test_what_stays_of_a_base(given, conductivity, density, tmp_path):
    from spinfem.case.tied import left_of

    entry = GAAS | {"diffusion_constant": "100 cm^2/s"}
    material = read(left_of(entry, given) | given)
    assert material.conductivity == pytest.approx(conductivity, rel=1e-12)
    assert material.carrier_density == pytest.approx(density, rel=1e-12)


def test_a_base_becomes_a_gas_that_is_not_degenerate():
    base = {"base": "n-GaAs @ 300 K", "mobility": "3800 cm^2/V/s"}
    assert Material.model_validate(base).diffusion_constant == 98e-4
    material = Material.model_validate(base | {"non_degenerate": True, "temperature": "300 K"})
    assert material.diffusion_constant == pytest.approx(0.38 * K * 300 / E, rel=1e-12)
    assert material.carrier_density == pytest.approx(3e22, rel=0.02)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (GAAS | {"conductivity": "900 S/m", "spin_diffusion_length": "1 um"}, "n e mu is 801.088 S/m, not 900 S/m"),
        (GAAS | {"resistivity": "1 ohm m", "spin_diffusion_length": "1 um"}, "n e mu is 801.088 S/m, not 1 S/m"),
        (EINSTEIN | {"temperature": "300 K", "diffusion_constant": "100 cm^2/s"}, r"D = mu k T/e = 0.0129"),
        (EINSTEIN | {"temperature": "300 K", "spin_diffusion_length": "1 um"}, r"lambda\^2 = D tau makes it 77.3"),
        ({"conductivity": "800 S/m", "spin_lifetime": "1 ns", "non_degenerate": True}, "needs a mobility mu"),
        ({"mobility": "1 m^2/V/s", "spin_diffusion_length": "1 um"}, "or mobility and carrier_density"),
        (GAAS | {"carrier_density": "1e16 1/cm^2"}, "is not a density of carriers"),
        (GAAS | {"carrier_density": "0 1/cm^3"}, "greater than 0"),
        (GAAS | {"carriers": "muons"}, "electrons"),
        (GAAS | {"non_degenerate": "yes, please"}, "must be true or false"),
    ],
)
def test_values_that_contradict(given, reason):
    with pytest.raises(ValidationError, match=reason):
        read(given)
