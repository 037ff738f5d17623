"""docs/coverage.md names commands, numbers and tests that exist, and what it computes by closed formulas comes out as it says."""

import re
import shlex
from contextlib import redirect_stdout
from io import StringIO
from itertools import pairwise

import pytest

from spinfem.case.source import CaseSource
from tests.commands import TREE

PAGE = TREE / "docs" / "coverage.md"
_COLUMNS = ("claim", "command", "expected", "found", "test")
_NUMBER = r"[-−]?\d+(?:\.\d+)?(?:e[-−]?\d+)?"


def rows():
    """The rows of all tables with a command, each {column: cell}."""
    found, head = [], ()
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = tuple(line.removeprefix("| ").removesuffix(" |").split(" | "))
        if not line.startswith("|"):
            head = ()
        elif not head:
            head = cells
        elif head == _COLUMNS and not line.startswith("|---"):
            found.append(dict(zip(_COLUMNS, cells, strict=True)))
    return found


def words_of(row):
    """The command as the shell takes it apart."""
    return shlex.split(row["command"].strip("`"))


ROWS = rows()
RUNS, FORMULAS, TESTS_ALONE = ([row for row in ROWS if words_of(row)[0] == word] for word in ("spinfem", "python", "–"))


def case_of(row):
    """(verb, the Case with what the command sets)."""
    _, verb, path, *rest = words_of(row)
    sets = [value for flag, value in pairwise(rest) if flag == "--set"]
    return verb, CaseSource.of_file(TREE / path, sets).case()


def test_every_row_has_a_command_or_is_a_test_alone():
    assert len(RUNS) > 60 and len(FORMULAS) >= 6
    assert len(RUNS) + len(FORMULAS) + len(TESTS_ALONE) == len(ROWS)


@pytest.mark.parametrize("row", RUNS, ids=lambda row: row["claim"][:50])
def test_a_command_names_a_case_and_the_numbers_are_those_of_its_observables(row):
    verb, case = case_of(row)
    assert verb in {"run", "sweep", "formula", "fit"}
    assert (verb != "sweep" or case.sweep.points) and (verb != "fit" or case.fit)
    known = {observable.name for observable in case.observables} | ({"dynamics"} if case.dynamics else set())
    named = {name.split(".")[0] for name in re.findall(r"`([^`]+)`", row["found"])} - {"mesh: {}"}
    assert named <= known


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row["claim"][:50])
def test_a_formula_yields_the_numbers_beside_it(row):
    _, flag, program = words_of(row)
    assert flag == "-c"
    with redirect_stdout(StringIO()) as printed:
        exec(program, {})
    told = [float(number.replace("−", "-")) for number in re.findall(_NUMBER, re.sub(r" at \S+ \S+", "", row["found"]))]
    computed = [float(number) for number in printed.getvalue().split()]
    assert told and told == pytest.approx(computed[: len(told)], rel=5e-3)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["claim"][:50])
def test_the_test_is_there(row):
    file, name = row["test"].strip("`").split("::")
    assert f"\ndef {name}(" in (TREE / "tests" / file).read_text(encoding="utf-8")
