"""Two magnets at an angle, in layers."""

from spinfem.formulas.formula import DoesNotFit, Formula, Prediction, observables_of
from spinfem.formulas.row import angle_between, between_sinks, row_of
from spinfem.theory.two_magnets import Film, TwoMagnets


class MagnetsAtAnAngle(Formula):
    """F1/N/F2 between spin sinks: three layers with transparent contacts and strong, uniform magnets."""

    title = "two magnets at an angle"
    source = "Ya. B. Bazaliy and co-workers, mechanical analogy of spin diffusion (docs/physics.md, section 7)"

    @staticmethod
    def predictions(case, device):
        wanted = observables_of(case, "spin_resistance", "spin_torque")
        first, _, second = names = three_layers(case)
        closed, area = closed_form(case, names), case.geometry.width * case.geometry.depth
        for observable in wanted:
            if observable.kind == "spin_resistance":
                yield Prediction(observable.name, closed.spin_resistance() / area)
                if observable.area is not None:
                    yield Prediction(
                        f"{observable.name}.area_product", closed.spin_resistance() / area * observable.area
                    )
            elif observable.drive and {observable.magnet, observable.reference} == {first, second}:
                yield Prediction(
                    f"{observable.name}.efficiency", efficiency(closed, observable.magnet == second, observable.drive)
                )


def efficiency(closed, of_second, drive):
    """The spin current that F1, or the second magnet, absorbs in units of I r_perp, r being the other one and I the current into the terminal `drive`."""
    s1, s2 = closed.spin_potentials()
    return closed.transfer * (s1 if of_second else s2) * (1 if drive == "left" else -1)


def three_layers(case):
    """The names of the layers F1, N, F2. Raises DoesNotFit."""
    names = [layer.name for layer in row_of(case, 3)]
    magnets = [case.regions[name].magnetization for name in names]
    if magnets[1] is not None or None in (magnets[0], magnets[2]):
        raise DoesNotFit("it is for a normal metal between two ferromagnets")
    if not (magnets[0].uniform and magnets[2].uniform and all(case.regions[n].strong for n in (names[0], names[2]))):
        raise DoesNotFit("its magnets are strong and uniform")
    if case.interfaces:
        raise DoesNotFit("its contacts are transparent")
    between_sinks(case)
    return names


def closed_form(case, names):
    """The TwoMagnets of such a case."""
    films = []
    for layer, name in zip(case.geometry.stack, names, strict=True):
        material, magnet = case.regions[name].material, case.regions[name].magnetization is not None
        polarization = material.polarization if magnet else 0.0
        films.append(Film(layer.thickness, material.conductivity, material.spin_diffusion_length, polarization))
    f1, spacer, f2 = films
    return TwoMagnets(f1, spacer, f2, angle_between(case, names[0], names[2]))
