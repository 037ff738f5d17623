"""Materials: named ones from the library with their sources, or values given in the case file."""

from functools import cache
from pathlib import Path

from pydantic import Field, model_serializer, model_validator
from ruamel.yaml import YAML

from spinfem.case.faults import not_among
from spinfem.case.given import from_file
from spinfem.case.quantity import Conductivity, Dimensionless, Length, Temperature, kelvin
from spinfem.case.validation import Checked, or_text
from spinfem.formatting import humanize

LIBRARY = Path(__file__).with_name("materials.yaml")
SAME_TEMPERATURE = 0.1  # relative: "Cu @ 4 K" finds what was measured at 4.2 K


class Material(Checked):
    """What a metal is made of. A name stands for an entry of the library; `base` is one with some values replaced."""

    name: str = ""
    """What it is called in tables."""
    base: str | None = None
    """A name of the library, e.g. Cu @ 300 K, whose values hold where none is given here."""
    conductivity: Conductivity = Field(gt=0)
    """Electric conductivity sigma, both spins together."""
    spin_diffusion_length: Length = Field(gt=0)
    """Spin diffusion length lambda."""
    polarization: Dimensionless = Field(0.0, gt=-1, lt=1)
    """Polarization P of the conductivity, (sigma_up - sigma_down)/sigma; not zero makes a ferromagnet."""
    spin_hall_angle: Dimensionless = Field(0.0, gt=-1, lt=1)
    """Spin Hall angle theta."""
    temperature: Temperature | None = Field(None, gt=0)
    """Where the values were measured."""
    source: str = ""
    """Who measured them."""
    note: str = ""
    """What else there is to know about them."""

    @model_validator(mode="before")
    @classmethod
    def _from_library(cls, given):
        if isinstance(given, str):
            return find(given)
        if not isinstance(given, dict) or given.get("base") is None:
            return given
        if not isinstance(given["base"], str):
            raise ValueError('base must be a name of the library, e.g. "Cu @ 300 K"')
        entry = find(given["base"])
        changed = f"{entry['name']}, changed" if len(given) > 1 else entry["name"]
        return {**entry, "name": changed, **given}

    @model_serializer(mode="wrap")
    def _by_name(self, handler, info):
        """In a case file, an entry of the library by its name."""
        if from_file(info) and self.name in library() and self == Material.model_validate(self.name):
            return self.name
        return handler(self)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        reference = handler(schema)
        # What is required may come from the base.
        mapping = handler.resolve_ref_schema(reference)
        mapping["anyOf"] = [{"required": mapping.pop("required")}, {"required": ["base"]}]
        return or_text(reference, handler, {"examples": list(library())})


@cache
def library():
    """The entries of the library as they stand in the file, name -> keys of a Material."""
    entries = YAML(typ="safe", pure=True).load(LIBRARY)
    names = [f"{entry['name']} @ {entry['temperature']}" for entry in entries]
    return {name: entry | {"name": name} for name, entry in zip(names, entries, strict=True)}


def find(name):
    """The library's entry for "Cu @ 4 K", or for "Al" where there is only one. Raises ValueError."""
    metal, at, temperature = (part.strip() for part in name.partition("@"))
    metals = list(dict.fromkeys(key.split(" @ ")[0] for key in library()))
    if metal not in metals:
        raise ValueError(not_among(metal, metals, "material in the library"))
    entries = {kelvin.parse(e["temperature"]): e for e in library().values() if e["name"].startswith(f"{metal} @ ")}
    there_are = f"the library has {metal} at " + " and ".join(humanize(t, "K") for t in sorted(entries))
    if not at:
        if len(entries) > 1:
            example = next(iter(entries.values()))["name"]
            raise ValueError(f'needs a temperature, e.g. "{example}"; {there_are}')
        return next(iter(entries.values()))
    try:
        wanted = kelvin.parse(temperature)
    except ValueError as error:
        raise ValueError(f"the temperature {error}; {there_are}") from None
    closest = min(entries, key=lambda t: abs(t - wanted))
    if abs(closest - wanted) > SAME_TEMPERATURE * closest:
        raise ValueError(f"was not measured at {humanize(wanted, 'K')}; {there_are}")
    return entries[closest]
