"""The generated documents are up to date and hold what the shipped cases use."""

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from spinfem.case.devices import shipped
from spinfem.case.plugins import Interface, Observable
from spinfem.case.reference import REFERENCE, SCHEMA, main, reference, schema
from spinfem.case.schema import Case

DOCS = Path(__file__).parents[3] / "docs"
REMAKE = "run: python -m spinfem.case.reference docs/"


def test_the_documents_are_up_to_date(tmp_path):
    main(tmp_path)
    for name in (REFERENCE, SCHEMA):
        assert (DOCS / name).read_text(encoding="utf-8") == (tmp_path / name).read_text(encoding="utf-8"), REMAKE


def test_every_key_and_kind_is_in_the_reference():
    text = reference()
    for name in Case.model_fields:
        assert f"| `{name}` |" in text
    for kind in (*Observable.kinds, *Interface.kinds):
        assert f"### {kind}\n" in text


@pytest.mark.parametrize("case", sorted(shipped("cases").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_cases_follow_the_schema(case):
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(YAML(typ="safe").load(case), json.loads(schema()))


def test_the_schema_refuses_what_the_models_refuse():
    jsonschema = pytest.importorskip("jsonschema")
    good = YAML(typ="safe").load(shipped("cases") / "nonlocal_valve.yaml")
    for bad in (
        {"weather": {}},
        {"sweep": {"mesh.size": 3}},
        {"observables": ["nothing"]},
        {"solver": {"degree": 3}},
        {"mesh": {"size": 3}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(good | bad, json.loads(schema()))
