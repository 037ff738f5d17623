"""The commands of docs/tutorial.md, one after the other in an empty folder, on a coarse mesh."""

import re
import shlex
from itertools import pairwise

import pytest

from tests.commands import TREE, spinfem

_BLOCK = re.compile(r"^```(\w+)( refused)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SOLVE = ("mesh", "run", "sweep", "fit")
_COARSE = (
    *("mesh.resolution=6", "mesh.rim=1", "mesh.growth=2", "solver.degree=1"),
    *("solver.error_estimate=false", "output.pictures=false"),
)


def blocks(language):
    """(text, is it refused?) of every block of a language."""
    text = (TREE / "docs" / "tutorial.md").read_text(encoding="utf-8")
    return [(found[3], bool(found[2])) for found in _BLOCK.finditer(text) if found[1] == language]


def commands():
    """(words, is it refused?) in the order of the page."""
    lines = [(line, refused) for text, refused in blocks("console") for line in text.splitlines()]
    return [(shlex.split(line)[2:], refused) for line, refused in lines if line.startswith("$ spinfem ")]


def test_the_files_are_those_that_come_with_spinfem():
    data, shipped = blocks("csv")[0][0], (TREE / "cases" / "wide_contacts.csv").read_text(encoding="utf-8")
    assert [line for line in data.splitlines() if line[0] != "#"] == [
        line for line in shipped.splitlines() if line[0] != "#"
    ]


def test_every_command(tmp_path):
    valve = blocks("yaml")[0][0]
    (tmp_path / "my_valve.yaml").write_text(valve, encoding="utf-8")
    exact = "".join(line for line in valve.splitlines(keepends=True) if not line.startswith("mesh:"))
    for name in ("exact.yaml", "my_fit.yaml"):
        (tmp_path / name).write_text(exact, encoding="utf-8")
    remark, headers, *rows = blocks("csv")[0][0].splitlines(keepends=True)
    (tmp_path / "my_data.csv").write_text(
        "".join([remark, headers, *rows[::2]]), encoding="utf-8"
    )  # a mesh for each row
    found = commands()
    assert {words[0] for words, _ in found} >= {"new", "check", "mesh", "run", "sweep", "fit", "report", "paraview"}
    for words, refused in found:
        coarse = [word for setting in _COARSE for word in ("--set", setting)] if words[0] in _SOLVE else []
        done = spinfem(*words, *coarse, cwd=tmp_path)
        assert done.returncode == (2 if refused else 0), f"{words}: {done.stdout}{done.stderr}"
    for left in ("my_valve/report.html", "distance/signal.png", "sensitive/sensitivities.csv", "my_valve_fit/fit.json"):
        assert (tmp_path / "results" / left).is_file()


@pytest.mark.parametrize("words", [words for words, refused in commands() if refused], ids=" ".join)
def test_what_is_refused_is_told_as_the_page_says(words, tmp_path):
    (tmp_path / "my_valve.yaml").write_text(blocks("yaml")[0][0], encoding="utf-8")
    said = " ".join(spinfem(*words, cwd=tmp_path).stderr.split())
    told = next(text for text, refused in blocks("console") if refused).splitlines()
    expected = next(after for line, after in pairwise(told) if shlex.split(line)[2:] == words)
    assert all(part in said for part in expected.split("..."))
