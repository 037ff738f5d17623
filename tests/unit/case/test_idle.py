"""Keys that were given and have no effect in a case are told, each with the reason; those that have one are not."""

from typing import ClassVar

import pytest

from spinfem.case.plugin_files import use
from spinfem.case.plugins import Term
from spinfem.case.source import CaseSource
from spinfem.geometry.idle import idle_warnings

STACK = """
geometry:
  layers: [{name: magnet, thickness: 5 nm}, {name: metal, thickness: 20 nm}]
regions:
  magnet: {material: {conductivity: 1e7 S/m, spin_diffusion_length: 5 nm, polarization: 0.5}, magnetization: +z}
  metal: {material: {conductivity: 4e7 S/m, spin_diffusion_length: 100 nm}}
interfaces: {magnet/metal: {resistance_area: 1 fohm m^2}}
terminals: {left: {current: 1 mA}, right: {voltage: 0 V}}
observables: [terminals]
"""
MATERIAL, METAL = "regions.magnet.material", "regions.metal.material"
BARRIER = "interfaces.magnet/metal={type: barrier, resistance_area: 1 fohm m^2, height: 1 eV, thickness: 1 nm"
PRECESSING = "regions.magnet.magnetization={precessing: +z, frequency: %s, cone_angle: %s}"
DYNAMICS = "dynamics={until: 1 ns, magnets: {magnet: {damping: 0.1, saturation_magnetization: 8e5 A/m}}, %s}"

