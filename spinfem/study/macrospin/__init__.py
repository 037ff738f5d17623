"""Magnets that move, each as one rigid moment (docs/dynamics.md): the torque of the device at every m, the equation, its integration, what is read off it."""
