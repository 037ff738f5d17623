"""The exact one-dimensional solution of a collinear stack of layers, by matching at the interfaces (Valet, Fert, PRB 48, 7099 (1993))."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Layer:
    thickness: float  # m
    conductivity: float  # S/m
    length: float  # spin diffusion length, m
    polarization: float = 0.0  # along the common axis: negative where m points against it
    resistance_area: float = 0.0  # of the interface to the next layer, ohm m^2
    interface_polarization: float = 0.0


class Stack:
    """v = 0 at both outer faces, phi = 0 at the right one, charge current density `j` along +x (A/m^2).

    In a layer, with y measured from its left face: phi + P v = a - j y / (sigma (1-P^2)) (1-P^2)... written out as
    v = c exp(-y/l) + d exp(-(t-y)/l), and phi from j = -sigma phi' - P sigma v'.
    """

    def __init__(self, layers, j):
        self.layers, self.j = layers, j
        self.edges = np.concatenate([[0.0], np.cumsum([layer.thickness for layer in layers])])
        n = len(layers)
        matrix, right = np.zeros((3 * n, 3 * n)), np.zeros(3 * n)
        row = 0

        def put(k, values, sign=1.0):
            matrix[row, 3 * k : 3 * k + 3] += sign * np.asarray(values[0])
            right[row] -= sign * values[1]

        put(0, self._v(0, 0.0))
        row += 1
        for k in range(n - 1):
            left, at = layers[k], layers[k].thickness
            g, p, ar = 1.0, left.interface_polarization, left.resistance_area
            # AR j = dphi + p dv  and  AR J = dv + p dphi; with AR = 0 both jumps vanish.
            for own, other, current in ((self._phi, self._v, None), (self._v, self._phi, self._spin)):
                for function, weight in ((own, g), (other, p if ar else 0.0)):
                    put(k, function(k, at), weight)
                    put(k + 1, function(k + 1, 0.0), -weight)
                if current is None:
                    right[row] += ar * j
                else:
                    put(k, current(k, at), -ar)
                row += 1
            put(k, self._spin(k, at))
            put(k + 1, self._spin(k + 1, 0.0), -1.0)
            row += 1
        put(n - 1, self._v(n - 1, layers[-1].thickness))
        row += 1
        put(n - 1, self._phi(n - 1, layers[-1].thickness))
        self.unknowns = np.linalg.solve(matrix, right).reshape(n, 3)  # a, c, d of each layer

    # Each returns (coefficients of (a, c, d), constant) at depth y of layer k.
    def _v(self, k, y):
        layer = self.layers[k]
        return (0.0, np.exp(-y / layer.length), np.exp(-(layer.thickness - y) / layer.length)), 0.0

    def _slope(self, k, y):
        (_, c, d), _ = self._v(k, y)
        return (0.0, -c / self.layers[k].length, d / self.layers[k].length), 0.0

    def _phi(self, k, y):
        layer = self.layers[k]
        (_, c, d), _ = self._v(k, y)
        return (1.0, -layer.polarization * c, -layer.polarization * d), -self.j * y / layer.conductivity

    def _spin(self, k, y):
        """J = -sigma v' - P sigma phi' = -sigma (1-P^2) v' + P j."""
        layer = self.layers[k]
        values, _ = self._slope(k, y)
        factor = -layer.conductivity * (1 - layer.polarization**2)
        return tuple(factor * value for value in values), layer.polarization * self.j

    def _evaluate(self, function, x, layer):
        coefficients, constant = function(layer, x - self.edges[layer])
        return sum(c * u for c, u in zip(coefficients, self.unknowns[layer], strict=True)) + constant

    def phi(self, x, layer):
        return self._evaluate(self._phi, np.asarray(x), layer)

    def v(self, x, layer):
        return self._evaluate(self._v, np.asarray(x), layer)
