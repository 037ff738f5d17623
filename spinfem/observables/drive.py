"""Does anything drive the device, and a current into a terminal? Found out before anything is solved."""

import numpy as np

from spinfem.case.magnetization.precessing import turning

_RATIO = "a ratio to it means nothing; give the terminals different voltages, or a current"


def no_current(case, terminal):
    """Why no ratio to the current into a terminal has a meaning, in words: mostly that none flows; None where one may."""
    given = case.terminals[terminal]
    others = [other for name, other in case.terminals.items() if name != terminal]
    if given.floating:
        return "carries no current, for it floats; name the driven terminal"
    if given.driven.get("currents") == 0:
        return "carries no current: it is 0 A; name the driven terminal, or drive it"
    if given.charge.grounds and not any(o.charge.grounds or o.driven.get("currents") for o in others):
        return f"carries no current: all others float or carry none; {_RATIO}"
    if at_rest(case):
        return f"carries no current: nothing drives one; {_RATIO}"
    if heaters := heated(case):
        return f"is not all that drives this device: {heaters[0]} is heated, and voltages of that are in no ratio to a current; leave one of them out"
    return None


def heated(case):
    """The terminals where heat is given: a temperature that is not the reference, or a power."""
    return [
        name
        for name, terminal in case.terminals.items()
        if any(np.any(list(given.driven.values())) for given in terminal.scalars.values())
    ]


def at_rest(case):
    """Does nothing drive a Case: all voltages equal, every current zero, no spins given, and no magnet that pumps?"""
    return not driving(case) and all(turning(magnet) is None for magnet in case.magnets.values())


def driving(case):
    """The terminals that drive a Case, by name: voltages that are not all equal, and currents and spins that are given."""
    voltages = {n: t.driven.get("voltages", 0.0) for n, t in case.terminals.items() if t.charge.grounds}
    differ = len(set(voltages.values())) > 1
    return [
        name
        for name, terminal in case.terminals.items()
        if (differ and voltages.get(name))
        or any(np.any(a) for part, a in terminal.driven.items() if part != "voltages")
    ]


NOTHING = (
    "nothing drives this device: all voltages are equal, every current is zero, no spins are given, and no magnet turns"
)


def not_a_pair(plus, minus):
    """Yields a fault of an observable whose two terminals are one."""
    if plus == minus:
        yield "minus", minus, "is the same terminal as `plus`; between one and the same there is no voltage"
