"""Magnets, be they regions of the drawing or what covers a terminal."""

from spinfem.geometry.extent import area_and_centre, volume_of


def volume_of_magnet(device, name, thickness=None) -> float:
    """The volume of a region; of a magnet that covers a terminal, its thickness (m) times the area; m^3. Collective."""
    if name in device.regions:
        return volume_of(device, name)
    area, _ = area_and_centre(device, device.facets_of(name))
    return area * thickness


def sent_out(case, solution, name):
    """The spin current that leaves a magnet for the metals, A, (3,), of a Solution or its variables. Collective."""
    if name in case.regions:
        contacts = [pair for pair in solution.problem.device.contacts if name in pair]
        return -1.0 * sum(solution.flux(tuple(pair), into=name)[1] for pair in sorted(contacts, key=sorted))
    return solution.readings[name].spin_current
