"""The physical parameters of a case: numbers of materials, regions, interfaces and leads that can be varied a little."""

from dataclasses import dataclass

from spinfem.case.faults import dotted
from spinfem.case.magnetization.following import Following
from spinfem.case.magnetization.precessing import Precessing
from spinfem.case.materials import Material
from spinfem.case.quantity import CONDITIONS, physical_of, tesla
from spinfem.case.terminal import Terminal


@dataclass(frozen=True)
class Parameter:
    """One of them. `path` leads to it through the case: ("regions", "wire", "material", "conductivity")."""

    path: tuple
    value: float  # SI
    unit: str

    @property
    def name(self):
        """As in the case file: regions.wire.material.conductivity."""
        return dotted(self.path)


def parameters(case):
    """All Parameters of a Case, in the order of the file. (Those that make no difference are among them: a spin Hall angle that is 0.)"""
    follows = any(isinstance(magnet, Following) for magnet in case.magnets.values())
    if case.magnetic_field is not None and not follows:  # m would change with it
        yield from (Parameter(("magnetic_field", i), part, tesla.unit) for i, part in enumerate(case.magnetic_field))
    for group in ("regions", "interfaces"):
        for name, model in getattr(case, group).items():
            yield from _parameters_in(model, (group, name))
    for name, terminal in case.terminals.items():
        for path, condition in terminal.conditions.items():
            yield from _parameters_in(condition, ("terminals", name, *path), condition.drives)


def changed(model, path, value):
    """A copy of a Region, an Interface, a Terminal or one of its conditions with the parameter at `path`, relative to it, replaced; nothing is checked."""
    key, *rest = path
    if isinstance(model, Terminal) and key in model.scalars:
        return model.model_copy(update={"scalars": changed(model.scalars, path, value)})
    if isinstance(model, Terminal) and key != "spin":
        return model.model_copy(update={"charge": changed(model.charge, path, value)})
    if isinstance(model, tuple):
        return (*model[:key], value, *model[key + 1 :])
    if isinstance(model, dict):
        return model | {key: changed(model[key], rest, value)}
    if isinstance(model, Material):
        return model.varied(key, value)
    return model.model_copy(update={key: changed(getattr(model, key), rest, value) if rest else value})


def _parameters_in(model, path, leave_out=()):
    for key, field in type(model).model_fields.items():
        value, physical = getattr(model, key), physical_of(field.metadata, field.annotation)
        if key in leave_out:
            continue
        if key == "magnetic_field" and (
            key not in model.model_fields_set or isinstance(model.magnetization, Following)
        ):
            continue
        if isinstance(value, Precessing) and path[0] == "terminals":  # of a region, the constraints know m
            yield from _parameters_in(value, (*path, key), leave_out=("phase",))
        elif isinstance(value, Material):
            yield from _parameters_in(value, (*path, key), value.following)
        elif key == "terms":
            for kind, term in value.items():
                yield from _parameters_in(term, (*path, key, kind))
        elif physical is None or physical in CONDITIONS or value is None:
            continue
        elif isinstance(value, tuple):
            yield from (Parameter((*path, key, i), part, physical.unit) for i, part in enumerate(value))
        else:
            yield Parameter((*path, key), value, physical.unit)
