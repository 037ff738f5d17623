"""Ratios, and the refusal of those whose denominator is zero but for the solver's noise."""

from uncertainties import nominal_value

from spinfem.case.faults import CaseError, Fault


class Undefined(CaseError):
    """A number that is a ratio to nothing."""


def undefined(value, message):
    """The Undefined to raise; `value` names what is zero."""
    return Undefined([Fault("", value, message)])


def ratio(over, under, noise, place, what, unit):
    """over / under, floats or variables of `uncertainties`. Raises Undefined unless |under| is more than `noise`, in `unit`.

    place: name of the terminal, contact or region; what: of which quantity nothing is there, e.g. "the current".
    """
    size = abs(nominal_value(under))
    if not size > noise:  # not a number is not more
        raise undefined(place, f"{what} there is zero{beside_noise(size, noise, unit)}")
    return over / under


def beside_noise(size, noise, unit) -> str:
    """What is there, beside the solver's noise, in words that go on a sentence; none where there is plainly nothing."""
    return f": {size:.2g} {unit}, where the solver's noise is {noise:.2g} {unit}" if size else ""


def resistance(solution, plus, minus, drive=None):
    """(phi_plus - phi_minus) / I_drive, ohm; drive: default `plus`. Of a Solution or what else has its readings. Raises Undefined."""
    at, drive = solution.readings, drive or plus
    voltage = at[plus].potential - at[minus].potential
    return ratio(voltage, at[drive].current, solution.noise * solution.largest_current, drive, "the current", "A")


def resistance_noise(solution, drive):
    """What of a resistance is noise, ohm."""
    at = solution.readings
    potential = max(abs(nominal_value(reading.potential)) for reading in at.values())
    return solution.noise * potential / abs(nominal_value(at[drive].current))


def refused(case, observable, error):
    """The Faults of an Undefined, at the place of an Observable in the case file."""
    path = ("observables", case.observables.index(observable), observable.kind)
    return [case.fault(path, fault.value, f"{observable.name} is undefined: {fault.message}") for fault in error.faults]
