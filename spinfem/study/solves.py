"""How the solves of a simulation went, all together."""

from contextlib import contextmanager
from dataclasses import dataclass

from spinfem.algebra.solver import SolveError, SolveReport
from spinfem.geometry.quality import mesh_quality
from spinfem.study.balance import Balance
from spinfem.study.trust import rounded_contacts


@dataclass(frozen=True)
class Record:
    """What is kept of a solve for a Solution."""

    report: SolveReport
    balance: Balance


class Solves:
    """Of a case on a device. `records` has a Record of each solve for a drive, `loaded` the SolveReports of those for loads, adjoint ones among them."""

    def __init__(self, case, device):
        self._case, self._device = case, device
        self.records, self.loaded = [], []

    def add(self, report, balance) -> None:
        """Judge and keep a solve for a drive. Raises SolveError. Collective."""
        with self.explained():
            balance.judged(report.history)
        self.records.append(Record(report, balance))

    @property
    def checks(self) -> dict[str, float]:
        """What must vanish, relative to the drive: the worst of all solves."""
        return {
            f"{what}_conservation": float(max((getattr(r.balance, what) for r in self.records), default=0.0))
            for what in ("charge", "spin")
        }

    @property
    def doubts(self) -> list[str]:
        """What to warn of, a sentence each. Collective."""
        reports = [record.report for record in self.records] + self.loaded
        worst = max(reports, key=lambda report: report.residual, default=None)
        found = [worst.doubt] if worst is not None and worst.doubt else []
        found += Balance(*self.checks.values()).judged()
        return [*found, *filter(None, [self._rounded_contacts()])] if found else []

    @contextmanager
    def explained(self):
        """A solve that fails meanwhile tells of what in the device may be the reason. Collective."""
        try:
            yield
        except SolveError as error:
            if why := self._rounded_contacts():
                raise SolveError(f"{error}; {why}", error.history) from None
            raise

    def _rounded_contacts(self):
        return rounded_contacts(self._case, mesh_quality(self._device, self._case.diffusion_lengths))
