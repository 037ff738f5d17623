"""Can a magnet of the drawing pump spins?"""

from spinfem.case.names import sides


def obstacles(case, outline, region):
    """Yields why a ferromagnet cannot, in words: one in strong contact with a metal takes v across m with it, inside as well."""
    if case.regions[region].weak:
        yield "has spins that are free inside (dephasing_length, precession_length): what they do as it precesses is not modelled"
    for pair in sorted(sorted(pair) for pair in outline.contacts if region in pair):
        (neighbour,) = set(pair) - {region}
        there = [
            contact for name, contact in case.interfaces.items() if set(sides(name)) == set(pair) and contact.breaks
        ]
        if not all(contact.linear for contact in there):
            yield f"pumps through contacts that are linear, and {region}/{neighbour} ({there[0].kind}) is not"
        if not there:
            yield f"pumps through contacts that have conductances: give {region}/{neighbour} an interface, e.g. type: circuit"
