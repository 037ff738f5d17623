"""Files of users in which plugins are defined: `plugins: [my_observable.py]` in a case. Reading the case runs them."""

import ast
import os
import re
import sys
import traceback
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Annotated

from pydantic import (
    AfterValidator,
    PrivateAttr,
    PydanticUserError,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from spinfem.case.faults import CaseError, Fault
from spinfem.case.files import File, folder_of
from spinfem.case.idle import parts
from spinfem.case.registry import OF_FILES, Registry
from spinfem.case.validation import Checked, or_text, said

_loaded: dict[Path, str] = {}  # file -> version of it that was run last


class PluginFile(Checked):
    """A Python file that defines observables, interface types or terms. `my_plugin.py` is short for `{file: my_plugin.py}`."""

    file: File
    """The file, beside the case file. Whoever reads the case runs it."""
    version: str = ""
    """Stands in a case as it ran: which contents the file had then. Another one is used all the same; `spinfem check` says so."""

    _version: str = PrivateAttr(default="")  # that was run

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, given):
        return {"file": os.fspath(given)} if isinstance(given, str | os.PathLike) else given

    @field_validator("file", mode="before")
    @classmethod
    def _find(cls, name, info: ValidationInfo):
        if not isinstance(name, str):
            return name
        path = (folder_of(info) / name).resolve()
        if not path.is_file():
            raise ValueError("there is no such file beside the case file")
        return path

    @model_validator(mode="after")
    def _run(self):
        try:
            self._version = load(self.file)
        except ValueError as error:
            raise said([((), str(self.file), str(error))], "plugins") from None
        return self

    @model_serializer
    def _as_it_ran(self):
        return {"file": str(self.file), "version": self._version}

    @property
    def changed(self) -> bool:
        """Was the case written with another version of the file?"""
        return self.version not in ("", self._version)

    @property
    def classes(self):
        """What it defines."""
        return OF_FILES[_module_name(self.file, self._version)]

    def idle(self, case, dimension):
        used = any(isinstance(part, tuple(self.classes)) for _, part in parts(case))
        if not used and not case.sweep.axes:
            yield (), f"the case uses nothing that it defines: {', '.join(cls.kind for cls in self.classes)}"

    def __setstate__(self, state):
        """On another rank the file is run there, before what it defines comes along. Raises ValueError."""
        super().__setstate__(state)
        if load(self.file) != self._version:
            raise ValueError(f"{self.file} changed while it was used")

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return or_text(handler(schema), handler, {"examples": ["my_plugin.py"]})


def load(path):
    """Run a plugin file, unless this very content of it was run before; returns its version. Raises ValueError, in plain words."""
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    version = _version_of(source)
    name = _module_name(path, version)
    if name not in OF_FILES:
        OF_FILES[name] = []
        module = sys.modules[name] = ModuleType(name)
        module.__file__ = str(path)
        try:
            _execute(source, module)
            for cls in OF_FILES[name]:
                _complete(cls, source)
            if not OF_FILES[name]:
                raise ValueError('defines no plugin: a class with a kind, e.g. `class Mine(Observable, kind="mine"):`')
        except BaseException:
            del OF_FILES[name], sys.modules[name]
            raise
    _loaded[path] = version
    return version


def as_it_ran(entry, folder):
    """An entry of `plugins` as it may stand in a case anywhere: the whole path, and which version of the file it is."""
    name = entry.get("file") if isinstance(entry, dict) else entry
    if not isinstance(name, str) or not (path := (Path(folder) / name).resolve()).is_file():
        return entry
    return {"file": str(path), "version": _loaded.get(path) or _version_of(path.read_bytes())}


def _version_of(source):
    return sha256(source).hexdigest()[:16]


def _module_name(path, version):
    """Of two versions of a file each has its own, so that what was read with the old one keeps its classes."""
    stem, key = re.sub(r"\W", "_", path.stem), _version_of(f"{path} {version}".encode())
    return f"spinfem_plugin_{stem}_{key}"


def _execute(source, module):
    path = module.__file__
    try:
        code = compile(source, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise ValueError(f"is not Python: line {error.lineno}: {error.msg}") from None
    try:
        exec(code, module.__dict__)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
        raise ValueError(f"fails in line {lines[-1]}: {_words(error)}") from None


def _complete(cls, source):
    """Raises ValueError unless cases can use the class, which the source defines."""
    where = f"line {line}: " if (line := _line_of(cls, source)) else ""
    if lacking := cls.lacking():
        raise ValueError(f"{where}{lacking}")
    try:
        cls.model_rebuild()
    except (PydanticUserError, NameError) as error:
        raise ValueError(f"{where}the class {cls.__name__}: {_words(error)}") from None


def _line_of(cls, source):
    """In which a class is defined, as far as that can be seen."""
    named = (
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef) and node.name == cls.__name__
    )
    return next((node.lineno for node in named), None)


def failed_in(error) -> Fault | None:
    """The Fault that tells where the code of a plugin file has raised an exception; None where it was not theirs."""
    files = {getattr(sys.modules.get(name), "__file__", None) for name in OF_FILES}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    if not frames:
        return None
    last = frames[-1]
    return Fault("plugins", last.filename, f"fails in line {last.lineno}, in {last.name}: {_words(error)}")


def _words(error):
    """An exception in one line, without the address of a page."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text.partition(" For further information visit")[0]


def in_use(files):
    """The same PluginFiles, whose kinds are known from now on, in place of those of the case read before. Raises ValidationError."""
    for registry in Registry.all:
        registry.of_case = {}
    faults = []
    for i, file in enumerate(files):
        for cls in file.classes:
            other = cls.kinds.get(cls.kind, cls)
            if (_source(other), other.__qualname__) == (_source(cls), cls.__qualname__):
                cls.kinds.of_case[cls.kind] = cls
            else:
                message = (
                    f"defines {cls.kind} ({cls.__qualname__}), which {_source(other)} defines ({other.__qualname__})"
                )
                faults.append(((i,), str(file.file), f"{message}; give it another kind"))
    if faults:
        raise said(faults, "plugins")
    return files


def use(files) -> None:
    """Make the kinds of plugin files known, without a case. Raises CaseError."""
    try:
        TypeAdapter(PluginFiles).validate_python([str(file) for file in files])
    except ValidationError as error:
        raise CaseError([Fault("plugins", e["input"], e["msg"]) for e in error.errors()]) from None


def _source(cls):
    """Where a class is defined, in words."""
    if cls.kinds.has_made(cls):
        return "spinfem itself"
    return getattr(sys.modules.get(cls.__module__), "__file__", None) or f"the module {cls.__module__}"


PluginFiles = Annotated[tuple[PluginFile, ...], AfterValidator(in_use)]
