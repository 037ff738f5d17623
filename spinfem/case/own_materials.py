"""`materials` of a case: files of one's own, and entries in the case itself. Regions call them by name, like those of the library."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, PrivateAttr, ValidationError, ValidationInfo, WithJsonSchema

from spinfem.case.entries import entries_of, text_of
from spinfem.case.faults import CaseError, Fault, dotted, place_of
from spinfem.case.files import File, folder_of
from spinfem.case.library import know, library, materials_of_a_case, named
from spinfem.case.materials import Material
from spinfem.case.validation import Checked, faults_of, in_words, said

_ALLOWED = (
    "a file beside the case, `my_metals.yaml`, a mapping {my copper: {conductivity: ..., ...}}, or a list of these"
)


class MaterialFile(Checked):
    """A file of materials. `my_metals.yaml` is short for `{file: my_metals.yaml}`."""

    file: File
    """The file, beside the case file."""
    version: str = ""
    """Stands in a case as it ran: which contents the file and its tables had then. Others are used all the same; `spinfem check` says so."""

    _version: str = PrivateAttr(default="")
    _names: tuple[str, ...] = PrivateAttr(default=())

    @property
    def names(self):
        """Of its materials."""
        return self._names

    @property
    def changed(self) -> bool:
        """Was the case written with other contents of the file?"""
        return self.version not in ("", self._version)

    def model_post_init(self, context, /) -> None:
        self._names, self._version = tuple(map(str, _entries(self.file).data)), _version_of(self.file)


def materials_in(path) -> dict[str, Material]:
    """Name -> Material of a file of materials. Raises CaseError with every fault there is."""
    path = Path(path)
    entries, faults = _entries(path), []
    found: dict[str, Material] = {}
    with materials_of_a_case():
        know(_named(path))
        for name, keys in _named(path).items():
            try:
                found[name] = Material.model_validate(keys, context={"file": True, "folder": path.parent})
            except ValidationError as error:
                faults += _faults(error, name, entries)
    if faults:
        raise CaseError(faults)
    return found


def _faults(error, name, entries):
    """The Faults of one of the Entries of a file."""

    def whole(path):
        return (name, *path)

    return faults_of(
        error,
        Material,
        lambda path: entries.value(whole(path)),
        lambda path: place_of(whole(path), entries.places),
        lambda path: dotted(whole(path)),
    )


def _entries(path):
    """The Entries of a file of materials. Raises CaseError."""
    is_a = "a file of materials is a mapping: NAME, or NAME @ TEMPERATURE, and below it the keys of a material"
    found = entries_of(text_of(path, "file of materials"), "file of materials", is_a)
    wrong = [name for name, keys in found.data.items() if not isinstance(keys, dict)]
    if wrong:
        must = "must be a mapping with the keys of a material"
        raise CaseError(Fault(str(name), found.data[name], must, found.places.get((name,), "")) for name in wrong)
    return found


def _named(path):
    """Name -> keys of a Material of a file of materials, tables named whole, because the case lies elsewhere. Raises CaseError."""
    return named({str(name): _with_whole_paths(keys, path.parent) for name, keys in _entries(path).data.items()})


def _with_whole_paths(keys, folder):
    return {
        key: value | {"table": str((folder / value["table"]).absolute())}
        if isinstance(value, dict) and isinstance(value.get("table"), str)
        else value
        for key, value in keys.items()
    }


def _version_of(path):
    """Of the contents of a file of materials and of its tables."""
    known = sha256(path.read_bytes())
    for keys in _named(path).values():
        for value in keys.values():
            table = Path(value["table"]) if isinstance(value, dict) and isinstance(value.get("table"), str) else None
            known.update(table.read_bytes() if table and table.is_file() else b"")
    return known.hexdigest()[:16]


def as_it_ran(given, folder):
    """`materials` as it may stand in a case anywhere: whole paths, and which version of each file it is."""
    if isinstance(given, list):
        return [as_it_ran(part, folder) for part in given]
    name = given.get("file") if isinstance(given, dict) else given
    if not isinstance(name, str) or not (path := (Path(folder) / name).resolve()).is_file():
        return given
    return {"file": str(path), "version": _version_of(path)}


def _read(given, info: ValidationInfo):
    """MaterialFiles and mappings name -> Material; from now on they are known. Raises ValidationError."""
    several = isinstance(given, list | tuple)
    parts, faults = [], []
    for i, part in enumerate(given if several else [given]):
        try:
            parts.append(((i,) if several else (), *_part(part, folder_of(info))))
        except CaseError as error:
            faults += [((i,) if several else (), _name_of(part), str(fault)) for fault in error.faults]
        except ValueError as error:
            faults.append(((i,) if several else (), _name_of(part), str(error)))
    taken = dict.fromkeys(library(), "the library")
    for path, part, entries in parts:
        for name in entries:
            if name in taken:
                message = f"{taken[name]} has a {name} already; give this one another name"
                faults.append((path if isinstance(part, MaterialFile) else (*path, name), name, message))
            taken.setdefault(name, "another of the `materials`")
    know({name: keys for _, _, entries in parts for name, keys in entries.items()})
    for path, part, entries in parts:
        if isinstance(part, MaterialFile):
            faults += [(path, part.file.name, str(fault)) for fault in _faults_in(part.file)]
            continue
        for name, keys in entries.items():
            try:
                part[name] = Material.model_validate(keys, context=info.context)
            except ValidationError as error:
                faults += [((*path, name, *e["loc"]), e["input"], e["msg"]) for e in in_words(error, Material).errors()]
    if faults:
        raise said(faults, "materials")
    return tuple(part for _, part, _ in parts)


def _part(given, folder):
    """(MaterialFile or the mapping, name -> keys) of one of the `materials`. Raises ValueError or CaseError."""
    if isinstance(given, str | os.PathLike):
        given = {"file": os.fspath(given)}
    if isinstance(given, dict) and isinstance(given.get("file"), str):
        path = (Path(folder) / given["file"]).resolve()
        if not path.is_file():
            raise ValueError("there is no such file beside the case file")
        part = MaterialFile(**given | {"file": path})
        return part, _named(path)
    if isinstance(given, dict) and given and all(isinstance(keys, dict | Material) for keys in given.values()):
        return {}, named({name: _keys(keys) for name, keys in given.items()})
    raise ValueError(f"must be {_ALLOWED}")


def _keys(given):
    return given.as_file() if isinstance(given, Material) else given


def _name_of(part):
    return part.get("file") if isinstance(part, dict) and "file" in part else part


def _faults_in(path):
    try:
        materials_in(path)
    except CaseError as error:
        yield from error.faults


def _written(parts, info):
    how = {"mode": "json", "by_alias": True, "exclude_unset": info.exclude_unset, "context": info.context}
    return [
        part.model_dump(**how)
        if isinstance(part, MaterialFile)
        else {name: material.model_dump(**how) for name, material in part.items()}
        for part in parts
    ]


def _listed(given, info: ValidationInfo):
    return () if given in (None, (), []) else _read(given, info)


_SCHEMA = {
    "oneOf": [{"type": "string"}, {"type": "object"}, {"type": "array", "items": {"type": ["string", "object"]}}],
    "description": _ALLOWED,
}

OwnMaterials = Annotated[
    tuple[Any, ...],
    BeforeValidator(_listed),
    PlainSerializer(_written, when_used="json"),
    WithJsonSchema(_SCHEMA, mode="validation"),
]
