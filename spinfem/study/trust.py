"""Which of the numbers that were found are doubtful: large errors, and contacts that the mesh does not resolve."""

import numpy as np

from spinfem.algebra.limits import ERROR, RESIDUAL, ROUNDING
from spinfem.case.names import sides
from spinfem.case.plugins import Interface

POSITIVE = "smallest_eigenvalue"
SMALL = 0.01
SMALL_NAMED = 1e-4  # of an observable that the case names in `accuracy: of`
_TOLD = 3  # names in one warning
# Cells for each diffusion length, counted across a contact. Cells grow away from it: a mesh of just one edge for each length has 0.75.
FEWEST = 0.7


def is_check(name):
    """Does this measurement tell about others: must it vanish, or be positive?"""
    last = name.rpartition(".")[2]
    return last in ("balance", POSITIVE) or last.endswith("_defect")


def relative_errors(measurements, matrices=()):
    """[(relative error, name)], the largest first, of what is neither a check nor a place nor next to nothing, relative to what a number is
    `counted_as`. Anything with the attributes of Measurement (of Matrix) will do."""
    found, nothing, largest = [], _next_to_nothing(measurements), {}
    for m in measurements:
        key = m.name.partition(".")[0], m.unit
        largest[key] = max(largest.get(key, 0.0), size_of(m.value))
    for m in measurements:
        if m.error is not None and not is_check(m.name) and not _is_place(m) and m.name not in nothing:
            found.append((m.error / counted_as(m.value, largest[m.name.partition(".")[0], m.unit]), m.name))
    for matrix in matrices:
        if matrix.errors is not None and (size := size_of(matrix.values)):
            found.append((size_of(matrix.errors) / size, f"{matrix.name}, of its largest entry"))
    return sorted(found, reverse=True)


def _is_place(measurement):
    """Is it a point? How far that is from the origin says nothing about its error."""
    return measurement.unit == "m" and np.ndim(measurement.value) == 1


def counted_as(value, largest, small=SMALL):
    """What an error is relative to: a number, or a part `small` of the `largest` one in its unit that an observable has."""
    return max(size_of(value), small * largest)


def _next_to_nothing(measurements):
    """Names of numbers that are rounding next to the largest one in their unit, or made of such a number (`R` and `R.area_product`)."""
    largest = {}
    for m in measurements:
        if not is_check(m.name):
            largest[m.unit] = max(largest.get(m.unit, 0.0), size_of(m.value))
    small = {m.name for m in measurements if size_of(m.value) <= ROUNDING * largest.get(m.unit, 0.0)}
    return small | {m.name for m in measurements if m.name.rpartition(".")[0] in small}


def size_of(value) -> float:
    """The largest magnitude in a number, a vector or a matrix; 0 for what is not known."""
    return float(np.nanmax(np.abs(np.asarray(value, dtype=float)), initial=0.0))


def large_errors(results):
    """What to warn of where errors are large, a sentence."""
    errors = relative_errors(results.measurements, results.matrices)
    large = [(size, name) for size, name in errors if size > ERROR.fair]
    if large:
        told = [f"{name} ({100 * size:.2g} %)" for size, name in large[:_TOLD]]
        more = [f"{len(large) - _TOLD} more"] if len(large) > _TOLD else []
        words = "is large for its value" if len(large) == 1 else "is large for the values"
        yield (
            f"the estimated error of {', '.join([*told, *more])} {words}; "
            "a finer mesh makes it smaller (`mesh: resolution`, `mesh: refinements`)"
        )


def coarse_contacts(case, quality):
    """What to warn of where contacts have clearly less than one cell for each spin diffusion length beside them, a sentence."""
    coarse = [
        f"{'/'.join(sorted(pair))} ({cells:.2g} in {region})"
        for pair, (region, cells) in ((pair, contact.across) for pair, contact in quality.contacts.items())
        if cells < FEWEST and not _one_metal(case, pair)
    ]
    if coarse:
        yield (
            f"the mesh has less than one cell for each spin diffusion length at {', '.join(sorted(coarse))}; "
            "spins change over that length; a finer mesh resolves it (`mesh: resolution`, `mesh: refinements`)"
        )


def strained_contacts(case, solutions):
    """What to warn of where the law of a contact does not hold at the voltage that one of the Solutions has across it, a sentence each. Collective."""
    for name, interface in case.interfaces.items():
        if type(interface).doubt is Interface.doubt:
            continue
        for solution in solutions:
            first, second = (solution.contact_average(sides(name), side)[0] for side in sides(name))
            if doubt := interface.doubt(first - second):
                yield f"interfaces.{name}: {doubt}"
                break


def rounded_contacts(case, quality):
    """What to say of the contact that resists most next to the cells beside it, where rounding takes a part of what flows through them; "" where none does."""
    found = []
    for pair, contact in quality.contacts.items():
        interface = next((law for name, law in case.interfaces.items() if frozenset(sides(name)) == pair), None)
        conductance = interface and interface.charge_conductance
        if not conductance:
            continue
        best = max(case.regions[name].material.conductivity for name in pair)
        times = best / (conductance * contact.mean_edge * case.geometry.unit)
        if times * np.finfo(float).eps > RESIDUAL.good:
            found.append((times, "/".join(sorted(pair))))
    if not found:
        return ""
    times, name = max(found)
    return (
        f"the contact {name} resists {times:.0e} times as much as the cells beside it, so of the 16 digits of the potentials there {min(np.log10(times), 16):.0f} "
        "are lost in the current through these cells; with a smaller resistance_area nearly all of the voltage is at the contact as well"
    )


def _one_metal(case, pair):
    """Are the two regions one piece of metal, drawn in two parts?"""
    first, second = (case.regions[name] for name in pair)
    return first == second and not any(frozenset(name.split("/")) == pair for name in case.interfaces)
