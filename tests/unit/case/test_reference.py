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
    kept, now = (
        {name: (folder / name).read_text(encoding="utf-8") for name in (REFERENCE, SCHEMA)}
        for folder in (DOCS, tmp_path)
    )
    assert kept[REFERENCE] == now[REFERENCE], REMAKE
    assert meaning(json.loads(kept[SCHEMA])) == meaning(json.loads(now[SCHEMA])), REMAKE


def meaning(schema):
    """The schema with its references followed. Which parts are referred to, and which defaults are told, differs with pydantic."""

    def follow(part, above=()):
        if isinstance(part, list):
            return [follow(each, above) for each in part]
        if not isinstance(part, dict):
            return part
        target = part.get("$ref")
        name = target.rpartition("/")[2] if isinstance(target, str) else ""
        if name in above:  # layers may be repeated inside layers that are repeated
            return {"within": name}
        inside = (*above, name) if name else above
        referred = follow(schema["$defs"][name], inside) if name else {}
        others = {key: value for key, value in part.items() if key not in ("$ref", "$defs", "default")}
        return referred | {key: follow(value, inside) for key, value in others.items()}

    return follow(schema)


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
        {"solver": {"degree": 4}},
        {"accuracy": {"targte": 0.01}},
        {"accuracy": {"of": "terminals"}},
        {"mesh": {"size": 3}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(good | bad, json.loads(schema()))
    for accuracy in ("0.1 %", 0.001, {"target": "0.1 %", "at_most": 10_000}):
        jsonschema.validate(good | {"accuracy": accuracy}, json.loads(schema()))
