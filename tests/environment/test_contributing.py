"""What CONTRIBUTING.md and CITATION.cff say is true."""

import re
import tomllib

import pytest
from ruamel.yaml import YAML

import spinfem
from spinfem.case.plugins import Observable
from tests.environment import TREE


@pytest.fixture
def blocks():
    yield re.findall(r"```python\n(.*?)```", (TREE / "CONTRIBUTING.md").read_text(), re.DOTALL)
    Observable.kinds.pop("largest_current", None)


def test_the_observable_of_the_page_passes_the_test_of_the_page(blocks):
    observable, test = blocks
    names = {"__name__": "of_the_page"}
    exec(observable, names)
    exec(test, names)
    names["test_the_largest_current_is_that_of_ohms_law"]()


def test_every_file_that_the_page_names_is_there():
    named = re.findall(r"`((?:spinfem|tests|meshes|cases|docs)/[\w./-]*)`", (TREE / "CONTRIBUTING.md").read_text())
    assert [name for name in named if not (TREE / name).exists()] == ["spinfem/observables/largest_current.py"]


def test_the_citation_has_the_version_and_the_licence_of_the_package():
    project = tomllib.loads((TREE / "pyproject.toml").read_text())["project"]
    citation = YAML(typ="safe").load(TREE / "CITATION.cff")
    assert (str(citation["version"]), citation["license"]) == (spinfem.__version__, project["license"])
    assert "version" in project["dynamic"]
