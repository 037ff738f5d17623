"""`--set PATH=VALUE`: values of a case replaced on the command line, before anything is checked; `PATH+=VALUE` appends to a list."""

import re
from copy import deepcopy
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from spinfem.case.faults import Fault, dotted

_STEP = re.compile(r'"([^"]*)"|\'([^\']*)\'|([^."\']+)')


def split_path(path):
    """'interfaces."wire/injector".type' -> ["interfaces", "wire/injector", "type"]; numbers count in lists."""
    steps = [next(filter(None, match.groups()), "") for match in _STEP.finditer(path)]
    return [int(step) if step.isdigit() else step for step in steps]


def path_text(path) -> str:
    """("regions", "a.b", "material") -> 'regions."a.b".material', which `split_path` takes apart again."""
    return ".".join(f'"{step}"' if "." in str(step) else str(step) for step in path)


def replaced(overrides):
    """A Fault for each of "PATH=VALUE" that a later one replaces, or what stands above it, by something else."""
    taken_apart = [_parts(override) for override in overrides]
    for i, (path, appends, value) in enumerate(taken_apart):
        for later, (above, adds, other) in list(zip(overrides, taken_apart, strict=True))[i + 1 :]:
            same = (path, appends, value) == (above, adds, other)
            if above and path[: len(above)] == above and not adds and not same:
                message = f"would be lost: `{later}`, given after it, replaces it; leave one out"
                yield Fault(dotted(path), value, message, "--set")
                break


def _parts(override):
    """(path, does it append?, value as text) of "PATH=VALUE" or "PATH+=VALUE"."""
    path, _, value = override.partition("=")
    path = path.strip()
    return tuple(split_path(path.removesuffix("+").strip())), path.endswith("+"), value.strip()


def apply(override, data, places):
    """Sets one value in `data` and notes it in `places` (path -> where it stands); yields a Fault if that cannot be."""
    path, equals, text = override.partition("=")
    appends = path.strip().endswith("+")
    steps = split_path(path.strip().removesuffix("+").strip())
    if not equals or not steps:
        yield Fault("--set", override, 'must be PATH=VALUE, e.g. regions.wire.material="Cu @ 300 K"')
        return
    try:
        value = YAML(typ="safe", pure=True).load(text) if text.strip() else None
    except YAMLError:
        value = text  # a plain word; its key will say what it wants
    place: Any = data  # a mapping or a list
    for i, step in enumerate(steps):
        if isinstance(place, list) and not (isinstance(step, int) and step < len(place)):
            message = f"there is no entry {step}: the list has {len(place)}, counted from 0"
            yield Fault(dotted(steps), value, message, "--set")
            return
        key: Any = step if isinstance(place, list) else str(step)
        below = place[key] if isinstance(place, list) else place.get(key)
        if i == len(steps) - 1:
            if appends and not isinstance(below, list | None):
                yield Fault(dotted(steps), below, "is no list, so nothing can be appended to it", "--set")
                return
            place[key] = _longer(below, value) if appends else value
            if appends:
                steps.append(len(place[key]) - 1)
            break
        own = _unshared(below) if isinstance(below, dict | list) else _longhand(tuple(steps[: i + 1]), below)
        place[key] = own
        place = own
    for path in [path for path in places if path[: len(steps)] == tuple(steps)]:
        del places[path]  # what stood below was replaced as well
    places[tuple(steps)] = "--set"


def _unshared(entry):
    """A copy for this one place: what stands behind an anchor (&name) is one thing for every place that names it (*name)."""
    own = deepcopy(entry)
    if hasattr(own, "yaml_set_anchor"):
        own.yaml_set_anchor(None)
    return own


def _longer(entries, value):
    own = [] if entries is None else _unshared(entries)
    own.append(value)
    return own


def _longhand(path, short):
    """The mapping that a short form stands for, so that --set can reach inside it."""
    match path:
        case ("regions", _) if isinstance(short, str):
            return {"material": short}
        case ("regions", _, "material") if isinstance(short, str):
            return {"base": short}
        case ("terminals", _, "spin", "lead") if isinstance(short, str):
            return {"base": short}
        case ("observables", _) if isinstance(short, str):
            return {short: {}}
    return {}
