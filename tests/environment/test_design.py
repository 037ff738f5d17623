"""The layers that docs/design.md tells of are those that `make lint` holds the code to."""

import re
import tomllib

from tests.environment import TREE


def told():
    """From bottom to top, the places of each layer."""
    rows = (TREE / "docs/design.md").read_text().partition("| layer of `spinfem/`")[2].partition("\n\n")[0].splitlines()
    return [set(re.findall(r"`(\w+)`", row.split("|")[1])) for row in rows[2:]]


def checked():
    tables = tomllib.loads((TREE / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [table["layers"] for table in tables if table["id"] == "layers"]
    return [set(layer.split(" | ")) for layer in reversed(layers)]


def test_the_layers_of_the_design_are_those_that_are_checked():
    assert told() == checked()
