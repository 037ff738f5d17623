"""A small circuit simulator that reads SPICE netlists of R, G, E, F and V: modified nodal analysis."""

import re

import numpy as np


class Circuit:
    """The sub-circuits in `texts`, side by side; `joints`: their terminal -> the one whose nodes it shares."""

    def __init__(self, *texts, joints=None):
        self.devices, self.ports = [], []
        for k, text in enumerate(texts):
            body = re.fullmatch(r"(?:\*[^\n]*\n)*\.subckt (\w+) ([^\n]*)\n(.*)\.ends \1\n", text, re.DOTALL)
            ports = body[2].split()
            self.ports += ports

            def node(name, k=k, ports=ports):
                if name == "0":
                    return name
                if name not in ports:
                    return f"{k}.{name}"
                terminal, kind = name.rsplit("_", 1)
                return f"{(joints or {}).get(terminal, terminal)}_{kind}"

            for line in body[3].splitlines():
                name, *words = line.split()
                *words, value = words
                nodes = words[:2] if name[0] == "F" else words
                control = [f"{k}.{words[2]}"] if name[0] == "F" else []
                self.devices.append((f"{k}.{name}", name[0], [node(n) for n in nodes] + control, float(value)))
        assert len({name.lower() for name, *_ in self.devices}) == len(self.devices)

    def currents_fed(self, potentials, resistance):
        """Currents into ports (name -> A) that are fed from sources of these potentials (name -> V) through resistors."""
        devices = list(self.devices)
        for port, value in potentials.items():
            devices.append((f"feed {port}", "V", [f"source {port}", "0"], value))
            devices.append((f"through {port}", "R", [f"source {port}", port], resistance))
        solution = _solve(devices)
        return {p: (solution[f"source {p}"] - solution[p]) / resistance for p in potentials}


def _solve(devices):
    """Potential of each node and current through each source, from + to - inside it."""
    nodes = sorted({n for _, kind, names, _ in devices for n in (names[:2] if kind == "F" else names)} - {"0"})
    sources = [name for name, kind, _, _ in devices if kind in "VE"]
    index = {name: k for k, name in enumerate([*nodes, *sources])}
    matrix, right = np.zeros((len(index), len(index))), np.zeros(len(index))

    def add(row, column, value):
        if row != "0" and column != "0":
            matrix[index[row], index[column]] += value

    for name, kind, at, value in devices:
        plus, minus = at[:2]
        if kind in "RG":  # a conductance times a voltage leaves `plus` and enters `minus`
            control, value = (at[:2], 1 / value) if kind == "R" else (at[2:], value)
            for row, sign in ((plus, 1), (minus, -1)):
                add(row, control[0], sign * value)
                add(row, control[1], -sign * value)
        elif kind == "F":
            add(plus, at[2], value)
            add(minus, at[2], -value)
        else:
            add(plus, name, 1)
            add(minus, name, -1)
            add(name, plus, 1)
            add(name, minus, -1)
            if kind == "V":
                right[index[name]] = value
            else:
                add(name, at[2], -value)
                add(name, at[3], value)
    solution = np.linalg.solve(matrix, right)
    return {name: solution[k] for name, k in index.items()}
