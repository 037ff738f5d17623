"""Materials: named ones from the library with their sources, or values given in the case file."""

from functools import cache
from typing import Any, Literal

from pydantic import Field, PrivateAttr, ValidationError, ValidationInfo, model_serializer, model_validator

from spinfem.case import material_faults
from spinfem.case.faults import CaseError, Fault, dotted
from spinfem.case.given import from_file
from spinfem.case.laws import SCHEMAS, Law
from spinfem.case.laws.law import Conditions, Key
from spinfem.case.laws.together import proportional, read_laws, values_of
from spinfem.case.library import find, library
from spinfem.case.material_faults import OF_MAGNONS
from spinfem.case.quantity import (
    CONDITIONS,
    CarrierDensity,
    Conductivity,
    DiffusionConstant,
    Dimensionless,
    HeatCapacity,
    Length,
    Mobility,
    Resistivity,
    SeebeckCoefficient,
    Temperature,
    ThermalConductivity,
    Thickness,
    Time,
    film_thickness,
    kelvin,
    physical_of,
)
from spinfem.case.tied import (
    NO_LIFETIME,
    NO_TEMPERATURE,
    OF_CARRIERS,
    OF_TIME,
    TIED,
    followed,
    following,
    left_of,
    of_einstein,
)
from spinfem.case.validation import Checked, in_words, or_text, said
from spinfem.formatting import humanize

_FOLLOWS: Any = None  # the value of a key that is not given, until those it is tied to are known


