"""What is said of the fields of a model."""

from spinfem.case.docstrings import description
from spinfem.case.validation import Checked


class Base(Checked):
    kept: int = 1
    """Said of the base's."""

    replaced: int = 2
    """Said of another field."""


class Derived(Base):
    replaced: int = 3

    own: int = 4
    """Said in
    two lines."""
    silent: int = 5


def said(model):
    return {name: description(model, field) for name, field in model.model_fields.items()}


def test_a_field_has_the_text_below_it_and_one_of_the_base_keeps_its_own():
    assert said(Derived) == {"kept": "Said of the base's.", "replaced": "", "own": "Said in\ntwo lines.", "silent": ""}


def test_a_class_without_source_says_nothing():
    typed_in = {}
    exec("class Typed(Checked):\n    key: int = 1\n    '''Nobody reads it.'''\n", {"Checked": Checked}, typed_in)
    assert said(typed_in["Typed"]) == {"key": ""}
