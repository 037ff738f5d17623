"""Values of a material that follow from each other: sigma rho = 1, lambda^2 = D tau, sigma = n e mu, and D = mu k T/e where its carriers are few."""

from math import sqrt

from spinfem.case.laws.law import INVERSE
from spinfem.constants import BOLTZMANN, ELECTRON_CHARGE
from spinfem.formatting import humanize

AGREE = 1e-3  # relative: how well values have to agree
LAW = object()  # instead of the value that a law will give
OF_TIME = ("diffusion_constant", "spin_diffusion_length", "spin_lifetime")  # a base's own stay in this order
OF_CARRIERS = ("mobility", "carrier_density")  # of these and the conductivity too
TIED = ("conductivity", "resistivity", *OF_TIME, *OF_CARRIERS)

NO_TEMPERATURE = (
    "needs a temperature for Einstein's relation; give the case one, e.g. temperature: 77 K, or the material"
)
NO_LIFETIME = 'needs a spin_lifetime, e.g. "100 ps", or a diffusion_constant, e.g. "43 cm^2/s"'


def following(given, non_degenerate):
    """Keys whose values follow from those that were `given` (keys), or are unknown; where all were given, those that are told last."""
    found = {key for key in TIED if key not in given}
    if given.issuperset(("conductivity", "resistivity")):
        found.add("resistivity")
    if given.issuperset(OF_TIME):
        found.add("diffusion_constant")
    if given.issuperset(OF_CARRIERS) and not given.isdisjoint(INVERSE):
        found.add("carrier_density")
    if non_degenerate:
        found.add("diffusion_constant")
        found |= {"spin_lifetime"} if given.issuperset(OF_TIME[1:]) else set()
    return found


def followed(values, keys, einstein=None):
    """Key -> value of those of `keys` that follow from the others in `values`. einstein: what D has to be."""
    sigma, rho, diffusion, length, lifetime, mobility, density = (values[key] for key in TIED)
    found = {}
    if "conductivity" in keys:
        sigma = found["conductivity"] = 1 / rho if rho else _drude(density, mobility)
    if "carrier_density" in keys and mobility:
        found["carrier_density"] = sigma / _drude(1.0, mobility)
    if einstein is not None:
        diffusion = found["diffusion_constant"] = einstein
    if diffusion and "spin_lifetime" not in keys and "spin_diffusion_length" in keys:
        found["spin_diffusion_length"] = sqrt(diffusion * lifetime)
    elif einstein is None and "diffusion_constant" in keys and lifetime:
        found["diffusion_constant"] = length**2 / lifetime
    elif "spin_lifetime" in keys and diffusion:
        found["spin_lifetime"] = length**2 / diffusion
    return found


def of_einstein(mobility, temperature):
    """D = mu k T/e of carriers that are not degenerate, m^2/s; LAW where one of the two is not known yet."""
    return LAW if temperature is None or mobility is LAW else -mobility * BOLTZMANN * temperature / ELECTRON_CHARGE


def left_of(entry, given):
    """What of an entry of the library stays beside values that are given in its place."""
    left = {key: value for key, value in entry.items() if INVERSE.get(key) not in given}
    asked = given.keys() | ({"conductivity"} if "resistivity" in given else set())
    if given.get("non_degenerate"):  # which gives the diffusion constant
        asked |= {"diffusion_constant"}
        left.pop("diffusion_constant", None)
    for tied in (OF_TIME, (*OF_CARRIERS, "resistivity", "conductivity")):
        stay = [key for key in tied if key in left and key not in asked]
        for key in stay[max(0, 2 - len(asked & set(tied) - {"resistivity"})) :]:
            del left[key]
    return left


def disagreements(values, einstein=None):
    """(path, value, message) for what is missing among tied values (by key, None where not given, `LAW` where not known yet), or contradicts. einstein: what
    D has to be, or LAW."""
    given = values["diffusion_constant"]
    if _numbers(given, einstein) and abs(given / einstein - 1) > AGREE:
        message = f"does not agree with Einstein's relation, D = mu k T/e = {einstein:.6g} m^2/s; leave out one of them, or non_degenerate"
        yield ("diffusion_constant",), given, message
    if einstein is not None:
        values = values | {"diffusion_constant": einstein}
    sigma, rho, diffusion, length, lifetime, mobility, density = (values[key] for key in TIED)
    conducts = 1 / rho if sigma is None and _numbers(rho) else sigma
    if sigma is None and rho is None and not (mobility and density):
        message = (
            'is missing: an electric conductivity, e.g. "7.1e7 S/m" (or a resistivity, or mobility and carrier_density)'
        )
        yield ("conductivity",), None, message
    elif _numbers(sigma, rho) and abs(sigma * rho - 1) > AGREE:
        yield ("resistivity",), rho, f"is not the inverse of the conductivity, {1 / sigma:.6g} ohm m; give one of them"
    elif _numbers(conducts, mobility, density) and abs((drude := _drude(density, mobility)) / conducts - 1) > AGREE:
        message = f"does not agree with the conductivity: n e mu is {drude:.6g} S/m, not {conducts:.6g} S/m; give two of the three"
        yield ("carrier_density",), density, message
    if length is None and not (diffusion and lifetime):
        message = 'is missing: a length, e.g. "500 nm" (or both diffusion_constant and spin_lifetime)'
        yield ("spin_diffusion_length",), None, message
    elif _numbers(length, diffusion, lifetime) and abs(length**2 / (diffusion * lifetime) - 1) > AGREE:
        message = (
            f"does not agree with the other two: lambda^2 = D tau makes it {humanize(length**2 / diffusion, 's')}; "
            "give two of spin_diffusion_length, diffusion_constant and spin_lifetime"
        )
        yield ("spin_lifetime",), lifetime, message


def _drude(density, mobility):
    """n e mu, S/m."""
    return -density * ELECTRON_CHARGE * mobility


def _numbers(*values):
    """Are they all known?"""
    return None not in values and LAW not in values
