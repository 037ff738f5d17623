"""The commands `spinfem` and `spinfem-env`, from any folder."""

import os
from pathlib import Path

from bootstrap import place
from bootstrap.report import say

COMMANDS = ("spinfem", "spinfem-env")


def make() -> None:
    folder = Path.home() / ".local/bin"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in COMMANDS:
            replace_link(folder / name, place.TREE / "bin" / name)
    except OSError as error:
        say(f"no link in {folder} ({error.strerror})")
        folder = place.TREE / "bin"
    say("type `spinfem --help` in any folder")
    if str(folder) not in os.environ.get("PATH", "").split(":"):
        say(f'after this line (it belongs into ~/.profile):\n\n    export PATH="{folder}:$PATH"\n')


def replace_link(name: Path, target: Path) -> None:
    if name.is_symlink():
        name.unlink()
    name.symlink_to(target)
