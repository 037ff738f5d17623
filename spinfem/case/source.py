"""Where a case comes from: the text of a case file, its folder, and what is set on top. Runs, sweeps, fits and scripts all read by it."""

from copy import deepcopy
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML

from spinfem.case.entries import entries_of, text_of
from spinfem.case.faults import CaseError
from spinfem.case.files import version_of
from spinfem.case.overrides import apply, split_path
from spinfem.case.own_materials import as_it_ran as materials_as_they_ran
from spinfem.case.plugin_files import as_it_ran as plugin_as_it_ran
from spinfem.case.reader import read_case
from spinfem.case.schema import Case
from spinfem.case.sweep import override


@dataclass(frozen=True)
class CaseSource:
    """The text of a case file; files that it names lie in `folder`. overrides: PATH=VALUE."""

    text: str
    folder: Path = Path(".")
    overrides: tuple[str, ...] = ()

    @classmethod
    def of_file(cls, path, overrides=()) -> "CaseSource":
        """That of a case file. Raises CaseError where it cannot be read."""
        return cls(text_of(path), Path(path).parent, tuple(overrides or ()))

    def with_settings(self, settings) -> "CaseSource":
        """The same with other values: path -> value, as it stands in a case file."""
        return replace(self, overrides=(*self.overrides, *(override(path, value) for path, value in settings.items())))

    def case(self, model=Case, **context):
        """The checked Case (`read_case`). Raises CaseError with every fault there is."""
        return read_case(self.text, self.folder, self.overrides, model, source=self, **context)

    def given(self) -> dict:
        """What stands in the text, with what is set on top, in the author's own words. Raises CaseError."""
        entries = deepcopy(entries_of(self.text))
        if faults := [fault for override in self.overrides for fault in apply(override, entries.data, {})]:
            raise CaseError(faults)
        return entries.data

    def as_it_ran(self, without=()) -> str:
        """The text with its overrides in it, comments kept, that gives the same results from any folder. Raises CaseError.

        without: keys of the file that are left out.
        """
        yaml = YAML()
        yaml.preserve_quotes, yaml.width = True, 120
        data = yaml.load(self.text)
        if faults := [fault for override in self.overrides for fault in apply(override, data, {})]:
            raise CaseError(faults)
        for key in set(without) & data.keys():
            del data[key]
        for place, key in _files(data):
            if isinstance(place[key], str) and (
                (file := self.folder / place[key]).is_file() or (file / "state").is_dir()
            ):
                place[key] = str(file.resolve())
        for table in _tables(data):
            if (file := self.folder / table["table"]).is_file():
                table["version"] = version_of(file)
        if data.get("materials"):
            data["materials"] = materials_as_they_ran(data["materials"], self.folder)
        plugins = data.get("plugins")
        for i, entry in enumerate(plugins or ()):
            plugins[i] = plugin_as_it_ran(entry, self.folder)
        written = StringIO()
        yaml.dump(data, written)
        return written.getvalue()


_IS_A_MATERIAL = ("materials", "material", "lead")
_NAMES_A_FILE = ("script", "mesh", "facets", "cad", "file", "table", "initial")


def _tables(data, of_material=False):
    """The mappings of a case that name a table of a material."""
    if isinstance(data, dict):
        if of_material and isinstance(data.get("table"), str):
            yield data
        for key, below in data.items():
            yield from _tables(below, of_material or key in _IS_A_MATERIAL)
    elif isinstance(data, list):
        for below in data:
            yield from _tables(below, of_material)


def _files(data):
    """Where a case may name files, the values of a sweep included: (mapping or list, key)."""
    if isinstance(data, dict):
        yield from ((data, key) for key in _NAMES_A_FILE if key in data)
        for key, below in data.items():
            if isinstance(below, list) and split_path(str(key))[-1:] in [[name] for name in _NAMES_A_FILE]:
                yield from ((below, i) for i in range(len(below)))
            yield from _files(below)
    elif isinstance(data, list):
        for below in data:
            yield from _files(below)
