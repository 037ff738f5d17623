"""The laws of one material: read beside its numbers, and what they say, those first that others are in proportion to."""

from functools import partial

from pydantic import ValidationError

from spinfem.case.faults import CaseError, Fault
from spinfem.case.laws import read_law
from spinfem.case.laws.law import INVERSE, Law, Unknown
from spinfem.case.laws.proportional import Proportional


def read_laws(given, keys, info):
    """(what is given of a material in numbers, its laws, (path, value, message) for those that are none). keys: name -> Key of what may be a law."""
    there = {name: value for name, value in given.items() if isinstance(value, dict | Law) and name in keys}
    laws, faults = {}, []
    for name, value in there.items():
        try:
            laws[name] = read_law(value, keys[name], info)
        except ValidationError as error:
            faults += [((name, *e["loc"]), e["input"], e["msg"]) for e in error.errors(include_url=False)]
        except ValueError as error:
            faults.append(((name,), value, str(error)))
    return {name: value for name, value in given.items() if name not in there}, laws, faults


def proportional(laws):
    """Key -> the one that it is proportional to."""
    return {key: law.proportional_to for key, law in laws.items() if isinstance(law, Proportional)}


def values_of(laws, keys, numbers, conditions, called):
    """Key -> number, SI, of all that laws say under these Conditions. keys: as of `read_laws`; numbers: what is given beside the laws; called: what
    messages begin with. Raises CaseError."""
    leading, led = partial(_leading, laws, keys, numbers), proportional(laws)
    found, faults = {}, []
    for key in (*(key for key in laws if key not in led), *led):
        law = laws[key]
        try:
            if key in led:
                of_key = partial(leading, led[key])
                found[key] = law.of(keys[key], of_key(conditions), of_key)
            else:
                found[key] = law.under(keys[key], conditions)
        except Unknown as error:
            faults.append(Fault(key, error.given, f"{called}{error}"))
    if faults:  # what follows from a value that is not known is not known for the same reason
        told = {fault.message for fault in faults if fault.key not in led}
        raise CaseError([fault for fault in faults if fault.key not in led or fault.message not in told])
    return found


def _leading(laws, keys, numbers, name, conditions):
    """The conductivity or the resistivity under these Conditions. Raises Unknown."""
    for key, power in ((name, 1), (INVERSE[name], -1)):
        if key in laws:
            return laws[key].under(keys[key], conditions) ** power
        if key in numbers:
            return numbers[key] ** power
    raise Unknown("has neither conductivity nor resistivity")
