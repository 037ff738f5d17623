"""Which spins the spin Hall effect sends sideways."""

_X, _Y, _Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def hall_directions(regions, dimension):
    """Directions of spin, unit vectors, that charge currents send sideways in a device of `regions` (name -> Region).

    A current along j sends spins of the direction i x j along i: in a plane that is across the plane; on a line there is no
    sideways. Empty where no region has a spin Hall angle.
    """
    if not any(region.material.spin_hall_angle for region in regions.values()):
        return ()
    return {1: (), 2: (_Z,), 3: (_X, _Y, _Z)}[dimension]
