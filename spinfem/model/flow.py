"""What flows in a device, as forms: laws that are linear in the potentials, and others with their derivatives at a state."""

from dataclasses import dataclass, replace
from typing import Self

import ufl
from dolfinx import fem


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What a law lets flow, tested: a bilinear form; of a law that is not linear, its derivative at the state `point`."""

    form: ufl.Form
    flows: ufl.Form | None = None  # linear in the test function: of a law that is not linear, what flows at `point`
    point: fem.Function | None = None

    @classmethod
    def of(cls, flowing, arguments, point=None, **others) -> Self:
        """The Flow of what a function `flowing` makes of (state, test function), for the trial and test functions `arguments`; point: a Function, if it is
        not linear in the state."""
        trial, test = arguments
        if point is None:
            return cls(form=flowing(trial, test), **others)
        flows = flowing(point, test)
        return cls(form=ufl.derivative(flows, point, trial), flows=flows, point=point, **others)

    @property
    def linear(self) -> bool:
        return self.flows is None

    def between(self, u, w) -> ufl.Form:
        """What flows in a state u, times w: functions, or expressions of them."""
        if self.flows is None:
            test, trial = self.form.arguments()
            return ufl.replace(self.form, {test: w, trial: u})
        (test,) = self.flows.arguments()
        return ufl.replace(self.flows, {self.point: u, test: w})

    def at(self, u) -> ufl.Form:
        """What flows in a state, a linear form."""
        if self.flows is not None:
            return ufl.replace(self.flows, {self.point: u})
        _, trial = self.form.arguments()
        return ufl.replace(self.form, {trial: u})

    def linearized(self, point) -> Self:
        """The same with its derivative at another state, a Function of the same space."""
        if self.flows is None:
            return self
        form, flows = (ufl.replace(part, {self.point: point}) for part in (self.form, self.flows))
        return replace(self, form=form, flows=flows, point=point)

    def offset(self) -> ufl.Form:
        """A linear form: what the derivative says of the state `point` beyond what flows there."""
        return ufl.action(self.form, self.point) - self.flows
