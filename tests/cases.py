"""Cases built in the program, for tests that bring their own mesh."""

from spinfem.case.schema import Case


def stack_case(layers, current, degree, **solver):
    """The Case of layers a, b, c ... (tests.exact.Layer) between spin sinks, `current` (A) entering at the left."""
    names = "abcdefgh"[: len(layers)]
    interfaces = {
        f"{one}/{two}": {
            "resistance_area": f"{layer.resistance_area} ohm m^2",
            "polarization": layer.interface_polarization,
        }
        for one, two, layer in zip(names, names[1:], layers, strict=False)
        if layer.resistance_area
    }
    return Case.model_validate(
        {
            "title": "layers",
            "geometry": {"script": "nonlocal_valve.geo"},  # never opened: the tests bring their mesh,
            "regions": {name: _region(layer) for name, layer in zip(names, layers, strict=True)},
            "interfaces": interfaces,
            "terminals": {
                "left": {"current": f"{current} A", "spin": "sink"},
                "right": {"voltage": "0 V", "spin": "sink"},
            },
            "observables": ["terminals"],
            "solver": {"degree": degree, **solver},
        }
    )


def _region(layer):
    material = {
        "conductivity": f"{layer.conductivity} S/m",
        "spin_diffusion_length": f"{layer.length} m",
        "polarization": abs(layer.polarization),
    }
    if layer.polarization == 0:
        return {"material": material}
    return {"material": material, "magnetization": "+z" if layer.polarization > 0 else "-z"}
