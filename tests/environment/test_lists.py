"""One need, one list: what the three ways of installing bring along must not drift apart."""

import re
import tomllib

import pytest
from bootstrap import debian, lint, place, python_here, venv, wheels

from tests.environment import TREE

# on PyPI, but brought by DOLFINx or built against it, so not in pyproject.toml
FROM_DISTRIBUTIONS = {"dolfinx-real", "petsc4py-real", "gmsh", "dev", "pip", "venv", "mypy"}

FILES = ["docker/Dockerfile", "docker/setup", "docker/constraints-wheels.txt", "docker/constraints-lint.txt"]
FILES += ["docker/peers.txt", "docker/constraints-peers.txt"]
FILES += ["environment.yml", "pyproject.toml", ".ci/run", "Makefile", ".pre-commit-config.yaml"]


def name_of(requirement):
    return re.split(r"[ >=<*]", requirement)[0].replace("matplotlib-base", "matplotlib")


def pinned():
    lines = (TREE / "docker/constraints.txt").read_text().splitlines()
    return {line.split("==")[0] for line in lines if "==" in line}


def conda():
    lines = (TREE / "environment.yml").read_text().splitlines()
    return {name_of(line.strip()[2:]) for line in lines if line.startswith("  - ")}


def required():
    return {name_of(requirement) for requirement in place.python_packages()}


def test_every_python_package_comes_from_debian_or_has_its_version_pinned():
    debian = {package.removeprefix("python3-") for package in place.debian_packages()}
    brought_by_others = {"numpy"}
    assert required() - debian - brought_by_others == pinned()


def test_debian_packages_are_in_the_list_of_python_packages():
    debian = {package.removeprefix("python3-") for package in place.debian_packages() if package.startswith("python3-")}
    assert debian - FROM_DISTRIBUTIONS <= required()


@pytest.mark.parametrize(
    ("file", "packages"),
    [(wheels.PINS, wheels.packages()), (lint.PINS, lint.packages()), (debian.PINS_OF_SOLVERS, debian.solvers())],
)
def test_every_package_has_its_version_pinned_and_it_is_new_enough(file, packages):
    lines = (TREE / "docker" / file).read_text().splitlines()
    pins = dict(line.lower().split("==") for line in lines if "==" in line)
    for requirement in packages:
        name, _, oldest = requirement.split(",")[0].partition(">=")
        assert venv.numbers(pins[name]) >= venv.numbers(oldest), name


def test_conda_has_every_python_package():
    assert required() <= conda()


def test_every_requirement_is_met_here():
    assert python_here.lacking() == []


def test_the_container_is_made_from_the_same_list():
    assert "docker/packages.txt" in (TREE / "docker/Dockerfile").read_text()


@pytest.mark.parametrize("file", FILES)
def test_no_registry_is_named(file):
    assert not re.search(r"https?://|debian\.org|pypi\.org", (TREE / file).read_text())


def test_settings_have_one_value_each():
    settings = place.settings()
    assert settings["OMP_NUM_THREADS"] == "1"
    assert all(re.fullmatch(r"[A-Z_a-z]+", name) for name in settings)


def test_project_lists_can_be_read_by_the_simple_reader():
    project = tomllib.loads((TREE / "pyproject.toml").read_text())["project"]
    assert all(re.fullmatch(r"[\w.-]+>=[\d.]+", requirement) for requirement in project["dependencies"])
