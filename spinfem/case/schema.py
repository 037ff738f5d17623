"""The case: everything that a computation needs to know, checked, in SI units."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from spinfem.case.at_temperature import at_temperature, material_of_mesh
from spinfem.case.dynamics import Dynamics
from spinfem.case.faults import Fault, dotted, not_among, place_of
from spinfem.case.fit import Fit, unknowns
from spinfem.case.frequency import Frequencies
from spinfem.case.geometry import Geometry
from spinfem.case.heat import Heat
from spinfem.case.idle import field_turns_spins, parts
from spinfem.case.kinds import AnyInterface, AnyObservable
from spinfem.case.library import materials_of_a_case
from spinfem.case.magnetic_field import MagneticField
from spinfem.case.magnetization.following import Following
from spinfem.case.materials import Material
from spinfem.case.names import InterfaceName, RegionName, TerminalName, sides
from spinfem.case.overrides import split_path
from spinfem.case.own_materials import OwnMaterials
from spinfem.case.plot import Plot
from spinfem.case.plugin_files import PluginFiles
from spinfem.case.quantity import Dimensionless, Length, Temperature, Time
from spinfem.case.region import NO_FREE_SPINS, Region
from spinfem.case.sweep import SWEEP_SCHEMA, Sweep
from spinfem.case.terminal import Terminal
from spinfem.case.transient import Transient
from spinfem.case.validation import Checked, or_text, said

WITHOUT_LAWS = "no number of a material depends on the temperature, by a table or a formula"


class MeshOptions(Checked):
    """How fine the mesh is."""

    resolution: Dimensionless = Field(default=0.5, gt=0)
    """Size of the first cell at a contact, in units of the shortest spin diffusion length there."""
    rim: Dimensionless = Field(default=0.25, gt=0, le=1)
    """Size of cells at the rim of a contact, where currents crowd, over their size at its middle."""
    growth: Dimensionless = Field(default=0.3, ge=0)
    """How much larger cells get for each unit of distance from the contacts."""
    size: Length | None = Field(default=None, gt=0)
    """The largest size of a cell anywhere."""
    refinements: int = Field(default=0, ge=0, le=10)
    """How many times every cell is then divided, each time halving its size."""
    temperature: Temperature | None = Field(default=None, gt=0)
    """Materials with tables or formulas count with what they are at this temperature; default: that of the case. With it the points of a sweep over
    `temperature` share one mesh."""

    def idle(self, case, dimension):
        if case.geometry.mesh is not None:
            for key in ("resolution", "rim", "growth", "size"):
                yield (key,), "the mesh is that of the file; `refinements` makes it finer"
        if not any("temperature" in material.conditions_needed for _, material in case.materials_used):
            yield ("temperature",), WITHOUT_LAWS


class Accuracy(Checked):
    """How exact the numbers are to be: the mesh is refined until they are."""

    target: Dimensionless = Field(default=0.01, gt=0, lt=1)
    """The estimated error of each number, relative to it."""
    of: tuple[str, ...] = ()
    """Observables, by name, whose numbers count; default: all."""
    at_most: int = Field(default=400_000, gt=0)
    """Unknowns. A mesh with more of them is not made: the errors are then what they are, and a warning says so."""
    seconds: Time | None = Field(default=None, gt=0)
    """After this time no finer mesh is begun."""

    @model_validator(mode="before")
    @classmethod
    def _of_target(cls, given):
        """`accuracy: 0.1 %` is its target."""
        return {"target": given} if isinstance(given, str | float | int) else given

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return or_text(handler(schema), handler, {"type": ["number", "string"], "examples": ["0.1 %"]})


class Solver(Checked):
    """How the equations are solved."""

    degree: Literal[1, 2, 3] | None = None
    """Degree of the elements. Default: 3 where the mesh follows `accuracy`, otherwise 2."""
    method: Literal["iterative", "direct"] = "iterative"
    """direct suits 2D and small 3D devices."""
    tolerance: Dimensionless = Field(default=1e-12, gt=0, le=1e-6)
    """Relative residual at which an iterative solution is good."""
    max_iterations: int = Field(default=500, gt=0)
    """More than this and the solution has failed."""
    error_estimate: bool = True
    """Report an estimate of the error of each number."""

    def idle(self, case, dimension):
        if self.method == "direct":
            yield ("max_iterations",), "it is for `method: iterative`"


class Output(Checked):
    """What is written beside results.json."""

    fields: bool = True
    """Potentials and currents for ParaView."""
    pictures: bool = True
    """Pictures (PNG)."""
    report: bool = True
    """A page with everything in it, report.html (some MB). A sweep writes one, its points do not."""


def _some_voltage(terminals):
    if not any(terminal.charge.grounds for terminal in terminals.values()):
        raise ValueError(
            "at least one terminal needs a `voltage`, e.g. wire_left: {voltage: 0 V}; "
            "without one the potential is undetermined, known only up to a constant"
        )
    return terminals


def _each_pair_once(interfaces):
    seen: dict = {}
    faults = []
    for name in interfaces:
        first = seen.setdefault(frozenset(sides(name)), name)
        if first != name:
            faults.append(((name,), name, f"is the same interface as {first}; name it once"))
    if faults:
        raise said(faults, "interfaces")
    return interfaces


def _distinct_names(observables):
    names = [observable.name for observable in observables]
    twice = [i for i, name in enumerate(names) if name in names[:i]]
    if twice:
        message = "there is another observable of this name; give each its own, e.g. `name: second`"
        raise said([((i,), names[i], message) for i in twice], "observables")
    return observables


class Case(Checked):
    """A device and what is to be found out about it."""

    # First, because what follows may be of the kinds that these files define; and every case says anew which these are.
    plugins: PluginFiles = Field(default=(), validate_default=True)
    """Python files with observables, interface types and terms of your own (docs/plugins.md). Reading the case runs them."""
    title: str = ""
    """One line for tables and pictures."""
    geometry: Geometry
    """The drawing."""
    accuracy: Accuracy | None = None
    """How exact the numbers are to be, e.g. 0.1 %. Without `mesh` it is 1 %."""
    mesh: MeshOptions = MeshOptions()
    """How fine the mesh is; without `accuracy` it stays as it is described here."""
    materials: OwnMaterials = ()
    """Materials of your own, which regions call by name: a file, `my_metals.yaml`, or name -> keys of a material, or a list of these (docs/materials.md)."""
    temperature: Temperature | None = Field(default=None, gt=0)
    """Of the device: at this temperature materials with tables or formulas have their values."""
    regions: dict[RegionName, Region] = Field(min_length=1)
    """What each region of the drawing is made of."""
    magnetic_field: MagneticField | None = None
    """Field that free spins turn in; regions may have their own."""
    heat: Heat | None = None
    """The temperature as an unknown, e.g. {reference: 300 K}: conduction, thermoelectric effects of charge and spin, Joule heat (docs/heat.md)."""
    interfaces: Annotated[dict[InterfaceName, AnyInterface], AfterValidator(_each_pair_once)] = {}
    """Contacts that are not transparent, named by their two regions: wire/injector."""
    terminals: Annotated[dict[TerminalName, Terminal], AfterValidator(_some_voltage)]
    """What is connected to the drawing's terminals. One that is not named here is insulated."""
    observables: Annotated[tuple[AnyObservable, ...], AfterValidator(_distinct_names)] = ()
    """What to read off the solution (`spinfem observables`)."""
    time: Transient | None = None
    """The device in time, e.g. {until: 5 ns, drive: {injector_end: step}}."""
    frequency: Frequencies | None = None
    """What the device answers where all drives oscillate in phase, at these frequencies: a list, or {from, to, points, scale}."""
    sensitivities: tuple[str, ...] = ()
    """Observables, by name, whose derivatives by every parameter of materials and interfaces are wanted too."""
    dynamics: Dynamics | None = None
    """Magnets that move, and for how long (docs/dynamics.md)."""
    solver: Solver = Solver()
    """How the equations are solved."""
    output: Output = Output()
    """What is written beside results.json."""
    sweep: Annotated[Sweep, SWEEP_SCHEMA] = Sweep({})
    """What `spinfem sweep` varies: path of a value -> a list, or {from, to, points, scale}; `zip:` for axes that go together."""
    fit: Fit = Fit()
    """What `spinfem fit` finds from measured data."""
    plots: tuple[Plot, ...] = ()
    """Pictures of the sweep, or of a table of the run."""

    @model_validator(mode="wrap")
    @classmethod
    def _knows_its_materials(cls, data, handler):
        with materials_of_a_case():
            return handler(data)

    @model_validator(mode="after")
    def _materials_at_its_temperature(self):
        if faults := at_temperature(self):
            raise said(faults, "case")
        return self

    @model_validator(mode="after")
    def _magnets_are_in_its_field(self):
        for name, region in self.regions.items():
            try:
                self.regions[name] = region.in_field(self.magnetic_field)
            except ValueError as error:
                raise said([(("regions", name, "magnetization"), None, str(error))], "case") from None
        for name, terminal in self.terminals.items():
            try:
                self.terminals[name] = terminal.in_field(self.magnetic_field)
            except ValueError as error:
                raise said([(("terminals", name, "spin", "magnetization"), None, str(error))], "case") from None
        return self

    @model_validator(mode="after")
    def _regions_are_at_its_temperature(self):
        reference = self.heat and self.heat.reference
        for name, region in self.regions.items():
            if region.reference_temperature != reference:
                self.regions[name] = region.at_temperature(reference)
        return self

    @model_validator(mode="after")
    def _sensitivities_of_observables(self):
        names = [observable.name for observable in self.observables]
        if unknown := [(i, name) for i, name in enumerate(self.sensitivities) if name not in names]:
            faults = [((i,), name, not_among(name, names, "observable of this case")) for i, name in unknown]
            raise said([(("sensitivities", *path), value, message) for path, value, message in faults], "case")
        return self

    @model_validator(mode="after")
    def _sweep_of_its_regions(self):
        swept = {
            path: steps[1] for path in self.sweep.axes if (steps := split_path(path))[0] == "regions" and steps[1:]
        }
        if unknown := {path: name for path, name in swept.items() if name not in self.regions}:
            faults = [
                (("sweep", *self.sweep.axis(path)[0]), None, not_among(name, self.regions, "region of this case"))
                for path, name in unknown.items()
            ]
            raise said(faults, "case")
        return self

    @model_validator(mode="after")
    def _accuracy_of_observables(self):
        if self.accuracy is None:
            return self
        if not self.solver.error_estimate:
            message = "cannot be reached without estimates of errors: leave out `solver: {error_estimate: false}`"
            raise said([(("accuracy",), self.accuracy.target, message)], "case")
        names = [observable.name for observable in self.observables]
        if unknown := [(i, name) for i, name in enumerate(self.accuracy.of) if name not in names]:
            faults = [
                (("accuracy", "of", i), name, not_among(name, names, "observable of this case")) for i, name in unknown
            ]
            raise said(faults, "case")
        return self

    @model_validator(mode="after")
    def _unknowns_are_numbers_of_the_case(self):
        try:
            unknowns(self)
        except ValueError as error:
            raise said([(("fit", *path), value, message) for path, value, message in error.args[0]], "case") from None
        return self

    def idle(self, case, dimension):
        needed = [material.conditions_needed for _, material in self.materials_used]
        if self.heat is None and not any("temperature" in needs for needs in needed):
            yield ("temperature",), WITHOUT_LAWS
        if self._has("magnetic_field") and not (self.dynamics or self._field_matters(dimension)):
            yield ("magnetic_field",), NO_FREE_SPINS

    def _field_matters(self, dimension):
        """Does anything here turn in the field of the case?"""
        inside = [region for region in self.regions.values() if "magnetic_field" not in region.model_fields_set]
        magnets = [region.magnetization for region in inside] + [t.spin.magnet for t in self.terminals.values()]
        return any(isinstance(m, Following) for m in magnets) or any(
            field_turns_spins(region, self, dimension) for region in inside
        )

    @property
    def materials_used(self):
        """(path, Material) of regions and leads."""
        return [(path, part) for path, part in parts(self) if isinstance(part, Material)]

    def time_reversed(self):
        """The case with all magnetizations and fields reversed."""
        field = self.magnetic_field and tuple(0.0 - component for component in self.magnetic_field)
        regions = {name: region.time_reversed() for name, region in self.regions.items()}
        terminals = {name: terminal.time_reversed(field) for name, terminal in self.terminals.items()}
        return self.filled(regions=regions, terminals=terminals, magnetic_field=field)

    @property
    def magnets(self):
        """Name of a region, or of a terminal that a magnet covers -> its Magnetization."""
        drawn = {name: region.magnetization for name, region in self.regions.items()}
        covering = {name: terminal.spin.magnet for name, terminal in self.terminals.items()}
        return {name: m for name, m in (covering | drawn).items() if m is not None}

    @property
    def goal(self) -> Accuracy | None:
        """The Accuracy that the mesh is refined to; None where it stays as it is."""
        fixed = self._describes_mesh or not self.solver.error_estimate
        return self.accuracy or (None if fixed else Accuracy())

    @property
    def _describes_mesh(self) -> bool:
        """Does it say how fine the mesh is? For which temperature alone does not."""
        return "mesh" in self.model_fields_set and self.mesh.model_fields_set != {"temperature"}

    @property
    def chooses_mesh(self) -> bool:
        """Is the first mesh chosen by the program?"""
        return self.goal is not None and not self._describes_mesh

    @property
    def degree(self) -> int:
        """Of the elements."""
        return self.solver.degree or (2 if self.goal is None else 3)

    _places: dict[tuple, str] = PrivateAttr(default_factory=dict)  # path -> "line 12", for what is found later

    @property
    def kept(self):
        """The case as results.json keeps it, in SI units."""
        return self.model_dump(mode="json", by_alias=True)

    @property
    def materials_of_mesh(self):
        """Region -> the Material that the mesh is to resolve."""
        return {name: material_of_mesh(self, name) for name in self.regions}

    @property
    def diffusion_lengths(self):
        """The spin diffusion length of each region, m."""
        return {name: region.material.spin_diffusion_length for name, region in self.regions.items()}

    _source: Any = PrivateAttr(None)

    def model_post_init(self, context, /) -> None:
        """What its reader says about the file, in the context of the validation."""
        told = context or {}
        self._places, self._source = told.get("places", {}), told.get("source")

    @property
    def source(self):
        """The CaseSource that it was read from, if it was."""
        return self._source

    def _key_of(self, path):
        return dotted(path)

    def fault(self, path, value, message):
        """A Fault at this path that knows the line of the case file."""
        return Fault(dotted(path), value, message, place_of(tuple(path), self._places))

    def __eq__(self, other):
        """Do they say the same, wherever they come from?"""
        return isinstance(other, Case) and all(getattr(self, key) == getattr(other, key) for key in Case.model_fields)
