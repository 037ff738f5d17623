"""Non-local resistance: the voltage between two terminals that carry no current, per ampere driven elsewhere."""

from spinfem.case.names import RegionName, TerminalName
from spinfem.case.plugins import Observable
from spinfem.study.findings import Measurement


class NonlocalResistance(Observable, kind="nonlocal_resistance"):
    """R_NL = (phi_plus - phi_minus) / I_drive, with a magnet as it is and reversed.

    I_drive counts positive into the device. With `flip` the state in which the magnet of that region is parallel to the
    driving one gives `parallel`, the other one `antiparallel`, and their difference is the spin signal (Jedema, Filip, van Wees, Nature
    410, 345 (2001)). Every other floating terminal is reported against `minus` as well.
    """

    plus: TerminalName
    minus: TerminalName
    drive: TerminalName
    flip: RegionName | None = None

    def faults(self, case, outline):
        terminal = case.terminals[self.drive]
        if not terminal.current and terminal.voltage is None:
            yield (
                "drive",
                self.drive,
                "no current is driven there; give this terminal a `current`, e.g. {current: 1 mA}",
            )
        for key, name in (("plus", self.plus), ("minus", self.minus)):
            if not case.terminals[name].floating and name != self.drive and case.terminals[name].current:
                yield key, name, "carries a driven current; a non-local voltage is read between other terminals"
        if self.flip is not None and case.regions[self.flip].magnetization is None:
            yield "flip", self.flip, "is not a ferromagnet; give it a magnetization"

    def unit_of(self, name):
        return "ohm"

    def measure(self, laboratory):
        as_drawn = laboratory.solution()
        if self.flip is None:
            yield from self._states(laboratory, {"": as_drawn})
            return
        reversed_ = laboratory.case.regions[self.flip].magnetization.flipped()
        states = {"parallel": as_drawn, "antiparallel": laboratory.solution({self.flip: reversed_})}
        if not self._drawn_parallel(laboratory):
            states = dict(zip(states, reversed(states.values()), strict=True))
        yield from self._states(laboratory, states)
        parallel, antiparallel = (self._resistance(solution, self.plus) for solution in states.values())
        yield Measurement(f"{self.name}.difference", parallel - antiparallel, "ohm", note="spin signal, P - AP")

    def _states(self, laboratory, states):
        terminals = laboratory.case.terminals
        others = [t for t in terminals if terminals[t].floating and t not in (self.plus, self.minus)]
        for state, solution in states.items():
            label = f"{self.name}.{state}".rstrip(".")
            note = f"({self.plus} - {self.minus}) / I({self.drive})"
            yield Measurement(label, self._resistance(solution, self.plus), "ohm", note=note)
            for other in others:
                note = f"({other} - {self.minus}) / I({self.drive})"
                yield Measurement(f"{label}.{other}", self._resistance(solution, other), "ohm", note=note)

    def _resistance(self, solution, terminal):
        at = solution.readings
        return (at[terminal].potential - at[self.minus].potential) / at[self.drive].current

    def _drawn_parallel(self, laboratory):
        """Is the magnet that is flipped drawn parallel to the one under the driving terminal?"""
        regions = laboratory.case.regions
        (driving,) = laboratory.device.regions_at(self.drive)
        reference, flipped = (regions[name].magnetization for name in (driving, self.flip))
        if reference is None or not (reference.uniform and flipped.uniform):
            return True
        return sum(a * b for a, b in zip(reference.direction, flipped.direction, strict=True)) >= 0
