"""The gallery shows what its script says, by commands that exist."""

import importlib.util
import shlex

import pytest

from tests.commands import TREE

spec = importlib.util.spec_from_file_location("gallery", TREE / "docs" / "gallery.py")
gallery = importlib.util.module_from_spec(spec)
spec.loader.exec_module(gallery)


def test_the_page_is_up_to_date():
    assert (TREE / "docs" / "gallery.md").read_text(encoding="utf-8") == gallery.page(), "run: python docs/gallery.py"


@pytest.mark.parametrize("name", gallery.PICTURES)
def test_each_picture_is_there_and_its_case_too(name):
    assert (TREE / "docs" / "images" / f"{name}.png").is_file()
    assert (TREE / shlex.split(gallery.PICTURES[name][0])[1]).is_file()


def test_no_picture_is_left_over():
    of_other_pages = {"report"}
    assert {path.stem for path in (TREE / "docs" / "images").glob("*.png")} == set(gallery.PICTURES) | of_other_pages
    assert all(f"images/{name}.png" in (TREE / "docs" / f"{name}.md").read_text() for name in of_other_pages)
