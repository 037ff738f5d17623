"""From the text of a case file to a Case, or to all the faults in it."""

import re
from copy import deepcopy
from pathlib import Path

from pydantic import ValidationError

from spinfem.case.entries import entries_of, text_of
from spinfem.case.faults import CaseError, place_of
from spinfem.case.overrides import apply
from spinfem.case.schema import Case
from spinfem.case.validation import faults_of

_OF_A_MATERIAL = re.compile(r"regions\..+\.material\b|terminals\..+\.lead\b")
_A_CASE = "a case file is a mapping with the keys " + ", ".join(Case.model_fields)


def load_case(path, overrides=()) -> Case:
    """The checked Case of a file, with overrides "PATH=VALUE" applied. Raises CaseError with every fault there is."""
    return read_case(text_of(path), Path(path).parent, overrides)


def read_case(text, folder=".", overrides=(), model=Case, **context) -> Case:
    """The checked Case of a text; files that it names are looked for in `folder`. Raises CaseError.

    model: Case or a subclass; context: what its validators are told besides.
    """
    entries = deepcopy(entries_of(text, is_a=_A_CASE))
    if faults := [fault for override in overrides for fault in apply(override, entries.data, entries.places)]:
        raise CaseError(faults)
    told = {"file": True, "folder": folder, "places": entries.places}
    try:
        return model.model_validate(entries.data, context=told | context)
    except ValidationError as error:
        faults = list(faults_of(error, Case, entries.value, lambda path: place_of(path, entries.places)))
        # What a plugin that does not work would have defined is not known: nothing else can be said yet.
        raise CaseError([f for f in faults if f.key.startswith("plugins")] or _without_echo(faults)) from None


def _without_echo(faults):
    """Faults without those of regions and leads that come of `materials` with faults."""
    if not any(fault.key == "materials" or fault.key.startswith("materials.") for fault in faults):
        return faults
    return [fault for fault in faults if not _OF_A_MATERIAL.match(fault.key)]
