"""What the numbers of one material lack, and where they contradict each other."""

from spinfem.case.tied import LAW, TIED, disagreements

OF_MAGNONS = ("magnon_conductivity", "magnon_diffusion_length")
_OF_INSULATORS = {
    *OF_MAGNONS,
    *("name", "base", "thermal_conductivity", "heat_capacity", "temperature", "thickness", "source", "note"),
}


def faults(material):
    """(path, value, message) for each. What laws say counts as given, and is compared once it is known."""
    yield from (_of_insulators if material.insulating else _of_metals)(material)
    if not material.pending:
        yield from _negative_channels(material)


def _of_metals(material):
    """For what is missing among values that follow from each other, or contradicts."""
    values = {key: getattr(material, key) for key in TIED}
    if material.pending:
        values |= dict.fromkeys(material.laws, LAW)
    if material.non_degenerate and values["mobility"] is None:
        yield ("non_degenerate",), True, "needs a mobility mu: D = mu k T/e"
    else:
        yield from disagreements(values, material.einstein(values))


def _of_insulators(material):
    """For what a magnetic insulator lacks, and what only metals have."""
    laws = material.laws
    given = {key for key in material.model_fields_set if getattr(material, key) is not None} | laws.keys()
    for key in OF_MAGNONS:
        if key not in given:
            message = f"is missing: in an insulating magnet magnons need both, {' and '.join(OF_MAGNONS)}"
            yield (key,), None, message
    for key, field in type(material).model_fields.items():
        value = None if key in laws else getattr(material, key)
        if key in given - _OF_INSULATORS and (key in laws or value != field.default):
            message = "belongs to a metal, and magnons are solved for in insulating magnets alone; leave out this or the magnon keys"
            yield (key,), value, message


def _negative_channels(material):
    """Where spins of one kind would be driven against the field."""
    p, q = material.polarization, material.polarization_of("amr")
    least, spin = min((1 + up * p + (1 + up * q) * more, up) for more in material.anisotropy for up in (1, -1))
    if least <= 0:
        message = (
            f"makes the conductivity of spin {'up' if spin > 0 else 'down'} negative, with the amr_ratio "
            f"{material.amr_ratio:g} and the polarization {p:g}"
        )
        yield ("amr_polarization",), material.amr_polarization, message
