"""Classes of users that do not work are told with file and line, and not by a traceback; what `--set` would lose is refused; keys and axes without effect are warnings."""

import json

import pytest
from typer.testing import CliRunner

from spinfem.cli import app

CASE = """
plugins: [mine.py]
geometry: {layers: [{name: wire, thickness: 100 nm}]}
regions: {wire: Cu @ 300 K}
terminals: {left: {voltage: 1 mV}, right: {voltage: 0 V}}
observables: [mine]
output: {fields: false, pictures: false, report: false}
"""
MINE = """from pydantic import field_validator, model_validator
from spinfem.case.plugins import Observable

class Mine(Observable, kind="mine"):
    size: int = 1

    BODY

    def measure(self, simulation):
        MEASURE
"""
VALIDATOR = "@model_validator(mode='after')\n    def _look(self):\n        "
FAILING = {
    "in a validator": ("check", VALIDATOR + "raise RuntimeError('no luck')", "yield", "line 9, in _look: RuntimeError: no luck"),
    "in a validator, by pydantic": (
        "check",
        VALIDATOR + "from pydantic import PydanticUserError; raise PydanticUserError('odd', code=None)",
        "yield",
        "line 9, in _look: PydanticUserError: odd",
    ),
    "in faults": ("check", "def faults(self, case, outline):\n        return 1 / 0", "yield", "line 8, in faults: ZeroDivisionError"),
    "in measure": ("run", "", "yield simulation.no_such_thing", "line 10, in measure: AttributeError"),
    "without measure": ("check", "def faults(self, case, outline):\n        yield", None, "line 4: the class Mine of kind mine has no `measure`"),
    "with another signature": (
        "check",
        "def faults(self, case):\n        yield",
        "yield",
        "line 4: in the class Mine of kind mine `faults` must take (self, case, outline), and takes (self, case)",
    ),
    "of no class": ("check", "other: 'Sice' = 1", "yield", "line 4: the class Mine: "),
}  # fmt: skip


@pytest.mark.parametrize("why", FAILING)
def test_a_plugin_that_fails_is_told_with_its_file_and_line(why, tmp_path, monkeypatch):
    command, body, measure, said = FAILING[why]
    text = MINE.replace("BODY", body)
    text = text[: text.index("    def measure")] if measure is None else text.replace("MEASURE", measure)
    (tmp_path / "mine.py").write_text(text)
    (tmp_path / "case.yaml").write_text(CASE)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [command, "case.yaml"])
    assert done.exit_code == 2, done.output
    (line,) = [line for line in done.output.splitlines() if line.startswith("plugins")]
    assert "mine.py: " in line and said in line and "Traceback" not in done.output


@pytest.mark.parametrize(("measure", "gave"), [("yield 1.5", "1.5"), ("pass", "None"), ("return 2", "2")])
def test_an_observable_that_yields_no_measurement_is_told(measure, gave, tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(MINE.replace("BODY", "").replace("MEASURE", measure))
    (tmp_path / "case.yaml").write_text(CASE)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["run", "case.yaml"])
    assert done.exit_code == 2, done.output
    assert "observables.0.mine" in done.output and f"and gave {gave}" in done.output


def test_a_term_whose_methods_are_none_of_its_class_is_told(tmp_path, monkeypatch):
    text = "from spinfem.case.plugins import Term\n\nclass Mine(Term, kind='mine'):\n    def integrand(self, u, w, c):\n        return 0"
    (tmp_path / "mine.py").write_text(text)
    (tmp_path / "case.yaml").write_text(CASE.replace("observables: [mine]", ""))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["check", "case.yaml"])
    assert done.exit_code == 2 and "`integrand` must be a class method" in done.output


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["title=a", "title=b"], "title (--set): a: would be lost: `title=b`, given after it, replaces it"),
        (["regions.wire.thickness=9 nm", "regions.wire=Cu @ 4 K"], "regions.wire.thickness (--set): 9 nm: would be lost"),
        (["regions.wire=Cu @ 4 K", "regions.wire.thickness=9 nm"], ""),
        (["title=a", "title=a"], ""),
        (["observables+=terminals", "observables+=dissipation"], ""),
        (["observables+=dissipation", "observables=[terminals]"], "would be lost: `observables=[terminals]`"),
        (["observables=[terminals]", "observables+=dissipation"], ""),
        (["title = a", "title=a"], ""),
    ],
)  # fmt: skip
def test_what_is_set_twice_is_refused(settings, said, tmp_path, monkeypatch):
    (tmp_path / "case.yaml").write_text(CASE.replace("plugins: [mine.py]", "").replace("[mine]", "[terminals]"))
    monkeypatch.chdir(tmp_path)
    settings = [word.replace("+=terminals", "+={terminals: {name: again}}") for word in settings]
    done = CliRunner().invoke(app, ["check", "case.yaml", *(w for s in settings for w in ("--set", s))])
    assert done.exit_code == (2 if said else 0), done.output
    assert said in done.output


def test_a_key_without_effect_is_a_warning_of_check_and_run(tmp_path, monkeypatch):
    metal = "{material: {conductivity: 1e7 S/m, spin_diffusion_length: 9 nm, heat_capacity: 3e6 J/m^3/K}}"
    text = CASE.replace("plugins: [mine.py]", "").replace("[mine]", "[terminals]").replace("Cu @ 300 K", metal)
    (tmp_path / "case.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    words = "regions.wire.material.heat_capacity (line 4): 3e6 J/m^3/K: has no effect here: it counts in `time` or at a `frequency`"
    for command in ("check", "run"):
        done = CliRunner().invoke(app, [command, "case.yaml"])
        assert done.exit_code == 0 and f"warning: {words}" in done.output
    (warning,) = json.loads((tmp_path / "results/case/results.json").read_text())["warnings"]
    assert warning.startswith(words)


@pytest.mark.parametrize(
    ("axis", "told"),
    [
        ('{"regions.wire.material.heat_capacity": [1e6 J/m^3/K, 2e6 J/m^3/K]}', True),
        ('{"regions.wire.material.spin_diffusion_length": [9 nm, 8 nm]}', False),
    ],
)
def test_an_axis_of_a_sweep_without_effect_is_told(axis, told, tmp_path, monkeypatch):
    metal = "{material: {conductivity: 1e7 S/m, spin_diffusion_length: 9 nm}}"
    text = CASE.replace("plugins: [mine.py]", "").replace("[mine]", "[terminals]").replace("Cu @ 300 K", metal)
    (tmp_path / "case.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    for command in ("check", "sweep"):
        done = CliRunner().invoke(app, [command, "case.yaml", "--set", f"sweep={axis}"])
        assert done.exit_code == 0, done.output
        assert ("warning: sweep.regions.wire.material.heat_capacity: has no effect here" in done.output) == told
