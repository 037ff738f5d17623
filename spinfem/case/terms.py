"""Which physical terms a device of some regions has, and what they bring into it."""

from dataclasses import replace

from spinfem.case.plugins import Term
from spinfem.case.scalar_field import ScalarField


def terms_of(regions) -> list[type[Term]]:
    """The Terms that a device of `regions` (name -> Region) may have, in an order that is always the same: spinfem's own, and those that a
    region asks for, which the regions themselves carry, whatever was registered since."""
    own = {kind: term for kind, term in Term.kinds.items() if Term.kinds.has_made(term)}
    asked_for = {kind: type(term) for region in regions.values() for kind, term in region.terms.items()}
    return [term for _, term in sorted((own | asked_for).items())]


def spin_directions(regions, dimension) -> list:
    """Directions of spin, unit vectors, that physical terms bring into a device of `regions` (name -> Region)."""
    return [direction for term in terms_of(regions) for direction in term.directions(regions, dimension)]


def scalar_fields(regions) -> tuple[ScalarField, ...]:
    """The scalar unknowns beside charge and spin of a device of `regions` (name -> Region), by name. Where several terms bring in one, it lives where any of
    them says. Raises TypeError where they disagree about anything else."""
    found: dict[str, ScalarField] = {}
    for brought in (scalar for term in terms_of(regions) for scalar in term.scalar_fields(regions)):
        other = found.get(brought.name, brought)
        if replace(other, regions=brought.regions) != brought:
            raise TypeError(f"two terms bring in fields of the name {brought.name} that differ")
        everywhere = dict.fromkeys((*other.regions, *brought.regions))
        found[brought.name] = replace(brought, regions=tuple(everywhere))
    return tuple(found[name] for name in sorted(found))


def layer_lengths(regions) -> dict[str, tuple[float, ...]]:
    """Name of a region -> the lengths, m, of the layers that stand in it beside where something enters, the longest first; regions: name -> Region."""
    terms = terms_of(regions)
    return {
        name: tuple(sorted({length for term in terms for length in term.lengths(region)}, reverse=True))
        for name, region in regions.items()
    }


def with_layers_at_faces(regions) -> frozenset[str]:
    """The names of those of `regions` (name -> Region) at whose outer faces spins pile up by themselves."""
    terms = terms_of(regions)
    return frozenset(name for name, region in regions.items() if any(term.piles_up(region) for term in terms))


def spin_mixtures(regions) -> list:
    """What physical terms do to spins in a device of `regions`: matrices, (3, 3)."""
    return [mixture for term in terms_of(regions) for mixture in term.mixes(regions)]
