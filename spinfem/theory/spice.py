"""A lumped element as a SPICE sub-circuit: four nodes for each terminal, volts and amperes of charge and of spin alike.

Nodes of terminal t: t_v (charge) and t_x, t_y, t_z (spin potential). A current of the circuit into a node is the current into the device.
Spins relax, so spin nodes have conductances to ground. Charge does not: its currents return to the last terminal, and only differences of V
count, so the sub-circuit floats as the device does.

A terminal on a strong ferromagnet has one inner node, s, and its spin nodes are held at s m by controlled sources, which take up what crosses
m: it is the torque on the magnet.
"""

import re

from spinfem.theory.lumped_element import axis_names


def subcircuit(element, name="device"):
    """The text of `.subckt NAME ...` for a LumpedElement; its nodes are in the order of the terminals, four for each.

    Raises ValueError where a name cannot be written in SPICE.
    """
    checked_names(name, element.terminals)
    outside = [f"{t}_{kind}" for t in element.terminals for kind in ("v", "x", "y", "z")]
    lines = [
        "* Conductance matrix by spinfem: nodes _v are charge potentials, _x _y _z spin potentials, all in V.",
        "* Currents into the nodes are charge and spin currents into the device, in A.",
        f".subckt {name} {' '.join(outside)}",
        *(line for t, axes in element.terminals.items() for line in _held(t, axes)),
        *_conductances(element),
        f".ends {name}",
    ]
    return "\n".join(lines) + "\n"


def checked_names(name, terminals):
    """Raises ValueError where the names of a sub-circuit and of its terminals cannot be written in SPICE."""
    for word in (name, *terminals):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", word):
            raise ValueError(f"{word!r} is no name for SPICE: letters, digits and _ only, and a letter first")
    if len({t.lower() for t in terminals}) < len(terminals):
        raise ValueError("SPICE does not tell capitals from small letters: some names of terminals differ in them only")


def _inner(element):
    """The node of each row of the matrix."""
    free = {t for t, axes in element.terminals.items() if axis_names(axes) == ("x", "y", "z")}
    return [f"{t}_v" if axis is None else f"{t}_{axis}" if t in free else f"{t}_s{axis}" for t, axis in element.nodes]


def _held(terminal, axes):
    """The sources that hold v = sum of s_k times axis k, where that is not every v there is."""
    names = axis_names(axes)
    if names == ("x", "y", "z"):
        return
    for i, component in enumerate("xyz"):
        node = f"{terminal}_{component}"
        chain = [f"{node}_{k}" for k in range(len(names))] + ["0"]
        yield f"V_{node} {node} {chain[0]} 0"
        for k, axis in enumerate(names):
            weight = repr(float(axes[k, i]))
            yield f"E_{node}_{axis} {chain[k]} {chain[k + 1]} {terminal}_s{axis} 0 {weight}"
            yield f"F_{node}_{axis} 0 {terminal}_s{axis} V_{node} {weight}"


def _conductances(element):
    nodes, n = _inner(element), element.n_charge
    floats = element.floats
    reference = nodes[n - 1] if floats else "0"
    ground = [reference if k < n else "0" for k in range(len(nodes))]
    for i, row in enumerate(element.matrix):
        for j, value in enumerate(row):
            if value == 0 or (floats and n - 1 in (i, j)):  # the reference's own: by charge conservation
                continue
            if i == j and value > 0:
                yield f"R_{nodes[i]} {nodes[i]} {ground[i]} {1 / float(value)!r}"
            else:
                yield f"G_{nodes[i]}_{nodes[j]} {nodes[i]} {ground[i]} {nodes[j]} {ground[j]} {float(value)!r}"
