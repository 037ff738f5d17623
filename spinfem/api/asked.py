"""Other drives and magnetizations, as a person asks for them, for the simulation."""

from pydantic import TypeAdapter, ValidationError

from spinfem.case.faults import CaseError, Fault, not_among
from spinfem.case.given import plain
from spinfem.case.magnetization import Magnetization
from spinfem.case.quantity import ampere, volt
from spinfem.case.schema import Case
from spinfem.case.validation import wording
from spinfem.model.drive import Drive


def magnetizations(case, given):
    """magnet -> Magnetization. given: magnet -> as it would stand in the case file. Raises CaseError."""
    magnets = list(case.magnets)
    found, faults = {}, []
    for region, written in dict(given).items():
        if region not in magnets:
            faults.append(Fault("magnetizations", region, not_among(region, magnets, "ferromagnet")))
            continue
        try:
            found[region] = TypeAdapter(Magnetization).validate_python(plain(written), context={"folder": case.folder})
        except ValidationError as error:
            message = "; ".join(wording(e, Case) for e in error.errors(include_url=False))
            faults.append(Fault(f"magnetizations.{region}", written, message))
    if faults:
        raise CaseError(faults)
    return found


def drive(case, given):
    """The Drive of `given`: terminal -> current or voltage, whatever the case prescribes there. Raises CaseError."""
    if given is None or isinstance(given, Drive):
        return given
    voltages, currents, faults = {}, {}, []
    for name, value in dict(given).items():
        if name not in case.terminals:
            faults.append(Fault("drive", name, not_among(name, case.terminals, "terminal in the case")))
            continue
        held = case.terminals[name].charge.grounds
        try:
            (voltages if held else currents)[name] = (volt if held else ampere).parse(plain(value), si=True)
        except ValueError as error:
            faults.append(Fault(f"drive.{name}", value, str(error)))
    if faults:
        raise CaseError(faults)
    return Drive(voltages=voltages, currents=currents)
