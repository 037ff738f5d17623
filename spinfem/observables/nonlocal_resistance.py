"""Non-local resistance: the voltage between two terminals that carry no current, per ampere driven elsewhere."""

from spinfem.case.names import MagnetName, TerminalName
from spinfem.case.plugins import Observable
from spinfem.observables.drive import no_current, not_a_pair
from spinfem.observables.magnets import alignment, bundled, counterpart, on_the_way
from spinfem.study.ratio import resistance
from spinfem.study.results import Caveat, Measurement


class NonlocalResistance(Observable, kind="nonlocal_resistance"):
    """R_NL = (phi_plus - phi_minus) / I_drive, with a magnet as it is and reversed.

    I_drive counts positive into the device. With `flip` the state in which the magnet that injects (the current passes it between
    `drive` and the other driven terminals) and the one that detects (the voltage is taken across it, between `plus` and `minus`) point along one
    another gives `parallel`, the other one `antiparallel`, whichever of the two is flipped and whatever leads there are; their difference is
    the spin signal (Jedema, Filip, van Wees, Nature 410, 345 (2001)). Where that cannot be said (`flip` is neither of them, they are
    perpendicular, a texture has no one direction) the states are `angle_0`, as drawn, and `angle_180`, with `flip` reversed; `difference` is the first
    less the second. Every other floating terminal is reported against `minus` as well.
    """

    plus: TerminalName
    minus: TerminalName
    drive: TerminalName
    flip: MagnetName | None = None

    def faults(self, case, outline):
        yield from not_a_pair(self.plus, self.minus)
        if why := no_current(case, self.drive):
            yield "drive", self.drive, why
        for key, name in (("plus", self.plus), ("minus", self.minus)):
            if name != self.drive and case.terminals[name].driven.get("currents"):
                yield key, name, "carries a driven current; a non-local voltage is read between other terminals"

    def unit_of(self, name) -> str:
        return "ohm"

    def measure(self, simulation):
        states, side, caveats = self._states(simulation)
        yield from caveats
        for state, solution in states.items():
            yield from self._of_state(state, solution, simulation)
        if self.flip is None:
            return
        first, second = (resistance(solution, self.plus, self.minus, self.drive) for solution in states.values())
        note = "spin signal, P - AP" if side else f"as drawn - {self.flip} reversed"
        yield Measurement(f"{self.name}.difference", first - second, "ohm", note=note)

    def _states(self, simulation):
        """(name -> Solution, as of `_side`, Caveats); without `flip` the one state has no name."""
        drawn = simulation.solution()
        if self.flip is None:
            return {"": drawn}, 0, []
        reversed_ = simulation.solution({self.flip: simulation.case.magnets[self.flip].flipped()})
        side, why = self._side(simulation)
        told = f"{self.name}: {why}; so angle_0 is as drawn, angle_180 with {self.flip} reversed"
        names = ("parallel", "antiparallel") if side else ("angle_0", "angle_180")
        states = dict(zip(names, (reversed_, drawn) if side < 0 else (drawn, reversed_), strict=True))
        return states, side, [Caveat(told)] if why else []

    def _of_state(self, state, solution, simulation):
        terminals = simulation.case.terminals
        label = f"{self.name}.{state}".rstrip(".")
        others = [t for t in terminals if terminals[t].floating and t not in (self.plus, self.minus)]
        for name, terminal in ((label, self.plus), *((f"{label}.{other}", other) for other in others)):
            value = resistance(solution, terminal, self.minus, self.drive)
            yield Measurement(name, value, "ohm", note=f"({terminal} - {self.minus}) / I({self.drive})")

    def _side(self, simulation):
        """(1 where the case as drawn is the parallel state, -1 where it is the antiparallel one, 0 where neither; why not, in words)."""
        device, regions = simulation.device, simulation.case.regions
        if self.flip not in regions:  # it covers a terminal: no current passes it
            return 0, ""
        magnets = {name: region.magnetization for name, region in regions.items() if region.magnetization is not None}
        bundles = bundled(magnets, self.flip)
        injecting, detecting = (
            on_the_way(device.contacts, bundles, device.regions_at(start), end) for start, end in self._ways(simulation)
        )
        other = counterpart(device.contacts, self.flip, injecting, detecting)
        if other is None:
            alone = set(injecting) | set(detecting) == {self.flip}  # nothing to be parallel to, and nobody expects it
            ways = f"the current passes {_listed(injecting)}, the voltage is taken across {_listed(detecting)}"
            return 0, "" if alone else f"which state is parallel cannot be said of {self.flip}: {ways}"
        side = alignment(device, *((name, magnets[name]) for name in (self.flip, other)))
        return side, "" if side else f"{self.flip} and {other} point neither along nor against one another"

    def _ways(self, simulation):
        """(terminal, regions) from where to where the current flows, and the voltage is taken."""
        device, terminals = simulation.device, simulation.case.terminals
        others = {name: terminal for name, terminal in terminals.items() if name != self.drive}
        driven = [name for name, other in others.items() if other.charge.grounds or other.driven.get("currents")]
        yield self.drive, {region for terminal in driven for region in device.regions_at(terminal)}
        yield self.plus, set(device.regions_at(self.minus))


def _listed(magnets):
    return " and ".join(magnets) or "no magnet for certain"
