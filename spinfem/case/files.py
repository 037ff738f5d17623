"""Files that a case names: they are looked for beside the case file."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema

from spinfem.case.devices import shipped
from spinfem.case.given import from_file


def _written(path, info):
    """As it stands in a case file that may lie in any folder."""
    if not from_file(info):
        return str(path)
    path = path.resolve()
    return path.name if path.parent == shipped("meshes").resolve() else str(path)


File = Annotated[Path, PlainSerializer(_written), WithJsonSchema({"type": "string"})]


class FileFault(ValueError):
    """What is wrong with the contents of a file, and which key beside the file's name it concerns."""

    def __init__(self, message, key="file"):
        super().__init__(message)
        self.key = key


def folder_of(info):
    """The folder of the case file, which the reader hands in as the context of the validation."""
    return Path((info.context or {}).get("folder", "."))


def version_of(path):
    """Which contents a file has, in short."""
    return sha256(Path(path).read_bytes()).hexdigest()[:16]


def existing_file(name, info):
    """The path of a file that lies beside the case file. Raises ValueError."""
    path = folder_of(info) / name
    if not os.path.isfile(path):  # a name that no file can have is just not there
        raise ValueError("there is no such file beside the case file")
    return path
