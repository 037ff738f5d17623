"""Where the environment lives, and the lists that decide what is in it."""

import hashlib
import os
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
SUITE = "trixie"
INSIDE = "SPINFEM_ENVIRONMENT"  # the variable that tells a process where it is
HOME = "SPINFEM_HOME"  # names the folder of all environments
RECIPE = "1"  # to be raised when the way of building changes and folders made the old way must not be used


def home() -> Path:
    """Everything that a set-up makes is in here; it can be deleted at any time."""
    chosen = os.environ.get(HOME)
    return Path(chosen).absolute() if chosen else user_cache()


def user_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "spinfem"


def debian_packages(file: str = "packages.txt") -> list[str]:
    """The packages of a list in docker/: packages.txt, or peers.txt."""
    lines = (TREE / "docker" / file).read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def python_packages(*extras: str) -> list[str]:
    """What spinfem and its tests import, as pyproject.toml lists it; of DOLFINx and what belongs to it only with the extra `solver`."""
    return [*project()["dependencies"], *(package for name in ("test", *extras) for package in extra(name))]


def extra(name: str) -> list[str]:
    return project()["optional-dependencies"][name]


def project() -> dict:
    return tomllib.loads((TREE / "pyproject.toml").read_text())["project"]


def settings() -> dict[str, str]:
    lines = (TREE / "docker/settings.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


KINDS = ("debian", "peers", "python", "wheels", "lint")
KEY = "[0-9a-f]" * 12  # matches a key


def key_of(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Place:
    """One environment: `folder` exists if and only if it is complete."""

    folder: Path

    @property
    def kind(self) -> str:
        """One of KINDS."""
        return self.folder.name.split("-")[0]

    @property
    def building(self) -> Path:
        return self.folder.with_name(self.folder.name + ".building")

    @property
    def cache(self) -> Path:
        """Compiled forms: for this environment only, another compiler or DOLFINx must not load them."""
        own = self.folder / "cache"
        shared = own.is_dir() and not os.access(own, os.W_OK)  # an administrator made the environment for everybody
        return user_cache() / f"{self.folder.name}-cache" if shared else own

    def exists(self) -> bool:
        return self.folder.is_dir()


def others(place: Place) -> list[Path]:
    """Complete environments beside this one."""
    return [folder for folder in sorted(home().glob(f"{place.kind}-{KEY}")) if folder != place.folder]


def remove_unfinished(kind: str) -> None:
    """What interrupted set-ups of a kind left; to be called with its lock held, so none of them is at work."""
    for folder in home().glob(f"{kind}-*.building"):
        remove(folder)


def remove_all() -> None:
    """Every environment, but nothing else that may lie in a folder that somebody chose."""
    for kind in KINDS:
        remove_unfinished(kind)
        for pattern in (f"{kind}-{KEY}", f"{kind}-downloads"):
            for folder in home().glob(pattern):
                remove(folder)


def remove(folder: Path) -> None:
    if folder.exists():
        subprocess.run(["chmod", "-R", "u+rwX", folder])  # packages have folders that even their owner may not write
        shutil.rmtree(folder)
