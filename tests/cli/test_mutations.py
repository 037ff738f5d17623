"""Whatever mistakes a case has, it runs, or it is refused in words; never a traceback."""

import signal
from contextlib import contextmanager
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from ruamel.yaml import YAML
from typer.testing import CliRunner

from spinfem.cli import app
from spinfem.geometry import limit
from spinfem.output import write
from tests.commands import spinfem
from tests.mutations import CASES, mutated_cases

FORBIDDEN = ("Traceback", "Input should", "pydantic", "validation error", "object has no attribute")
PATIENCE = 300


class Hangs(BaseException):
    """A case that neither ends nor is refused."""


@contextmanager
def alarm(seconds):
    def ring(*_):
        raise Hangs

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def as_text(case):
    text = StringIO()
    yaml = YAML(typ="safe")
    yaml.allow_unicode = True
    yaml.dump(case, text)
    return text.getvalue()


def run(case, folder):
    """`spinfem run` in this process; returns (status, what it says)."""
    file = folder / "case.yaml"
    file.write_text(as_text(case), encoding="utf-8")
    with alarm(PATIENCE):
        result = CliRunner().invoke(app, ["run", str(file), "-o", str(folder / "out")])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise AssertionError(f"{type(result.exception).__name__} of\n{as_text(case)}") from result.exception
    return result.exit_code, result.output


def runs_or_is_refused(case, folder):
    status, said = run(case, folder)
    assert status in (0, 2) or (status == 1 and "residual history" in said), f"{said}\n{as_text(case)}"
    assert said.strip() and not any(word in said for word in FORBIDDEN), f"{said}\n{as_text(case)}"


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """A folder to run in, where large meshes are refused sooner and nothing is drawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limit, "MOST_CELLS", 2e4)
        patch.setattr(write, "_draw", lambda *_: [])
        yield tmp_path_factory.mktemp("mutations")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_the_cases_that_are_mutated_are_good(case, quick):
    status, said = run(case, quick)
    assert status == 0, said


QUIETLY = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}


@settings(max_examples=50, derandomize=True, database=None, **QUIETLY)
@given(mutated_cases())
def test_fifty_mutations_run_or_are_refused(quick, case):
    runs_or_is_refused(case, quick)


@pytest.mark.slow
@settings(max_examples=200, **QUIETLY)
@given(mutated_cases())
def test_two_hundred_mutations_run_or_are_refused(quick, case):
    runs_or_is_refused(case, quick)


HUGE = {
    "mesh.size=1e-12 m": "mesh.size",
    "mesh.resolution=1e-9": "mesh.resolution",
    "mesh.refinements=10": "mesh.refinements",
    "regions.wire.material.spin_diffusion_length=1 fm": "mesh.resolution",
}


@pytest.mark.parametrize("value", HUGE)
def test_a_mesh_that_no_machine_can_hold_is_refused(value, tmp_path):
    file = tmp_path / "case.yaml"
    file.write_text(as_text(CASES[2]))
    done = spinfem("run", file, "-o", tmp_path / "out", "--set", value)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert done.stderr.startswith(f"{HUGE[value]}") and "cells" in done.stderr and "are refused: take a " in done.stderr
