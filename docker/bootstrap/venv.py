"""Virtual environments, under a temporary name until they are complete."""

import re
import subprocess
import sys
from collections.abc import Sequence

from bootstrap import place
from bootstrap.report import watch


def numbers(version: str) -> tuple[int, ...]:
    """'9.5.2.dev1' -> (9, 5, 2)"""
    start = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in start.group().split(".")) if start else ()


def make(target: place.Place, packages: Sequence[str], pins: str, *options: str, system: bool = False) -> None:
    """One of this Python in target.building/venv; `pins` is a file of constraints in docker/, `system` lets it see this
    Python's packages. It works when target.building has got its final name."""
    folder = target.building / "venv"
    subprocess.run([sys.executable, "-m", "venv", *(["--system-site-packages"] if system else []), folder], check=True)
    constraints = str(place.TREE / "docker" / pins)
    pip = [str(folder / "bin/python3"), "-m", "pip", "install", "--constraint", constraints, *options, *packages]
    log = target.folder.with_name(f"{target.kind}-setup.log")
    log.write_text("")
    watch(pip, log, "packages from PyPI", 1, lambda line: line.startswith("Successfully"))
    for script in (folder / "bin").iterdir():
        if not script.is_symlink():
            name_finally(script, target)


def name_finally(script, target: place.Place) -> None:
    """Scripts begin with the name of the Python that runs them."""
    before, after = (f"{name}/venv/bin/".encode() for name in (target.building, target.folder))
    content = script.read_bytes()
    if content.startswith(b"#!" + before):
        script.write_bytes(content.replace(before, after))