IDLE = {  # what is set -> the key that has no effect, and a word of the reason
    f"{MATERIAL}.amr_polarization=0.3": (f"{MATERIAL}.amr_polarization", "amr_ratio"),
    f"{MATERIAL}.anomalous_hall_polarization=0.3": (f"{MATERIAL}.anomalous_hall_polarization", "anomalous_hall_angle"),
    f"{MATERIAL}.anomalous_hall_angle=0.01": (f"{MATERIAL}.anomalous_hall_angle", "on a line"),
    f"{METAL}.spin_hall_angle=0.1": (f"{METAL}.spin_hall_angle", "on a line"),
    f"{METAL}.thermal_conductivity=400 W/m/K": (f"{METAL}.thermal_conductivity", "heat: 300 K"),
    f"{METAL}.seebeck_coefficient=1 uV/K": (f"{METAL}.seebeck_coefficient", "heat: 300 K"),
    f"{METAL}.heat_capacity=3e6 J/m^3/K": (f"{METAL}.heat_capacity", "`time`"),
    f"{METAL}.g_factor=1.9": (f"{METAL}.g_factor", "magnetic_field"),
    f"{METAL}.spin_lifetime=1 ps": (f"{METAL}.spin_lifetime", "magnetic_field"),
    f"{METAL}.carriers=holes": (f"{METAL}.carriers", "mobility"),
    f"{METAL}.thickness=5 nm": (f"{METAL}.thickness", "by a table or a formula"),
    "regions.metal.thickness=5 nm": ("regions.metal.thickness", "by a table or a formula"),
    "regions.magnet.magnetic_field=[0 T, 0 T, 1 T]": ("regions.magnet.magnetic_field", "normal metals"),
    "temperature=300 K": ("temperature", "by a table or a formula"),
    "mesh={refinements: 1, temperature: 300 K}": ("mesh.temperature", "by a table or a formula"),
    "mesh={refinements: 1, rim: 0.5}": ("mesh.rim", "layers"),
    "geometry.unit=1 nm": ("geometry.unit", "layers"),
    "interfaces.magnet/metal.thermal_conductance=1e8 W/m^2/K": (
        "interfaces.magnet/metal.thermal_conductance",
        "heat: 300 K",
    ),
    "interfaces.magnet/metal.spin_rotation=[0 deg, 0 deg, 0 deg]": ("interfaces.magnet/metal.spin_rotation", "are 0"),
    BARRIER + ", polarization_halves_at: 0.3 V}": ("interfaces.magnet/metal.polarization_halves_at", "`polarization`"),
    "regions.metal.terms={spin_orbit: {}}": ("regions.metal.terms.spin_orbit", "rashba"),
    "regions.metal.terms={spin_orbit: {along_x: [1 /um, 0 /um, 0 /um], normal: +x}}": (
        "regions.metal.terms.spin_orbit.normal",
        "rashba",
    ),
    "regions.metal.terms={spin_orbit: {rashba: 1 /um, wire: z}}": ("regions.metal.terms.spin_orbit", "wire: z"),
    PRECESSING % ("0 GHz", "1 deg"): ("regions.magnet.magnetization.frequency", "0 Hz"),
    PRECESSING % ("1 GHz", "0 deg"): ("regions.magnet.magnetization.cone_angle", "along its axis"),
    "terminals.right.spin={lead: {base: Cu @ 300 K, g_factor: 1.9}}": ("terminals.right.spin.lead.g_factor", "lead"),
    "solver={method: direct, max_iterations: 9}": ("solver.max_iterations", "iterative"),
    DYNAMICS % "seed: 3": ("dynamics.seed", "`temperature`"),
    DYNAMICS % "drive: {terminal: left}": ("dynamics.drive.terminal", "`threshold`"),
    DYNAMICS % "drive: {terminal: left, factor: 2}": ("dynamics.drive.terminal", "`threshold`"),
    DYNAMICS % "torque: on_demand, torque_error: 1e-3": ("dynamics.torque_error", "tabulated"),
    "plots=[{table: profile, x: x, y: phi, curves: a}]": ("plots.0.curves", "sweep"),
}
ACTIVE = [  # what is set, of which all has an effect
    [f"{MATERIAL}.amr_polarization=0.3", f"{MATERIAL}.amr_ratio=0.02"],
    [f"{METAL}.thermal_conductivity=400 W/m/K", f"{METAL}.seebeck_coefficient=1 uV/K", "heat=300 K"],
    [f"{METAL}.g_factor=1.9", f"{METAL}.spin_lifetime=1 ps", "magnetic_field=[0 T, 0 T, 1 T]"],
    [f"{METAL}.spin_lifetime=1 ps", "magnetic_field=[0 T, 0 T, 0 T]"],  # where a sweep begins
    [f"{METAL}.spin_lifetime=1 ps", f"{METAL}.carriers=holes", f"{METAL}.mobility=1 cm^2/V/s"],
    [f"{METAL}.diffusion_constant=40 cm^2/s", f"{MATERIAL}.spin_lifetime=1 ps", "frequency=1 GHz"],
    [f"{METAL}.spin_diffusion_length={{formula: '100 + 0*T', unit: nm}}", "temperature=300 K"],
    ["interfaces.magnet/metal.thermal_conductance=1e8 W/m^2/K", "heat=300 K"],
    [BARRIER + ", polarization: 0.4, polarization_halves_at: 0.3 V}"],
    ["regions.metal.terms={spin_orbit: {rashba: 1 /um, normal: -z}}"],
    [PRECESSING % ("1 GHz", "1 deg")],
    [DYNAMICS % "seed: 3, temperature: 300 K"],
    [DYNAMICS % "drive: {factor: 2}"],
    ["solver={method: iterative, max_iterations: 9}", "mesh.resolution=0.001"],
    ["regions.metal.material=Cu @ 300 K"],  # all that the library knows of it
    [f"{METAL}.spin_hall_angle=0", f"{METAL}.polarization=0"],  # says what holds anyway
]


SWEPT = [  # what is set -> is it told, with a sweep where it counts at one end, at the other, at none?
    (f"{METAL}.spin_lifetime=1 ps", "sweep={magnetic_field: [[0 T, 0 T, 0 T], [0 T, 1 T, 0 T]]}", False),
    (f"{METAL}.spin_lifetime=1 ps", f"sweep={{{METAL}.mobility: [1 cm^2/V/s, 0 cm^2/V/s]}}", False),
    (f"{MATERIAL}.anomalous_hall_angle=0.01", "sweep={geometry.dimension: [1, 2]}", False),
    ("solver={method: direct, max_iterations: 9}", "sweep={solver.method: [direct, iterative]}", False),
    (f"{METAL}.spin_lifetime=1 ps", f"sweep={{{METAL}.conductivity: [1 MS/m, 2 MS/m]}}", True),
    (f"{METAL}.spin_lifetime=1 ps", f"sweep={{{METAL}: [Cu @ 300 K, Cu @ 4 K]}}", True),
    (f"{METAL}.spin_lifetime=1 ps", "sweep={magnetic_field: [nonsense, worse]}", True),
]  # fmt: skip


