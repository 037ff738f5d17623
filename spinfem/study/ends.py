"""Driven terminals at which it matters what happens to spins, and nobody said what does.

A voltage or a current comes from a reservoir, so a driven terminal is a spin sink unless the case says otherwise. Where spins arrive there,
reflecting them would change the result; but for those that the charge current carries along in a magnet (`spinfem.postprocessing.beyond_drift`).
"""

from spinfem.postprocessing.beyond_drift import beyond_drift

_MATTERS = 0.01  # of the largest current at a terminal


def unchosen_ends(case, solutions):
    """Yields a sentence for each terminal of a Case that is a sink by default where that moves one of its Solutions. Collective."""
    names = [name for name, terminal in case.terminals.items() if terminal.sink_by_default]
    shares = dict.fromkeys(names, 0.0)
    for solution in solutions if names else ():
        if largest := solution.largest_current:
            for name, current in beyond_drift(solution, names).items():
                shares[name] = max(shares[name], current / largest)
    for name, share in shares.items():
        if share > _MATTERS:
            yield (
                f"terminals.{name}: spins end here in a sink because nothing else is said, and that matters: "
                f"{100 * share:.2g} % of the current. Write `spin: sink` if a large contact takes them up, "
                "or `spin: reflecting` if none pass"
            )
