"""Materials: named ones from the library with their sources, or values given in the case file."""

from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

from pydantic import Field, model_serializer, model_validator
from ruamel.yaml import YAML

from spinfem.case.faults import not_among
from spinfem.case.given import from_file
from spinfem.case.quantity import (
    Conductivity,
    DiffusionConstant,
    Dimensionless,
    HeatCapacity,
    Length,
    Resistivity,
    SeebeckCoefficient,
    Temperature,
    ThermalConductivity,
    Time,
    kelvin,
)
from spinfem.case.validation import Checked, or_text, said
from spinfem.formatting import humanize

LIBRARY = Path(__file__).with_name("materials.yaml")
SAME_TEMPERATURE = 0.1  # relative: "Cu @ 4 K" finds what was measured at 4.2 K
AGREE = 1e-3  # relative: how well values have to agree that follow from each other
_FOLLOWS: Any = None  # the value of a key that is not given, until those it is tied to are known
_OF_TIME = ("diffusion_constant", "spin_diffusion_length", "spin_lifetime")  # a base's own stay in this order
_TIED = ("conductivity", "resistivity", *_OF_TIME)


class Material(Checked):
    """What a metal is made of. A name stands for an entry of the library; `base` is one with some values replaced.

    lambda^2 = D tau ties spin diffusion length, diffusion constant and spin lifetime: two of them are enough, and the length alone where
    neither fields nor time matter. Of those of a `base` the diffusion constant stays before the length, the length before the lifetime.
    """

    name: str = ""
    """What it is called in tables."""
    base: str | None = None
    """A name of the library, e.g. Cu @ 300 K, whose values hold where none is given here."""
    conductivity: Conductivity = Field(_FOLLOWS, gt=0)
    """Electric conductivity sigma, both spins together."""
    resistivity: Resistivity | None = Field(None, gt=0)
    """Its inverse may be given instead."""
    spin_diffusion_length: Length = Field(_FOLLOWS, gt=0)
    """Spin diffusion length lambda."""
    diffusion_constant: DiffusionConstant | None = Field(None, gt=0)
    """Diffusion constant D."""
    spin_lifetime: Time | None = Field(None, gt=0)
    """Spin lifetime tau, of spins along x and y."""
    spin_lifetime_anisotropy: Dimensionless = Field(1.0, gt=0)
    """tau_z/tau: how much longer spins along z live."""
    g_factor: Dimensionless = 2.0
    """g factor of its electrons, which turn in a magnetic field at the angular frequency g mu_B B/hbar."""
    polarization: Dimensionless = Field(0.0, gt=-1, lt=1)
    """Polarization P of the conductivity, (sigma_up - sigma_down)/sigma; not zero makes a ferromagnet."""
    spin_hall_angle: Dimensionless = Field(0.0, gt=-1, lt=1)
    """Spin Hall angle theta."""
    thermal_conductivity: ThermalConductivity | None = Field(None, gt=0)
    """Thermal conductivity kappa, at constant spin potential and no current of either spin. Default: Wiedemann-Franz, L_0 sigma T_0."""
    seebeck_coefficient: SeebeckCoefficient = 0.0
    """Seebeck coefficient S: no current flows where grad phi = - S grad T. The Peltier coefficient is S T_0."""
    spin_seebeck_coefficient: SeebeckCoefficient = 0.0
    """Spin-dependent Seebeck coefficient S_up - S_down of a ferromagnet."""
    heat_capacity: HeatCapacity | None = Field(None, gt=0)
    """Heat capacity for each volume, rho c."""
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
        return {**_left_of(entry, given), "name": changed, **given}

    @model_validator(mode="after")
    def _whole(self):
        if faults := list(_disagreements({key: getattr(self, key) for key in _TIED})):
            raise said(faults, "material")
        self.model_fields_set.difference_update([key for key in _TIED if getattr(self, key) is None])
        self.__dict__.update(self._following())
        return self

    def _following(self):
        """The values that follow from those that were given."""
        sigma, rho, diffusion, length, lifetime = (getattr(self, key) for key in _TIED)
        following, found = self.following, {}
        if "conductivity" in following:
            found["conductivity"] = 1 / rho
        if diffusion and "spin_lifetime" not in following and "spin_diffusion_length" in following:
            found["spin_diffusion_length"] = sqrt(diffusion * lifetime)
        elif "diffusion_constant" in following and lifetime:
            found["diffusion_constant"] = length**2 / lifetime
        elif "spin_lifetime" in following and diffusion:
            found["spin_lifetime"] = length**2 / diffusion
        return found

    @property
    def following(self):
        """Keys whose values follow from others that were given, or are unknown; where all were given, those that are told last."""
        given = self.model_fields_set
        found = {key for key in _TIED if key not in given}
        if given.issuperset(("conductivity", "resistivity")):
            found.add("resistivity")
        if given.issuperset(_OF_TIME):
            found.add("diffusion_constant")
        return found

    def varied(self, key, value):
        """A copy with another value of a number that follows from no other, and all that follows from it; nothing is checked."""
        return (other := self.filled(**{key: value})).filled(**other._following())

    @property
    def capacity(self):
        """Spin capacity for each volume, c = sigma (1 - P^2)/D, F/m^3. Raises ValueError where D is not known."""
        if self.diffusion_constant is None:
            raise ValueError(f"{self.name or 'the material'} {NO_LIFETIME}")
        return self.conductivity * (1 - self.polarization**2) / self.diffusion_constant

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
        ways = [[one, *two] for one in _TIED[:2] for two in ([_OF_TIME[1]], [_OF_TIME[0], _OF_TIME[2]])]
        mapping["anyOf"] = [{"required": keys} for keys in (*ways, ["base"])]
        return or_text(reference, handler, {"examples": list(library())})


NO_LIFETIME = 'needs a spin_lifetime, e.g. "100 ps", or a diffusion_constant, e.g. "43 cm^2/s"'


def _left_of(entry, given):
    """What of an entry of the library stays beside values that are given in its place."""
    left = dict(entry)
    if "resistivity" in given:
        left.pop("conductivity", None)
    stay = [key for key in _OF_TIME if key in entry and key not in given]
    for key in stay[max(0, 2 - len(given.keys() & set(_OF_TIME))) :]:
        del left[key]
    return left


def _disagreements(values):
    """(path, value, message) for what is missing among tied values (by key, None where not given), or contradicts."""
    sigma, rho, diffusion, length, lifetime = (values[key] for key in _TIED)
    if sigma is None and rho is None:
        yield ("conductivity",), None, 'is missing: an electric conductivity, e.g. "7.1e7 S/m" (or a resistivity)'
    elif sigma and rho and abs(sigma * rho - 1) > AGREE:
        yield ("resistivity",), rho, f"is not the inverse of the conductivity, {1 / sigma:.6g} ohm m; give one of them"
    if length is None and not (diffusion and lifetime):
        message = 'is missing: a length, e.g. "500 nm" (or both diffusion_constant and spin_lifetime)'
        yield ("spin_diffusion_length",), None, message
    elif length and diffusion and lifetime and abs(length**2 / (diffusion * lifetime) - 1) > AGREE:
        message = (
            f"does not agree with the other two: lambda^2 = D tau makes it {humanize(length**2 / diffusion, 's')}; "
            "give two of spin_diffusion_length, diffusion_constant and spin_lifetime"
        )
        yield ("spin_lifetime",), lifetime, message


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