def told(*settings):
    return list(idle_warnings(CaseSource(STACK, overrides=settings).case(), 1))


@pytest.mark.parametrize("setting", IDLE, ids=lambda setting: IDLE[setting][0])
def test_a_key_without_effect_is_told_with_its_value_and_the_reason(setting):
    key, word = IDLE[setting]
    (warning,) = told(setting)
    assert warning.startswith(f"{key} (--set): ")
    assert "(nothing)" not in warning and "has no effect" in warning and word in warning


@pytest.mark.parametrize("settings", ACTIVE, ids=str)
def test_keys_that_have_an_effect_are_not(settings):
    assert told(*settings) == []


@pytest.mark.parametrize(("setting", "sweep", "is_told"), SWEPT, ids=str)
def test_a_key_that_counts_at_an_end_of_the_sweep_is_not(setting, sweep, is_told):
    found = told(setting, sweep, "geometry.width=10 nm")
    key = setting.split("=")[0].removesuffix(".spin_lifetime")
    assert any(key in warning for warning in found) == is_told


def test_a_plugin_that_nothing_uses_is_told(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from spinfem.case.plugins import Observable\nclass Mine(Observable, kind='mine'):\n    def measure(self, simulation):\n        yield\n"
    )
    used, idle = (
        list(idle_warnings(CaseSource(STACK, tmp_path, ("plugins=[mine.py]", *more)).case(), 1))
        for more in (["observables+=mine"], [])
    )
    use(())
    assert (
        used == []
        and "plugins.0 (--set): mine.py: has no effect here: the case uses nothing that it defines: mine" in idle
    )


def test_a_table_without_temperatures_has_nothing_between_them(tmp_path):
    (tmp_path / "rho.csv").write_text("thickness [nm], resistivity [uohm cm]\n10, 3\n30, 2\n")
    setting = "regions.metal={material: {spin_diffusion_length: 100 nm, conductivity: {table: rho.csv, interpolation: smooth}}, thickness: metal}"
    (warning,) = idle_warnings(CaseSource(STACK, tmp_path, (setting,)).case(), 1)
    assert warning.startswith(f"{METAL}.conductivity.interpolation (--set): smooth: has no effect here")


def test_hall_angles_have_an_effect_in_a_plane():
    case = CaseSource(STACK, overrides=(f"{METAL}.spin_hall_angle=0.1", f"{MATERIAL}.anomalous_hall_angle=0.1"))
    assert list(idle_warnings(case.case(), 2)) == []


def test_the_value_is_told_in_the_authors_own_words():
    text = STACK.replace("100 nm}", "100 nm, thermal_conductivity: 400 W/m/K}")
    (warning,) = idle_warnings(CaseSource(text).case(), 1)
    assert warning.startswith(f"{METAL}.thermal_conductivity (line 6): 400 W/m/K: has no effect here: it counts where")


@pytest.fixture
def springs():
    """A term of a user, which reads a number of the material that nothing else does here."""

    class Springs(Term, kind="springs"):
        counts: ClassVar = {"heat_capacity": "where there are springs"}

        @classmethod
        def numbers(cls, region, scale):
            return {"springs": 0.0 if cls.of(region) is None else region.material.heat_capacity}

        @classmethod
        def integrand(cls, u, w, c):
            return c.springs * u.phi * w.phi

    yield
    del Term.kinds["springs"]


def test_terms_of_users_are_asked_too(springs):
    given = f"{METAL}.heat_capacity=3e6 J/m^3/K"
    (warning,) = told(given, "regions.magnet.terms={springs: {}}")
    assert "or where there are springs" in warning
    assert told(given, "regions.metal.terms={springs: {}}") == []
