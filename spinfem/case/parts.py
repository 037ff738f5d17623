"""How the metal of a case hangs together: its drawing's pieces, joined through the interfaces that conduct."""

from itertools import combinations

from spinfem.case.names import sides


def parts_of(case, outline, crosses=None):
    """Lists of Pieces that charge, or what `crosses` a pair of regions of a Case, can pass between, across transparent contacts and interfaces that conduct."""
    crosses = crosses or conducts
    part = list(range(len(outline.pieces)))
    for a, b in sorted(outline.joints):
        if crosses(case, frozenset((outline.pieces[a].region, outline.pieces[b].region))):
            part = _merged(part, part[a], part[b])
    return [[outline.pieces[i] for i, number in enumerate(part) if number == one] for one in dict.fromkeys(part)]


def conducts(case, pair):
    """Can charge cross the contact of two regions?"""
    interface = _interface(case, pair)
    return interface is None or interface.conducts


def conducts_heat(case, pair):
    """Can heat cross the contact of two regions?"""
    interface = _interface(case, pair)
    return interface is None or interface.thermal_conductance != 0


def transparent_pairs(case, contacts):
    """The contacts, pairs of regions, across which potentials are continuous."""
    return {pair for pair in contacts if (interface := _interface(case, pair)) is None or not interface.breaks}


def groups(regions, pairs):
    """region -> a number that regions share which some `pairs` join."""
    number = {region: i for i, region in enumerate(sorted(regions))}
    for a, b in (tuple(pair) for pair in pairs):
        if a in number and b in number:
            number = dict(zip(number, _merged(list(number.values()), number[a], number[b]), strict=True))
    return number


def spurious_joints(meeting, pairs):
    """Pairs of regions that have one potential at a Meeting, as `pairs` are continuous, but share no face there that
    lets current pass."""
    continuous = groups(meeting.regions, pairs)
    fan = list(range(len(meeting.regions)))
    for a, b in meeting.links:
        if frozenset((meeting.regions[a], meeting.regions[b])) in pairs:
            fan = _merged(fan, fan[a], fan[b])
    return [
        (meeting.regions[a], meeting.regions[b])
        for a, b in combinations(range(len(fan)), 2)
        if fan[a] != fan[b] and continuous[meeting.regions[a]] == continuous[meeting.regions[b]]
    ]


def _interface(case, pair):
    return next((interface for name, interface in case.interfaces.items() if frozenset(sides(name)) == pair), None)


def _merged(numbers, one, other):
    return [one if number == other else number for number in numbers]


def joined_terminals(case, outline):
    """A Shared of the Outline for each two terminals of the Case between which any current would flow, where they share a node, if their potentials
    differed."""
    continuous, told = transparent_pairs(case, outline.contacts), set()
    for shared in outline.shared:
        if shared.terminals in told or not case.terminals.keys() >= set(shared.terminals):
            continue
        number = groups(shared.around, continuous)
        one, other = (number[region] for region in shared.regions)
        ends = (case.terminals[name] for name in shared.terminals)
        if one == other and all(end.charge.equipotential or end.spin.holds for end in ends):  # else one lets nothing by
            told.add(shared.terminals)
            yield shared
