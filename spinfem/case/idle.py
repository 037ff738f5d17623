"""Keys that somebody gave and that have no effect in this case.

Each part of a case may say which of its keys these are (`Checked.idle`); what a region's material has is found by itself: a number that can be another one
without any number of any term being another one enters nothing that is solved for.
"""

from contextlib import suppress

from spinfem.case.faults import CaseError
from spinfem.case.operator_scale import Scale
from spinfem.case.terms import terms_of
from spinfem.case.validation import Checked

_SCALE = Scale(1.0, 1.0)


def idle_keys(case, dimension):
    """The Faults, none of which keeps a Case from being computed, of keys without effect in a drawing of `dimension`: neither in the case as it is nor at the ends of its sweep."""
    found = _found(case, dimension)
    for other in ends_of_sweep(case) if found else ():
        drawn = other.geometry.dimension if other.geometry.layers else dimension
        given, idle = other.source.given(), dict(_found(other, drawn))
        found = [(path, why) for path, why in found if path in idle or _at(given, path) is None]
    texts = [source.given() for source in (case.source,) if source and found] + [case.as_file() for _ in found[:1]]
    for path, why in found:
        value = next((value for text in texts if (value := _at(text, path)) is not None), None)
        if value is not None:  # else it was filled in
            yield case.fault(path, value, f"has no effect here: {why}")


def ends_of_sweep(case):
    """The Case at the first and at the last point of its sweep, if it has one and they can be."""
    points = case.sweep.points if case.source else []
    for values in points[:1] + points[-1:]:
        with suppress(CaseError):
            yield case.source.with_settings(values | {"sweep": {}, "plots": []}).case()


def _found(case, dimension):
    """(path, why it has no effect) of keys, given or not."""
    return [
        ((*path, *below), why)
        for path, part in parts(case)
        for below, why in part.idle(case, dimension)
        if not below or part._has(below[0])
    ]


def parts(part, path=()):
    """(path in the case file, part) for a part of a case and everything in it that is checked."""
    path += getattr(part, "path_prefix", ())
    yield path, part
    for below, value in part._entries():
        yield from _within(value, (*path, *below))


def _within(value, path):
    if isinstance(value, Checked):
        yield from parts(value, path)
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _within(entry, (*path, key))
    elif isinstance(value, list | tuple):
        for i, entry in enumerate(value):
            yield from _within(entry, (*path, i))


def _at(text, path):
    """What stands at a path of a case as a file has it."""
    for step in path:
        try:
            text = text[step]
        except (KeyError, IndexError, TypeError):
            return None
    return text


def idle_numbers(region, case, dimension):
    """(key of its material, where that counts, in words) for each number of a Region that was given there and that no term reads in this Case."""
    terms = terms_of(case.regions)
    as_it_is = _seen(region, terms, case, dimension)
    for key in region.material.own_numbers:
        if _seen(region.filled(material=region.material.another(key)), terms, case, dimension) == as_it_is:
            where = " or ".join(dict.fromkeys(term.counts[key] for term in terms if key in term.counts))
            yield key, f"it counts {where}" if where else "nothing that is solved for depends on it"


def field_turns_spins(region, case, dimension):
    """Does it matter in which magnetic field a Region is?"""
    without, within = region.filled(magnetic_field=None), _in_a_field(region)
    return len({_seen(other, terms_of(case.regions), case, dimension) for other in (without, within)}) > 1


def _seen(region, terms, case, dimension):
    """Everything that `terms` read off a Region, as text. A field that was given is looked at as one that is there: a sweep of it may begin at 0."""
    if region.magnetic_field is not None and not any(region.magnetic_field):
        region = _in_a_field(region)
    found: list = []
    for term in terms:
        if term.acts({"": region}, dimension) is not False:
            found.append(term.numbers(region, _SCALE))
        if case.time is not None or case.frequency is not None:
            found.append(term.capacity(region, _SCALE))
    return repr(found)


def _in_a_field(region):
    lifetime = region.material.spin_lifetime or 1.0  # at 0 T nobody has to know it
    return region.filled(magnetic_field=(1.0, 2.0, 3.0), material=region.material.filled(spin_lifetime=lifetime))
