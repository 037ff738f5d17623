"""The parametric drawings that come with spinfem: one Gmsh script for each device."""

import re
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_TITLE = re.compile(r"^//\s*title:\s*(.+?)\s*$", re.MULTILINE)
_PARAMETER = re.compile(r'(\w+)\s*=\s*\{([^{}"]*?),[^{}]*?Name\s+"([^"]+)"([^{}]*)\}', re.DOTALL)
_ATTRIBUTE = re.compile(r'(Label|Units)\s+"([^"]*)"')


def shipped(folder):
    """A folder that lies at the top of the source tree, or inside an installed package: "meshes", "cases"."""
    installed = _PACKAGE / "_data" / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


@dataclass(frozen=True)
class Listed:
    """A parameter as its script writes it."""

    name: str
    default: str
    unit: str
    label: str


@dataclass(frozen=True)
class Script:
    """A device that can be drawn."""

    path: Path

    @property
    def name(self):
        return self.path.stem

    @property
    def title(self):
        """From the script's first comment, `// title: ...`."""
        found = _TITLE.search(self.path.read_text())
        return found[1] if found else ""

    @property
    def parameters(self):
        """Read off the text of DefineConstant, so that a list of devices needs no Gmsh."""
        listed = []
        for _, values, onelab_name, rest in _PARAMETER.findall(self.path.read_text()):
            attributes = dict(_ATTRIBUTE.findall(rest))
            name = onelab_name.rsplit("/", 1)[-1].lstrip("0123456789")
            default = values.split(",")[0].strip()
            listed.append(Listed(name, default, attributes.get("Units", ""), attributes.get("Label", "")))
        return tuple(listed)


def scripts():
    """Every device, by name."""
    return {path.stem: Script(path) for path in sorted(shipped("meshes").glob("*.geo"))}


def find_script(name, beside):
    """The path of a script named in a case file: beside that file, else among the devices. None: there is none."""
    file = Path(name if name.endswith(".geo") else f"{name}.geo")
    return next((folder / file for folder in (Path(beside), shipped("meshes")) if (folder / file).is_file()), None)
