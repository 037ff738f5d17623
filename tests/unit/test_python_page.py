"""The Python of docs/python.md, docs/dynamics.md and README.md runs, block after block."""

import re

import pytest

from tests.commands import TREE

_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page):
    """(line of the page, text) of every block of Python."""
    text = (TREE / page).read_text(encoding="utf-8")
    return [(text[: found.start(1)].count("\n"), found[1]) for found in _BLOCK.finditer(text)]


@pytest.mark.parametrize("page", ["docs/python.md", "docs/dynamics.md", "README.md"])
def test_every_block_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    found = blocks(page)
    assert found
    for line, text in found:
        exec(compile("\n" * line + text, page, "exec"), names)  # a failure tells the line of the page
