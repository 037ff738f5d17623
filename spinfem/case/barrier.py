"""What a case says of the interface between a magnet and a metal, as two numbers."""

from math import inf


def barrier(case, magnet, metal):
    """(AR, ohm m^2; P) of the interface between two regions: (0, 0) where it is transparent, (inf, 1) where nothing passes.

    None for a type of interface that does not say them.
    """
    for name in (f"{magnet}/{metal}", f"{metal}/{magnet}"):
        interface = case.interfaces.get(name)
        if interface is None:
            continue
        if interface.kind == "resistive":
            given = interface.polarization
            return interface.resistance_area, sum(given) if isinstance(given, tuple) else given
        if interface.kind != "circuit":
            return None
        up, down = interface.conductance_up, interface.conductance_down
        return (1 / (up + down), (up - down) / (up + down)) if interface.conducts else (inf, 1.0)
    return 0.0, 0.0