class Material(Checked):
    """What a metal is made of, or a magnetic insulator. A name stands for an entry of the library; `base` is one with some values replaced.

    lambda^2 = D tau ties spin diffusion length, diffusion constant and spin lifetime: two of them are enough, and the length alone where
    neither fields nor time matter. Of those of a `base` the diffusion constant stays before the length, the length before the lifetime.
    sigma = n e mu ties conductivity, density and mobility of the carriers: the mobility and one of the others are enough.

    An insulating magnet has neither of these: `magnon_conductivity` and `magnon_diffusion_length` instead (docs/insulating_magnets.md).

    In place of each number can stand how it depends on temperature and thickness (docs/materials.md). Such a material has numbers once it is at a
    temperature: that of the case it is in, or by `at`.
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
    mobility: Mobility | None = Field(None, gt=0)
    """Mobility mu of a semiconductor's carriers: they drift in the electric field, and take their spins along (docs/semiconductors.md). Default: no drift."""
    carrier_density: CarrierDensity | None = Field(None, gt=0)
    """Density n of its carriers."""
    carriers: Literal["electrons", "holes"] = "electrons"
    """Which way they drift: electrons against the field, holes along it."""
    non_degenerate: bool = False
    """Are its carriers so few that D = mu k T/e (Einstein)? With the temperature of the material or of the case; nobody has to give the diffusion
    constant then."""
    polarization: Dimensionless = Field(0.0, gt=-1, lt=1)
    """Polarization P of the conductivity, (sigma_up - sigma_down)/sigma; not zero makes a ferromagnet."""
    spin_hall_angle: Dimensionless = Field(0.0, gt=-1, lt=1)
    """Spin Hall angle theta."""
    amr_ratio: Dimensionless = Field(0.0, gt=-1.5, lt=3)
    """Anisotropic magnetoresistance of a ferromagnet, (rho_along - rho_across)/rho, along and across its magnetization; 1/conductivity is their mean
    rho = (rho_along + 2 rho_across)/3."""
    amr_polarization: Dimensionless | None = None
    """Polarization of the conductivity's anisotropy (default: that of the conductivity, so that both spins have the same amr_ratio)."""
    anomalous_hall_angle: Dimensionless = Field(0.0, gt=-1, lt=1)
    """Anomalous Hall angle sigma_AH/sigma of a ferromagnet: a field E along x with m along z brings about the current sigma_AH E along y."""
    anomalous_hall_polarization: Dimensionless | None = None
    """Polarization of the anomalous Hall conductivity (default: that of the conductivity, so that both spins have the same angle)."""
    thermal_conductivity: ThermalConductivity | None = Field(None, gt=0)
    """Thermal conductivity kappa, at constant spin potential and no current of either spin. Default: Wiedemann-Franz, L_0 sigma T_0."""
    seebeck_coefficient: SeebeckCoefficient = 0.0
    """Seebeck coefficient S: no current flows where grad phi = - S grad T. The Peltier coefficient is S T_0."""
    spin_seebeck_coefficient: SeebeckCoefficient = 0.0
    """Spin-dependent Seebeck coefficient S_up - S_down of a ferromagnet."""
    heat_capacity: HeatCapacity | None = Field(None, gt=0)
    """Heat capacity for each volume, rho c."""
    magnon_conductivity: Conductivity | None = Field(None, gt=0)
    """Magnon conductivity sigma_m of an insulating magnet, in which no charge flows: J_m = - sigma_m grad(mu_m/e)."""
    magnon_diffusion_length: Length | None = Field(None, gt=0)
    """How far its magnons diffuse, lambda_m."""
    temperature: Temperature | None = Field(None, gt=0)
    """Where the values were measured; of tables and formulas, where they are taken (default: at the temperature of the case)."""
    thickness: Thickness | None = Field(None, gt=0)
    """The thickness for which tables and formulas are taken (default: that of the region)."""
    source: str = ""
    """Who measured them."""
    note: str = ""
    """What else there is to know about them."""

    _laws: dict[str, Law] = PrivateAttr(default_factory=dict)
    _pending: bool = PrivateAttr(default=False)
    _own: frozenset = PrivateAttr(default=frozenset())  # keys that stand in the place where the material is used

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, given, handler, info: ValidationInfo):
        own = frozenset(given) if isinstance(given, dict) else None
        given, laws, faults = cls._from_library(given), {}, []
        if isinstance(given, dict):
            given, laws, faults = read_laws(given, keys_of_laws(), info)
        try:
            found = handler(given)
        except ValidationError as error:
            faults += [(e["loc"], e["input"], e["msg"]) for e in in_words(error, cls).errors(include_url=False)]
        else:
            if laws:
                found._laws = laws
            if own is not None:
                found._own = own
            faults = faults or found._settle()
        if faults:
            raise said(faults, cls.__name__)
        return found

    @classmethod
    def _from_library(cls, given, above=()):
        """What is given, with what stands behind names. above: the entries on the way here. Raises ValueError."""
        if isinstance(given, str):
            return cls._from_library(find(given), (*above, given))
        if not isinstance(given, dict) or given.get("base") is None:
            return given
        base = given["base"]
        if not isinstance(base, str):
            raise ValueError('base must be a name of the library, e.g. "Cu @ 300 K"')
        if base in above:
            raise ValueError(f"{base} has itself as a base")
        entry = cls._from_library(base, above)
        changed = f"{entry['name']}, changed" if len(given) > 1 else entry["name"]
        return {**left_of(entry, given), "name": changed, **given}

    def _settle(self):
        """Find the values that follow from others, if these are known; returns what is missing or contradicts."""
        own = self.model_fields_set
        self._pending = not own.issuperset(self._laws) or (self.non_degenerate and self.temperature is None)
        if faults := list(material_faults.faults(self)):
            return faults
        own.difference_update([key for key in TIED if getattr(self, key) is None])
        if not self._pending:
            self.__dict__.update(self._following())
        return []

    @property
    def laws(self):
        """Key -> Law, of those that depend on temperature and thickness."""
        return self._laws

    @property
    def varies(self) -> bool:
        """Do its numbers depend on temperature or thickness?"""
        return bool(self._laws) or self.non_degenerate

    @property
    def conditions_needed(self) -> frozenset:
        """Which of temperature and thickness its numbers depend on."""
        found = frozenset().union(*(law.needs for law in self._laws.values()))
        return found | ({"temperature"} if self.non_degenerate else frozenset())

    @property
    def pending(self) -> bool:
        """Has it numbers that are not worked out yet (`at`)?"""
        return self._pending

    @property
    def insulating(self) -> bool:
        """Is it a magnetic insulator? Then spins travel as magnons alone, and its conductivity is 0."""
        return any(getattr(self, key) is not None or key in self._laws for key in OF_MAGNONS)

    @property
    def _proportional(self):
        """Key -> the one that it is proportional to."""
        return proportional(self._laws)

    @property
    def _called(self):
        return f"{self.name}: " if self.name else ""

    def at(self, temperature=None, thickness=None):
        """The same with the numbers that its tables and formulas have at a temperature (K, or text with a unit) and a thickness (m). What the material
        itself says of either counts first. Raises CaseError where a value is not known there, is none, or contradicts others.
        """
        if not self.varies:
            return self
        own = self.model_fields_set - self._laws.keys()
        conditions = Conditions(
            self.temperature if "temperature" in own else _given(kelvin, temperature),
            self.thickness if "thickness" in own else _given(film_thickness, thickness),
        )
        if self.non_degenerate and conditions.temperature is None:
            raise CaseError([Fault("non_degenerate", "true", f"{self._called}{NO_TEMPERATURE}")])
        numbers = {key: getattr(self, key) for key in own - {"base"}}
        values = numbers | values_of(self._laws, keys_of_laws(), numbers, conditions, self._called)
        if self.non_degenerate:
            values["temperature"] = conditions.temperature
        try:
            found = Material.model_validate(values)
        except ValidationError as error:
            raise CaseError(
                [self._fault(e["loc"], e["input"], e["msg"]) for e in in_words(error, Material).errors()]
            ) from None
        where = {"temperature": conditions.temperature, "thickness": conditions.thickness}
        found = found.model_copy(update={"base": self.base} | where)
        found._laws, found._own = self._laws, self._own
        found.__pydantic_fields_set__ = own | (self._laws.keys() - self._proportional.keys())
        return found

    def _fault(self, path, value, message):
        key = keys_of_laws().get(path[0]) if path else None
        shown = humanize(value, key.physical.unit) if key and isinstance(value, float) else value
        return Fault(dotted(path), None if isinstance(shown, dict) else shown, f"{self._called}{message}")

    def _following(self):
        """The values that follow from those that were given."""
        if self.insulating:
            return {"conductivity": 0.0, "spin_diffusion_length": self.magnon_diffusion_length}
        values = {key: getattr(self, key) for key in TIED}
        return followed(values, self.following - self._proportional.keys(), self.einstein(values))

    @property
    def following(self):
        """Keys whose values follow from others that were given, or are unknown; where all were given, those that are told last."""
        return following(self.model_fields_set, self.non_degenerate) | self._proportional.keys()

    def einstein(self, values):
        """D of Einstein's relation, if it is to hold. values: those of tied keys."""
        return of_einstein(values["mobility"], self.temperature) if self.non_degenerate else None

    def varied(self, key, value):
        """A copy with another value of a number that follows from no other, and all that follows from it; nothing is checked."""
        other = (other := self.filled(**{key: value})).filled(**other._following())
        if self.insulating:
            return other
        growth = other.conductivity / self.conductivity
        powers = {"conductivity": 1, "resistivity": -1}
        tied = {
            name: getattr(self, name) * growth ** powers[of] for name, of in self._proportional.items() if name != key
        }
        return (other := other.filled(**tied)).filled(**other._following())

    @property
    def own_numbers(self) -> list[str]:
        """Keys that say something of it where it is used, and not in a library, and that follow from no other."""
        fields = type(self).model_fields
        said = [key for key in self._own if key in fields and getattr(self, key) != fields[key].default]
        return sorted(key for key in said if key in (*keys_of_laws(), "carriers") and key not in self.following)

    def another(self, key):
        """A copy with another value of one of `own_numbers`."""
        value = getattr(self, key)
        if key == "carriers":
            return self.filled(carriers="electrons" if value == "holes" else "holes")
        return self.varied(key, 0.9 * value)

    def idle(self, case, dimension):
        for key in sorted(self._laws.keys() & self._own):
            yield from (((key, *below), why) for below, why in self._laws[key].idle(case, dimension))

    def __eq__(self, other):
        """Do they say the same, wherever it was said?"""
        if not isinstance(other, Material):
            return NotImplemented
        return (self.__dict__, self._laws, self._pending) == (other.__dict__, other._laws, other._pending)

    @property
    def capacity(self):
        """Spin capacity for each volume, c = sigma (1 - P^2)/D, F/m^3. Raises ValueError where D is not known."""
        if self.diffusion_constant is None:
            raise ValueError(f"{self.name or 'the material'} {NO_LIFETIME}")
        return self.conductivity * (1 - self.polarization**2) / self.diffusion_constant

    @property
    def charge_sign(self):
        """Of its carriers."""
        return 1 if self.carriers == "holes" else -1

    @property
    def anisotropy(self):
        """sigma_along/sigma - 1, sigma_across/sigma - 1: how the conductivity along and across the magnetization differs
        from the inverse of the mean resistivity."""
        return 1 / (1 + 2 * self.amr_ratio / 3) - 1, 1 / (1 - self.amr_ratio / 3) - 1

    def polarization_of(self, effect):
        """That of "amr" or "anomalous_hall": how much more of the effect is spin up's."""
        own = getattr(self, f"{effect}_polarization")
        return self.polarization if own is None else own

    @model_serializer(mode="wrap")
    def _as_given(self, handler, info):
        """In a case file, an entry of the library by its name, and laws in place of their values; elsewhere beside these."""
        if from_file(info) and self.name in library() and self == Material.model_validate(self.name):
            return self.name
        how = {"mode": "json", "exclude_unset": info.exclude_unset, "context": info.context}
        laws = {key: law.model_dump(**how) for key, law in self._laws.items()}
        return handler(self) | (laws if from_file(info) else {"laws": laws} if laws else {})

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        reference = handler(schema)
        # What is required may come from the base.
        mapping = handler.resolve_ref_schema(reference)
        conducting = ([TIED[0]], [TIED[1]], list(OF_CARRIERS))
        lasting = ([OF_TIME[1]], [OF_TIME[0], OF_TIME[2]], ["non_degenerate", OF_TIME[2]])
        ways = [[*one, *two] for one in conducting for two in lasting]
        mapping["anyOf"] = [{"required": keys} for keys in (*ways, ["base"])]
        for name in keys_of_laws():
            number = mapping["properties"][name]
            about = {key: number.pop(key) for key in ("title", "description", "default") if key in number}
            mapping["properties"][name] = about | {"anyOf": [number, *SCHEMAS]}
        return or_text(reference, handler, {"examples": list(library())})


@cache
def keys_of_laws():
    """Name -> Key of each number of a material that tables and formulas can give."""
    found = {name: physical_of(field.metadata, field.annotation) for name, field in Material.model_fields.items()}
    return {name: Key(name, physical) for name, physical in found.items() if physical and physical not in CONDITIONS}


def _given(physical, value):
    return None if value is None else physical.parse(value, si=True)
