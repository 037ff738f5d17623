"""The circular polarization of the light of a spin LED."""

from pydantic import Field
from uncertainties import nominal_value

from spinfem.case.magnetization import Magnetization, Uniform
from spinfem.case.names import InterfaceName, RegionName, sides
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Dimensionless, Time
from spinfem.observables.magnets import direction_of
from spinfem.study.results import Caveat, Measurement
from spinfem.theory.spin_injection import optical_polarization


class SpinLed(Observable, kind="spin_led"):
    """P_opt = selection P_s/(1 + tau_r/tau_s) of the light along an axis: what is left of the polarization P_s of carriers that arrive where they recombine.

    P_s = c v/(n q) of the carriers in a region, or on its side of a contact. Optical Orientation, edited by F. Meier, B. P. Zakharchenya (North-Holland, 1984);
    R. Fiederling et al., Nature 402, 787 (1999).
    """

    region: RegionName
    """Where they arrive; it needs a mobility."""
    contact: InterfaceName | None = None
    """On its side of this contact. Default: the mean of the region."""
    axis: Magnetization = Uniform(direction=(0.0, 0.0, 1.0))
    """Along which the light is seen."""
    recombination_time: Time = Field(gt=0)
    """tau_r"""
    spin_lifetime: Time = Field(gt=0)
    """tau_s where they recombine."""
    selection: Dimensionless = Field(default=0.5, gt=0, le=1)
    """P_opt over P_s for carriers that recombine at once: 1/2 in a bulk semiconductor, 1 in a quantum well with heavy holes alone."""

    def faults(self, case, outline):
        if case.regions[self.region].material.mobility is None:
            yield "region", self.region, "has carriers whose mobility is not known; its material needs one"
        if self.contact is not None and self.region not in sides(self.contact):
            yield "contact", self.contact, f"is no contact of {self.region}"
        if not self.axis.uniform:
            yield "axis", str(self.axis), 'must be one direction, e.g. "+z"'

    def unit_of(self, name) -> str:
        return ""

    def measure(self, simulation):
        polarization = simulation.solution().carrier_polarization(self.region, self.contact and sides(self.contact))
        along = polarization @ direction_of(self.axis)
        light = optical_polarization(along, self.recombination_time, self.spin_lifetime, self.selection)
        yield Measurement(self.name, light, "", note="circular polarization of the light")
        yield Measurement(f"{self.name}.spin_polarization", along, "", note="of the carriers, (n_up - n_down)/n")
        if abs(nominal_value(along)) > 1:
            yield Caveat(
                f"{self.name}: the carriers would be polarized by more than 1; the equations are those of small spin potentials"
            )
