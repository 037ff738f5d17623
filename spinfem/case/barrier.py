"""What a case says of the interface between a magnet and a metal, as two numbers."""


def barrier(case, magnet, metal):
    """(AR, ohm m^2; P) of the interface between two regions: (0, 0) where it is transparent, (inf, 1) where nothing passes.

    None for a type of interface that does not say them.
    """
    for name in (f"{magnet}/{metal}", f"{metal}/{magnet}"):
        interface = case.interfaces.get(name)
        if interface is not None:
            return interface.barrier
    return 0.0, 0.0
